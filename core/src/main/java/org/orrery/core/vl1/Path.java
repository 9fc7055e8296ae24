// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.orrery.core.value.Endpoint;
import org.orrery.core.vl1.bond.BondedPath;
import org.orrery.core.vl1.bond.LinkMeter;

/**
 * One physical way to a peer: a local socket and a remote endpoint. It exists only after the peer answered a request of
 * ours over it. The times are plain facts that any lane notes; decisions are the control lane's.
 */
public final class Path implements BondedPath {
    /** No packet for this long and the path no longer carries traffic: one missed heartbeat and a bit. */
    static final long ALIVE_MILLIS = 19_000;

    /** No packet for this long and the path is forgotten. */
    static final long EXPIRED_MILLIS = 243_000;

    /** Nothing sent for this long calls for a heartbeat. */
    static final long HEARTBEAT_MILLIS = 14_000;

    /** As {@link #HEARTBEAT_MILLIS} where bandwidth is dear; most NATs forget after thirty seconds. */
    static final long ECONOMICAL_HEARTBEAT_MILLIS = 25_000;

    /** As {@link #ALIVE_MILLIS} where bandwidth is dear: two missed heartbeats and a bit. */
    static final long ECONOMICAL_ALIVE_MILLIS = 60_000;

    /** A path is in use if something was sent over it within this time. */
    static final long USE_MILLIS = 1_000;

    /** Use begins anew after a pause of this, before the use before it is over for everybody. */
    static final long USE_PAUSE_MILLIS = USE_MILLIS / 2;

    /** Latency not measured yet. */
    static final int LATENCY_UNKNOWN = 65_535;

    private static final VarHandle LAST_IN;
    private static final VarHandle LAST_OUT;

