// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.api;

import com.sun.net.httpserver.HttpExchange;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.orrery.core.node.Version;
import org.orrery.core.value.Hex;
import org.orrery.core.value.NetworkId;
import org.orrery.core.wire.BigEndian;
import org.orrery.daemon.capture.Observers;
import org.orrery.daemon.capture.PcapngWriter;

/**
 * {@code GET /network/ID/observed}: what rules send to this node, as an endless pcapng stream. Each frame's comment says
 * what it is and who sent it, its flags which side copied it; a statistics block comes every few seconds, which also shows
 * whether somebody still listens. Any virtual thread.
 */
final class ObservedStream {
    private static final Duration HEARTBEAT = Duration.ofSeconds(5);
    private static final int BUFFER_BYTES = 64 * 1024;

    /** The largest frame of any network. */
    private static final int SNAP_BYTES = 10_014;

    private static final int ETHERNET_BYTES = 14;
    private static final int IPV4 = 0x0800;
    private static final int IPV6 = 0x86dd;
    private static final int IPV6_HEADER_BYTES = 40;

    private final Observers observers;
    private final Questions questions;
    private final InstantSource clock;

    ObservedStream(Observers observers, Questions questions, InstantSource clock) {
        this.observers = observers;
        this.questions = questions;
        this.clock = clock;
    }

    static boolean wanted(Request request) {
        return request.get()
                && request.path().size() == 3
                && request.first().equals("network")
                && request.path().getLast().equals("observed");
    }

    /** Answers until the other side, or this service, has enough. */
    void answer(HttpExchange exchange, Request request) throws IOException {
        NetworkId network = NetworkId.parse(request.path().get(1)).orElse(null);
        boolean head = exchange.getRequestMethod().equals("HEAD");
        try {
            if (network == null || !joined(network)) {
                exchange.sendResponseHeaders(404, -1);
                return;
            }
        } catch (NodeUnavailable busy) {
            exchange.sendResponseHeaders(503, -1);
            return;
        } catch (Questions.FailedException failure) {
            exchange.sendResponseHeaders(500, -1);
            return;
        }
        Optional<Observers.Subscription> place = head ? Optional.empty() : observers.subscribe(network.bits());
        if (place.isEmpty()) {
            exchange.sendResponseHeaders(head ? 200 : 503, -1);
            return;
        }
        try (Observers.Subscription subscription = place.get()) {
            exchange.getResponseHeaders().set("Content-Type", "application/x-pcapng");
            exchange.getResponseHeaders().set("Cache-Control", "no-store");
            exchange.sendResponseHeaders(200, 0);
            try (var out = new BufferedOutputStream(exchange.getResponseBody(), BUFFER_BYTES)) {
                write(subscription, out, network);
            }
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean joined(NetworkId network) throws NodeUnavailable, Questions.FailedException {
        return questions.ask(NodeControl::networks).stream()
                .anyMatch(view -> view.network().id().equals(network));
    }

    private void write(Observers.Subscription subscription, BufferedOutputStream out, NetworkId network)
            throws IOException, InterruptedException {
        var writer = new PcapngWriter(
                out,
                "orrery, compatible with " + Version.COMPATIBLE,
                network.toString(),
                "frames that rules of network " + network + " sent to this node",
                SNAP_BYTES);
        out.flush();
        long nextStatistics = clock.millis() + HEARTBEAT.toMillis();
        while (true) {
            if (subscription.idle()) {
                out.flush();
            }
            Observers.Frame frame = subscription.take(HEARTBEAT);
            if (frame != null) {
                writer.frame(
                        frame.timeNanos(),
                        frame.bytes(),
                        0,
                        frame.bytes().length,
                        originalLength(frame.bytes()),
                        direction(frame.flags()),
                        kind(frame.flags()) + " by " + Hex.of(frame.from(), 10),
                        frame.lostBefore());
            }
            long now = clock.millis();
            if (now - nextStatistics >= 0) {
                nextStatistics = now + HEARTBEAT.toMillis();
                Instant instant = clock.instant();
                writer.statistics(
                        instant.getEpochSecond() * 1_000_000_000L + instant.getNano(),
                        subscription.received(),
                        subscription.lost());
            }
        }
    }

    /** What the flags say, by the numbers that copies have had since the first version. */
    static String kind(int flags) {
        return switch (flags >> 1 & 7) {
            case 1 -> "tee outbound";
            case 2 -> "redirect outbound";
            case 3 -> "watch outbound";
            case 4 -> "tee inbound";
            case 5 -> "redirect inbound";
            case 6 -> "watch inbound";
            default -> "sent";
        };
    }

    private static PcapngWriter.Direction direction(int flags) {
        return switch (flags >> 1 & 7) {
            case 1, 2, 3 -> PcapngWriter.Direction.OUTBOUND;
            case 4, 5, 6 -> PcapngWriter.Direction.INBOUND;
            default -> PcapngWriter.Direction.UNKNOWN;
        };
    }

    /** Copies may be cut; what the frame had before stands in its IP header. */
    private static int originalLength(byte[] frame) {
        int etherType = frame.length < ETHERNET_BYTES ? 0 : BigEndian.u16(frame, 12);
        int length = 0;
        if (etherType == IPV4 && frame.length >= ETHERNET_BYTES + 4) {
            length = BigEndian.u16(frame, ETHERNET_BYTES + 2);
        } else if (etherType == IPV6 && frame.length >= ETHERNET_BYTES + 6) {
            length = BigEndian.u16(frame, ETHERNET_BYTES + 4) + IPV6_HEADER_BYTES;
        }
        return Math.max(frame.length, ETHERNET_BYTES + length);
    }
}
