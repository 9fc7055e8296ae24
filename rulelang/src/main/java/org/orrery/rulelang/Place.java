// SPDX-License-Identifier: Apache-2.0
package org.orrery.rulelang;

/**
 * Where in a text something is.
 *
 * @param line from 1
 * @param column from 1, in UTF-16 units; a tab is one
 */
public record Place(int line, int column) {
    @Override
    public String toString() {
        return line + ":" + column;
    }
}
