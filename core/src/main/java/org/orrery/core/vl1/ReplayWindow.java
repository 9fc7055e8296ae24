// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * Which numbers of one sender's lane came already. Numbers are in blocks of 16; each word holds which block it is about and
 * which of its numbers came, and a later block takes the place of the one that is a span of numbers older. So a number is
 * never taken twice, and one that is late is taken if it is at most the span less a block behind the newest, or if nothing
 * took its place.
 *
 * <p>Any thread, without locks: the packets of one sender may come over several of our lanes. Allocates nothing.
 */
final class ReplayWindow {
    /** A few milliseconds of the fastest sender's packets, the most that paths are apart. */
    static final int SPAN = 2_048;

    /**
     * Of peers that send over several paths at once: the slower path's packets come late by as many as the
     * other one takes meanwhile. A third of a second of 200,000 packets; 32 kB.
     */
    static final int BONDED_SPAN = 65_536;

    /**
     * A number further ahead than this is not placed: more likely another session's, whose numbers are random here. So many
     * packets are lost in a row only if nobody heard the sender for seconds, and then it is asked.
     */
    static final long AHEAD_MAX = 1 << 20;

    private static final int BLOCK_BITS = 4;
    private static final int BLOCK = 1 << BLOCK_BITS;
    private static final VarHandle WORD = MethodHandles.arrayElementVarHandle(long[].class);
    private static final VarHandle NEWEST;

    static {
        try {
            NEWEST = MethodHandles.lookup().findVarHandle(ReplayWindow.class, "newest", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final long floor;
    private final @Nullable ReplayWindow before;
    private final long boundary;
    private final long[] words; // block << 16 | a bit for each of its numbers

    @SuppressWarnings("UnusedVariable") // through its VarHandle
    private long newest;

    /**
     * @param span so many numbers, less a block, may overtake another; a power of two
     * @param floor what is not above it counts as come
     * @param newest what the sender told that it has sent already, at least {@code floor}
     */
    ReplayWindow(int span, long floor, long newest) {
        this.floor = floor;
        this.newest = newest;
        this.words = new long[span / BLOCK];
        this.before = null;
        this.boundary = floor;
    }

    /** Takes the place of {@code before}: numbers up to the newest that came there remain its own. */
    ReplayWindow(int span, ReplayWindow before) {
        this.floor = before.floor;
        this.boundary = (long) NEWEST.getOpaque(before);
        this.newest = boundary;
        this.words = new long[span / BLOCK];
        this.before = before;
    }

    /** How many numbers, less a block, may overtake another. */
    int span() {
        return words.length * BLOCK;
    }

    /** Whether a number is still known to have come. */
    private boolean came(long number) {
        long block = number >>> BLOCK_BITS;
        long word = (long) WORD.getOpaque(words, (int) block & (words.length - 1));
        return word >>> BLOCK == block && (word & 1L << (number & (BLOCK - 1))) != 0;
    }

    /** Takes a number below 2^52, once; NOWHERE if it is too far ahead. */
    ReplayGuard.Place take(long number) {
        long newestBefore = (long) NEWEST.getOpaque(this);
        if (number - newestBefore > AHEAD_MAX) {
            return ReplayGuard.Place.NOWHERE;
        }
        if (number <= floor) {
            return ReplayGuard.Place.OLD;
        }
        ReplayWindow former = before;
        if (former != null) {
            if (number <= boundary) {
                return former.take(number);
            }
            if (former.came(number)) {
                return ReplayGuard.Place.OLD; // a lane took it there while this window was made
            }
        }
        long block = number >>> BLOCK_BITS;
        long bit = 1L << (number & (BLOCK - 1));
        int index = (int) block & (words.length - 1);
        while (true) {
            long word = (long) WORD.getOpaque(words, index);
            long about = word >>> BLOCK;
            long changed;
            if (about == block) {
                if ((word & bit) != 0) {
                    return ReplayGuard.Place.OLD;
                }
                changed = word | bit;
            } else if (about < block) {
                changed = block << BLOCK | bit;
            } else {
                return ReplayGuard.Place.OLD;
            }
            if (WORD.compareAndSet(words, index, word, changed)) {
                break;
            }
        }
        if (number > newestBefore) {
            // Lanes may undo each other's progress here by a few numbers, which only shortens how far ahead one may be.
            NEWEST.setOpaque(this, number);
        }
        return ReplayGuard.Place.NEW;
    }

    /** The sender told that it has sent {@code number} already. */
    void told(long number) {
        if (number > (long) NEWEST.getOpaque(this)) {
            NEWEST.setOpaque(this, number);
        }
    }
}
