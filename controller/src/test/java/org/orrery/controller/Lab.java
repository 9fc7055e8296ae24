// SPDX-License-Identifier: Apache-2.0
package org.orrery.controller;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.orrery.controller.store.ControllerStore;
import org.orrery.controller.store.MemoryStore;
import org.orrery.core.credential.Revocation;
import org.orrery.core.crypto.SecretIdentity;
import org.orrery.core.netconf.ConfigAssembler;
import org.orrery.core.netconf.ConfigForm;
import org.orrery.core.netconf.NetworkConfig;
import org.orrery.core.netconf.RequestMetadata;
import org.orrery.core.value.Address;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.NetworkId;
import org.orrery.core.verb.ConfigChunk;
import org.orrery.core.verb.ErrorCode;
import org.orrery.core.wire.Dictionary;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A controller with everything that it sends, a clock to turn, and requests and API calls in one line. */
final class Lab {
    static final JsonMapper MAPPER = JsonMapper.builder().build();
    static final Endpoint ORIGIN = Endpoint.parse("192.0.2.7/9993").orElseThrow();

    /** What was sent, one record per call of the sink. */
    record Sent(
            String kind,
            Address to,
            long inReplyTo,
            @Nullable ErrorCode code,
            List<ConfigChunk> chunks,
            List<Revocation> revocations) {}

    final SecretIdentity identity = TestIdentities.secret(0);
    final List<Sent> sent = new ArrayList<>();
    final List<Dictionary> selfConfigs = new ArrayList<>();
    final List<String> events = new ArrayList<>();
    final ControllerStore store;
    Controller controller;
    ControllerApi api;
    long now = 1_700_000_000_000L;
    private long packets = 1;

    private final class Sink implements ControllerSink {
        @Override
        public void sendConfig(Address to, long inReplyTo, NetworkId network, List<ConfigChunk> chunks) {
            sent.add(new Sent("config", to, inReplyTo, null, chunks, List.of()));
        }

        @Override
        public void sendError(Address to, long inReplyTo, ErrorCode code, NetworkId network) {
            sent.add(new Sent("error", to, inReplyTo, code, List.of(), List.of()));
        }

        @Override
        public void configureSelf(NetworkId network, byte[] dictionary) {
            selfConfigs.add(Dictionary.of(dictionary));
        }

        @Override
        public void refuseSelf(NetworkId network, ErrorCode code) {
            sent.add(new Sent("refuseSelf", identity.identity().address(), 0, code, List.of(), List.of()));
        }

        @Override
        public void sendRevocations(Address to, List<Revocation> revocations) {
            sent.add(new Sent("revocations", to, 0, null, List.of(), revocations));
        }

        @Override
        public void event(String line) {
            events.add(line);
        }
    }

    Lab() {
        this(new MemoryStore());
    }

    Lab(ControllerStore store) {
        this.store = store;
        controller = open();
        api = new ControllerApi(controller);
    }

    /** Begins again with what the store keeps. */
    void restart() {
        controller = open();
        api = new ControllerApi(controller);
    }

    private Controller open() {
        try {
            return new Controller(identity, store, new Sink(), new Random(7));
        } catch (IOException failure) {
            throw new AssertionError(failure);
        }
    }

    NetworkId networkId(int number) {
        return new NetworkId(identity.identity().address().bits() << 24 | number);
    }

    static JsonNode json(String text) {
        return MAPPER.readTree(text.replace('\'', '"'));
    }

    ApiResponse call(String method, String path, @Nullable String body) {
        List<String> parts = List.of(path.substring(1).split("/"));
        return api.handle(method, parts, body == null ? null : json(body), now);
    }

    ObjectNode get(String path) {
        return object(call("GET", path, null));
    }

    ObjectNode post(String path, String body) {
        return object(call("POST", path, body));
    }

    ObjectNode delete(String path) {
        return object(call("DELETE", path, null));
    }

