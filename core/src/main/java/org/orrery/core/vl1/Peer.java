// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.orrery.core.crypto.Identity;
import org.orrery.core.crypto.PacketCipher;
import org.orrery.core.crypto.SharedKey;
import org.orrery.core.netconf.ConfigAssembler;
import org.orrery.core.value.Address;
import org.orrery.core.value.Endpoint;
import org.orrery.core.verb.Features;
import org.orrery.core.verb.PeerVersion;
import org.orrery.core.vl1.bond.Duplicates;
import org.orrery.core.vl1.bond.Spread;
import org.orrery.core.wire.Fragments;

/**
 * A node whose identity is known, and the key shared with it.
 *
 * <p>The control lane owns it. What data lanes need is published in volatile fields ({@link #paths}, {@link #best}, {@link
 * #protocol}); what they observe they note in the activity times. Each lane has its own cipher.
 */
public final class Peer {
    /**
     * Enough for both families on three interfaces and three ports of a peer there, as bonds learn them all; more are
     * refused unless a dead one gives way.
     */
    static final int PATHS_MAX = 20;

    private static final int LOST_MAX = 4;

    /** Up to this protocol a node answers one ECHO a second, however many paths there are, but every HELLO. */
    private static final int PROTOCOL_SLOW = 9;

    /** From this protocol on a node opens packets of suite 3. */
    private static final int PROTOCOL_AES = 12;

    /** A peer heard within this time stays in the table. */
    static final long ALIVE_MILLIS = 500_000;

    /** How long one proof of membership makes a peer worth telling our addresses to, and worth relaying for. */
    static final long TRUST_MILLIS = 600_000;

    private static final Path[] NO_PATHS = {};
    private static final VarHandle CIPHER = MethodHandles.arrayElementVarHandle(PacketCipher[].class);
    private static final VarHandle LAST_RECEIVE;
    private static final VarHandle LAST_ACTIVE;
    private static final VarHandle LAST_TRUST;
    private static final VarHandle LAST_RELAYED;
    private static final VarHandle IN_USE;

