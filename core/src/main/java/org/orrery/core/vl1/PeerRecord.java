// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.orrery.core.crypto.Identity;
import org.orrery.core.value.Endpoint;
import org.orrery.core.verb.PeerVersion;
import org.orrery.core.wire.InetCodec;
import org.orrery.core.wire.WireReader;
import org.orrery.core.wire.WireWriter;

/**
 * A peer as it is kept between runs, in the form that the reference 1.14.2 reads and writes too.
 *
 * <pre>
 * 2 u8   identity (71)   protocol u16   major u16   minor u16   revision u16   count u16   endpoints (inet)
 * </pre>
 *
 * and behind that, where the reference reads no more, a byte 1 if the peer numbers its packets.
 *
 * @param version zeros while unknown
 * @param endpoints where it was last reached, the best first, at most {@link #ENDPOINTS_MAX}
 * @param numbers whether it lets recordings of its packets be refused, see {@link ReplayGuard}
 */
record PeerRecord(Identity identity, PeerVersion version, List<Endpoint> endpoints, boolean numbers) {
    private static final int FORMAT = 2;

    /** More are neither written nor asked. */
    static final int ENDPOINTS_MAX = 4;

    private static final int BYTES_MAX = 1 + Identity.BYTES + 10 + ENDPOINTS_MAX * InetCodec.BYTES_MAX + 1;
    private static final PeerVersion UNKNOWN = new PeerVersion(0, 0, 0, 0);

    PeerRecord {
        endpoints = List.copyOf(endpoints.subList(0, Math.min(ENDPOINTS_MAX, endpoints.size())));
    }

    /** What there is to keep of {@code peer} now. */
    static PeerRecord of(Peer peer, long nowMillis) {
        List<Endpoint> endpoints = new ArrayList<>();
        Path best = peer.best();
        if (best != null) {
            endpoints.add(best.remote());
        }
        for (Path path : peer.paths()) {
            if (path.alive(nowMillis) && !endpoints.contains(path.remote())) {
                endpoints.add(path.remote());
            }
        }
        PeerVersion version = peer.version();
        return new PeerRecord(
                peer.identity(),
                version == null ? UNKNOWN : version,
                endpoints,
                peer.guard().numbers());
    }

    byte[] bytes() {
        var out = new WireWriter(BYTES_MAX);
        out.u8(FORMAT);
        identity.write(out);
        out.u16(version.protocol())
                .u16(version.major())
                .u16(version.minor())
                .u16(version.revision())
                .u16(endpoints.size());
        for (Endpoint endpoint : endpoints) {
            InetCodec.write(out, endpoint);
        }
        if (numbers) {
            out.u8(1);
        }
        return out.toByteArray();
    }

    /** Null for what is no record, or none of this format. */
    static @Nullable PeerRecord read(byte[] bytes) {
        var in = new WireReader(bytes);
        if (in.u8() != FORMAT) {
            return null;
        }
        Identity identity = Identity.read(in);
        var version = new PeerVersion(in.u16() & 0xff, in.u16() & 0xff, in.u16() & 0xff, in.u16());
        int count = in.u16();
        List<Endpoint> endpoints = new ArrayList<>();
        for (int i = 0; i < count && in.intact(); i++) {
            Endpoint endpoint = InetCodec.read(in);
            if (endpoint != null && endpoints.size() < ENDPOINTS_MAX) {
                endpoints.add(endpoint);
            }
        }
        boolean numbers = in.intact() && in.remaining() > 0 && in.u8() == 1;
        return identity == null || !in.intact() ? null : new PeerRecord(identity, version, endpoints, numbers);
    }
}
