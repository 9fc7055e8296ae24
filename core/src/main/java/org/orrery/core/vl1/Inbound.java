// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import org.jspecify.annotations.Nullable;
import org.orrery.core.value.Endpoint;

/**
 * A complete packet on its way to the control lane. The bytes are owned by it.
 *
 * <p>Either as it arrived ({@code peer} null: the source is unknown or it is a HELLO that proves itself), or opened: then
 * {@code peer} is its authentic source, the payload is decrypted and decompressed, and the packet ID is still the one
 * from the wire, which replies quote. An opened one that is not {@code placed} may have come before: {@link ReplayGuard}
 * could not say yet.
 */
public final class Inbound {
    private final int socket;
    private final Endpoint from;
    private final byte[] packet;
    private final @Nullable Peer peer;
    private final long arrivedMillis;
    private final boolean placed;
    private final long nonce;

    public Inbound(int socket, Endpoint from, byte[] packet, @Nullable Peer peer, long arrivedMillis) {
        this(socket, from, packet, peer, arrivedMillis, true, 0);
    }

    private Inbound(
            int socket,
            Endpoint from,
            byte[] packet,
            @Nullable Peer peer,
            long arrivedMillis,
            boolean placed,
            long nonce) {
        this.socket = socket;
        this.from = from;
        this.packet = packet;
        this.peer = peer;
        this.arrivedMillis = arrivedMillis;
        this.placed = placed;
        this.nonce = nonce;
    }

    /**
     * An opened packet.
     *
     * @param placed whether {@link ReplayGuard#take} found it new; else that is to be asked again
     * @param nonce what that was asked about
     */
    public static Inbound opened(
            int socket, Endpoint from, byte[] packet, Peer peer, long arrivedMillis, boolean placed, long nonce) {
        return new Inbound(socket, from, packet, peer, arrivedMillis, placed, nonce);
    }

    public int socket() {
        return socket;
    }

    public Endpoint from() {
        return from;
    }

    public byte[] packet() {
        return packet;
    }

    /** The authentic source of an opened packet; null while it is not opened. */
    public @Nullable Peer peer() {
        return peer;
    }

    public long arrivedMillis() {
        return arrivedMillis;
    }

    /** Whether an opened packet is known not to have come before, as far as anybody can tell. */
    boolean placed() {
        return placed;
    }

    long nonce() {
        return nonce;
    }
}
