// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.random.RandomGenerator;
import org.orrery.core.crypto.NumberCipher;
import org.orrery.core.crypto.NumberRun;
import org.orrery.core.crypto.SharedKey;
import org.orrery.core.verb.Features;

/**
 * Numbers what is sent to one peer, and makes packet IDs of the numbers: for each lane 1, 2, 3 and so on under a key of a
 * session. So no ID comes twice in a session, and between sessions only as often as random ones would, whatever clocks do;
 * a peer that knows the session can tell whether a packet came before. Everybody's packets are numbered; to others the IDs
 * mean nothing.
 *
 * <p>A session is for one life of the peer, which is how long it has known us: another life has no memory of what came, and
 * must not be sent recordings of what another got. A life is a random number, too.
 */
final class PacketNumbers {
    /** The number of a lane stands above this bit. */
    static final int LANE_SHIFT = 58;

    /** So old a session, of which no life of the peer was told, may have been heard by one that is over. */
    private static final long UNBOUND_MAX_MILLIS = 5_000;

    /** A cache line for each lane: they count at the same time. */
    private static final int STRIDE = 8;

    private static final VarHandle COUNT = MethodHandles.arrayElementVarHandle(long[].class);

    private static final class Session {
        final long id;
        final NumberCipher cipher;
        final NumberRun[] runs; // of each lane, made at its first packet
        final long[] counts;
        final long bornMillis;
        long theirLife; // 0 until it is known

        Session(long id, NumberCipher cipher, int lanes, long bornMillis, long theirLife) {
            this.id = id;
            this.cipher = cipher;
            this.runs = new NumberRun[lanes];
            this.counts = new long[lanes * STRIDE];
            this.bornMillis = bornMillis;
            this.theirLife = theirLife;
        }
    }

    private final SharedKey key;
    private final long self;
    private final int lanes;
    private final RandomGenerator random;
    private final long life;
    private volatile Session session;

    /** @param random strong, and kept */
    PacketNumbers(SharedKey key, long self, int lanes, RandomGenerator random, long nowMillis) {
        this.key = key;
        this.self = self;
        this.lanes = lanes;
        this.random = random;
        this.life = random.nextLong();
        this.session = begin(0, nowMillis);
    }

    private Session begin(long theirLife, long nowMillis) {
        long id = random.nextLong();
        return new Session(id, NumberCipher.of(key, self, id), lanes, nowMillis, theirLife);
    }

    /** Lane {@code lane} only: the ID of its next packet. */
    long nextId(int lane) {
        Session now = session;
        int index = lane * STRIDE;
        long number = now.counts[index] + 1;
        COUNT.setOpaque(now.counts, index, number);
        NumberRun run = now.runs[lane];
        if (run == null) {
            run = new NumberRun(now.cipher);
            now.runs[lane] = run;
        }
        return run.encryptNext((long) lane << LANE_SHIFT | number);
    }

    /** Since when we know the peer. Control lane only, as all below. */
    long life() {
        return life;
    }

    /**
     * The peer told its life.
     *
     * @param fresh whether in an answer; else it may be a recording
     */
    void peerLives(long theirLife, boolean fresh, long nowMillis) {
        Session now = session;
        if (now.theirLife == 0 && nowMillis - now.bornMillis <= UNBOUND_MAX_MILLIS) {
            now.theirLife = theirLife;
        } else if (now.theirLife != theirLife && (fresh || now.theirLife == 0)) {
            session = begin(theirLife, nowMillis);
        }
    }

    /** What a greeting tells; an answer tells the last number of each lane, too. */
    Features features(int bits, boolean answer) {
        Session now = session;
        var last = new Long[answer ? lanes : 0];
        for (int lane = 0; lane < last.length; lane++) {
            last[lane] = (long) COUNT.getOpaque(now.counts, lane * STRIDE);
        }
        return new Features(bits | Features.NUMBERS_PACKETS, life, now.id, now.theirLife, List.of(last));
    }
}
