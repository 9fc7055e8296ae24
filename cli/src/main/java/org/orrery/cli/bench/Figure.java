// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.bench;

import java.util.Locale;

/**
 * One number that a measurement finds.
 *
 * @param id stable, for JSON
 * @param title for people
 * @param moreIsBetter else less is
 */
public record Figure(String id, String title, String unit, boolean moreIsBetter) {
    static Figure more(String id, String title, String unit) {
        return new Figure(id, title, unit, true);
    }

    static Figure less(String id, String title, String unit) {
        return new Figure(id, title, unit, false);
    }

    /** A value with three digits that count. */
    static String shown(double value) {
        double size = Math.abs(value);
        int decimals = size >= 100 || size == 0 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
        return String.format(Locale.ROOT, "%." + decimals + "f", value);
    }
}
