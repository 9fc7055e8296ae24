// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.verb;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.orrery.core.value.Endpoint;
import org.orrery.core.wire.InetCodec;
import org.orrery.core.wire.WireReader;
import org.orrery.core.wire.WireWriter;

/**
 * Names physical addresses at which the sender might be reached. Payload: count u16, then for each: flags u8, length of
 * extended data u16 (sent as zero), extended data, type u8 (4 or 6), length of the address u8, address, port u16. Records
 * of another type, or too short for theirs, are left out.
 */
public record PushDirectPaths(List<Candidate> candidates) implements Message {
    /** Flag: a path that should be forgotten; receivers ignore such records. */
    public static final int FLAG_FORGET = 0x01;

    /** Flag: the sender wants to be used at this address. */
    public static final int FLAG_REDIRECT = 0x02;

    /** Greatest size of one record. */
    public static final int CANDIDATE_BYTES_MAX = 23;

    /** One address. */
    public record Candidate(int flags, Endpoint at) {}

    public PushDirectPaths {
        candidates = List.copyOf(candidates);
    }

    @Override
    public int verbId() {
        return Verb.PUSH_DIRECT_PATHS.id();
    }

    public static @Nullable PushDirectPaths read(WireReader in) {
        int count = in.u16();
        var candidates = new ArrayList<Candidate>();
        for (int i = 0; i < count && in.intact(); i++) {
            int flags = in.u8();
            in.skip(in.u16());
            int type = in.u8();
            int length = in.u8();
            WireReader address = in.rest();
            in.skip(length);
            boolean v6 = type == 6;
            if (in.intact() && (type == 4 && length >= 6 || v6 && length >= 18)) {
                candidates.add(new Candidate(flags, new Endpoint(InetCodec.readIp(address, v6), address.u16())));
            }
        }
        return in.intact() ? new PushDirectPaths(candidates) : null;
    }

    @Override
    public void write(WireWriter out) {
        out.u16(candidates.size());
        for (Candidate candidate : candidates) {
            boolean v6 = candidate.at().ip().v6();
            out.u8(candidate.flags()).u16(0).u8(v6 ? 6 : 4).u8(v6 ? 18 : 6);
            InetCodec.writeIp(out, candidate.at().ip());
            out.u16(candidate.at().port());
        }
    }
}
