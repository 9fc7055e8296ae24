// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.verb;

import org.jspecify.annotations.Nullable;
import org.orrery.core.value.Address;
import org.orrery.core.value.Endpoint;
import org.orrery.core.wire.InetCodec;
import org.orrery.core.wire.WireReader;
import org.orrery.core.wire.WireWriter;

/**
 * Tells the receiver to try a peer at an address. Payload: flags u8 (sent as zero, ignored), peer u40, port u16, length
 * of the address u8, address.
 *
 * @param at null if the port was zero or the length neither 4 nor 16: such a packet is good for nothing but still proves
 *     that its sender is alive
 */
public record Rendezvous(Address peer, @Nullable Endpoint at) implements Message {
    @Override
    public int verbId() {
        return Verb.RENDEZVOUS.id();
    }

    public static @Nullable Rendezvous read(WireReader in) {
        in.u8();
        long peer = in.u40();
        int port = in.u16();
        int ipBytes = in.u8();
        Endpoint at = null;
        if (port != 0 && (ipBytes == 4 || ipBytes == 16)) {
            at = new Endpoint(InetCodec.readIp(in, ipBytes == 16), port);
        }
        return in.intact() ? new Rendezvous(new Address(peer), at) : null;
    }

    @Override
    public void write(WireWriter out) {
        out.u8(0).u40(peer.bits());
        if (at == null) {
            out.u16(0).u8(0);
        } else {
            out.u16(at.port()).u8(at.ip().v6() ? 16 : 4);
            InetCodec.writeIp(out, at.ip());
        }
    }
}
