// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.api;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.orrery.core.node.PeerStatus;
import org.orrery.core.value.Address;
import org.orrery.core.value.Endpoint;
import org.orrery.core.vl1.PeerReach;
import org.orrery.core.vl1.PingResult;
import org.orrery.core.vl1.PingWay;
import org.orrery.core.vl1.Role;
import org.orrery.daemon.RecentEvents;
import org.orrery.daemon.json.Json;
import tools.jackson.databind.JsonNode;

/**
 * What the node tells about itself and the network around it, asked afresh: {@code /orrery/ping}, {@code
 * /orrery/netcheck}, {@code /orrery/events}. Each request waits for a bounded time. Any thread.
 */
final class Diagnostics {
    private static final int PING_SECONDS_MAX = 10;
    private static final int WAIT_SECONDS_MAX = 25;

    /** Long enough for roots on the other side of the world, lossy ones too. */
    private static final Duration ROOTS_PATIENCE = Duration.ofSeconds(3);

    private static final long POLL_MILLIS = 50;
    private static final Duration SIZE_PATIENCE = Duration.ofSeconds(1);
    private static final int SIZE_TRIES = 3;

    /** UDP payloads: the longest of ours, and what fits links of 1,400, 1,280 and 576 bytes over IPv6 or IPv4. */
    private static final int[] SIZES = {NetCheck.DATAGRAM_BYTES, 1_352, 1_232, 548};

    /** Bytes of an OK around an echo: packet header, the verb answered and the packet answered. */
    private static final int ECHO_OVERHEAD_BYTES = 37;

    private final Questions questions;
    private final RecentEvents events;
    private final Semaphore checking = new Semaphore(1);

    Diagnostics(Questions questions, RecentEvents events) {
        this.questions = questions;
        this.events = events;
    }

    /** The answer, if it is asked for. */
    Optional<ApiAnswer> answer(Request request, byte[] body) throws NodeUnavailable, Questions.FailedException {
        if (request.get() && request.at("orrery", "events")) {
            return Optional.of(events(request));
        }
        if (request.post() && request.at("orrery", "ping")) {
            return Optional.of(ping(body));
        }
        if (request.post() && request.at("orrery", "netcheck")) {
            return Optional.of(netcheck());
        }
        return Optional.empty();
    }

    // ---------------------------------------------------------------- events

    /** {@code ?after=NUMBER&wait=SECONDS}: events behind that number; waits for the first of them. */
    private ApiAnswer events(Request request) throws NodeUnavailable {
        long after = number(request, "after", 0);
        long wait = Math.clamp(number(request, "wait", 0), 0, WAIT_SECONDS_MAX);
        // A number of an earlier run of the service, which counts from 1 again.
        long from = after > events.last() ? 0 : after;
        try {
            List<RecentEvents.Event> found = events.await(from, Duration.ofSeconds(wait));
            List<RecentEvents.Event> shown = found.isEmpty() ? events.after(from) : found;
            long last = shown.isEmpty() ? from : shown.getLast().number();
            return ApiAnswer.json(200, EventsJson.of(shown, last));
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw new NodeUnavailable("the service stops");
        }
    }

    private static long number(Request request, String name, long otherwise) {
        String text = request.query().getOrDefault(name, "");
        return text.matches("[0-9]{1,18}") ? Long.parseLong(text) : otherwise;
    }

    // ---------------------------------------------------------------- ping

    private ApiAnswer ping(byte[] body) throws NodeUnavailable, Questions.FailedException {
        JsonNode asked;
        try {
            asked = Json.parse(body);
        } catch (Json.SyntaxException fault) {
            return ApiAnswer.error(400, String.valueOf(fault.getMessage()));
        }
        Optional<Address> to = text(asked, "address").flatMap(Address::parse);
        if (to.isEmpty()) {
            return ApiAnswer.error(400, "'address' must be the address of a node, 10 hex digits");
        }
        Optional<PingWay> way = text(asked, "via").map(Diagnostics::way).orElse(Optional.of(new PingWay.AsTraffic()));
        if (way.isEmpty()) {
            return ApiAnswer.error(400, "'via' must be 'relay', the address of a root, or a direct path's IP/PORT");
        }
        int bytes = integer(asked, "bytes", 8);
        int seconds = Math.clamp(integer(asked, "timeout", PING_SECONDS_MAX), 1, PING_SECONDS_MAX);
        PingJson.Timed result = await(ask(to.get(), way.get(), bytes), Duration.ofSeconds(seconds));
        boolean late = result.result() instanceof PingResult.Failed && result.millis() >= seconds * 1_000L;
        if (late && questions.ask(node -> node.reach(to.get())).isEmpty()) {
            String because = "no root has told of this address within " + seconds + " s";
            result = new PingJson.Timed(new PingResult.Failed(because), result.millis());
        }
        return ApiAnswer.json(200, PingJson.of(to.get(), result));
    }

    private static Optional<String> text(JsonNode json, String name) {
        JsonNode value = json.get(name);
        return value != null && value.isString() ? Optional.of(value.stringValue()) : Optional.empty();
    }

    private static int integer(JsonNode json, String name, int otherwise) {
        JsonNode value = json.get(name);
        return value != null && value.isInt() ? value.intValue() : otherwise;
    }

