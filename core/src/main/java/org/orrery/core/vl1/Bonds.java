// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.orrery.core.value.DropReason;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;
import org.orrery.core.verb.Verb;
import org.orrery.core.vl1.bond.BondOptions;
import org.orrery.core.vl1.bond.BondSettings;
import org.orrery.core.vl1.bond.LinkMeter;
import org.orrery.core.wire.WireReader;

/**
 * Bonds peers as the owner wants: begins and ends bonds, asks idle links whether they work, reports to peers what arrived
 * over each path, and looks for further pairs of a local socket and an address of the peer. Only leaves are bonded, and
 * only while something is exchanged with them. Control lane only.
 */
public final class Bonds {
    /** Peers bonded at once, up to 280 kB each; further ones use one path each. */
    static final int BONDS_MAX = 512;

    /** Smallest size that {@link #linkMtu} takes: no path of the Internet is narrower. */
    public static final int MTU_MIN = 576;

    private static final long LOOK_MILLIS_MIN = 60;
    private static final long LOOK_MILLIS_MAX = 250;
    private static final long EXPLORE_MILLIS = 30_000;
    private static final int EXPLORED_MAX = 32;

    /** Older peers know nothing of reports. */
    private static final int PROTOCOL_REPORTS = 12;

    private static final int REPORT_BYTES_MAX = LinkMeter.REPORT_RECORDS_MAX * LinkMeter.RECORD_BYTES;
    private static final int NEGOTIATION_BYTES = 2;

    /** What it needs of the engine. */
    interface Reach {
        /** Asks the peer over that way: by HELLO if {@code introduce}, else by the cheapest question that it knows. */
        void ask(Peer peer, int socket, Endpoint to, boolean introduce, long nowMillis);

        /** Whether a path of {@code peer} may lead to {@code to}. */
        boolean usable(Peer peer, Endpoint to);

        /** Another path than before may be the best way to {@code peer} now. */
        void changed(Peer peer, long nowMillis);
    }

    private final Peers peers;
    private final Sender sender;
    private final OpenSockets open;
    private final Reach reach;
    private final Consumer<String> events;
    private BondSettings settings = BondSettings.NONE;
    private long nextMillis = Long.MAX_VALUE;
    private int count;
    private boolean toldFull;

    Bonds(Peers peers, Sender sender, OpenSockets open, Reach reach, Consumer<String> events) {
        this.peers = peers;
        this.sender = sender;
        this.open = open;
        this.reach = reach;
        this.events = events;
    }

    /** Says what the owner wants; bonds that are to be others, or none, end at once. */
    public void settings(BondSettings now, long nowMillis) {
        settings = now;
        nextMillis = nowMillis;
        look(nowMillis);
    }

    /** Whether there may be bonds at all. */
    public boolean inUse() {
        return settings.inUse();
    }

    /** Bonds that there are. */
    int count() {
        return count;
    }

    /** When {@link #tick} next has something to do, {@link Long#MAX_VALUE} for not at all. */
    long nextDueMillis() {
        return nextMillis;
    }

    void tick(long nowMillis) {
        if (nextMillis != Long.MAX_VALUE && nowMillis - nextMillis >= 0) {
            look(nowMillis);
        }
    }

    private void look(long nowMillis) {
        long[] pause = {LOOK_MILLIS_MAX};
        count = 0;
        peers.forEach(peer -> count += peer.bond() == null ? 0 : 1);
        peers.forEach(peer -> {
            PeerBond bond = settle(peer, nowMillis);
            if (bond != null) {
                pause[0] = Math.min(
                        pause[0], Math.max(LOOK_MILLIS_MIN, bond.options().failoverMillis() / 10));
                tend(peer, bond, nowMillis);
            }
        });
        toldFull &= count >= BONDS_MAX;
        nextMillis = settings.inUse() || count > 0 ? nowMillis + pause[0] : Long.MAX_VALUE;
    }

    /** Begins or ends the bond of a peer as it should be; answers the bond that there is then. */
    private @Nullable PeerBond settle(Peer peer, long nowMillis) {
        BondOptions wanted = peer.upstream() ? null : settings.of(peer.address());
        PeerBond bond = peer.bond();
        if (bond == null && wanted == null) {
            return null;
        }
        boolean pathless = peer.paths().length == 0;
        boolean idle = pathless || !peer.active(nowMillis);
        if (bond != null && (idle || !bond.options().equals(wanted))) {
            String over = pathless ? "no direct path is left" : "nothing was exchanged for minutes";
            bond.bond().end(idle ? over : "local.conf wants something else now");
            peer.bond(null, nowMillis);
            count--;
            bond = null;
        }
        if (bond == null && wanted != null && !idle && anyAlive(peer, nowMillis)) {
            if (count >= BONDS_MAX) {
                if (!toldFull) {
                    toldFull = true;
                    events.accept("bond.refused peer=" + peer + " reason=there are " + BONDS_MAX + " bonds already");
                }
                return null;
            }
            bond = new PeerBond(peer, wanted, this::endOf, events, nowMillis);
            peer.bond(bond, nowMillis);
            count++;
        }
        return bond;
    }

    private static boolean anyAlive(Peer peer, long nowMillis) {
        for (Path path : peer.paths()) {
            if (path.alive(nowMillis)) {
                return true;
            }
        }
        return false;
    }

