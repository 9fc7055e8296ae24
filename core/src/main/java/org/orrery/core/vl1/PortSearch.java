// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;
import org.orrery.core.value.IpScope;
import org.orrery.core.verb.Features;
import org.orrery.core.verb.Verb;
import org.orrery.core.wire.PacketHeader;

/**
 * Finds a direct path between a node whose NAT gives each destination another port by chance and one that lets in nobody
 * whom it did not send to. The first sends from {@link #SOCKETS} sockets to the other's endpoint, so that as many of its
 * 64,512 outside ports lead to it; the other sends to {@link #PROBES} of these ports. With 256 and 1,024 that some port is
 * among both fails in {@code (1 - 256 / 64512) ^ 1024}, 1.7 % of all tries. Only between Orrery nodes that both want it,
 * while frames are relayed between them, and seldom. Control lane only.
 */
final class PortSearch {
    static final int SOCKETS = 256;
    static final int PROBES = 1_024;

    /** Searches of others that are helped at once. */
    static final int HELPED_MAX = 2;

    /** Sockets kept, one for each peer that was found. */
    static final int KEPT_MAX = 16;

    private static final int PORT_FIRST = 1_024;
    private static final int PORTS = 65_536 - PORT_FIRST;

    /** Some 250 datagrams of less than 100 bytes in a second. */
    private static final long STEP_MILLIS = 100;

    private static final int DATAGRAMS_PER_STEP = 25;

    private static final long IDLE_MILLIS = 1_000;
    private static final long FRAMES_MILLIS = 2_000;

    /** For so long the ways that cost less are tried. */
    private static final long RELAYED_MILLIS = 4_000;

    private static final long ANSWER_MILLIS = 3_000;
    private static final long READY_MILLIS = 6_000;

    /** The other's probes take four seconds. */
    private static final long LISTEN_MILLIS = 8_000;

    private static final long BUSY_PAUSE_MILLIS = 30_000;

    /** Doubled each time: a root may only just have introduced us. */
    private static final long DECLINED_PAUSE_MILLIS = 4_000;

    private static final long HELP_PAUSE_MILLIS = 300_000;
    private static final long FAILED_PAUSE_MILLIS = 600_000;
    private static final long FAILED_PAUSE_MILLIS_MAX = 4 * 3_600_000L;

    /** What it needs of the engine. */
    interface Reach {
        List<NatMapping> nat(long nowMillis);

        /** Whether the next ports of our NAT can be foretold. */
        boolean counting(long nowMillis);

        boolean usable(Peer peer, Endpoint at);

        void receive(Inbound packet, long nowMillis);
    }

    /** Our own search. */
    private static final class Search {
        final Peer peer;
        final LocalSocket beside;
        long sinceMillis;

        /** Where the peer is; null until it has accepted. */
        @Nullable
        Endpoint to;

        int sockets;
        int sent;
        boolean ready;

        Search(Peer peer, LocalSocket beside, long nowMillis) {
            this.peer = peer;
            this.beside = beside;
            this.sinceMillis = nowMillis;
        }
    }

    /** A peer's search that we help. */
    private static final class Help {
        final Peer peer;
        final LocalSocket socket;
        final Ip at;
        final long sinceMillis;
        final int[] ports;
        int tried;
        boolean ready;

        Help(Peer peer, LocalSocket socket, Ip at, int[] ports, long nowMillis) {
            this.peer = peer;
            this.socket = socket;
            this.at = at;
            this.ports = ports;
            this.sinceMillis = nowMillis;
        }
    }

    private final Peers peers;
    private final Sender sender;
    private final Transmitter transmitter;
    private final OpenSockets open;
    private final RandomGenerator random;
    private final Reach reach;
    private final Consumer<String> events;
    private final List<Help> helped = new ArrayList<>();
    private @Nullable Search search;
    private boolean wanted = true;
    private long nextMillis = Long.MIN_VALUE / 2;

    PortSearch(
            Peers peers,
            Sender sender,
            Transmitter transmitter,
            OpenSockets open,
            RandomGenerator random,
            Reach reach,
            Consumer<String> events) {
        this.peers = peers;
        this.sender = sender;
        this.transmitter = transmitter;
        this.open = open;
        this.random = random;
        this.reach = reach;
        this.events = events;
    }

