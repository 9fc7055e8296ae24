// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.verb;

import org.orrery.core.wire.WireReader;
import org.orrery.core.wire.WireWriter;

/**
 * What a node says about itself in HELLO and OK(HELLO).
 *
 * @param protocol u8; below 4 a node cannot be talked to
 * @param major u8
 * @param minor u8
 * @param revision u16
 */
public record PeerVersion(int protocol, int major, int minor, int revision) {
    /** The oldest protocol that anybody still speaks. */
    public static final int PROTOCOL_MIN = 4;

    public PeerVersion {
        if ((protocol | major | minor) >>> 8 != 0 || revision >>> 16 != 0) {
            throw new IllegalArgumentException("version " + protocol + " " + major + "." + minor + "." + revision);
        }
    }

    static PeerVersion read(WireReader in) {
        return new PeerVersion(in.u8(), in.u8(), in.u8(), in.u16());
    }

    void write(WireWriter out) {
        out.u8(protocol).u8(major).u8(minor).u16(revision);
    }
}
