// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.verb;

import org.jspecify.annotations.Nullable;
import org.orrery.core.value.DropReason;
import org.orrery.core.value.NetworkId;
import org.orrery.core.wire.Dictionary;
import org.orrery.core.wire.WireReader;
import org.orrery.core.wire.WireWriter;

/**
 * Asks a controller for a configuration. Payload: network ID u64, length of the metadata u16, metadata, then revision u64
 * and timestamp u64 of the configuration that the sender has, zero if none. The last two fields may be absent. Metadata
 * that do not fit into {@link #METADATA_BYTES_MAX} are a fault.
 */
public record NetworkConfigRequest(NetworkId network, Dictionary metadata, long haveRevision, long haveTimestampMillis)
        implements Message {
    /** Capacity of the metadata, counted with a NUL that the receiver appends. */
    public static final int METADATA_BYTES_MAX = 1024;

    @Override
    public int verbId() {
        return Verb.NETWORK_CONFIG_REQUEST.id();
    }

    public static @Nullable NetworkConfigRequest read(WireReader in) {
        long network = in.u64();
        int length = in.u16();
        int at = in.position();
        in.skip(length);
        if (!in.intact()) {
            return null;
        }
        Dictionary metadata = Dictionary.within(METADATA_BYTES_MAX, in.array(), at, length);
        if (metadata == null) {
            in.reject(DropReason.BAD_FIELD);
            return null;
        }
        long revision = in.remaining() >= 8 ? in.u64() : 0;
        long timestamp = in.remaining() >= 8 ? in.u64() : 0;
        return new NetworkConfigRequest(new NetworkId(network), metadata, revision, timestamp);
    }

    @Override
    public void write(WireWriter out) {
        byte[] metadataBytes = metadata.toByteArray();
        out.u64(network.bits())
                .u16(metadataBytes.length)
                .bytes(metadataBytes)
                .u64(haveRevision)
                .u64(haveTimestampMillis);
    }
}
