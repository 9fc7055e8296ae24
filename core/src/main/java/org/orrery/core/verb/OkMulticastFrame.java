// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.verb;

import org.jspecify.annotations.Nullable;
import org.orrery.core.credential.MembershipCertificate;
import org.orrery.core.value.MulticastGroup;
import org.orrery.core.value.NetworkId;
import org.orrery.core.wire.WireReader;
import org.orrery.core.wire.WireWriter;

/**
 * Answers the request for members in a MULTICAST_FRAME. Body: network ID u64, MAC u48, ADI u32, flags u8, a membership
 * certificate if flag 0x01 is set (obsolete), {@link GatheredMembers} if flag 0x02 is set.
 */
public record OkMulticastFrame(
        NetworkId network,
        MulticastGroup group,
        @Nullable MembershipCertificate membership,
        @Nullable GatheredMembers gathered)
        implements OkBody {
    private static final int FLAG_MEMBERSHIP = 0x01;
    private static final int FLAG_GATHERED = 0x02;

    @Override
    public int answeredVerbId() {
        return Verb.MULTICAST_FRAME.id();
    }

    static @Nullable OkMulticastFrame read(WireReader in) {
        var network = new NetworkId(in.u64());
        MulticastGroup group = MulticastLike.readGroup(in);
        int flags = in.u8();
        MembershipCertificate membership = (flags & FLAG_MEMBERSHIP) != 0 ? MembershipCertificate.read(in) : null;
        GatheredMembers gathered = (flags & FLAG_GATHERED) != 0 ? GatheredMembers.read(in) : null;
        return in.intact() ? new OkMulticastFrame(network, group, membership, gathered) : null;
    }

    @Override
    public void write(WireWriter out) {
        out.u64(network.bits());
        MulticastLike.writeGroup(out, group);
        out.u8((membership == null ? 0 : FLAG_MEMBERSHIP) | (gathered == null ? 0 : FLAG_GATHERED));
        if (membership != null) {
            membership.write(out);
        }
        if (gathered != null) {
            gathered.write(out);
        }
    }
}
