// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.netconf;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.orrery.core.crypto.Identity;
import org.orrery.core.crypto.SecretIdentity;
import org.orrery.core.value.DropReason;
import org.orrery.core.value.NetworkId;
import org.orrery.core.wire.WireReader;
import org.orrery.core.wire.WireWriter;

/**
 * A piece of a configuration's dictionary, signed by the controller. Wire form: network u64, length u16, data, flags u8,
 * update ID u64, total length u32, position u32, signature type u8 (1), signature length u16 (96), signature over all
 * before its type. A legacy chunk ends after the data: it is a whole configuration without a signature. Immutable.
 */
public final class ConfigChunk {
    /** Flag: members pass the chunk on to all members they know. */
    public static final int FLAG_FAST_PROPAGATE = 0x01;

    /** Bytes beside the data. */
    public static final int OVERHEAD_BYTES = 30 + 96;

    private static final int SIGNATURE_TYPE = 1;
    private static final int SIGNATURE_BYTES = 96;

    private final NetworkId network;
    private final byte[] data;
    private final int flags;
    private final long updateId;
    private final long total;
    private final long position;
    private final byte @Nullable [] signature;

    private ConfigChunk(
            NetworkId network,
            byte[] ownedData,
            int flags,
            long updateId,
            long total,
            long position,
            byte @Nullable [] ownedSignature) {
        this.network = network;
        this.data = ownedData;
        this.flags = flags;
        this.updateId = updateId;
        this.total = total;
        this.position = position;
        this.signature = ownedSignature;
    }

    static ConfigChunk sign(
            NetworkId network,
            byte[] ownedData,
            int flags,
            long updateId,
            long total,
            long position,
            SecretIdentity controller) {
        var unsigned = new ConfigChunk(network, ownedData, flags, updateId, total, position, null);
        return new ConfigChunk(
                network, ownedData, flags, updateId, total, position, controller.sign(unsigned.signedBytes()));
    }

    /** Reads a chunk; bytes after the signature are ignored, as everywhere behind the last field. */
    public static @Nullable ConfigChunk read(WireReader in) {
        var network = new NetworkId(in.u64());
        byte[] data = in.bytes(in.u16());
        if (in.intact() && in.remaining() == 0) {
            return new ConfigChunk(network, data, 0, 0, data.length, 0, null);
        }
        int flags = in.u8();
        long updateId = in.u64();
        long total = in.u32();
        long position = in.u32();
        if (in.u8() != SIGNATURE_TYPE || in.u16() != SIGNATURE_BYTES) {
            in.reject(DropReason.BAD_FIELD);
        }
        byte[] signature = in.bytes(SIGNATURE_BYTES);
        return in.intact() ? new ConfigChunk(network, data, flags, updateId, total, position, signature) : null;
    }

    /** Writes the chunk byte for byte as it was read. */
    public void write(WireWriter out) {
        out.u64(network.bits()).u16(data.length).bytes(data);
        if (signature != null) {
            out.u8(flags).u64(updateId).u32(total).u32(position);
            out.u8(SIGNATURE_TYPE).u16(SIGNATURE_BYTES).bytes(signature);
        }
    }

    /** The bytes that the signature covers. */
    public byte[] signedBytes() {
        var out = new WireWriter(27 + data.length);
        out.u64(network.bits()).u16(data.length).bytes(data);
        out.u8(flags).u64(updateId).u32(total).u32(position);
        return out.toByteArray();
    }

    /** Whether {@code controller} signed it; false for the legacy form. */
    boolean signedBy(Identity controller) {
        return signature != null && controller.verify(signedBytes(), signature);
    }

    /** What duplicates are told apart by: the first 16 bytes of the signature, folded. */
    long chunkId() {
        if (signature == null) {
            return 0;
        }
        var in = new WireReader(signature);
        long first = in.u64();
        return first ^ in.u64();
    }

    /** Whether this is a whole configuration without a signature. */
    public boolean legacy() {
        return signature == null;
    }

    public NetworkId network() {
        return network;
    }

    /** The same in all chunks of one configuration; 0 in the legacy form, whose packet ID stands in for it. */
    public long updateId() {
        return updateId;
    }

    /** Bytes of the whole dictionary. */
    public long total() {
        return total;
    }

    /** Where in the dictionary the data belongs. */
    public long position() {
        return position;
    }

    public int dataBytes() {
        return data.length;
    }

    void copyTo(byte[] dictionary) {
        System.arraycopy(data, 0, dictionary, (int) position, data.length);
    }

    public boolean fastPropagate() {
        return (flags & FLAG_FAST_PROPAGATE) != 0;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ConfigChunk chunk
                && chunk.network.equals(network)
                && Arrays.equals(chunk.data, data)
                && chunk.flags == flags
                && chunk.updateId == updateId
                && chunk.total == total
                && chunk.position == position
                && Arrays.equals(chunk.signature, signature);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(data) + Long.hashCode(updateId ^ position);
    }

    @Override
    public String toString() {
        return "chunk of " + network + ", bytes " + position + "+" + data.length + " of " + total;
    }
}