    static {
        try {
            var lookup = MethodHandles.lookup();
            LAST_RECEIVE = lookup.findVarHandle(Peer.class, "lastReceiveMillis", long.class);
            LAST_ACTIVE = lookup.findVarHandle(Peer.class, "lastActiveMillis", long.class);
            LAST_TRUST = lookup.findVarHandle(Peer.class, "lastTrustMillis", long.class);
            LAST_RELAYED = lookup.findVarHandle(Peer.class, "lastRelayedMillis", long.class);
            IN_USE = lookup.findVarHandle(Peer.class, "inUse", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Identity identity;
    private final long address;
    private final SharedKey key;
    private final PacketCipher[] ciphers;
    private final PacketNumbers numbers;
    private final ReplayGuard guard;
    private final PeersInUse used;

    private volatile Path[] paths = NO_PATHS;
    private volatile @Nullable Path best;
    private volatile @Nullable Spread<Path> spread;
    private volatile @Nullable Duplicates duplicates;
    private volatile int protocol;
    private volatile int suite = PacketCipher.SUITE_SALSA;

    @SuppressWarnings("UnusedVariable") // through its VarHandle
    private long lastReceiveMillis = Long.MIN_VALUE / 2;

    @SuppressWarnings("UnusedVariable") // through its VarHandle
    private long lastActiveMillis = Long.MIN_VALUE / 2;

    @SuppressWarnings("UnusedVariable") // through its VarHandle
    private long lastTrustMillis = Long.MIN_VALUE / 2;

    @SuppressWarnings("UnusedVariable") // through its VarHandle
    private long lastRelayedMillis = Long.MIN_VALUE / 2;

    /** Whether {@link #used} has it, or is about to. */
    @SuppressWarnings("UnusedVariable") // through its VarHandle
    private volatile boolean inUse;

    /** The root that carries what goes to it, if not the one that carries for most; see {@link Peers#relayFor}. */
    private volatile @Nullable Peer relay;

    /** Of the way over a root; null while none was looked for. */
    volatile @Nullable MtuSearch relayedMtu;

    /** Whether a long packet went over a root since somebody looked. */
    private volatile boolean longRelayed;

    // Control lane only, from here on.
    final long createdMillis;
    private @Nullable PeerVersion version;
    private @Nullable Features features;
    Role role = Role.LEAF;
    long lastHelloMillis = Long.MIN_VALUE / 2;
    long relayedHelloMillis = Long.MIN_VALUE / 2;
    long lastPushMillis = Long.MIN_VALUE / 2;
    int pushesWithoutPath;
    long pushedInRowMillis = Long.MIN_VALUE / 2;
    int pushesInARow; // without a pause in which a peer of protocol 9 forgets them
    boolean pushOwed; // it was not told of our latest addresses

    /** Where it was reached over sockets that are closed now, until it is reached again; at most {@link #LOST_MAX}. */
    List<Endpoint> lost = List.of();

    /** When our own address changed under its paths. */
    long movedMillis = Long.MIN_VALUE / 2;

    final PeerSearches searches = new PeerSearches();

    /** When it was last sent an ECHO, over whatever path. */
    long echoAskedMillis = Long.MIN_VALUE / 2;

    /** When a root was last sent something for it only so that it introduces us. */
    long knockedMillis = Long.MIN_VALUE / 2;

    /** What is known of roots that may carry for it; null until that matters. */
    @Nullable
    RelayTrial relayTrial;

    /** The root that {@link #relayedMtu} is about. */
    @Nullable
    Peer relayedMtuOver;

    private @Nullable PeerBond bond;

    /** Whether it was ever told to give up our former addresses. */
    boolean redirected;

    @Nullable
    Candidates candidates;

    /** Since when it has, or has not, a direct path. */
    private long wayMillis;

    /** Whether the last event about it said that it is reached directly. */
    boolean toldDirect;

    /** Answers to it that carry root sets, which are much longer than what asked for them. */
    final TokenBucket worldsOutlet = new TokenBucket(8, 5_000);

    final TokenBucket pushIntake = new TokenBucket(8, 7_500);
    final TokenBucket whoisIntake = new TokenBucket(10, 100);
    final TokenBucket unknownIntake = new TokenBucket(32, 200);
    final TokenBucket confirmIntake = new TokenBucket(16, 250);

    /** Whoever bonds asks each of its paths up to six times a second. */
    final TokenBucket echoIntake = new TokenBucket(100, 10);

    private long credentialsFreeMillis = Long.MIN_VALUE / 2;

    /** A peer that meets us again shows its credentials for all common networks at once, each in some packets. */
    final TokenBucket credentialIntake = new TokenBucket(32, 250);

    /** Who looks for every address of a large network asks as often: each has a group of its own. */
    final TokenBucket gatherIntake = new TokenBucket(512, 20);

    /** A whole configuration in its smallest chunks may come at once. */
    final TokenBucket chunkIntake = new TokenBucket(ConfigAssembler.CHUNKS_MAX, 50);

    /** How often it is asked under which session it numbers its packets. */
    final TokenBucket sessionOutlet = new TokenBucket(4, 500);

    /**
     * @param self our own address
     * @param random strong: its packets are numbered in sessions that have their numbers from it
     * @param used told when it begins to be used
     */
    Peer(
            Identity identity,
            SharedKey key,
            int lanes,
            long self,
            RandomGenerator random,
            PeersInUse used,
            long nowMillis) {
        this.identity = identity;
        this.address = identity.address().bits();
        this.key = key;
        this.ciphers = new PacketCipher[lanes];
        this.numbers = new PacketNumbers(key, self, lanes, random, nowMillis);
        this.guard = new ReplayGuard(key, address, lanes);
        this.used = used;
        this.createdMillis = nowMillis;
        this.wayMillis = nowMillis;
    }

    /** Any thread. */
    public Identity identity() {
        return identity;
    }

    /** Any thread: raw bits of the address. */
    public long address() {
        return address;
    }

    /** Lane {@code lane} only: its cipher for this peer, made at first use. */
    public PacketCipher cipher(int lane) {
        PacketCipher cipher = ciphers[lane];
        if (cipher == null) {
            cipher = new PacketCipher(key);
            CIPHER.setRelease(ciphers, lane, cipher);
        }
        return cipher;
    }

    /** Lane {@code lane} only: the ID of the next packet to this peer; none is given twice. */
    public long nextPacketId(int lane) {
        return numbers.nextId(lane);
    }

    /** What tells whether its packets came before. */
    public ReplayGuard guard() {
        return guard;
    }

    PacketNumbers numbers() {
        return numbers;
    }

    /** Any thread: the protocol version of its last HELLO or OK(HELLO), 0 before that. */
    public int protocol() {
        return protocol;
    }

    /** Any thread: the cipher suite that packets to this peer use. */
    public int suite() {
        return suite;
    }

    /** Any thread: the most pieces in which this peer accepts a packet. */
    public int piecesMax() {
        return Fragments.piecesMax(protocol);
    }

    /**
     * Any thread: the datagram size to cut a packet of {@code packetBytes} to.
     *
     * @param direct whether {@code way} leads to this peer and not to a root that passes it on
     */
    public int cutBytes(Path way, boolean direct, int packetBytes) {
        if (packetBytes > MtuSearch.SHORTEST) {
            noteLong(way, direct);
        }
        // What fits on the way to a relay need not fit behind it.
        int full = direct ? way.fullBytes() : Math.min(way.fullBytes(), Sender.DATAGRAM_BYTES);
        MtuSearch relayed = direct ? null : relayedMtu;
        int found = direct ? way.mtuBytes() : relayed == null ? full : Math.min(full, relayed.bytes());
        // More pieces than the peer takes would certainly be lost.
        return found == full || Fragments.pieces(packetBytes, found) <= piecesMax() ? found : full;
    }

    private void noteLong(Path way, boolean direct) {
        if (direct) {
            way.mtu.noteLong();
        } else if (!longRelayed) {
            longRelayed = true;
        }
    }

    /**
     * Any thread: the datagram size to cut a packet to that goes over all paths of {@code everywhere}. Such packets are
     * sealed whatever the owner trusts, for they are the same on each.
     */
    public int cutBytes(Spread<Path> everywhere, int packetBytes) {
        int bytes = PathPolicy.MTU_MAX;
        for (int i = 0; i < everywhere.paths().size(); i++) {
            bytes = Math.min(bytes, cutBytes(everywhere.paths().get(i), true, packetBytes));
        }
        return bytes;
    }

    /** Whether a limit of the way over a root would matter. Control lane only; as {@link MtuSearch#wanted}. */
    boolean relayedMtuWanted(long nowMillis) {
        if (longRelayed) {
            longRelayed = false;
            relayedMtu().noteLong();
        }
        MtuSearch known = relayedMtu;
        return known != null && known.wanted(nowMillis);
    }

    /** How long datagrams over a root may be. Control lane only. */
    MtuSearch relayedMtu() {
        MtuSearch known = relayedMtu;
        if (known == null) {
            known = new MtuSearch();
            relayedMtu = known;
        }
        return known;
    }

    /** Any thread: confirmed paths; the array is never changed. */
    public Path[] paths() {
        return paths;
    }

    /** Any thread: the direct path to send over; null means over a root. */
    public @Nullable Path best() {
        return best;
    }

    /** Any thread: how frames to it are shared out among several paths; null, as nearly always, if {@link #best} has all. */
    public @Nullable Spread<Path> spread() {
        return spread;
    }

    /** Any thread: where to look whether a frame came before, if they come over several paths; else null. */
    public @Nullable Duplicates duplicates() {
        return duplicates;
    }

    /** Any thread: the confirmed path between these two ends, or null. */
    public @Nullable Path pathOf(int socket, Endpoint remote) {
        for (Path path : paths) {
            if (path.is(socket, remote)) {
                return path;
            }
        }
        return null;
    }

    /** Any lane: an authentic packet of this peer was accepted. */
    public void noteReceived(long nowMillis) {
        LAST_RECEIVE.setOpaque(this, nowMillis);
    }

    /** Any lane: frames or configuration are exchanged with this peer. */
    public void noteActive(long nowMillis) {
        LAST_ACTIVE.setOpaque(this, nowMillis);
    }

    /** Any lane: this peer showed that it belongs to a common network. */
    public void noteTrusted(long nowMillis) {
        LAST_TRUST.setOpaque(this, nowMillis);
    }

    /** Any lane: something that it should react to was sent to it over a root. */
    public void noteRelayed(long nowMillis) {
        if (nowMillis - lastRelayedMillis() < Path.USE_PAUSE_MILLIS) {
            LAST_RELAYED.setOpaque(this, nowMillis);
        } else {
            LAST_RELAYED.setVolatile(this, nowMillis); // as in Path.noteOut
            useBegins();
        }
    }

    /** Any lane: see {@link PeersInUse}. */
    private void useBegins() {
        if (IN_USE.compareAndSet(this, false, true)) {
            used.begin(this);
        }
    }

    /** Whether nothing is going on with it any more, and {@link PeersInUse} need not have it. Control lane only. */
    boolean rests(long nowMillis) {
        if (anyUse(nowMillis)) {
            return false;
        }
        IN_USE.setVolatile(this, false);
        // What a lane noted before it could see that counts; what it notes now it tells itself.
        return !anyUse(nowMillis) || !IN_USE.compareAndSet(this, false, true);
    }

    private boolean anyUse(long nowMillis) {
        if (nowMillis - lastRelayedMillis() < Relays.USE_MILLIS) {
            return true;
        }
        for (Path path : paths) {
            if (path.inUse(nowMillis)) {
                return true;
            }
        }
        return false;
    }

    /** When something that it should react to was last sent to it over a root. */
    long lastRelayedMillis() {
        return (long) LAST_RELAYED.getOpaque(this);
    }

    /** Any thread: the root of its own that carries what goes to it; null for the one that carries for most. */
    @Nullable
    Peer relay() {
        return relay;
    }

    /** Control lane only. */
    void relay(@Nullable Peer root) {
        relay = root;
    }

    long lastReceiveMillis() {
        return (long) LAST_RECEIVE.getOpaque(this);
    }

    boolean alive(long nowMillis) {
        return nowMillis - lastReceiveMillis() < ALIVE_MILLIS;
    }

    /** When frames or configuration were last exchanged with it. */
    long lastActiveMillis() {
        return (long) LAST_ACTIVE.getOpaque(this);
    }

    boolean active(long nowMillis) {
        return nowMillis - (long) LAST_ACTIVE.getOpaque(this) < ALIVE_MILLIS;
    }

    /** Whether it proved within ten minutes that it shares a network with us. */
    boolean trusted(long nowMillis) {
        return nowMillis - (long) LAST_TRUST.getOpaque(this) < TRUST_MILLIS;
    }

    boolean upstream() {
        return role != Role.LEAF;
    }

    void introduced(PeerVersion version, @Nullable Features features) {
        this.version = version;
        this.features = features;
        this.protocol = version.protocol();
        boolean salsa = protocol < PROTOCOL_AES || (features != null && features.has(Features.PREFERS_SALSA));
        this.suite = salsa ? PacketCipher.SUITE_SALSA : PacketCipher.SUITE_AES;
    }

    /** What it last told as an Orrery node; null if it is none, or not known to be. */
    public @Nullable Features features() {
        return features;
    }

    /** What it last said about itself; null before its first HELLO or OK(HELLO). */
    public @Nullable PeerVersion version() {
        return version;
    }

    /** Whether another question for members of a multicast group may be answered; the answers are long. */
    public boolean takeGather(long nowMillis) {
        return gatherIntake.take(nowMillis);
    }

    /** Until when a packet of credentials to this peer may be thrown away there, because one was just sent. */
    public long credentialsFreeMillis() {
        return credentialsFreeMillis;
    }

    /** A packet of credentials to this peer is sent now, or at {@code freeMillis} at the latest. */
    public void credentialsFreeAt(long freeMillis) {
        credentialsFreeMillis = freeMillis;
    }

    /** Whether another packet of credentials may be looked at; each costs signatures to verify. */
    public boolean takeCredentials(long nowMillis) {
        return credentialIntake.take(nowMillis);
    }

    /** Whether another chunk of a configuration that is not its own may be looked at; each costs a signature to verify. */
    public boolean takeChunk(long nowMillis) {
        return chunkIntake.take(nowMillis);
    }

    /** Whether an empty ECHO may serve as a probe; until its version is known only HELLO may. */
    boolean understandsEcho() {
        PeerVersion known = version;
        return known != null
                && known.protocol() >= 5
                && !(known.major() == 1 && known.minor() == 1 && known.revision() == 0);
    }

    /** Whether it answers one ECHO a second only, over all paths together. */
    boolean answersSlowly() {
        return protocol <= PROTOCOL_SLOW;
    }

    /**
     * Adds a confirmed path. If all places are taken the one silent for longest gives way when it is dead; otherwise
     * the new one is refused.
     */
    @Nullable
    Path learn(int socket, Endpoint remote, long nowMillis) {
        Path known = pathOf(socket, remote);
        if (known != null) {
            return known;
        }
        var path = new Path(socket, remote, this::useBegins, nowMillis);
        Path[] old = paths;
        int replaced = replaceable(old, path, nowMillis);
        if (replaced >= 0) {
            Path[] changed = old.clone();
            changed[replaced] = path;
            paths = changed;
        } else if (old.length < PATHS_MAX) {
            Path[] longer = Arrays.copyOf(old, old.length + 1);
            longer[old.length] = path;
            paths = longer;
        } else {
            return null;
        }
        choose(nowMillis);
        return path;
    }

    /** A dead path with the same socket and IP, else, when full, the dead path silent for longest, else -1. */
    private static int replaceable(Path[] paths, Path wanted, long nowMillis) {
        int oldest = -1;
        for (int i = 0; i < paths.length; i++) {
            Path path = paths[i];
            if (path.alive(nowMillis)) {
                continue;
            }
            if (path.socket() == wanted.socket()
                    && path.remote().ip().equals(wanted.remote().ip())) {
                return i;
            }
            if (oldest < 0 || path.lastInMillis() - paths[oldest].lastInMillis() < 0) {
                oldest = i;
            }
        }
        return paths.length == PATHS_MAX ? oldest : -1;
    }

    /** Forgets expired paths and those of closed sockets, and chooses again. */
    void tidy(long nowMillis, java.util.function.IntPredicate socketOpen) {
        Path[] old = paths;
        Path[] kept = Arrays.stream(old)
                .filter(path -> !path.expired(nowMillis) && socketOpen.test(path.socket()))
                .toArray(Path[]::new);
        if (kept.length != old.length) {
            paths = kept;
            for (Path path : old) {
                if (!path.expired(nowMillis) && !socketOpen.test(path.socket())) {
                    noteLost(path.remote());
                }
            }
        }
        choose(nowMillis);
    }

    private void noteLost(Endpoint remote) {
        if (lost.size() < LOST_MAX && !lost.contains(remote)) {
            List<Endpoint> more = new ArrayList<>(lost);
            more.add(remote);
            lost = List.copyOf(more);
        }
    }

    /** Forgets paths that {@code policy} excludes, and sends over the others as it says. */
    void heed(PathPolicy policy, long nowMillis) {
        Path[] old = paths;
        Path[] kept = Arrays.stream(old)
                .filter(path -> !policy.refuses(address, path.remote().ip()))
                .toArray(Path[]::new);
        for (Path path : kept) {
            path.treat(policy.treatment(path.remote().ip()));
        }
        if (kept.length != old.length) {
            paths = kept;
        }
        choose(nowMillis);
    }

    /** Publishes the best living path. A root keeps its best path even when silent: there may be no other way. */
    void choose(long nowMillis) {
        Path chosen = null;
        for (Path path : paths) {
            boolean usable = path.alive(nowMillis) || upstream() && !path.expired(nowMillis);
            if (usable && (chosen == null || path.quality(nowMillis) < chosen.quality(nowMillis))) {
                chosen = path;
            }
        }
        PeerBond bonded = bond;
        if (bonded != null) {
            bonded.update(paths, nowMillis);
            Path main = bonded.main();
            chosen = main != null ? main : chosen;
        }
        if ((chosen == null) != (best == null)) {
            wayMillis = nowMillis;
        }
        best = chosen;
        spread = bonded == null ? null : bonded.spread();
    }

    /** What uses its paths together; null if nothing does. */
    @Nullable
    PeerBond bond() {
        return bond;
    }

    /** From now on {@code bond} says how its paths are used; null for each by itself. */
    void bond(@Nullable PeerBond bond, long nowMillis) {
        this.bond = bond;
        boolean copies = bond != null && bond.copies();
        duplicates = copies ? new Duplicates() : null;
        guard.severalPaths(bond != null && bond.spreads());
        if (bond == null) {
            for (Path path : paths) {
                path.unbonded();
            }
        }
        choose(nowMillis);
    }

    /** Since when {@link #best} is there, or is not. */
    long wayMillis() {
        return wayMillis;
    }

    /** Where it was looked for. */
    Candidates candidates() {
        Candidates known = candidates;
        if (known == null) {
            known = new Candidates();
            candidates = known;
        }
        return known;
    }

    /**
     * Whether a living path to the same IP from the same socket exists: other ports of it need no confirmation, unless the
     * peer is bonded, for it may use them all and wants reports about each.
     */
    boolean reaches(int socket, Endpoint remote, long nowMillis) {
        for (Path path : paths) {
            boolean same = bond == null
                    ? path.remote().ip().equals(remote.ip())
                    : path.remote().equals(remote);
            if (path.socket() == socket && same && path.alive(nowMillis)) {
                return true;
            }
        }
        return false;
    }

    /** Round trip over the chosen path in ms, or -1. */
    int latencyMillis() {
        Path path = best;
        return path == null || path.latencyMillis() == Path.LATENCY_UNKNOWN ? -1 : path.latencyMillis();
    }

    @Override
    public String toString() {
        return new Address(address).toString();
    }
}
