// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.crypto;

import static org.orrery.core.crypto.Salsa20.LITTLE_LONG;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Protects and opens whole packets exchanged with one peer, in place. One for each peer and lane: one thread. Suites 0
 * and 1 allocate nothing.
 *
 * <pre>
 * 0 packet ID (8)   8 destination (5)   13 source (5)   18 flags   19 MAC (8)   27 verb and payload
 * flags: 0x80 encrypted (suite 1 only)   0x40 fragmented   0x38 suite   0x07 hops, never protected
 * </pre>
 */
public final class PacketCipher implements AutoCloseable {
    /** Authenticated with Poly1305, not encrypted. */
    public static final int SUITE_CLEAR = 0;

    /** Salsa20/12 and Poly1305. */
    public static final int SUITE_SALSA = 1;

    /** Neither: both ends trust the path. Not handled here. */
    public static final int SUITE_TRUSTED_PATH = 2;

    /** AES-GMAC-SIV, from protocol 12 on. */
    public static final int SUITE_AES = 3;

    private static final int DESTINATION_OFFSET = 8;
    private static final int FLAGS_OFFSET = 18;
    private static final int MAC_OFFSET = 19;
    private static final int REGION_OFFSET = 27;
    private static final int PACKET_BYTES_MIN = 28;

    private static final int FLAG_ENCRYPTED = 0x80;
    private static final int FLAG_FRAGMENTED = 0x40;
    private static final int HOPS_MASK = 0x07;

    /** Destination, source and flags, padded to a block. */
    private static final int ASSOCIATED_BYTES = 16;

    private static final VarHandle BIG_LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    /**
     * What goes through a cipher before the vector twins are worth their start. By then everything else of a busy node is
     * compiled, which theirs would hold up.
     */
    private static final long SCALAR_BYTES_MAX = 32 << 20;

    private final SharedKey key;
    private final Salsa20 salsa;
    private final Poly1305 poly;
    private long scalarBytes;
    private boolean vectors;
    private final byte[] associated = new byte[ASSOCIATED_BYTES];
    private long key0;
    private long key1;
    private long key2;
    private long key3;
    private @Nullable GmacSiv aes; // made when first needed: most of the memory of a cipher
    private boolean closed;

    /** A cipher over {@code key}, which must stay open as long as this one is used; it is not closed here. */
    public PacketCipher(SharedKey key) {
        this(key, VectorSupport.ready());
    }

    PacketCipher(SharedKey key, boolean vectors) {
        this.key = key;
        this.vectors = vectors;
        this.salsa = new Salsa20(12, vectors ? new VectorSalsa() : new ScalarSalsa());
        this.poly = new Poly1305(vectors);
        byte[] bytes = key.borrowed();
        key0 = (long) LITTLE_LONG.get(bytes, 0);
        key1 = (long) LITTLE_LONG.get(bytes, 8);
        key2 = (long) LITTLE_LONG.get(bytes, 16);
        key3 = (long) LITTLE_LONG.get(bytes, 24);
    }

    /**
     * Protects a finished packet of {@code length} bytes from {@code offset}: sets the suite bits, clears the hops, and
     * fills in the MAC. The fragmented bit must be as it will be sent. Under suite 3 the ID is replaced; what stands
     * there afterwards is the one that replies quote.
     *
     * @param suite 0, 1 or 3
     */
    public void seal(int suite, byte[] packet, int offset, int length) {
        if (length < PACKET_BYTES_MIN) {
            throw new IllegalArgumentException("packet of " + length + " bytes");
        }
        int flags = packet[offset + FLAGS_OFFSET] & FLAG_FRAGMENTED | suite << 3;
        int region = offset + REGION_OFFSET;
        int regionBytes = length - REGION_OFFSET;
        switch (suite) {
            case SUITE_CLEAR -> {
                packet[offset + FLAGS_OFFSET] = (byte) flags;
                long[] stream = startPacket(packet, offset, length, 0);
                LITTLE_LONG.set(packet, offset + MAC_OFFSET, mac(stream, packet, region, regionBytes));
            }
            case SUITE_SALSA -> {
                packet[offset + FLAGS_OFFSET] = (byte) (flags | FLAG_ENCRYPTED);
                long[] stream = startPacket(packet, offset, length, regionBytes);
                long r0 = stream[0]; // kept aside: encrypting a long packet computes more key stream over it
                long r1 = stream[1];
                long s0 = stream[2];
                long s1 = stream[3];
                salsa.xorPrepared(packet, region, regionBytes);
                poly.compute(r0, r1, s0, s1, packet, region, regionBytes);
                LITTLE_LONG.set(packet, offset + MAC_OFFSET, poly.tagLow());
            }
            case SUITE_AES -> {
                packet[offset + FLAGS_OFFSET] = (byte) flags;
                associate(packet, offset);
                GmacSiv cipher = aes();
                long iv = (long) BIG_LONG.get(packet, offset);
                cipher.seal(iv, associated, ASSOCIATED_BYTES, packet, region, regionBytes);
                BIG_LONG.set(packet, offset, cipher.tagHigh());
                BIG_LONG.set(packet, offset + MAC_OFFSET, cipher.tagLow());
            }
            default -> throw new IllegalArgumentException("suite " + suite);
        }
    }