    private PeerBond.End endOf(int socket) {
        for (LocalSocket each : open.all()) {
            if (each.id() == socket) {
                String link = each.device().isEmpty() ? each.local().ip().toString() : each.device();
                return new PeerBond.End(link, each.local().port());
            }
        }
        return new PeerBond.End(socket == LocalSocket.TUNNEL_ID ? "tunnel" : "closed", 0);
    }

    private void tend(Peer peer, PeerBond bond, long nowMillis) {
        Path before = peer.best();
        peer.choose(nowMillis);
        if (peer.best() != before) {
            reach.changed(peer, nowMillis);
        }
        boolean slow = peer.answersSlowly();
        for (Path path : bond.bond().questions(nowMillis)) {
            reach.ask(peer, path.socket(), path.remote(), slow, nowMillis);
            path.noteOut(nowMillis);
        }
        if (peer.protocol() >= PROTOCOL_REPORTS) {
            report(peer, bond, nowMillis);
        }
        if (nowMillis - bond.exploredMillis >= EXPLORE_MILLIS) {
            bond.exploredMillis = nowMillis;
            explore(peer, nowMillis);
        }
    }

    private void report(Peer peer, PeerBond bond, long nowMillis) {
        for (Path path : peer.paths()) {
            if (path.inBond() && path.alive(nowMillis) && path.meter().reportDue(bond.reportMillis(), nowMillis)) {
                byte[] records = path.meter().report(nowMillis);
                if (records.length > 0) {
                    byte[] packet = sender.assemble(peer, Verb.QOS_MEASUREMENT, records);
                    sender.sendSealed(peer, 0, packet, path.socket(), path.remote(), Verb.QOS_MEASUREMENT, nowMillis);
                    path.noteOut(nowMillis);
                }
            }
        }
    }

    /** Asks, from each local socket, at all addresses of the peer that are reached from another one. */
    private void explore(Peer peer, long nowMillis) {
        Set<Endpoint> remotes = new LinkedHashSet<>();
        for (Path path : peer.paths()) {
            if (!path.tunnelled() && path.alive(nowMillis)) {
                remotes.add(path.remote());
            }
        }
        int asked = 0;
        for (Endpoint remote : remotes) {
            for (LocalSocket socket : open.ordinary()) {
                boolean apt = !socket.tunnel()
                        && socket.local().ip().v6() == remote.ip().v6()
                        && !peer.reaches(socket.id(), remote, nowMillis)
                        && reach.usable(peer, remote);
                if (apt && asked++ < EXPLORED_MAX) {
                    reach.ask(peer, socket.id(), remote, false, nowMillis);
                }
            }
        }
    }

    // ---------------------------------------------------------------- what peers say

    /** QOS_MEASUREMENT: what arrived of ours over the path that it came by. */
    Upper.Outcome onReport(Inbound in, Peer peer, WireReader body, long nowMillis) {
        PeerBond bond = peer.bond();
        if (bond == null) {
            return Upper.Outcome.dropped(DropReason.UNKNOWN_VERB);
        }
        if (!bond.reportIntake.pass(nowMillis)) {
            return Upper.Outcome.dropped(DropReason.RATE_LIMITED);
        }
        int bytes = body.remaining();
        if (bytes < LinkMeter.RECORD_BYTES - 1 || bytes > REPORT_BYTES_MAX) {
            return Upper.Outcome.dropped(DropReason.BAD_FIELD);
        }
        Path path = peer.pathOf(in.socket(), in.from());
        if (path != null && path.inBond()) {
            path.meter().told(body.array(), body.position(), bytes, in.arrivedMillis());
        }
        return Upper.Outcome.dropped(DropReason.NONE);
    }

    /**
     * PATH_NEGOTIATION_REQUEST: the peer would like this path to be used. Nobody sends it; paths are chosen by what is
     * measured, not by what a peer wishes.
     */
    Upper.Outcome onNegotiation(Peer peer, WireReader body, long nowMillis) {
        PeerBond bond = peer.bond();
        if (bond == null) {
            return Upper.Outcome.dropped(DropReason.UNKNOWN_VERB);
        }
        if (!bond.negotiationIntake.pass(nowMillis)) {
            return Upper.Outcome.dropped(DropReason.RATE_LIMITED);
        }
        boolean whole = body.remaining() == NEGOTIATION_BYTES;
        return Upper.Outcome.dropped(whole ? DropReason.NONE : DropReason.BAD_FIELD);
    }

    // ---------------------------------------------------------------- what the owner asks for

    /** Has another link carry the traffic of active-backup to {@code address}; false if that is not possible. */
    public boolean rotate(long address, long nowMillis) {
        Peer peer = peers.find(address);
        PeerBond bond = peer == null ? null : peer.bond();
        if (peer == null || bond == null || !bond.bond().rotate(nowMillis)) {
            return false;
        }
        peer.choose(nowMillis);
        return true;
    }

    /**
     * Says how long datagrams may be over paths from interface {@code link} to {@code remote}, until these paths end.
     *
     * @param bytes brought into what can be sent
     * @return false if there is no such path in a bond
     */
    public boolean linkMtu(int bytes, String link, Ip remote) {
        boolean[] found = {false};
        peers.forEach(peer -> {
            for (Path path : peer.paths()) {
                if (path.inBond()
                        && path.link().equals(link)
                        && path.remote().ip().equals(remote)) {
                    path.linkMtu(Math.clamp(bytes, MTU_MIN, PathPolicy.MTU_MAX));
                    found[0] = true;
                }
            }
        });
        return found[0];
    }
}
