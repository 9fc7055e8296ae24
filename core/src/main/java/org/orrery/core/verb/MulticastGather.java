// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.verb;

import org.jspecify.annotations.Nullable;
import org.orrery.core.credential.MembershipCertificate;
import org.orrery.core.value.MulticastGroup;
import org.orrery.core.value.NetworkId;
import org.orrery.core.wire.WireReader;
import org.orrery.core.wire.WireWriter;

/**
 * Asks for members of a multicast group. Payload: network ID u64, flags u8, MAC u48, ADI u32, limit u32, then a
 * membership certificate if flag 0x01 is set. A malformed certificate counts as none.
 *
 * @param limit how many addresses are wanted at most, u32
 */
public record MulticastGather(
        NetworkId network,
        MulticastGroup group,
        long limit,
        @Nullable MembershipCertificate membership) implements Message {
    private static final int FLAG_MEMBERSHIP = 0x01;

    @Override
    public int verbId() {
        return Verb.MULTICAST_GATHER.id();
    }

    public static @Nullable MulticastGather read(WireReader in) {
        var network = new NetworkId(in.u64());
        boolean withMembership = (in.u8() & FLAG_MEMBERSHIP) != 0;
        MulticastGroup group = MulticastLike.readGroup(in);
        long limit = in.u32();
        MembershipCertificate membership = withMembership ? MembershipCertificate.read(in.rest()) : null;
        return in.intact() ? new MulticastGather(network, group, limit, membership) : null;
    }

    @Override
    public void write(WireWriter out) {
        out.u64(network.bits()).u8(membership == null ? 0 : FLAG_MEMBERSHIP);
        MulticastLike.writeGroup(out, group);
        out.u32(limit);
        if (membership != null) {
            membership.write(out);
        }
    }
}
