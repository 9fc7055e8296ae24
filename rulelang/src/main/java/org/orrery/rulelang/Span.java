// SPDX-License-Identifier: Apache-2.0
package org.orrery.rulelang;

/**
 * A stretch of the source.
 *
 * @param start offset of its first character, from 0, in UTF-16 units
 * @param end offset behind its last character
 */
public record Span(int start, int end) {
    public Span {
        if (start < 0 || end < start) {
            throw new IllegalArgumentException(start + ".." + end);
        }
    }

    /** From the start of this to the end of {@code other}. */
    public Span to(Span other) {
        return new Span(start, Math.max(end, other.end));
    }
}