    /** Whether this node searches and helps others. */
    void want(boolean now) {
        wanted = now;
        if (!now) {
            end();
            helped.clear();
        }
    }

    boolean wanted() {
        return wanted;
    }

    long nextDueMillis() {
        return nextMillis;
    }

    void tick(long nowMillis) {
        if (nowMillis - nextMillis < 0) {
            return;
        }
        helped.removeIf(help -> !help(help, nowMillis));
        if (search != null) {
            pursue(search, nowMillis);
        } else if (wanted && !peers.pathPolicy().lowBandwidth()) {
            begin(nowMillis);
        }
        nextMillis = nowMillis + (search == null && helped.isEmpty() ? IDLE_MILLIS : STEP_MILLIS);
    }

    private static boolean relayed(Peer peer, long nowMillis) {
        return peer.best() == null
                && !peer.upstream()
                && peer.trusted(nowMillis)
                && nowMillis - peer.lastActiveMillis() < FRAMES_MILLIS;
    }

    // ---------------------------------------------------------------- ours

    private void begin(long nowMillis) {
        Peer[] found = new Peer[1];
        peers.forEach(peer -> {
            if (found[0] == null
                    && nowMillis - peer.searches.afterMillis >= 0
                    && peer.features() != null
                    && peer.features().has(Features.SEARCHES_PORTS)
                    && relayed(peer, nowMillis)
                    && nowMillis - peer.wayMillis() >= RELAYED_MILLIS) {
                found[0] = peer;
            }
        });
        Peer peer = found[0];
        if (peer == null) {
            return;
        }
        Optional<NatMapping> symmetric = mapping(PortSearch::symmetric, nowMillis);
        Optional<LocalSocket> beside = symmetric.flatMap(this::socketOf);
        if (beside.isEmpty() || reach.counting(nowMillis) || !makeRoom(nowMillis)) {
            peer.searches.afterMillis = nowMillis + BUSY_PAUSE_MILLIS;
            return;
        }
        peer.searches.hopeless = false;
        search = new Search(peer, beside.get(), nowMillis);
        tell(peer, SearchMessage.Step.OFFER, symmetric.get().seen().getFirst(), nowMillis);
    }

    /** Where a single root tells, another port than our own raises the suspicion. */
    private static boolean symmetric(NatMapping mapping) {
        return mapping.kind() == NatMapping.Kind.ENDPOINT_DEPENDENT
                || mapping.kind() == NatMapping.Kind.UNKNOWN
                        && mapping.seen().getFirst().port() != mapping.local().port();
    }

    /** How the IPv4 Internet sees one of our sockets, if it sees one in such a way. */
    private Optional<NatMapping> mapping(Predicate<NatMapping> wanted, long nowMillis) {
        return reach.nat(nowMillis).stream()
                .filter(each -> wanted.test(each)
                        && !each.local().ip().v6()
                        && each.seen().getFirst().ip().scope() == IpScope.GLOBAL)
                .findFirst();
    }

    private Optional<LocalSocket> socketOf(NatMapping mapping) {
        return open.all().stream()
                .filter(each -> each.local().equals(mapping.local()))
                .findFirst();
    }

    /** Whether one more socket may be kept. One that leads to nobody any more gives way. */
    private boolean makeRoom(long nowMillis) {
        if (kept() < KEPT_MAX) {
            return true;
        }
        Set<Integer> used = new HashSet<>();
        peers.forEach(peer -> {
            for (Path path : peer.paths()) {
                if (path.alive(nowMillis)) {
                    used.add(path.socket());
                }
            }
        });
        for (int socket : open.found()) {
            if (!used.contains(socket)) {
                transmitter.searchSockets().release(socket);
                open.removeFound(socket);
                return true;
            }
        }
        return false;
    }

