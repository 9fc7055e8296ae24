// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.verb;

import org.orrery.core.wire.WireWriter;

/**
 * A packet that says nothing to this node: NOP itself, verbs that it does not handle, and numbers without a verb. Any
 * payload is ignored and none is written.
 */
public record Nop(int verbId) implements Message {
    public Nop {
        if (verbId >>> 5 != 0) {
            throw new IllegalArgumentException("verb " + verbId);
        }
    }

    /**
     * Whether the packet counts as a sign of life of its peer and path. All do but the bonding verbs and ACK, which
     * protocol 12 drops without a trace.
     */
    public boolean provesLife() {
        return verbId != Verb.ACK.id()
                && verbId != Verb.QOS_MEASUREMENT.id()
                && verbId != Verb.PATH_NEGOTIATION_REQUEST.id();
    }

    @Override
    public void write(WireWriter out) {}
}
