// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.world;

import org.jspecify.annotations.Nullable;

/** What a set of roots is for. */
public enum WorldType {
    /** Nothing: what a node has before it has a planet. Legal to read, never kept or sent. */
    NONE(0),
    /** The one primary set. */
    PLANET(1),
    /** An additional set made by a user. */
    MOON(127);

    private final int code;

    WorldType(int code) {
        this.code = code;
    }

    /** The type byte. */
    public int code() {
        return code;
    }

    /** The type of a type byte, null for any other byte. */
    public static @Nullable WorldType of(int code) {
        return switch (code) {
            case 0 -> NONE;
            case 1 -> PLANET;
            case 127 -> MOON;
            default -> null;
        };
    }
}
