// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds out which root reaches a peer that has no direct path. Usually all do, and the best one carries for all peers; but
 * a root that was just started anew does not know who has not greeted it since, and a moon's root knows only some.
 *
 * <p>What a peer sends over a root proves only that this root reaches us. So peers that are sent to over a root are asked
 * now and then, and when they fall silent; an answer proves the root over which the question went. If none comes the other
 * roots are tried with further questions, never with the traffic itself, and the first one that brings an answer carries
 * from then on. What merely came over a root decides where nothing is known, or nothing answers.
 *
 * <p>Control lane only.
 */
final class Relays {
    static final long LOOK_MILLIS = 100;
    static final long IDLE_MILLIS = 500;

    /** Between looks at those to whom nothing is sent over a root. */
    private static final long REST_MILLIS = 1_000;

    /** A relay is in use for this long after something was sent over it. */
    static final long USE_MILLIS = 3_000;

    /** What is sent first may be answered soon enough. */
    private static final long BEGIN_MILLIS = 300;

    /** A peer is silent that was not heard for this long. */
    private static final long SILENCE_MILLIS = 1_000;

    /** Between questions while the peer is silent: it may only be listening. */
    private static final long PROOF_SILENT_MILLIS = 2_000;

    /** Between questions while it is heard. */
    private static final long PROOF_MILLIS = 5_000;

    private static final long PROOF_LOW_BANDWIDTH_MILLIS = 30_000;

    /**
     * Between open questions. A peer that is off is asked twice a minute in the end, for as long as somebody sends to it.
     */
    private static final long[] PAUSES_MILLIS = {500, 500, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000};

    /** Questions over one root before others are tried: at 2 % loss each way some three in ten thousand are lost in a row. */
    private static final int ALONE = 3;

    /** As {@link #ALONE} while something comes from the peer, and there is time. */
    private static final int ALONE_HEARD = 5;

    /** Other roots that are tried at once; further ones have their turn at the next question. */
    static final int OTHERS_MAX = 3;

    /** An own relay that nothing proves for this long is given up, and open questions begin anew. */
    static final long KEPT_MILLIS = 60_000;

    /** For this long nothing that merely came over another root matters. */
    private static final long FRESH_MILLIS = 15_000;

    /** For this long only an answer leads back to a root that did not reach the peer. */
    private static final long LEFT_MILLIS = 60_000;

    /** The usual root is asked over this often whether it reaches the peer by now. */
    static final long RETURN_MILLIS = 30_000;

    /** As {@link #RETURN_MILLIS}, if it was lost again soon after each return. */
    private static final long RETURN_MILLIS_MAX = 480_000;

    private static final long LOST_SOON_MILLIS = 120_000;

    /** Nothing is remembered of peers that are not sent to over a root for this long. */
    private static final long FORGET_MILLIS = 300_000;

    /** 200 in a second for all peers together, each some 60 to 250 bytes. */
    private static final long QUESTION_MILLIS = 5;

    private static final int BURST = 64;

    /** What it needs of the engine. */
    interface Reach {
        /** Asks over a root's {@code path}: by HELLO if {@code introduce}, else by ECHO. */
        void ask(Peer peer, Path path, boolean introduce, long nowMillis);
    }

    private final Peers peers;
    private final Reach reach;
    private final Consumer<String> events;
    private final TokenBucket questions = new TokenBucket(BURST, QUESTION_MILLIS);
    private final List<Peer> able = new ArrayList<>();
    private long nextMillis = Long.MIN_VALUE / 2;
    private long nextRestMillis = Long.MIN_VALUE / 2;
    private boolean inUse;

    private final PeersInUse.Turn turn = new PeersInUse.Turn();

