// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.command;

/** How long ago something was, in one unit. */
final class Ages {
    private static final long SECOND = 1_000;
    private static final long MINUTE = 60 * SECOND;
    private static final long HOUR = 60 * MINUTE;
    private static final long DAY = 24 * HOUR;

    private Ages() {}

    /** The time from {@code thenMillis} to {@code nowMillis}; {@code never} if it is zero or less. */
    static String since(long nowMillis, long thenMillis) {
        if (thenMillis <= 0) {
            return "never";
        }
        long millis = Math.max(0, nowMillis - thenMillis);
        if (millis < 2 * MINUTE) {
            return millis / SECOND + " s";
        }
        if (millis < 2 * HOUR) {
            return millis / MINUTE + " min";
        }
        return millis < 2 * DAY ? millis / HOUR + " h" : millis / DAY + " d";
    }
}