    static {
        try {
            var lookup = MethodHandles.lookup();
            LAST_IN = lookup.findVarHandle(Path.class, "lastInMillis", long.class);
            LAST_OUT = lookup.findVarHandle(Path.class, "lastOutMillis", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final int socket;
    private final Endpoint remote;
    private final Runnable useBegins;
    final MtuSearch mtu = new MtuSearch();
    private volatile PathPolicy.Treatment treatment = PathPolicy.Treatment.USUAL;
    private volatile @Nullable LinkMeter meter;
    private volatile int linkMtuBytes;

    @SuppressWarnings("UnusedVariable") // through its VarHandle
    private long lastInMillis;

    @SuppressWarnings("UnusedVariable") // through its VarHandle
    private long lastOutMillis = Long.MIN_VALUE / 2;

    // Control lane only.
    private int latencyMillis = LATENCY_UNKNOWN;
    private boolean failed;
    private String link = "";
    private int localPort;
    int probesUnanswered;
    int followUps;
    long lastProbeMillis;

    /** Questions open since {@link #askedSinceMillis}; 0 if none is. */
    int asked;

    /** Whether they were asked because nothing came in. */
    boolean askedInSilence;

    long askedSinceMillis;
    long lastAskedMillis;

    /** When it was last given up because the peer was heard over a relay. */
    long hintMillis = Long.MIN_VALUE / 2;

    /** Questions since it failed. */
    int retries;

    /** Whether the peer is to be told to use this path, and was not because we do not know where it sees us. */
    boolean redirectOwed;

    /** When the peer last answered over this path. */
    long answeredMillis;

    /** @param useBegins called by any lane when something is sent over it for the first time or after a pause */
    Path(int socket, Endpoint remote, Runnable useBegins, long nowMillis) {
        this.socket = socket;
        this.remote = remote;
        this.useBegins = useBegins;
        this.lastInMillis = nowMillis;
        this.answeredMillis = nowMillis;
    }

    @Override
    public int socket() {
        return socket;
    }

    @Override
    public Endpoint remote() {
        return remote;
    }

    /** Whether it leads through the tunnel. */
    boolean tunnelled() {
        return socket == LocalSocket.TUNNEL_ID;
    }

    /** Any thread. */
    public boolean is(int socket, Endpoint remote) {
        return this.socket == socket && this.remote.equals(remote);
    }

    /** Any lane: an authentic packet of the peer arrived over this path. */
    public void noteIn(long nowMillis) {
        LAST_IN.setOpaque(this, nowMillis);
    }

    /** As {@link #noteIn(long)}; {@code packetId} as it was on the wire. */
    public void noteIn(long packetId, long nowMillis) {
        noteIn(nowMillis);
        LinkMeter bonded = meter;
        if (bonded != null) {
            bonded.arrived(packetId, nowMillis);
        }
    }

    /** As {@link #noteOut(long)}; {@code packetId} as it is on the wire. */
    public void noteOut(long packetId, long nowMillis) {
        noteOut(nowMillis);
        LinkMeter bonded = meter;
        if (bonded != null) {
            bonded.sent(packetId, nowMillis);
        }
    }

    /** Any lane: something was sent over this path. */
    public void noteOut(long nowMillis) {
        if (nowMillis - lastOutMillis() < USE_PAUSE_MILLIS) {
            LAST_OUT.setOpaque(this, nowMillis);
        } else {
            LAST_OUT.setVolatile(this, nowMillis); // seen by whoever finds the peer marked as used no more
            useBegins.run();
        }
    }

    @Override
    public long lastInMillis() {
        return (long) LAST_IN.getOpaque(this);
    }

    @Override
    public long lastOutMillis() {
        return (long) LAST_OUT.getOpaque(this);
    }

    /** Whether it may carry traffic: heard lately, and not failed. */
    boolean alive(long nowMillis) {
        return !failed && nowMillis - lastInMillis() < aliveMillis();
    }

    /** Whether questions over it went unanswered, and still do. */
    boolean failed() {
        return failed;
    }

    /** Whether a question was open for long enough to rather use another path. */
    boolean doubtful() {
        return asked >= 2 && askedInSilence;
    }

    /** Takes it out of use until the peer answers over it. */
    void fail() {
        failed = true;
        useBegins.run();
    }

    /** Whether something is sent over it, or it is being asked about. Control lane only. */
    boolean inUse(long nowMillis) {
        return nowMillis - lastOutMillis() < USE_MILLIS || asked > 0 || failed && !expired(nowMillis);
    }

    /** One more question over it is open, and is looked after even if nothing else is sent. Control lane only. */
    void ask(long nowMillis) {
        asked++;
        lastAskedMillis = nowMillis;
        useBegins.run();
    }

    /** The peer answered what we asked over this path: it works both ways. */
    void answered(long nowMillis) {
        failed = false;
        asked = 0;
        probesUnanswered = 0;
        answeredMillis = nowMillis;
    }

    boolean expired(long nowMillis) {
        return nowMillis - lastInMillis() >= EXPIRED_MILLIS;
    }

    boolean needsHeartbeat(long nowMillis) {
        long pause = treatment.economical() ? ECONOMICAL_HEARTBEAT_MILLIS : HEARTBEAT_MILLIS;
        return nowMillis - lastOutMillis() >= pause;
    }

    /** Takes it out of use until the peer is heard over it again. */
    void reset(long nowMillis) {
        LAST_IN.setOpaque(this, nowMillis - EXPIRED_MILLIS);
    }

    /** Smoothed round trip in ms, {@link #LATENCY_UNKNOWN} if never measured. */
    public int latencyMillis() {
        return latencyMillis;
    }

    /** Falls at once and rises slowly: a round trip can only look longer than it is, as in a process just started. */
    void measured(long roundTripMillis) {
        int sample = (int) Math.clamp(roundTripMillis, 0L, LATENCY_UNKNOWN - 1);
        latencyMillis = sample <= latencyMillis ? sample : latencyMillis + Math.max(1, (sample - latencyMillis) / 8);
    }

    /** Any thread: the largest UDP payload to send over it. */
    public int mtuBytes() {
        return Math.min(fullBytes(), mtu.bytes());
    }

    /** Any thread: the largest UDP payload to send over it if all that its owner allows pass. */
    int fullBytes() {
        int own = linkMtuBytes;
        return own != 0 ? own : treatment.mtuBytes();
    }

    /** Says how long datagrams over this path may be, whatever holds for the network; 0 for what holds there. */
    void linkMtu(int bytes) {
        linkMtuBytes = tunnelled() ? 0 : bytes;
    }

    /** It takes part in a bond from now on. */
    void bonded(String link, int localPort, int mtuBytes, long nowMillis) {
        this.link = link;
        this.localPort = localPort;
        linkMtu(mtuBytes);
        this.meter = new LinkMeter(nowMillis);
    }

    /** It takes part in a bond no more. */
    void unbonded() {
        meter = null;
        linkMtu(0);
    }

    /** Whether it takes part in a bond. */
    boolean inBond() {
        return meter != null;
    }

    @Override
    public String link() {
        return link;
    }

    @Override
    public int localPort() {
        return localPort;
    }

    @Override
    public LinkMeter meter() {
        return Objects.requireNonNull(meter, "not in a bond");
    }

    @Override
    public boolean failing() {
        return failed || doubtful();
    }

    @Override
    public boolean bondable() {
        return !tunnelled();
    }

    @Override
    public int roundTripMillis() {
        return latencyMillis == LATENCY_UNKNOWN ? -1 : latencyMillis;
    }

    /** Any thread: the number under which packets to this path's own peer go unprotected, 0 if they are protected. */
    public long trustedPathId() {
        return treatment.trustedPathId();
    }

    void treat(PathPolicy.Treatment treatment) {
        // What the owner says of the network at the other end is not so of the way through a stranger's relay.
        this.treatment =
                tunnelled() ? new PathPolicy.Treatment(Sender.DATAGRAM_BYTES, 0, treatment.economical()) : treatment;
    }

    private long aliveMillis() {
        return treatment.economical() ? ECONOMICAL_ALIVE_MILLIS : ALIVE_MILLIS;
    }

    /**
     * Lower is better: latency weighed by how local the address is, with a penalty for silence. Through the tunnel is
     * worse than any living path and better than any dead one.
     */
    long quality(long nowMillis) {
        long age = Math.min(nowMillis - lastInMillis(), 140_000);
        boolean good = age < aliveMillis() && !failed && !doubtful();
        long base = good ? latencyMillis : latencyMillis + 65_535L + age;
        long order = good ? tunnelled() ? 1 : 0 : tunnelled() ? 3 : 2;
        return (order << 32) + (base + 1) * (8 - remote.ip().scope().id());
    }
}
