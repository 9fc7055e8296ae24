// SPDX-License-Identifier: Apache-2.0
package org.orrery.rulelang;

/** How much there can be: what fits into a member's configuration, and what keeps a small script from growing without end. */
public final class Limits {
    /** Entries of the base table that members keep; each match and each action is one. */
    public static final int BASE_ENTRIES_MAX = 1024;

    /** Entries of one capability. */
    public static final int CAPABILITY_ENTRIES_MAX = 64;

    /** Capabilities, and tags, of one member. */
    public static final int CREDENTIALS_MAX = 128;

    /** Macros within macros. */
    static final int INCLUDE_DEPTH_MAX = 64;

    /** Inclusions in one table: a macro that includes another twice, and so on, doubles with each step. */
    static final int INCLUSIONS_MAX = 10_000;

    private Limits() {}
}
