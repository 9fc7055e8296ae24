// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.verb;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.orrery.core.value.Address;
import org.orrery.core.wire.WireReader;
import org.orrery.core.wire.WireWriter;

/**
 * Members of a multicast group that a peer knows. Shape: number known in total u32, number that follow u16, addresses u40.
 */
public record GatheredMembers(long totalKnown, List<Address> members) {
    /** Bytes without the addresses. */
    public static final int BYTES_MIN = 6;

    public GatheredMembers {
        members = List.copyOf(members);
    }

    static @Nullable GatheredMembers read(WireReader in) {
        long totalKnown = in.u32();
        int count = in.u16();
        var members = new ArrayList<Address>();
        for (int i = 0; i < count && in.intact(); i++) {
            members.add(new Address(in.u40()));
        }
        return in.intact() ? new GatheredMembers(totalKnown, members) : null;
    }

    void write(WireWriter out) {
        out.u32(totalKnown).u16(members.size());
        for (Address member : members) {
            out.u40(member.bits());
        }
    }
}
