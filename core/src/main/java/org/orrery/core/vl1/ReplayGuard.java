// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;
import org.orrery.core.crypto.NumberCipher;
import org.orrery.core.crypto.NumberRun;
import org.orrery.core.crypto.SharedKey;
import org.orrery.core.verb.Features;

/**
 * Refuses packets of one peer that came before. The numbers under its packet IDs ({@link PacketNumbers}) can be read once
 * it told its session, and that is believed only in an answer to a question of ours, which nobody can have recorded.
 *
 * <ul>
 *   <li>A peer that tells no session is not guarded against; whoever is not an Orrery node never does.
 *   <li>What came before its first answer was taken, and is remembered as come. Of a peer that is known from an earlier run
 *       to number nothing is taken until then: there may be recordings of what that run took.
 *   <li>If a session was in use before our own life, or more came before the first answer than is remembered, numbers up to
 *       those that it had come to when it is told count as come.
 *   <li>Another session takes the place of one that was held here, with all of its numbers: none of them was taken before.
 *       The answer must be to a question asked after the former session was learned, or it is older than that.
 * </ul>
 *
 * What the control lane learns is published in one volatile field; {@link #take} is for any lane and allocates nothing once
 * the peer has answered.
 */
public final class ReplayGuard {
    /** What is to be said of a packet's number. */
    public enum Place {
        /** The packet did not come before, or its sender does not number. */
        NEW,
        /** It came before, or is too old to tell. */
        OLD,
        /** Of no session that is known here: a recording, or its sender has begun anew. The control lane finds out. */
        NOWHERE
    }

    private static final long NUMBER_MASK = (1L << PacketNumbers.LANE_SHIFT) - 1;
    private static final VarHandle WINDOW = MethodHandles.arrayElementVarHandle(ReplayWindow[].class);
    private static final VarHandle EARLY;

