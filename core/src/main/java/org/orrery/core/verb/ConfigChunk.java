// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.verb;

import org.jspecify.annotations.Nullable;
import org.orrery.core.value.Bytes;
import org.orrery.core.value.DropReason;
import org.orrery.core.value.NetworkId;
import org.orrery.core.wire.WireReader;
import org.orrery.core.wire.WireWriter;

/**
 * A piece of a network configuration, as NETWORK_CONFIG carries it and as OK(NETWORK_CONFIG_REQUEST) does. Payload:
 * network ID u64, length n u16, n bytes of the dictionary, flags u8, update ID u64, total length u32, position u32, then
 * signature type u8 (1), signature length u16 (96) and the signature. Written again, a chunk gives the same bytes, so that
 * it can be forwarded.
 *
 * <p>A payload that ends behind the n bytes is a whole configuration without a signature, which counts only when it
 * comes from the controller itself; flags, update ID and position are then zero.
 *
 * @param updateId the same in all chunks of one configuration, not zero
 * @param totalBytes length of the whole dictionary, u32; the reader makes sure that the chunk lies within it
 * @param positionBytes where in the dictionary the data belong, u32
 * @param signature by the controller over {@link #signedBytes}; null in the form without
 */
public record ConfigChunk(
        NetworkId network,
        Bytes data,
        int flags,
        long updateId,
        long totalBytes,
        long positionBytes,
        @Nullable Bytes signature)
        implements Message, OkBody {
    /** Flag: forward the chunk to all other known members. */
    public static final int FLAG_FAST_PROPAGATE = 0x01;

    /** Bytes that a chunk needs besides its data. */
    public static final int OVERHEAD_BYTES = 126;

    private static final int SIGNATURE_TYPE = 1;
    private static final int SIGNATURE_BYTES = 96;

    public ConfigChunk {
        if (signature != null && signature.length() != SIGNATURE_BYTES) {
            throw new IllegalArgumentException("signature of " + signature.length() + " bytes");
        }
    }

    @Override
    public int verbId() {
        return Verb.NETWORK_CONFIG.id();
    }

    @Override
    public int answeredVerbId() {
        return Verb.NETWORK_CONFIG_REQUEST.id();
    }

    public boolean fastPropagate() {
        return (flags & FLAG_FAST_PROPAGATE) != 0;
    }

    /** The same chunk, signed. */
    public ConfigChunk signed(byte[] newSignature) {
        return new ConfigChunk(network, data, flags, updateId, totalBytes, positionBytes, Bytes.copyOf(newSignature));
    }

    /** What the signature covers: everything from the network ID to the position. */
    public byte[] signedBytes() {
        var out = new WireWriter(data.length() + OVERHEAD_BYTES);
        writeSigned(out);
        return out.toByteArray();
    }

    public static @Nullable ConfigChunk read(WireReader in) {
        var network = new NetworkId(in.u64());
        Bytes data = in.blob(in.u16());
        if (in.intact() && in.remaining() == 0) {
            return new ConfigChunk(network, data, 0, 0, data.length(), 0, null);
        }
        int flags = in.u8();
        long updateId = in.u64();
        long totalBytes = in.u32();
        long positionBytes = in.u32();
        int signatureType = in.u8();
        int signatureBytes = in.u16();
        if (signatureType != SIGNATURE_TYPE
                || signatureBytes != SIGNATURE_BYTES
                || positionBytes + data.length() > totalBytes) {
            in.reject(DropReason.BAD_FIELD);
        }
        Bytes signature = in.blob(SIGNATURE_BYTES);
        return in.intact()
                ? new ConfigChunk(network, data, flags, updateId, totalBytes, positionBytes, signature)
                : null;
    }

    @Override
    public void write(WireWriter out) {
        if (signature == null) {
            out.u64(network.bits()).u16(data.length()).bytes(data);
            return;
        }
        writeSigned(out);
        out.u8(SIGNATURE_TYPE).u16(SIGNATURE_BYTES).bytes(signature);
    }

    private void writeSigned(WireWriter out) {
        out.u64(network.bits())
                .u16(data.length())
                .bytes(data)
                .u8(flags)
                .u64(updateId)
                .u32(totalBytes)
                .u32(positionBytes);
    }
}
