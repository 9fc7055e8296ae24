// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.engine;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.orrery.core.node.DataLane;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;
import org.orrery.core.vl1.LocalSocket;
import org.orrery.net.relay.MessageStream;
import org.orrery.net.relay.ProxyAddress;
import org.orrery.net.relay.RelayAddress;
import org.orrery.net.relay.RelayLink;
import org.orrery.net.relay.RelayMessages;

/**
 * The way through a TCP relay: a thread that connects, again and again with pauses, and is the data lane of what arrives;
 * and one that writes what others send. What waits to be written is bounded; more is dropped, as a full socket would.
 * {@link #send} may be called by any thread, all else belongs to the control lane.
 */
final class Tunnel implements AutoCloseable {
    /** As other implementations hold at most: half a second at 1 Mbit/s. */
    static final int WAITING_BYTES_MAX = 64 * 1024;

    private static final long[] PAUSES_MILLIS = {2_500, 2_500, 5_000, 10_000, 20_000, 60_000};

    /** A relay that brings nothing for so long, while something is sent, is taken for gone. */
    private static final long DEAF_NANOS = TimeUnit.SECONDS.toNanos(20);

    private static final long PING_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final Logger LOG = System.getLogger("org.orrery.daemon.engine");

    /**
     * Where it leads.
     *
     * @param relays in order of preference, at least one
     */
    record Plan(List<RelayAddress> relays, Optional<ProxyAddress> proxy) {
        Plan {
            relays = List.copyOf(relays);
        }
    }

    /** What it needs of the node. */
    interface Host {
        /** Tunnel thread: the relay takes datagrams now, or no longer. */
        void changed();

        /** Tunnel thread: whether an address of this host belongs to one of the node's own networks. */
        boolean inside(Ip local);
    }

    /**
     * The tunnel at one moment.
     *
     * @param relay the one in use or tried last; null before the first attempt
     * @param sinceMillis when it was connected; 0 if it is not
     * @param failure why the last attempt failed; empty if it did not
     */
    record Report(
            @Nullable RelayAddress relay, long sinceMillis, String failure, long sent, long received, long dropped) {}

    private final Plan plan;
    private final DataLane lane;
    private final SteadyClock clock;
    private final Host host;
    private final Predicate<Endpoint> reachable;
    private final Thread thread;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition some = lock.newCondition();
    private byte[] waiting = new byte[WAITING_BYTES_MAX];
    private int waitingBytes;
    private boolean connected;

    private final LongAdder sent = new LongAdder();
    private final LongAdder received = new LongAdder();
    private final LongAdder dropped = new LongAdder();
    private volatile boolean closing;
    private volatile @Nullable RelayLink link;
    private volatile @Nullable RelayAddress relay;
    private volatile long sinceMillis;
    private volatile String failure = "";
    private volatile long lastInNanos;
    private volatile boolean sentSince;
    private volatile boolean writing;
    private volatile long writingSinceNanos;

