// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import java.util.function.Consumer;
import org.orrery.core.value.Endpoint;

/**
 * Finds out within moments that a path in use works no more, and that it works again. A path is asked when something was
 * sent over it lately and nothing came back for a while, and now and then in any case: what comes in proves only the way
 * in. If no question is answered the path fails: traffic goes over a root, and the path is asked on, ever more slowly.
 * Only an answer brings a failed path back. Control lane only.
 */
final class PathWatch {
    /** Between looks while something is sent. */
    static final long USE_LOOK_MILLIS = 100;

    /** Between looks while nothing is sent anywhere. */
    static final long IDLE_MILLIS = 500;

    /** A look that comes so late finds answers that nobody had the time to take. */
    private static final long SLEPT_MILLIS = 200;

    /** How often a peer that answers slowly does. */
    static final long SLOW_ANSWERS_MILLIS = 1_000;

    /** How long the way out may go unproved by an answer while a path is in use. */
    private static final long PROOF_MILLIS = 5_000;

    private static final long PROOF_LOW_BANDWIDTH_MILLIS = 60_000;

    /** Longest extra patience for a path known to be slow. */
    private static final long SLOW_MILLIS_MAX = 1_000;

    /** A peer that is heard over a relay, and was not heard directly for this long, may not reach us directly. */
    private static final long HINT_SILENCE_MILLIS = 500;

    /** Unless it answered so lately. */
    private static final long HINT_PROOF_MILLIS = 2_000;

    /** Such hints are heeded this often: there are peers that relay for reasons of their own. */
    private static final long HINT_PAUSE_MILLIS = 30_000;

    /** After this many questions to a failed path the pauses stay as they are. */
    private static final long[] RETRY_PAUSES_MILLIS = {500, 1_000, 2_000, 4_000, 8_000, 10_000};

    /** When to doubt, and how to ask. */
    private record Manner(long silenceMillis, long pauseMillis, int questions) {
        /**
         * Of a path that only sends: five of these lost in a row are one in ten million at 2 % loss each way. The last two
         * are HELLOs, for there are peers that answer one ECHO a second.
         */
        static final Manner LEAF = new Manner(500, 300, 5);

        /** A root carries others' traffic and is asked sooner. */
        static final Manner ROOT = new Manner(300, 200, 5);

        /** Where bandwidth is dear: half a minute without a way is borne. */
        static final Manner ECONOMICAL = new Manner(10_000, 5_000, 3);

        /** While packets come in only the way out is in doubt, and there is time. */
        static final Manner PROOF = new Manner(0, 700, 6);
    }

    /** What it needs of the engine. */
    interface Reach {
        /** Asks over {@code path}: by HELLO if {@code introduce}, else by the cheapest question that the peer knows. */
        void ask(Peer peer, Path path, boolean introduce, long nowMillis);

        /** Another path than before may be the best way to {@code peer} now. */
        void changed(Peer peer, long nowMillis);
    }

    private final Peers peers;
    private final Reach reach;
    private final Consumer<String> events;
    private long nextMillis = Long.MIN_VALUE / 2;
    private boolean inUse;
    private boolean slept = true; // the first look is not a late one

    PathWatch(Peers peers, Reach reach, Consumer<String> events) {
        this.peers = peers;
        this.reach = reach;
        this.events = events;
    }

    /** When {@link #tick} next has something to do. */
    long nextDueMillis() {
        return nextMillis;
    }

    void tick(long nowMillis) {
        if (nowMillis - nextMillis >= 0) {
            // One look is left out, not more: a node that is always late has to look, too.
            slept = !slept && nowMillis - nextMillis >= SLEPT_MILLIS;
            if (slept) {
                nextMillis = nowMillis + USE_LOOK_MILLIS;
                return;
            }
            inUse = false;
            peers.used().forEach(nowMillis, peer -> look(peer, nowMillis));
            nextMillis = nowMillis + (inUse ? USE_LOOK_MILLIS : IDLE_MILLIS);
        }
    }

    /**
     * Something of {@code peer} came over a relay though there is a direct path: it may have given that up, and then our
     * answers go astray. We ask, and relay too until it answers.
     */
    void heardRelayed(Peer peer, long nowMillis) {
        Path path = peer.best();
        if (path == null
                || peer.upstream()
                || nowMillis - path.lastInMillis() < HINT_SILENCE_MILLIS
                || nowMillis - path.answeredMillis < HINT_PROOF_MILLIS
                || nowMillis - path.hintMillis < HINT_PAUSE_MILLIS) {
            return;
        }
        path.hintMillis = nowMillis;
        fail(peer, path, nowMillis);
        path.lastAskedMillis = nowMillis;
        reach.ask(peer, path, false, nowMillis);
    }

    /** There is a new path to {@code peer}, which may have moved: asks over the others whether they still work. */
    void newPath(Peer peer, int socket, Endpoint remote, long nowMillis) {
        for (Path path : peer.paths()) {
            if (!path.is(socket, remote) && !path.failed() && path.asked == 0) {
                path.askedSinceMillis = nowMillis;
                path.askedInSilence = true;
                ask(peer, path, nowMillis);
            }
        }
        nextMillis = nowMillis;
    }

