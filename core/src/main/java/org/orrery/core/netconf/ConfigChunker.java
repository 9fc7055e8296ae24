// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.netconf;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.orrery.core.crypto.SecretIdentity;
import org.orrery.core.value.Bytes;
import org.orrery.core.value.NetworkId;
import org.orrery.core.verb.ConfigChunk;

/** Cuts a configuration's dictionary into chunks and signs them, for a controller. */
public final class ConfigChunker {
    /** Data that goes into one packet of protocol 9: an MTU of 1444 less headers and room for compression. */
    public static final int SMALL_BYTES = 1160;

    /** Data that goes into one packet of protocol 12, whose longest is 10,024 bytes. */
    public static final int LARGE_BYTES = 9740;

    private ConfigChunker() {}

    /** Data per chunk for a member that speaks {@code protocol}: older ones cannot receive packets of many fragments. */
    public static int chunkBytes(int protocol) {
        return protocol >= 12 ? LARGE_BYTES : SMALL_BYTES;
    }

    /**
     * Cuts and signs.
     *
     * @param dictionary not empty, shorter than {@link NetworkConfig#CAPACITY_BYTES}
     * @param updateId random and not 0; the same dictionary sent again later needs another one
     * @param chunkBytes data per chunk, at most {@link #LARGE_BYTES}
     */
    public static List<ConfigChunk> split(
            NetworkId network, byte[] dictionary, long updateId, int chunkBytes, SecretIdentity controller) {
        if (dictionary.length == 0 || dictionary.length >= NetworkConfig.CAPACITY_BYTES) {
            throw new IllegalArgumentException("dictionary of " + dictionary.length + " bytes");
        }
        if (updateId == 0 || chunkBytes < 1 || chunkBytes > LARGE_BYTES) {
            throw new IllegalArgumentException("update " + updateId + " in chunks of " + chunkBytes);
        }
        var chunks = new ArrayList<ConfigChunk>();
        for (int at = 0; at < dictionary.length; at += chunkBytes) {
            byte[] data = Arrays.copyOfRange(dictionary, at, Math.min(at + chunkBytes, dictionary.length));
            chunks.add(sign(network, data, 0, updateId, dictionary.length, at, controller));
        }
        return List.copyOf(chunks);
    }

    static ConfigChunk sign(
            NetworkId network,
            byte[] data,
            int flags,
            long updateId,
            long total,
            long position,
            SecretIdentity controller) {
        var unsigned = new ConfigChunk(network, Bytes.copyOf(data), flags, updateId, total, position, null);
        return unsigned.signed(controller.sign(unsigned.signedBytes()));
    }
}