    /**
     * Begins to connect.
     *
     * @param lane of the tunnel alone
     * @param reachable where the relay may be asked to send
     */
    Tunnel(Plan plan, DataLane lane, SteadyClock clock, Predicate<Endpoint> reachable, Host host) {
        this.plan = plan;
        this.lane = lane;
        this.clock = clock;
        this.reachable = reachable;
        this.host = host;
        this.thread = Thread.ofVirtual().name("orrery-tunnel").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    Plan plan() {
        return plan;
    }

    boolean connected() {
        return sinceMillis != 0;
    }

    Report report() {
        return new Report(relay, sinceMillis, failure, sent.sum(), received.sum(), dropped.sum());
    }

    /** Any thread: has the relay send a datagram. */
    void send(Endpoint to, byte[] bytes, int offset, int length) {
        int header = RelayMessages.headerBytes(to.ip());
        int message = header + length;
        lock.lock();
        try {
            boolean fits = connected
                    && !to.ip().v6()
                    && reachable.test(to)
                    && message <= RelayMessages.BYTES_MAX
                    && waitingBytes + 2 + message <= WAITING_BYTES_MAX;
            if (!fits) {
                dropped.increment();
                return;
            }
            int at = waitingBytes;
            waiting[at] = (byte) (message >>> 8);
            waiting[at + 1] = (byte) message;
            RelayMessages.writeHeader(to, waiting, at + 2);
            System.arraycopy(bytes, offset, waiting, at + 2 + header, length);
            waitingBytes = at + 2 + message;
            some.signal();
        } finally {
            lock.unlock();
        }
    }

    // ---------------------------------------------------------------- the tunnel's own threads

    private void run() {
        int relays = plan.relays().size();
        int attempt = 0;
        while (!closing) {
            RelayAddress next = plan.relays().get(attempt % relays);
            long begun = System.nanoTime();
            try {
                serve(next);
                failure = "the relay ended the connection";
            } catch (IOException fault) {
                failure = text(fault);
            } catch (RuntimeException bug) {
                LOG.log(Level.ERROR, "tcp_relay.failed", bug);
                failure = "internal error: " + bug;
            }
            boolean was = sinceMillis != 0;
            sinceMillis = 0;
            if (closing) {
                return;
            }
            LOG.log(
                    Level.INFO,
                    (was ? "tcp_relay.down" : "tcp_relay.failed") + " relay=" + next + " reason=" + failure);
            if (was) {
                host.changed();
            }
            attempt = was && System.nanoTime() - begun > DEAF_NANOS ? 0 : attempt + 1;
            if (attempt % relays == 0) {
                pause(PAUSES_MILLIS[Math.min(attempt / relays, PAUSES_MILLIS.length - 1)]);
            }
        }
    }

    private static String text(IOException fault) {
        String message = fault.getMessage();
        return switch (fault) {
            case java.net.UnknownHostException unknown -> "no address for the name " + unknown.getMessage();
            case java.net.SocketTimeoutException _ -> "no answer in time";
            case java.io.EOFException _ -> "the connection was ended";
            case javax.net.ssl.SSLHandshakeException _
            when message != null && message.contains("PKIX path building") ->
                "no authority that this host knows has signed the relay's certificate; if that is meant to be so, set"
                        + " tlsRelayFingerprint";
            default -> message == null ? fault.getClass().getSimpleName() : message;
        };
    }

    private void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    private void serve(RelayAddress to) throws IOException {
        relay = to;
        var open = new RelayLink(to, plan.proxy());
        link = open;
        try (open) {
            if (closing) {
                return;
            }
            MessageStream stream = open.connect();
            byte[] local = open.localAddress().getAddress();
            if (host.inside(Ip.of(local, 0, local.length == 16))) {
                throw new IOException("the route to the relay leads through a network of this node");
            }
            lock.lock();
            try {
                waitingBytes = 0;
                connected = true;
            } finally {
                lock.unlock();
            }
            lastInNanos = System.nanoTime();
            sentSince = false;
            writing = false;
            sinceMillis = clock.millis();
            failure = "";
            LOG.log(
                    Level.INFO,
                    "tcp_relay.up relay=" + to
                            + plan.proxy().map(each -> " proxy=" + each).orElse(""));
            Thread.ofVirtual().name("orrery-tunnel-out").start(() -> write(open, stream));
            host.changed();
            read(stream);
        } finally {
            lock.lock();
            try {
                connected = false;
                some.signal();
            } finally {
                lock.unlock();
            }
        }
    }

    private void read(MessageStream stream) throws IOException {
        byte[] message = new byte[RelayMessages.BYTES_MAX];
        var addresses = new RelayMessages.Addresses();
        for (int length = stream.read(message); length != MessageStream.END; length = stream.read(message)) {
            lastInNanos = System.nanoTime();
            sentSince = false;
            int header = RelayMessages.headerBytes(message, length);
            if (header == 0) {
                if (!RelayMessages.ignorable(message, length)) {
                    throw new IOException("the relay sent what is no datagram");
                }
                continue;
            }
            received.increment();
            lane.datagram(
                    LocalSocket.TUNNEL_ID,
                    addresses.of(message, header),
                    message,
                    header,
                    length - header,
                    clock.millis());
        }
    }

    /** Writes what waits, all of it at once; sees to it that a dead connection is noticed. */
    private void write(RelayLink open, MessageStream stream) {
        byte[] batch = new byte[WAITING_BYTES_MAX];
        long lastPing = System.nanoTime();
        try {
            while (!closing) {
                int bytes;
                lock.lock();
                try {
                    if (waitingBytes == 0 && connected) {
                        some.awaitNanos(PING_NANOS);
                    }
                    if (!connected) {
                        return;
                    }
                    byte[] full = waiting;
                    waiting = batch;
                    batch = full;
                    bytes = waitingBytes;
                    waitingBytes = 0;
                } finally {
                    lock.unlock();
                }
                long now = System.nanoTime();
                if (bytes > 0 && !sentSince) {
                    lastInNanos = now; // the silence begins with what it might answer
                    sentSince = true;
                }
                if (deaf(now)) {
                    open.close();
                    return;
                }
                writingSinceNanos = now;
                writing = true;
                for (int at = 0; at < bytes; ) {
                    int length = (batch[at] & 0xff) << 8 | batch[at + 1] & 0xff;
                    stream.write(batch, at + 2, length);
                    at += 2 + length;
                    sent.increment();
                }
                if (bytes > 0) {
                    stream.flush();
                }
                if (now - lastPing >= PING_NANOS) {
                    lastPing = now;
                    stream.ping();
                }
                writing = false;
            }
        } catch (IOException gone) {
            open.close();
        } catch (InterruptedException stopped) {
            open.close();
            Thread.currentThread().interrupt();
        }
    }

    private boolean deaf(long nowNanos) {
        boolean stuck = writing && nowNanos - writingSinceNanos > DEAF_NANOS;
        return (sentSince || stuck) && nowNanos - lastInNanos > DEAF_NANOS;
    }

    /** Ends a connection that is dead; its writer may be stuck in it and not notice. */
    void look() {
        RelayLink open = link;
        if (open != null && connected() && deaf(System.nanoTime())) {
            open.close();
        }
    }

    /** Ends the connection and the threads; does not wait for them. */
    @Override
    public void close() {
        closing = true;
        RelayLink open = link;
        if (open != null) {
            open.close();
        }
        thread.interrupt();
        lock.lock();
        try {
            connected = false;
            some.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Whether nothing of it touches its lane any more. */
    boolean ended() {
        return !thread.isAlive();
    }
}