    private static ObjectNode object(ApiResponse response) {
        assertThat(response.status()).as("%s", response).isEqualTo(200);
        return (ObjectNode) requireNonNull(response.body());
    }

    static String networkPath(NetworkId network) {
        return "/controller/network/" + network;
    }

    static String memberPath(NetworkId network, SecretIdentity member) {
        return networkPath(network) + "/member/" + member.identity().address();
    }

    static RequestMetadata modern() {
        return RequestMetadata.ours(12, 1, 14, 2, "linux/x86_64");
    }

    static RequestMetadata withCredential(String credential) {
        RequestMetadata m = modern();
        return new RequestMetadata(
                m.formatVersion(),
                m.vendor(),
                m.protocol(),
                m.major(),
                m.minor(),
                m.revision(),
                m.rulesMax(),
                m.capabilitiesMax(),
                m.capabilityRulesMax(),
                m.tagsMax(),
                m.flags(),
                m.rulesEngine(),
                m.platform(),
                credential);
    }

    RequestOutcome request(SecretIdentity member, NetworkId network) {
        return request(member, network, modern());
    }

    /** A request 5 s after the last thing that happened, which is how often members ask. */
    RequestOutcome request(SecretIdentity member, NetworkId network, RequestMetadata metadata) {
        now += 5000;
        return requestNow(member, network, metadata);
    }

    RequestOutcome requestNow(SecretIdentity member, NetworkId network, RequestMetadata metadata) {
        Dictionary dictionary = Dictionary.of(metadata.write(ConfigForm.of(metadata.protocol())));
        return controller.onConfigRequest(now, member.identity(), network, dictionary, packets++, ORIGIN);
    }

    /** The node itself asks, which has no packet. */
    RequestOutcome requestSelf(NetworkId network) {
        now += 5000;
        Dictionary dictionary = Dictionary.of(modern().write(ConfigForm.PROTOCOL_12));
        return controller.onConfigRequest(now, identity.identity(), network, dictionary, 0, null);
    }

    /** Runs deadlines until {@code millis} from now. */
    void settle(long millis) {
        long end = now + millis;
        for (int turn = 0; controller.nextDeadlineMillis() <= end; turn++) {
            assertThat(turn).as("turns").isLessThan(100_000);
            now = Math.max(now, controller.nextDeadlineMillis());
            controller.onDeadline(now);
        }
        now = end;
    }

    List<Sent> takeSent() {
        List<Sent> taken = List.copyOf(sent);
        sent.clear();
        return taken;
    }

    Sent takeOnly(String kind) {
        List<Sent> taken = takeSent();
        assertThat(taken).extracting(Sent::kind).containsExactly(kind);
        return taken.getFirst();
    }

    /** The configuration as the member reads it, out of signed chunks. */
    NetworkConfig read(Sent config, SecretIdentity member, NetworkId network) {
        assertThat(config.to()).isEqualTo(member.identity().address());
        var assembler = new ConfigAssembler(network, member.identity().address());
        ConfigAssembler.Outcome outcome = null;
        for (ConfigChunk chunk : config.chunks()) {
            outcome = assembler.accept(
                    chunk,
                    identity.identity().address(),
                    1,
                    address -> address.equals(identity.identity().address()) ? identity.identity() : null);
        }
        assertThat(outcome).isInstanceOf(ConfigAssembler.Outcome.Complete.class);
        return ((ConfigAssembler.Outcome.Complete) requireNonNull(outcome)).config();
    }

    /** Requests a configuration, which must come. */
    NetworkConfig configure(SecretIdentity member, NetworkId network) {
        return configure(member, network, modern());
    }

    NetworkConfig configure(SecretIdentity member, NetworkId network, RequestMetadata metadata) {
        takeSent();
        assertThat(request(member, network, metadata)).isEqualTo(RequestOutcome.CONFIGURED);
        return read(takeOnly("config"), member, network);
    }
}