    private void pursue(Search now, long nowMillis) {
        if (now.peer.best() != null) {
            end(); // by whatever way
            return;
        }
        long age = nowMillis - now.sinceMillis;
        Endpoint to = now.to;
        if (to == null) {
            if (age >= ANSWER_MILLIS) {
                declined(now.peer, nowMillis);
            }
            return;
        }
        if (now.sent < now.sockets) {
            byte[] probe = sender.sealed(now.peer, Verb.ECHO, new byte[0], nowMillis);
            for (int i = 0; i < DATAGRAMS_PER_STEP && now.sent < now.sockets; i++) {
                transmitter.searchSockets().send(now.sent++, to, probe);
            }
        } else if (!now.ready) {
            now.ready = true;
            now.sinceMillis = nowMillis;
            tell(now.peer, SearchMessage.Step.READY, to, nowMillis);
        } else if (age >= LISTEN_MILLIS) {
            Peer peer = now.peer;
            peer.searches.failed++;
            events.accept("search.failed peer=" + peer + " sockets=" + now.sockets);
            long pause = FAILED_PAUSE_MILLIS << Math.min(peer.searches.failed - 1, 10);
            pause(peer, Math.min(pause, FAILED_PAUSE_MILLIS_MAX), nowMillis);
        }
    }

    private void declined(Peer peer, long nowMillis) {
        pause(
                peer,
                Math.min(DECLINED_PAUSE_MILLIS << Math.min(peer.searches.declined, 10), FAILED_PAUSE_MILLIS),
                nowMillis);
        peer.searches.declined++;
    }

    private void pause(Peer peer, long millis, long nowMillis) {
        peer.searches.afterMillis = nowMillis + millis;
        end();
    }

    private void end() {
        if (search != null && search.to != null) {
            transmitter.searchSockets().close();
        }
        search = null;
    }

    /** Something arrived at one of the sockets of our search. */
    void arrived(int index, Endpoint from, byte[] datagram, long nowMillis) {
        Search now = search;
        if (now == null
                || datagram.length < PacketHeader.BYTES
                || PacketHeader.source(datagram, 0) != now.peer.address()
                || now.to == null
                || !from.ip().equals(now.to.ip())) {
            return;
        }
        byte[] copy = datagram.clone();
        if (!now.peer.cipher(Sender.CONTROL_LANE).open(copy, 0, copy.length)) {
            return;
        }
        LocalSocket socket = transmitter.searchSockets().keep(index);
        search = null;
        if (socket == null) {
            now.peer.searches.afterMillis = nowMillis + FAILED_PAUSE_MILLIS;
            return;
        }
        now.peer.searches.afterMillis = nowMillis + BUSY_PAUSE_MILLIS;
        now.peer.searches.failed = 0;
        events.accept(
                "search.found peer=" + now.peer + " port=" + socket.local().port());
        open.addFound(socket);
        reach.receive(new Inbound(socket.id(), from, datagram, null, nowMillis), nowMillis);
    }

    // ---------------------------------------------------------------- messages

    void onMessage(Peer peer, SearchMessage message, long nowMillis) {
        Search own = search != null && search.peer == peer ? search : null;
        switch (message.step()) {
            case OFFER -> offered(peer, message.at().ip(), nowMillis);
            case ACCEPT -> {
                if (own != null && own.to == null) {
                    accepted(own, message.at(), nowMillis);
                }
            }
            case READY -> helped.forEach(help -> help.ready |= help.peer == peer);
            case HOPELESS -> {
                if (own != null) {
                    peer.searches.hopeless = true;
                    pause(peer, FAILED_PAUSE_MILLIS_MAX, nowMillis);
                }
            }
            case BUSY -> {
                if (own != null) {
                    declined(peer, nowMillis);
                }
            }
        }
        if (nextMillis - (nowMillis + STEP_MILLIS) > 0) {
            nextMillis = nowMillis + STEP_MILLIS;
        }
    }

    private void accepted(Search own, Endpoint at, long nowMillis) {
        boolean believed = at.port() != 0 && own.peer.searches.isAt(at.ip(), nowMillis) && reach.usable(own.peer, at);
        int opened = believed ? transmitter.searchSockets().open(own.beside, at.ip(), SOCKETS) : 0;
        if (opened == 0) {
            pause(own.peer, FAILED_PAUSE_MILLIS, nowMillis);
            return;
        }
        own.peer.searches.declined = 0;
        own.to = at;
        own.sockets = opened;
        own.sinceMillis = nowMillis;
        events.accept("search.begun peer=" + own.peer + " at=" + at + " sockets=" + opened);
    }

