// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.rules;

/** What one table says about one frame. */
public enum Verdict {
    /** No action was taken: the next table is asked, and after the last one the frame is dropped. */
    NO_MATCH,
    DROP,
    /** The frame goes to another member instead. */
    REDIRECT,
    ACCEPT,
    /** Accepted although it is addressed to somebody else: this node is the target of a copy or a redirection. */
    SUPER_ACCEPT;

    /** Whether the frame is let through in some way. */
    public boolean passes() {
        return this != NO_MATCH && this != DROP;
    }
}
