// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.verb;

import org.jspecify.annotations.Nullable;
import org.orrery.core.value.MulticastGroup;
import org.orrery.core.value.NetworkId;
import org.orrery.core.wire.WireReader;
import org.orrery.core.wire.WireWriter;

/** Answers MULTICAST_GATHER. Body: network ID u64, MAC u48, ADI u32, {@link GatheredMembers}. */
public record OkMulticastGather(NetworkId network, MulticastGroup group, GatheredMembers gathered) implements OkBody {
    @Override
    public int answeredVerbId() {
        return Verb.MULTICAST_GATHER.id();
    }

    static @Nullable OkMulticastGather read(WireReader in) {
        var network = new NetworkId(in.u64());
        MulticastGroup group = MulticastLike.readGroup(in);
        GatheredMembers gathered = GatheredMembers.read(in);
        return gathered == null ? null : new OkMulticastGather(network, group, gathered);
    }

    @Override
    public void write(WireWriter out) {
        out.u64(network.bits());
        MulticastLike.writeGroup(out, group);
        gathered.write(out);
    }
}
