// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.engine;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.orrery.controller.ApiResponse;
import org.orrery.controller.Controller;
import org.orrery.controller.ControllerApi;
import org.orrery.controller.ControllerSink;
import org.orrery.controller.store.FileStore;
import org.orrery.core.credential.Revocation;
import org.orrery.core.crypto.Identity;
import org.orrery.core.crypto.SecretIdentity;
import org.orrery.core.netconf.ConfigAssembler;
import org.orrery.core.netconf.ConfigChunk;
import org.orrery.core.node.Node;
import org.orrery.core.value.Address;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.NetworkId;
import org.orrery.core.verb.ErrorCode;
import org.orrery.core.vl2.ConfigRequests;
import org.orrery.core.wire.Dictionary;
import tools.jackson.databind.JsonNode;

/**
 * The controller inside a node: requests come from the node, answers go out through it; what is for the node itself is
 * applied on the spot. Control lane only.
 */
final class EmbeddedController implements ConfigRequests {
    /** What stands for the ID of a packet that was never sent: this node's own request. */
    private static final long OWN_REQUEST = 1;

    private static final Logger LOG = System.getLogger("org.orrery.daemon.engine");

    private final Identity self;
    private final Supplier<Node> node;
    private final Controller controller;
    private final ControllerApi api;
    private long nowMillis;

    EmbeddedController(SecretIdentity self, Path folder, RandomGenerator secure, Supplier<Node> node)
            throws IOException {
        this.self = self.identity();
        this.node = node;
        this.controller = new Controller(self, new FileStore(folder), new Answers(), secure);
        this.api = new ControllerApi(controller);
    }

    @Override
    public boolean request(
            Identity requester,
            NetworkId network,
            Dictionary metadata,
            long packetId,
            @Nullable Endpoint origin,
            long nowMillis) {
        this.nowMillis = nowMillis;
        long id = packetId == 0 ? OWN_REQUEST : packetId;
        controller.onConfigRequest(nowMillis, requester, network, metadata, id, origin);
        return true;
    }

    ApiResponse api(String method, List<String> path, @Nullable JsonNode body, long nowMillis) {
        this.nowMillis = nowMillis;
        return api.handle(method, path, body, nowMillis);
    }

    long nextDeadlineMillis() {
        return controller.nextDeadlineMillis();
    }

    void tick(long nowMillis) {
        this.nowMillis = nowMillis;
        if (controller.nextDeadlineMillis() - nowMillis <= 0) {
            controller.onDeadline(nowMillis);
        }
    }

    private final class Answers implements ControllerSink {
        @Override
        public void sendConfig(Address to, long inReplyTo, NetworkId network, List<ConfigChunk> chunks) {
            if (to.equals(self.address())) {
                apply(network, chunks);
            } else {
                node.get().sendConfig(to, network, inReplyTo, chunks, nowMillis);
            }
        }

        private void apply(NetworkId network, List<ConfigChunk> chunks) {
            var assembler = new ConfigAssembler(network, self.address());
            for (ConfigChunk chunk : chunks) {
                ConfigAssembler.Outcome outcome = assembler.accept(chunk, self.address(), OWN_REQUEST, address -> self);
                if (outcome instanceof ConfigAssembler.Outcome.Complete complete) {
                    node.get().configured(network, complete.dictionary().toByteArray(), nowMillis);
                }
            }
        }

        @Override
        public void sendError(Address to, long inReplyTo, ErrorCode code, NetworkId network) {
            if (to.equals(self.address())) {
                node.get().refused(network, code != ErrorCode.OBJECT_NOT_FOUND, nowMillis);
            } else {
                node.get().sendRefusal(to, network, inReplyTo, code, nowMillis);
            }
        }

        @Override
        public void sendRevocations(Address to, List<Revocation> revocations) {
            if (!to.equals(self.address())) {
                node.get().sendRevocations(to, revocations, nowMillis);
            } else {
                node.get().revoked(revocations, nowMillis);
            }
        }

        @Override
        public void event(String line) {
            LOG.log(Level.INFO, line);
        }
    }
}
