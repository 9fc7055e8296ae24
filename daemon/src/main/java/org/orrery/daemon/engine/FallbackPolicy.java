// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.engine;

/**
 * When packets go through a TCP relay: once nobody has been heard over UDP for some seconds although roots were asked, and
 * until UDP has carried answers again for some seconds. A function of the time and of what it is told; control lane only.
 */
final class FallbackPolicy {
    /** Silence after which the roots are asked for a sign of life. */
    static final long ASK_MILLIS = 4_000;

    static final long ASK_PAUSE_MILLIS = 1_000;

    /** Silence after which UDP counts as blocked, if so many questions were asked in it. */
    static final long BLOCKED_MILLIS = 7_000;

    static final int QUESTIONS_MIN = 3;

    /** UDP has to carry answers for this long, and this recently, to be relied on again. */
    static final long BACK_MILLIS = 3_000;

    private static final long RECENT_MILLIS = 2_500;

    /** How long the tunnel is still listened to: peers that use it need that long to find the new way. */
    static final long LEAVING_MILLIS = 20_000;

    /** What the node does about it. */
    enum State {
        /** UDP carries everything. */
        UDP,
        /** The tunnel carries what UDP does not. */
        TUNNEL,
        /** UDP is back: nothing is sent through the tunnel, which is still listened to. */
        LEAVING
    }

    private State state = State.UDP;
    private long sinceMillis;
    private long lastAskMillis = Long.MIN_VALUE / 2;
    private int questions;
    private long backSinceMillis = Long.MIN_VALUE / 2;
    private boolean back;

    FallbackPolicy(long nowMillis) {
        sinceMillis = nowMillis;
    }

    State state() {
        return state;
    }

    /** When the state last changed. */
    long sinceMillis() {
        return sinceMillis;
    }

    /** The questions asked since UDP fell silent. */
    int questions() {
        return questions;
    }

    /**
     * Thinks again.
     *
     * @param heardMillis when anybody was last heard over UDP
     * @return whether roots are to be asked over UDP now
     */
    boolean look(long heardMillis, long nowMillis) {
        // Before the first word the silence began with the start.
        long silence = nowMillis - Math.max(heardMillis, state == State.UDP ? sinceMillis : heardMillis);
        if (silence < ASK_MILLIS) {
            questions = 0;
        }
        switch (state) {
            case UDP -> {
                if (blocked(silence, nowMillis)) {
                    turn(State.TUNNEL, nowMillis);
                }
            }
            case LEAVING -> {
                if (blocked(silence, nowMillis)) {
                    turn(State.TUNNEL, nowMillis);
                } else if (nowMillis - sinceMillis >= LEAVING_MILLIS) {
                    turn(State.UDP, nowMillis);
                }
            }
            case TUNNEL -> {
                boolean recent = silence < RECENT_MILLIS;
                if (recent && !back) {
                    backSinceMillis = nowMillis;
                }
                back = recent;
                if (back && nowMillis - backSinceMillis >= BACK_MILLIS) {
                    turn(State.LEAVING, nowMillis);
                }
            }
        }
        boolean ask = (state == State.TUNNEL || silence >= ASK_MILLIS) && nowMillis - lastAskMillis >= ASK_PAUSE_MILLIS;
        if (ask) {
            lastAskMillis = nowMillis;
            questions++;
        }
        return ask;
    }

    private boolean blocked(long silence, long nowMillis) {
        return silence >= BLOCKED_MILLIS
                && questions >= QUESTIONS_MIN
                && nowMillis - lastAskMillis >= ASK_PAUSE_MILLIS / 2;
    }

    private void turn(State next, long nowMillis) {
        state = next;
        sinceMillis = nowMillis;
        questions = 0;
        back = false;
    }

    /** Begins anew: what is true of UDP now has to be found out again. */
    void reset(long nowMillis) {
        turn(State.UDP, nowMillis);
    }
}
