// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.verb;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.orrery.core.value.Mac;
import org.orrery.core.value.MulticastGroup;
import org.orrery.core.value.NetworkId;
import org.orrery.core.wire.WireReader;
import org.orrery.core.wire.WireWriter;

/** Subscribes the sender to groups. Payload, repeated to the end: network ID u64, MAC u48, ADI u32. */
public record MulticastLike(List<Subscription> subscriptions) implements Message {
    /** One group of one network. */
    public record Subscription(NetworkId network, MulticastGroup group) {
        /** Bytes on the wire. */
        public static final int BYTES = 18;
    }

    public MulticastLike {
        subscriptions = List.copyOf(subscriptions);
    }

    @Override
    public int verbId() {
        return Verb.MULTICAST_LIKE.id();
    }

    public static @Nullable MulticastLike read(WireReader in) {
        var subscriptions = new ArrayList<Subscription>();
        while (in.remaining() > 0) {
            subscriptions.add(new Subscription(new NetworkId(in.u64()), readGroup(in)));
        }
        return in.intact() ? new MulticastLike(subscriptions) : null;
    }

    @Override
    public void write(WireWriter out) {
        for (Subscription subscription : subscriptions) {
            out.u64(subscription.network().bits());
            writeGroup(out, subscription.group());
        }
    }

    static MulticastGroup readGroup(WireReader in) {
        return new MulticastGroup(new Mac(in.u48()), in.i32());
    }

    static void writeGroup(WireWriter out, MulticastGroup group) {
        out.u48(group.mac().bits()).u32(group.adi());
    }
}