    /**
     * Checks a packet by the suite it names and decrypts it. False if it is not authentic, too short, or of another suite
     * than 0, 1 and 3; then what follows the header may have been overwritten.
     */
    public boolean open(byte[] packet, int offset, int length) {
        if (length < PACKET_BYTES_MIN) {
            return false;
        }
        int region = offset + REGION_OFFSET;
        int regionBytes = length - REGION_OFFSET;
        int suite = packet[offset + FLAGS_OFFSET] >>> 3 & 7;
        return switch (suite) {
            case SUITE_CLEAR -> {
                long[] stream = startPacket(packet, offset, length, 0);
                yield mac(stream, packet, region, regionBytes) == macOf(packet, offset);
            }
            case SUITE_SALSA -> {
                long[] stream = startPacket(packet, offset, length, regionBytes);
                if (mac(stream, packet, region, regionBytes) != macOf(packet, offset)) {
                    yield false;
                }
                salsa.xorPrepared(packet, region, regionBytes);
                yield true;
            }
            case SUITE_AES -> {
                associate(packet, offset);
                long tagHigh = (long) BIG_LONG.get(packet, offset);
                long tagLow = (long) BIG_LONG.get(packet, offset + MAC_OFFSET);
                yield aes().open(tagHigh, tagLow, associated, ASSOCIATED_BYTES, packet, region, regionBytes);
            }
            default -> false;
        };
    }

    /**
     * The number under which the packet that was opened last was sealed, which its MAC covers: its ID, but under suite 3
     * what the sender put in place of that before it became part of the tag.
     */
    public long nonce(byte[] packet, int offset) {
        GmacSiv cipher = aes;
        return cipher != null && (packet[offset + FLAGS_OFFSET] >>> 3 & 7) == SUITE_AES
                ? cipher.nonce()
                : (long) BIG_LONG.get(packet, offset);
    }

    /**
     * Masks or unmasks the last section of a HELLO, from index {@code tailOffset} of the array on, with a key stream of
     * the unchanged shared key. Before {@link #seal} and after {@link #open}; once for each packet.
     *
     * @param packetOffset index of the packet's first byte; its ID must be the one it is sealed with
     */
    public void maskHelloTail(byte[] packet, int packetOffset, int tailOffset, int length) {
        requireOpen();
        // Protocol 9 senders count in the low three bits of the last ID byte after masking, so those do not take part.
        long nonce = (long) LITTLE_LONG.get(packet, packetOffset) & ~(7L << 56);
        salsa.start(key0, key1, key2, key3, nonce);
        salsa.xor(packet, tailOffset, length);
    }

    /**
     * Starts the cipher under the packet's own key: the shared key with header and length mixed in. Answers its first
     * block, which holds the one-time key of the MAC.
     */
    private long[] startPacket(byte[] packet, int offset, int length, int encryptedBytes) {
        requireOpen();
        chooseTwins(length);
        long id = (long) LITTLE_LONG.get(packet, offset);
        long addresses = (long) LITTLE_LONG.get(packet, offset + 8);
        long rest = packet[offset + 16] & 0xffL
                | (packet[offset + 17] & 0xffL) << 8
                | (packet[offset + FLAGS_OFFSET] & 0xffL & ~HOPS_MASK) << 16
                | (length & 0xffffL) << 24;
        salsa.start(key0 ^ id, key1 ^ addresses, key2 ^ rest, key3, id);
        return salsa.prepare(encryptedBytes);
    }

    private void chooseTwins(int length) {
        if (vectors) {
            return;
        }
        if (VectorSupport.ready()) {
            vectors = true;
            salsa.useVectors();
            poly.useVectors();
        } else {
            scalarBytes += length;
            if (scalarBytes > SCALAR_BYTES_MAX) {
                scalarBytes = 0;
                VectorSupport.want();
            }
        }
    }

    private static long macOf(byte[] packet, int offset) {
        return (long) LITTLE_LONG.get(packet, offset + MAC_OFFSET);
    }

    private long mac(long[] stream, byte[] packet, int region, int regionBytes) {
        poly.compute(stream[0], stream[1], stream[2], stream[3], packet, region, regionBytes);
        return poly.tagLow();
    }

    private void associate(byte[] packet, int offset) {
        System.arraycopy(packet, offset + DESTINATION_OFFSET, associated, 0, FLAGS_OFFSET + 1 - DESTINATION_OFFSET);
        associated[FLAGS_OFFSET - DESTINATION_OFFSET] &= (byte) ~HOPS_MASK;
    }

    private GmacSiv aes() {
        requireOpen();
        GmacSiv cipher = aes;
        if (cipher == null) {
            cipher = GmacSiv.of(key);
            aes = cipher;
        }
        return cipher;
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("packet cipher is closed");
        }
    }

    /** Wipes key stream and derived keys; every later use fails. */
    @Override
    public void close() {
        closed = true;
        key0 = 0;
        key1 = 0;
        key2 = 0;
        key3 = 0;
        salsa.wipe();
        poly.wipe();
        if (aes != null) {
            aes.close();
            aes = null;
        }
        Arrays.fill(associated, (byte) 0);
    }

    @Override
    public String toString() {
        return "packet cipher";
    }
}
