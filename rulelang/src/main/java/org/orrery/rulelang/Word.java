// SPDX-License-Identifier: Apache-2.0
package org.orrery.rulelang;

import java.util.Locale;

/**
 * What stands between white space.
 *
 * @param text without the semicolon that ends it; empty for a semicolon on its own
 * @param span of the text, or of the semicolon if there is no text
 * @param semicolon whether one ends it
 */
public record Word(String text, Span span, boolean semicolon) implements Item {
    String lower() {
        return text.toLowerCase(Locale.ROOT);
    }
}