    Relays(Peers peers, Reach reach, Consumer<String> events) {
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
            inUse = false;
            able.clear();
            for (Peer root : peers.upstreams()) {
                if (peers.carries(root, nowMillis)) {
                    able.add(root);
                }
            }
            peers.used().forEach(turn, nowMillis, peer -> look(peer, nowMillis));
            if (nowMillis - nextRestMillis >= 0) {
                nextRestMillis = nowMillis + REST_MILLIS;
                peers.forEach(peer -> rest(peer, nowMillis));
            }
            nextMillis = nowMillis + (inUse ? LOOK_MILLIS : IDLE_MILLIS);
        }
    }

    /** Answers false if no question was left to ask. */
    private boolean look(Peer peer, long nowMillis) {
        if (!sentTo(peer, nowMillis)) {
            return true;
        }
        inUse = true;
        RelayTrial trial = trial(peer);
        giveUpStale(peer, trial, nowMillis);
        Peer relay = peers.relayFor(peer);
        if (relay == null) {
            return true;
        }
        if (!trial.used) {
            trial.used = true;
            trial.usedSinceMillis = nowMillis;
            if (nowMillis - trial.lastAskedMillis >= KEPT_MILLIS) {
                trial.asked = 0;
            }
        }
        if (trial.asking != relay) {
            trial.asking = relay;
            trial.asked = 0;
        }
        if (others(relay) == 0) {
            return true; // whatever the answer, there is no choice
        }
        return returned(peer, trial, relay, nowMillis) && pursue(peer, trial, relay, nowMillis);
    }

    private static boolean sentTo(Peer peer, long nowMillis) {
        return nowMillis - peer.lastRelayedMillis() < USE_MILLIS && peer.best() == null && !peer.upstream();
    }

    /** Forgets by and by what was found out about {@code peer}, if nothing is sent to it over a root. */
    private static void rest(Peer peer, long nowMillis) {
        RelayTrial trial = peer.relayTrial;
        if (trial == null || sentTo(peer, nowMillis)) {
            return;
        }
        trial.used = false;
        giveUpStale(peer, trial, nowMillis);
        if (peer.relay() == null && nowMillis - peer.lastRelayedMillis() >= FORGET_MILLIS) {
            peer.relayTrial = null;
        }
    }

    private static void giveUpStale(Peer peer, RelayTrial trial, long nowMillis) {
        if (peer.relay() != null && nowMillis - trial.keptMillis >= KEPT_MILLIS) {
            peer.relay(null);
        }
    }

    private static RelayTrial trial(Peer peer) {
        RelayTrial trial = peer.relayTrial;
        if (trial == null) {
            trial = new RelayTrial();
            trial.returnPauseMillis = RETURN_MILLIS;
            peer.relayTrial = trial;
        }
        return trial;
    }

    private int others(Peer relay) {
        return able.size() - (able.contains(relay) ? 1 : 0);
    }

    /** Asks now and then whether the usual root reaches the peer, if another one carries. */
    private boolean returned(Peer peer, RelayTrial trial, Peer relay, long nowMillis) {
        Peer usual = peers.relay();
        if (usual == null
                || relay == usual
                || !able.contains(usual)
                || nowMillis - trial.returnAskedMillis < trial.returnPauseMillis) {
            return true;
        }
        if (!questions.take(nowMillis)) {
            return false;
        }
        trial.returnAskedMillis = nowMillis;
        ask(peer, usual, true, nowMillis);
        return true;
    }

    private boolean pursue(Peer peer, RelayTrial trial, Peer relay, long nowMillis) {
        boolean heard = nowMillis - peer.lastReceiveMillis() < SILENCE_MILLIS;
        boolean begins = trial.asked == 0;
        boolean due;
        if (begins) {
            long proof = heard ? PROOF_MILLIS : PROOF_SILENT_MILLIS;
            due = nowMillis - trial.usedSinceMillis >= BEGIN_MILLIS
                    && nowMillis - trial.provedMillis(relay)
                            >= (peers.pathPolicy().lowBandwidth() ? PROOF_LOW_BANDWIDTH_MILLIS : proof);
        } else {
            due = nowMillis - trial.lastAskedMillis >= PAUSES_MILLIS[Math.min(trial.asked, PAUSES_MILLIS.length) - 1];
        }
        if (!due) {
            return true;
        }
        if (!questions.take(nowMillis)) {
            return false;
        }
        if (begins) {
            trial.askedSinceMillis = nowMillis;
        }
        trial.asked++;
        trial.lastAskedMillis = nowMillis;
        // Who was started anew does not know us, and only HELLO tells it.
        ask(peer, relay, trial.asked > 1, nowMillis);
        if (trial.asked > (heard ? ALONE_HEARD : ALONE)) {
            askOthers(peer, trial, relay, nowMillis);
        }
        return true;
    }

    private void askOthers(Peer peer, RelayTrial trial, Peer relay, long nowMillis) {
        int tried = Math.min(others(relay), OTHERS_MAX);
        while (tried > 0) {
            Peer root = able.get(Math.floorMod(trial.turn++, able.size()));
            if (root != relay) {
                ask(peer, root, true, nowMillis);
                tried--;
            }
        }
    }

    private void ask(Peer peer, Peer root, boolean introduce, long nowMillis) {
        Path path = root.best();
        if (path != null) {
            boolean echo = !introduce && peer.understandsEcho() && !peer.answersSlowly();
            reach.ask(peer, path, !echo, nowMillis);
        }
    }

    /** {@code peer} answered {@code question}: if that went over a root, this root reaches it. */
    void answered(Peer peer, Expectations.Expectation question, long nowMillis) {
        RelayTrial trial = peer.relayTrial;
        Peer root = trial == null || question.to() == null ? null : peers.rootAt(question.socket(), question.to());
        if (trial == null || root == null || root == peer) {
            return;
        }
        Peer relay = peers.relayFor(peer);
        long askedMillis = question.sentMillis();
        if (root == relay) {
            trial.proved(root, askedMillis);
            trial.keptMillis = nowMillis;
        } else if (relay != null && peer.best() == null && peers.carries(root, nowMillis)) {
            boolean unanswered =
                    trial.asking == relay && trial.asked > ALONE && askedMillis - trial.askedSinceMillis >= 0;
            boolean latest = askedMillis - trial.provedMillis(relay) >= 0 || askedMillis == trial.returnAskedMillis;
            if (root == peers.relay() && latest) {
                trial.returnedMillis = nowMillis;
                change(peer, trial, null, root, askedMillis, nowMillis);
            } else if (unanswered) {
                leave(trial, relay, nowMillis);
                change(peer, trial, root == peers.relay() ? null : root, root, askedMillis, nowMillis);
            }
        }
    }

    private static void leave(RelayTrial trial, Peer relay, long nowMillis) {
        boolean soon = nowMillis - trial.returnedMillis < LOST_SOON_MILLIS;
        trial.returnPauseMillis = soon ? Math.min(2 * trial.returnPauseMillis, RETURN_MILLIS_MAX) : RETURN_MILLIS;
        trial.returnAskedMillis = nowMillis;
        trial.left = relay;
        trial.leftMillis = nowMillis;
    }

    private void change(Peer peer, RelayTrial trial, @Nullable Peer own, Peer root, long askedMillis, long nowMillis) {
        Peer before = peers.relayFor(peer);
        peer.relay(own);
        trial.proved(root, askedMillis);
        trial.keptMillis = nowMillis;
        events.accept("path.rerouted peer=" + peer + " relay=" + root + " was=" + before);
    }

    /**
     * Something says that {@code root} reaches {@code peer}: a packet of the peer that came over it, or that it told the
     * peer's identity. Whoever recorded a packet can have it come over any root, so this decides only until there is an
     * answer, and not against one.
     */
    void hint(Peer peer, Peer root, long nowMillis) {
        Peer relay = peers.relayFor(peer);
        if (peer.best() != null || peer.upstream() || relay == null || !peers.carries(root, nowMillis)) {
            return;
        }
        if (root == relay) {
            if (peer.relayTrial != null) {
                peer.relayTrial.keptMillis = nowMillis;
            }
            return;
        }
        RelayPolicy policy = peers.relayPolicy();
        RelayTrial trial = trial(peer);
        boolean proved = nowMillis - trial.provedMillis(relay) < FRESH_MILLIS;
        boolean kept = peer.relay() != null && nowMillis - trial.keptMillis < FRESH_MILLIS;
        boolean tried = nowMillis - peer.lastRelayedMillis() < USE_MILLIS && trial.asked < 2;
        boolean refuted = root == trial.left && nowMillis - trial.leftMillis < LEFT_MILLIS;
        boolean worse = policy.prefers(relay.address()) && !policy.prefers(root.address());
        if (!proved && !kept && !tried && !refuted && !worse) {
            peer.relay(root == peers.relay() ? null : root);
            trial.keptMillis = nowMillis;
            trial.returnAskedMillis = nowMillis;
        }
    }
}
