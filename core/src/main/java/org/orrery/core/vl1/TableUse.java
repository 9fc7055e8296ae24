// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

/**
 * How full a bounded table is.
 *
 * @param table what it holds, in a few words
 */
public record TableUse(String table, long used, long maximum) {
    /** Whether it holds more than it may, which would be a bug. */
    public boolean overfull() {
        return used > maximum;
    }
}
