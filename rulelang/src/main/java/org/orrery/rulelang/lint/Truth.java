// SPDX-License-Identifier: Apache-2.0
package org.orrery.rulelang.lint;

/** Whether something is so, for every frame of a kind. */
enum Truth {
    NO,
    SOMETIMES,
    YES;

    static Truth of(boolean so) {
        return so ? YES : NO;
    }

    Truth and(Truth other) {
        return compareTo(other) < 0 ? this : other;
    }

    Truth or(Truth other) {
        return compareTo(other) > 0 ? this : other;
    }

    Truth inverted() {
        return switch (this) {
            case NO -> YES;
            case SOMETIMES -> SOMETIMES;
            case YES -> NO;
        };
    }
}