    private static Optional<PingWay> way(String via) {
        if (via.equals("relay")) {
            return Optional.of(new PingWay.OverRoot(Optional.empty()));
        }
        Optional<Address> root = Address.parse(via);
        if (root.isPresent()) {
            return Optional.of(new PingWay.OverRoot(root));
        }
        return Endpoint.parse(via).map(PingWay.Directly::new);
    }

    private CompletableFuture<PingJson.Timed> ask(Address to, PingWay way, int bytes)
            throws NodeUnavailable, Questions.FailedException {
        var result = new CompletableFuture<PingJson.Timed>();
        boolean begun = questions.ask(node -> {
            long begin = System.nanoTime();
            node.ping(
                    to,
                    way,
                    bytes,
                    each -> result.complete(new PingJson.Timed(each, (System.nanoTime() - begin) / 1_000_000.0)));
            return true;
        });
        assert begun;
        return result;
    }

    private static PingJson.Timed await(CompletableFuture<PingJson.Timed> result, Duration patience)
            throws NodeUnavailable {
        try {
            return result.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException silent) {
            String because = "no answer came within " + patience.toSeconds() + " s";
            return new PingJson.Timed(new PingResult.Failed(because), patience.toMillis());
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw new NodeUnavailable("the service stops");
        } catch (ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    // ---------------------------------------------------------------- netcheck

    private ApiAnswer netcheck() throws NodeUnavailable, Questions.FailedException {
        if (!checking.tryAcquire()) {
            throw new NodeUnavailable("another check is under way; try again in some seconds");
        }
        try {
            while (!questions.ask(NodeControl::askRoots)) {
                Thread.sleep(POLL_MILLIS); // Asked a moment ago; what was true then may not be any more.
            }
            NetCheck.Facts facts = rootsAnswered();
            List<NetCheck.Size> sizes = facts.roots().stream()
                            .filter(NetCheck.Root::answers)
                            .findFirst()
                            .map(NetCheck.Root::address)
                            .isPresent()
                    ? sizes(facts)
                    : List.of();
            facts = new NetCheck.Facts(facts.service(), facts.roots(), facts.nat(), facts.networks(), sizes);
            return ApiAnswer.json(200, NetCheckJson.of(facts, NetCheck.of(facts)));
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw new NodeUnavailable("the service stops");
        } finally {
            checking.release();
        }
    }

    /** Waits until every root that was asked has answered, or patience ends. */
    private NetCheck.Facts rootsAnswered() throws NodeUnavailable, Questions.FailedException, InterruptedException {
        long deadline = System.nanoTime() + ROOTS_PATIENCE.toNanos();
        while (true) {
            NetCheck.Facts facts = questions.ask(Diagnostics::facts);
            boolean all = facts.roots().stream()
                    .flatMap(root -> root.candidates().stream())
                    .allMatch(each -> each.tries() == 0 || each.answers());
            if (all || System.nanoTime() - deadline >= 0) {
                return facts;
            }
            Thread.sleep(POLL_MILLIS);
        }
    }

    private static NetCheck.Facts facts(NodeControl node) {
        List<NetCheck.Root> roots = new ArrayList<>();
        for (PeerStatus peer : node.peers()) {
            if (peer.role() != Role.LEAF) {
                List<org.orrery.core.vl1.Candidate> candidates =
                        node.reach(peer.address()).map(PeerReach::candidates).orElse(List.of());
                roots.add(new NetCheck.Root(peer.address(), candidates, peer.paths(), peer.latencyMillis()));
            }
        }
        return new NetCheck.Facts(node.status(), roots, node.natMappings(), node.networks(), List.of());
    }

    /** Tries sizes with the root that answers soonest, all at once, some times each. */
    private List<NetCheck.Size> sizes(NetCheck.Facts facts) throws NodeUnavailable, Questions.FailedException {
        Optional<Address> root = facts.roots().stream()
                .filter(each -> each.paths().stream().anyMatch(PeerStatus.PathStatus::preferred))
                .min(java.util.Comparator.comparingInt(
                        each -> each.latencyMillis() < 0 ? Integer.MAX_VALUE : each.latencyMillis()))
                .map(NetCheck.Root::address);
        if (root.isEmpty()) {
            return List.of();
        }
        boolean[] passed = new boolean[SIZES.length];
        for (int i = 0; i < SIZE_TRIES; i++) {
            List<CompletableFuture<PingJson.Timed>> tries = new ArrayList<>();
            for (int size : SIZES) {
                tries.add(ask(root.get(), new PingWay.AsTraffic(), size - ECHO_OVERHEAD_BYTES));
            }
            boolean all = true;
            for (int j = 0; j < SIZES.length; j++) {
                passed[j] |= await(tries.get(j), SIZE_PATIENCE).result() instanceof PingResult.Answered;
                all &= passed[j];
            }
            if (all) {
                break;
            }
        }
        List<NetCheck.Size> sizes = new ArrayList<>();
        for (int j = 0; j < SIZES.length; j++) {
            sizes.add(new NetCheck.Size(SIZES[j], passed[j]));
        }
        return sizes;
    }
}