    private void look(Peer peer, long nowMillis) {
        Path[] paths = peer.paths();
        for (Path path : paths) {
            if (path.failed()) {
                retry(peer, path, nowMillis);
            } else if (path.asked > 0) {
                pursue(peer, path, nowMillis);
            } else if (nowMillis - path.lastOutMillis() < Path.USE_MILLIS) {
                inUse = true;
                doubt(peer, path, nowMillis);
            }
        }
    }

    private Manner manner(Peer peer) {
        if (peers.pathPolicy().lowBandwidth()) {
            return Manner.ECONOMICAL;
        }
        return peer.upstream() ? Manner.ROOT : Manner.LEAF;
    }

    private void doubt(Peer peer, Path path, long nowMillis) {
        boolean answers = !peer.answersSlowly() || nowMillis - path.answeredMillis >= SLOW_ANSWERS_MILLIS;
        boolean silent = answers && nowMillis - path.lastInMillis() >= manner(peer).silenceMillis;
        long proof = peers.pathPolicy().lowBandwidth() ? PROOF_LOW_BANDWIDTH_MILLIS : PROOF_MILLIS;
        if (silent || nowMillis - path.answeredMillis >= proof) {
            path.askedSinceMillis = nowMillis;
            path.askedInSilence = silent;
            ask(peer, path, nowMillis);
            if (silent && peer == peers.relay()) {
                // If this root is gone the next one should be known to be there.
                for (Peer root : peers.upstreams()) {
                    Path other = root == peer ? null : root.best();
                    if (other != null && !other.failed() && other.asked == 0) {
                        reach.ask(root, other, false, nowMillis);
                        other.noteOut(nowMillis);
                    }
                }
            }
        }
    }

    /** A question is open: asks again, or gives the path up. An answer closes it elsewhere. */
    private void pursue(Peer peer, Path path, long nowMillis) {
        inUse = true;
        if (path.askedInSilence && path.lastInMillis() - path.askedSinceMillis > 0) {
            path.asked = 0;
            return;
        }
        Manner manner = path.askedInSilence ? manner(peer) : Manner.PROOF;
        if (!path.askedInSilence && nowMillis - path.lastInMillis() >= manner(peer).silenceMillis) {
            path.askedInSilence = true;
        }
        long slow = path.latencyMillis() == Path.LATENCY_UNKNOWN ? 0 : Math.min(path.latencyMillis(), SLOW_MILLIS_MAX);
        if (path.asked < manner.questions) {
            // Two open questions move traffic away: not before the first could be answered.
            if (nowMillis - path.lastAskedMillis >= manner.pauseMillis + (path.asked == 1 ? slow : 0)) {
                ask(peer, path, nowMillis);
            }
            return;
        }
        if (nowMillis - path.lastAskedMillis >= manner.pauseMillis + slow) {
            fail(peer, path, nowMillis);
        }
    }

    private void fail(Peer peer, Path path, long nowMillis) {
        path.fail();
        path.asked = 0;
        path.retries = 0;
        peer.pushesWithoutPath = 0;
        peer.choose(nowMillis);
        if (path.inBond()) {
            reach.changed(peer, nowMillis); // the bond tells of its links
            return;
        }
        if (peer.best() != path) {
            events.accept("path.failed peer=" + peer + " via=" + path.remote() + " now="
                    + (peer.best() == null ? "relayed" : peer.best().remote()));
        } else {
            events.accept("path.failed peer=" + peer + " via=" + path.remote());
        }
        reach.changed(peer, nowMillis);
    }

    private void retry(Peer peer, Path path, long nowMillis) {
        if (path.expired(nowMillis)) {
            return;
        }
        long pause = RETRY_PAUSES_MILLIS[Math.min(path.retries, RETRY_PAUSES_MILLIS.length - 1)];
        // Who is heard over it without having answered is there, and the way out may be, too.
        boolean heard = path.lastInMillis() - path.lastAskedMillis > 0;
        if (!heard && !peer.upstream() && !peer.active(nowMillis)) {
            return; // a relay only passes on to it, and would ask for minutes whoever went away
        }
        if (nowMillis - path.lastAskedMillis >= (heard ? Math.min(pause, 1_000) : pause)) {
            path.retries++;
            path.lastAskedMillis = nowMillis;
            // One that was started anew does not know us, and only HELLO tells it.
            reach.ask(peer, path, path.retries % 2 == 0, nowMillis);
        }
    }

    private void ask(Peer peer, Path path, long nowMillis) {
        path.ask(nowMillis);
        if (path.doubtful()) {
            peer.choose(nowMillis); // another one, if there is one
        }
        // A further ECHO would be one too many, whatever the one before was for.
        boolean echoed = peer.answersSlowly() && nowMillis - peer.echoAskedMillis < SLOW_ANSWERS_MILLIS;
        reach.ask(peer, path, path.asked > 3 || echoed, nowMillis);
    }
}
