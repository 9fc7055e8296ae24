// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.verb;

import org.orrery.core.wire.WireWriter;

/**
 * A packet that only proves that its sender is alive: NOP itself, verbs that this node does not handle, and numbers
 * without a verb. Any payload is ignored and none is written.
 */
public record Nop(int verbId) implements Message {
    public Nop {
        if (verbId >>> 5 != 0) {
            throw new IllegalArgumentException("verb " + verbId);
        }
    }

    @Override
    public void write(WireWriter out) {}
}
