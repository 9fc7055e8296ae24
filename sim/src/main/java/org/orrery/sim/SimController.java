// SPDX-License-Identifier: Apache-2.0
package org.orrery.sim;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.orrery.controller.ApiResponse;
import org.orrery.controller.Controller;
import org.orrery.controller.ControllerApi;
import org.orrery.controller.ControllerSink;
import org.orrery.controller.RequestOutcome;
import org.orrery.controller.store.JsonTree;
import org.orrery.controller.store.MemoryStore;
import org.orrery.core.credential.Revocation;
import org.orrery.core.crypto.Identity;
import org.orrery.core.crypto.SecretIdentity;
import org.orrery.core.netconf.ConfigChunker;
import org.orrery.core.netconf.NetworkConfig;
import org.orrery.core.netconf.Specialist;
import org.orrery.core.value.Address;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.NetworkId;
import org.orrery.core.verb.ConfigChunk;
import org.orrery.core.verb.ErrorCode;
import org.orrery.core.vl2.ConfigRequests;
import org.orrery.core.wire.Dictionary;
import org.orrery.core.wire.DictionaryWriter;
import org.orrery.core.wire.WireWriter;

/** The real controller in a simulated node, driven through its API. */
final class SimController implements ConfigRequests {
    private final SecretIdentity identity;
    private final Controller controller;
    private final ControllerApi api;
    private final List<String> events = new ArrayList<>();
    private final Map<NetworkId, List<Specialist>> specialists = new HashMap<>();
    private long nextUpdateId = 1;
    private @Nullable SimHost host;
    private @Nullable VirtualInternet internet;

    SimController(SecretIdentity identity, long seed) {
        this.identity = identity;
        try {
            this.controller = new Controller(identity, new MemoryStore(), new Sink(), new Random(seed));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        this.api = new ControllerApi(controller);
    }

    void runsOn(SimHost at, VirtualInternet in) {
        host = at;
        internet = in;
    }

    private VirtualInternet internet() {
        return Objects.requireNonNull(internet);
    }

    private SimHost host() {
        return Objects.requireNonNull(host);
    }

    // ---------------------------------------------------------------- networks and members

    /** A network with addresses of both families from pools. Members are let in at once if it is {@code open}. */
    NetworkId network(int number, boolean open) {
        var id = new NetworkId(identity.identity().address().bits() << 24 | number);
        post("/controller/network/" + id, """
                {"name":"sim","private":%s,"enableBroadcast":true,"multicastLimit":32,
                 "routes":[{"target":"10.147.0.0/16"},{"target":"fd00:147::/64"}],
                 "v4AssignMode":{"zt":true},"v6AssignMode":{"zt":true},
                 "ipAssignmentPools":[{"ipRangeStart":"10.147.1.1","ipRangeEnd":"10.147.15.254"},
                                      {"ipRangeStart":"fd00:147::1","ipRangeEnd":"fd00:147::ffff"}]}
                """.formatted(!open));
        return id;
    }

    /** Any change of a network's record. */
    void change(NetworkId id, String json) {
        post("/controller/network/" + id, json);
    }

    /** Any change of a member's record. */
    void change(NetworkId id, SimHost member, String json) {
        post("/controller/network/" + id + "/member/" + member.address(), json);
    }

    /** Roles that no setting of a controller gives, though members know them: added to every configuration from now on. */
    void specialists(NetworkId id, List<Specialist> roles) {
        specialists.put(id, roles);
        change(id, "{\"name\":\"sim with roles\"}");
    }

    private List<ConfigChunk> withSpecialists(NetworkId id, List<ConfigChunk> chunks) {
        List<Specialist> roles = specialists.get(id);
        if (roles == null) {
            return chunks;
        }
        byte[] whole = new byte[(int) chunks.getFirst().totalBytes()];
        chunks.forEach(chunk -> chunk.data().copyTo(whole, (int) chunk.positionBytes()));
        var bits = new WireWriter(roles.size() * Long.BYTES);
        roles.forEach(role -> bits.u64(role.bits()));
        var entry = new DictionaryWriter(NetworkConfig.CAPACITY_BYTES, DictionaryWriter.Numbers.PADDED);
        entry.bytes("S", bits.toByteArray());
        byte[] changed = new WireWriter(NetworkConfig.CAPACITY_BYTES)
                .bytes(entry.toByteArray())
                .u8('\n')
                .bytes(whole)
                .toByteArray();
        return ConfigChunker.split(id, changed, nextUpdateId++, ConfigChunker.SMALL_BYTES, identity);
    }

    void authorize(NetworkId id, SimHost member, boolean authorized) {
        post("/controller/network/" + id + "/member/" + member.address(), "{\"authorized\":" + authorized + "}");
    }

    private void post(String path, String body) {
        ApiResponse answer = api.handle(
                "POST",
                List.of(path.substring(1).split("/")),
                JsonTree.read(body.getBytes(StandardCharsets.UTF_8)),
                host().now());
        if (answer.status() != 200) {
            throw new IllegalStateException(path + ": " + answer);
        }
        wake();
    }

    /** What the controller told a person. */
    List<String> events() {
        return events;
    }

    // ---------------------------------------------------------------- between node and controller

    @Override
    public boolean request(
            Identity requester,
            NetworkId network,
            Dictionary metadata,
            long packetId,
            @Nullable Endpoint origin,
            long nowMillis) {
        RequestOutcome outcome = controller.onConfigRequest(nowMillis, requester, network, metadata, packetId, origin);
        wake();
        return outcome != RequestOutcome.NOT_OURS;
    }

    private void wake() {
        long deadline = controller.nextDeadlineMillis();
        if (deadline != Long.MAX_VALUE) {
            internet().after(Math.max(0, deadline - host().now()), () -> {
                if (controller.nextDeadlineMillis() <= host().now()) {
                    controller.onDeadline(host().now());
                    wake();
                }
            });
        }
    }

    private final class Sink implements ControllerSink {
        @Override
        public void sendConfig(Address to, long inReplyTo, NetworkId network, List<ConfigChunk> chunks) {
            List<ConfigChunk> sent = withSpecialists(network, chunks);
            host().controlLater((node, now) -> node.sendConfig(to, network, inReplyTo, sent, now));
        }

        @Override
        public void sendError(Address to, long inReplyTo, ErrorCode code, NetworkId network) {
            host().controlLater((node, now) -> node.sendRefusal(to, network, inReplyTo, code, now));
        }

        @Override
        public void configureSelf(NetworkId network, byte[] dictionary) {
            host().controlLater((node, now) -> node.configured(network, dictionary, now));
        }

        @Override
        public void refuseSelf(NetworkId network, ErrorCode code) {
            host().controlLater((node, now) -> node.refused(network, code != ErrorCode.OBJECT_NOT_FOUND, now));
        }

        @Override
        public void sendRevocations(Address to, List<Revocation> revocations) {
            host().controlLater((node, now) -> {
                if (to.equals(identity.identity().address())) {
                    node.revoked(revocations, now);
                } else {
                    node.sendRevocations(to, revocations, now);
                }
            });
        }

        @Override
        public void event(String line) {
            events.add(line);
        }
    }
}