    /** Who asks has us send to an address of its choice, so it has to be where a root has seen it. */
    private void offered(Peer peer, Ip at, long nowMillis) {
        if (!relayed(peer, nowMillis) || !peer.searches.intake.take(nowMillis)) {
            return; // anybody may ask: neither an answer nor a line for each
        }
        String refusal = refusal(peer, at, nowMillis);
        if (!refusal.isEmpty()) {
            events.accept("search.declined peer=" + peer + " at=" + at + " reason=" + refusal);
            tell(peer, SearchMessage.Step.BUSY, new Endpoint(at, 0), nowMillis);
            return;
        }
        Optional<NatMapping> mapping = mapping(each -> each.kind() != NatMapping.Kind.ENDPOINT_DEPENDENT, nowMillis);
        Optional<LocalSocket> socket = mapping.flatMap(this::socketOf);
        if (socket.isEmpty()) {
            // Who knows nothing of its own NAT yet may know better soon.
            boolean symmetric = mapping(each -> each.kind() == NatMapping.Kind.ENDPOINT_DEPENDENT, nowMillis)
                    .isPresent();
            tell(
                    peer,
                    symmetric ? SearchMessage.Step.HOPELESS : SearchMessage.Step.BUSY,
                    new Endpoint(at, 0),
                    nowMillis);
            return;
        }
        peer.searches.helpedMillis = nowMillis;
        helped.add(new Help(peer, socket.get(), at, ports(), nowMillis));
        tell(peer, SearchMessage.Step.ACCEPT, mapping.get().seen().getFirst(), nowMillis);
    }

    private String refusal(Peer peer, Ip at, long nowMillis) {
        if (!wanted || peers.pathPolicy().lowBandwidth()) {
            return "local.conf does not want it";
        }
        if (nowMillis - peer.searches.helpedMillis < HELP_PAUSE_MILLIS) {
            return "helped within the last five minutes";
        }
        if (!peer.searches.isAt(at, nowMillis) || !reach.usable(peer, new Endpoint(at, PORT_FIRST))) {
            return "no root said that it is there";
        }
        return helped.size() == HELPED_MAX ? "others are helped" : "";
    }

    private int[] ports() {
        Set<Integer> chosen = new HashSet<>();
        int[] ports = new int[PROBES];
        int count = 0;
        while (count < PROBES) {
            int port = PORT_FIRST + random.nextInt(PORTS);
            if (chosen.add(port)) {
                ports[count++] = port;
            }
        }
        return ports;
    }

    /** Answers whether there is more to do. */
    private boolean help(Help now, long nowMillis) {
        if (now.peer.best() != null || !now.ready && nowMillis - now.sinceMillis >= READY_MILLIS) {
            return false;
        }
        if (!now.ready) {
            return true;
        }
        // One question for all that are sent together: at most one of them arrives where somebody listens.
        byte[] probe = sender.sealed(now.peer, Verb.ECHO, new byte[0], nowMillis);
        for (int i = 0; i < DATAGRAMS_PER_STEP && now.tried < now.ports.length; i++) {
            var to = new Endpoint(now.at, now.ports[now.tried++]);
            transmitter.send(now.socket.id(), to, probe, 0, probe.length);
        }
        return now.tried < now.ports.length;
    }

    private void tell(Peer peer, SearchMessage.Step step, Endpoint at, long nowMillis) {
        sender.send(peer, Verb.USER_MESSAGE, new SearchMessage(step, at).payload(), nowMillis);
    }

    // ---------------------------------------------------------------- for a person

    /** What becomes of the search for a port common with {@code peer}, half a sentence; empty if nothing does. */
    String says(Peer peer, long nowMillis) {
        Search own = search != null && search.peer == peer ? search : null;
        if (own != null) {
            return own.to == null
                    ? "; asking it to search for a port of this node's NAT"
                    : "; searching: " + own.sent + " of " + own.sockets + " sockets of this node wait for it";
        }
        for (Help help : helped) {
            if (help.peer == peer) {
                return "; searching: " + help.tried + " of " + help.ports.length + " ports of its NAT tried";
            }
        }
        if (peer.searches.hopeless) {
            return "; so does the peer's, and to find a common port among 64,512 for each would take too many tries";
        }
        return peer.searches.failed == 0
                ? ""
                : "; a search among the ports of this node's NAT found none, the next one is in "
                        + Math.max(1, (peer.searches.afterMillis - nowMillis + 59_999) / 60_000) + " min";
    }

    int helping() {
        return helped.size();
    }

    int kept() {
        return open.found().size();
    }
}
