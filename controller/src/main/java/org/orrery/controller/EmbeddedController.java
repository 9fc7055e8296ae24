// SPDX-License-Identifier: Apache-2.0
package org.orrery.controller;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.orrery.controller.store.ControllerStore;
import org.orrery.core.credential.Revocation;
import org.orrery.core.crypto.Identity;
import org.orrery.core.crypto.SecretIdentity;
import org.orrery.core.node.Node;
import org.orrery.core.value.Address;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.NetworkId;
import org.orrery.core.verb.ConfigChunk;
import org.orrery.core.verb.ErrorCode;
import org.orrery.core.vl2.ConfigRequests;
import org.orrery.core.wire.Dictionary;

/**
 * A controller joined to the node it lives in. Requests wait in a queue until {@link #run}, so that the node is never
 * called while it is at work. Make this first, give it to the node as its controller, then {@link #attach} the node.
 * Control lane only, the API included.
 */
public final class EmbeddedController implements ConfigRequests {
    /** Requests that wait: 1024 * about 1.3 KB of metadata = 1.3 MB. A further one is dropped; members ask again. */
    static final int REQUESTS_MAX = 1024;

    /** Requests answered per turn: about five signatures each, so that a turn stays below some 20 ms. */
    private static final int REQUESTS_PER_TURN_MAX = 16;

    private final Controller controller;
    private final ControllerApi api;
    private final Queue<Request> requests = new ArrayDeque<>();
    private final Map<RequestOutcome, Long> outcomes = new EnumMap<>(RequestOutcome.class);
    private @Nullable Node node;
    private long nowMillis;

    private record Request(
            Identity requester,
            NetworkId network,
            Dictionary metadata,
            long packetId,
            @Nullable Endpoint origin) {}

    /**
     * Reads everything that the store keeps.
     *
     * @param random for IDs; none of them is a secret
     * @param events told what a person may want to know, as finished lines
     */
    public EmbeddedController(
            SecretIdentity identity, ControllerStore store, RandomGenerator random, Consumer<String> events)
            throws IOException {
        this.controller = new Controller(identity, store, new ToNode(events), random);
        this.api = new ControllerApi(controller);
    }

    /** Call once, with the node that has this as its controller, before the node's first event. */
    public void attach(Node ownNode) {
        node = ownNode;
    }

    /** The resources that tools use. */
    public ControllerApi api() {
        return api;
    }

    public Controller controller() {
        return controller;
    }

    /** How many requests ended in which way since the start. */
    public Map<RequestOutcome, Long> outcomes() {
        return Collections.unmodifiableMap(outcomes);
    }

    @Override
    public boolean request(
            Identity requester,
            NetworkId network,
            Dictionary metadata,
            long packetId,
            @Nullable Endpoint origin,
            long requestMillis) {
        if (requests.size() == REQUESTS_MAX) {
            count(RequestOutcome.BUSY);
        } else {
            requests.add(new Request(requester, network, metadata, packetId, origin));
        }
        return true;
    }

    /** Answers what waits and does what is due, some of each. Call when the node is not at work. */
    public void run(long turnMillis) {
        nowMillis = turnMillis;
        for (int turn = 0; turn < REQUESTS_PER_TURN_MAX && !requests.isEmpty(); turn++) {
            Request request = requests.remove();
            count(controller.onConfigRequest(
                    turnMillis,
                    request.requester,
                    request.network,
                    request.metadata,
                    request.packetId,
                    request.origin));
        }
        controller.onDeadline(turnMillis);
    }

    /** When {@link #run} has something to do: a time in the past for at once, {@link Long#MAX_VALUE} for never. */
    public long nextDeadlineMillis() {
        return requests.isEmpty() ? controller.nextDeadlineMillis() : 0;
    }

    private void count(RequestOutcome outcome) {
        outcomes.merge(outcome, 1L, Long::sum);
    }

    /** Carries the controller's answers to the node, which sends or applies them. */
    private final class ToNode implements ControllerSink {
        private final Consumer<String> events;

        ToNode(Consumer<String> events) {
            this.events = events;
        }

        private Node node() {
            if (node == null) {
                throw new IllegalStateException("no node is attached");
            }
            return node;
        }

        @Override
        public void sendConfig(Address to, long inReplyTo, NetworkId network, List<ConfigChunk> chunks) {
            node().sendConfig(to, network, inReplyTo, chunks, nowMillis);
        }

        @Override
        public void sendError(Address to, long inReplyTo, ErrorCode code, NetworkId network) {
            node().sendRefusal(to, network, inReplyTo, code, nowMillis);
        }

        @Override
        public void configureSelf(NetworkId network, byte[] dictionary) {
            node().configured(network, dictionary, nowMillis);
        }

        @Override
        public void refuseSelf(NetworkId network, ErrorCode code) {
            node().refused(network, code != ErrorCode.OBJECT_NOT_FOUND, nowMillis);
        }

        @Override
        public void sendRevocations(Address to, List<Revocation> revocations) {
            if (to.equals(controller.address())) {
                node().revoked(revocations, nowMillis);
            } else {
                node().sendRevocations(to, revocations, nowMillis);
            }
        }

        @Override
        public void event(String line) {
            events.accept(line);
        }
    }
}
