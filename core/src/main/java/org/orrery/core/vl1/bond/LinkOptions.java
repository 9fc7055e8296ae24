// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1.bond;

/**
 * What the owner says of one local interface.
 *
 * @param enabled whether it takes part
 * @param capacity in whatever unit, as long as it is the same for all; 0 if not said
 * @param family which IP versions are used over it
 * @param mtuBytes largest UDP payload, 0 for the usual one
 * @param primary whether active-backup prefers it
 * @param failoverTo the interface that takes over from it, empty for the best one
 */
public record LinkOptions(
        boolean enabled, int capacity, Family family, int mtuBytes, boolean primary, String failoverTo) {
    /** Of an interface that is not named: a spare one. */
    public static final LinkOptions USUAL = new LinkOptions(true, 0, Family.ANY, 0, false, "");

    /** Which IP versions a link uses. Of two it uses one at a time, so that it does not count twice. */
    public enum Family {
        ANY(0),
        V4_ONLY(4),
        V6_ONLY(6),
        V4_FIRST(46),
        V6_FIRST(64);

        private final int number;

        Family(int number) {
            this.number = number;
        }

        /** As in {@code local.conf}. */
        public int number() {
            return number;
        }

        boolean allows(boolean v6) {
            return this != (v6 ? V4_ONLY : V6_ONLY);
        }

        boolean prefersV6() {
            return this == V6_FIRST;
        }
    }
}