    static {
        try {
            EARLY = MethodHandles.lookup().findVarHandle(ReplayGuard.class, "early", AtomicLongArray.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** One life of the peer's numbers. */
    private static final class Session {
        /** It has not answered in our life. */
        static final Session UNKNOWN = none();

        /** As {@link #UNKNOWN}, and it is known to number. */
        static final Session AWAITED = none();

        final long id;
        final @Nullable NumberCipher cipher;
        final NumberRun[] runs; // of each lane of ours, made at the first packet that comes over it
        final ReplayWindow[] windows;
        final long[] floors;
        final long[] told;

        Session(long id, @Nullable NumberCipher cipher, int lanes, long[] floors, long[] told) {
            this.id = id;
            this.cipher = cipher;
            this.runs = new NumberRun[lanes];
            this.windows = new ReplayWindow[told.length];
            this.floors = floors;
            this.told = told;
        }

        private static Session none() {
            return new Session(0, null, 0, new long[0], new long[0]);
        }
    }

    /** What came before the first answer: a round trip's packets, in 600 bytes. */
    private static final int EARLY_MAX = 64;

    private final SharedKey key;
    private final long peer;
    private final int lanes;
    private volatile @Nullable Session session = Session.UNKNOWN; // null if it does not number
    private volatile @Nullable AtomicLongArray early;
    private volatile int span = ReplayWindow.SPAN;
    private final AtomicInteger earlyCount = new AtomicInteger();
    private long learnedMillis;

    /** @param lanes of ours */
    ReplayGuard(SharedKey key, long peer, int lanes) {
        this.key = key;
        this.peer = peer;
        this.lanes = lanes;
    }

    /**
     * Takes the nonce of an authentic packet, which is its ID unless the cipher hides another in it.
     *
     * @param lane of ours, whose thread this is
     */
    public Place take(int lane, long nonce) {
        Session now = session;
        if (now == null) {
            return Place.NEW;
        }
        if (now.cipher == null) {
            return now == Session.UNKNOWN ? takeEarly(nonce) : Place.NOWHERE;
        }
        NumberRun run = now.runs[lane];
        if (run == null) {
            run = new NumberRun(now.cipher);
            now.runs[lane] = run;
        }
        long number = run.decrypt(nonce);
        int theirLane = (int) (number >>> PacketNumbers.LANE_SHIFT);
        if (theirLane >= now.windows.length) {
            return Place.NOWHERE;
        }
        ReplayWindow window = (ReplayWindow) WINDOW.getAcquire(now.windows, theirLane);
        if (window == null) {
            window = open(now, theirLane);
        }
        return window.take(number & NUMBER_MASK);
    }

    private Place takeEarly(long nonce) {
        AtomicLongArray array = early;
        if (array == null) {
            var made = new AtomicLongArray(EARLY_MAX);
            AtomicLongArray other = (AtomicLongArray) EARLY.compareAndExchange(this, null, made);
            array = other == null ? made : other;
        }
        for (int i = 0; i < Math.min(EARLY_MAX, earlyCount.get()); i++) {
            if (array.get(i) == nonce) {
                return Place.OLD;
            }
        }
        array.set(earlyCount.getAndIncrement() & (EARLY_MAX - 1), nonce);
        return Place.NEW;
    }

    private ReplayWindow open(Session now, int lane) {
        var made = new ReplayWindow(span, now.floors[lane], now.told[lane]);
        ReplayWindow other = (ReplayWindow) WINDOW.compareAndExchange(now.windows, lane, null, made);
        return other == null ? made : other;
    }

    /**
     * Its packets may come over several paths at once from now on, and then be late by many numbers; or not any more, which
     * holds from its next session on. Control lane only.
     */
    void severalPaths(boolean several) {
        span = several ? ReplayWindow.BONDED_SPAN : ReplayWindow.SPAN;
        Session now = session;
        if (!several || now == null || now.cipher == null) {
            return;
        }
        for (int lane = 0; lane < now.windows.length; lane++) {
            ReplayWindow window = (ReplayWindow) WINDOW.getAcquire(now.windows, lane);
            if (window != null && window.span() < ReplayWindow.BONDED_SPAN) {
                WINDOW.setRelease(now.windows, lane, new ReplayWindow(ReplayWindow.BONDED_SPAN, window));
            }
        }
    }

    /** Any thread: whether packets that came before are refused. */
    public boolean guards() {
        Session now = session;
        return now != null && now.cipher != null;
    }

    /** An earlier run knew that it numbers; control lane only, as all below. */
    void await() {
        if (session == Session.UNKNOWN) {
            session = Session.AWAITED;
        }
    }

    /** Whether it numbers, as far as known; worth remembering for another run. */
    boolean numbers() {
        return session != null && session != Session.UNKNOWN;
    }

    /**
     * Whether a greeting with {@code features} tells nothing new; else an answer is needed to believe it. Of a peer that never
     * answered it is needed whatever it tells, so that who does not number is known not to.
     */
    boolean agrees(@Nullable Features features) {
        Session now = session;
        Features told = numbering(features);
        if (now == null) {
            return told == null;
        }
        return told != null && now.cipher != null && now.id == told.session();
    }

    private static @Nullable Features numbering(@Nullable Features features) {
        return features != null && features.numbers() ? features : null;
    }

    /** Whether an answer is to a question from before the session that is known, and of another one: of a life that is over. */
    boolean outdated(@Nullable Features features, long askedMillis) {
        Session now = session;
        Features told = numbering(features);
        boolean same = now != null && told != null && now.id == told.session();
        return now != null && now.cipher != null && !same && askedMillis - learnedMillis <= 0;
    }

    /**
     * The peer answered a greeting of ours, and that is not {@link #outdated}.
     *
     * @param life since when we know it, as {@link PacketNumbers} has it
     * @return whether packets that were {@link Place#NOWHERE} may have a place now
     */
    boolean answered(@Nullable Features features, long life, long nowMillis) {
        Features told = numbering(features);
        Session before = session;
        boolean knew = before != null && before.cipher != null;
        if (before != null && knew && told != null && before.id == told.session()) {
            raise(before, told.lastNumbers());
            return true;
        }
        if (told == null) {
            session = null;
            early = null;
            return before != null && before != Session.UNKNOWN;
        }
        long[] last = told.lastNumbers();
        boolean allRemembered = before != null && earlyCount.get() <= EARLY_MAX;
        boolean allNew = knew || told.receiverLife() == life && allRemembered;
        long[] floors = allNew ? new long[last.length] : last.clone();
        NumberCipher cipher = NumberCipher.of(key, peer, told.session());
        session = new Session(told.session(), cipher, lanes, floors, last);
        learnedMillis = nowMillis;
        takeAgain();
        return true;
    }

    /** What was taken without a look at its number has come. */
    private void takeAgain() {
        AtomicLongArray array = early;
        for (int i = 0; array != null && i < Math.min(EARLY_MAX, earlyCount.get()); i++) {
            take(Sender.CONTROL_LANE, array.get(i));
        }
        early = null;
    }

    private static void raise(Session now, long[] told) {
        for (int lane = 0; lane < Math.min(told.length, now.told.length); lane++) {
            // A lane that opens a window at the same time may miss this, and then ask again.
            now.told[lane] = Math.max(now.told[lane], told[lane]);
            ReplayWindow window = (ReplayWindow) WINDOW.getAcquire(now.windows, lane);
            if (window != null) {
                window.told(told[lane]);
            }
        }
    }
}
