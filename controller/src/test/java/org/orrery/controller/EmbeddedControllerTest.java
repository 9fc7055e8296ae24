// SPDX-License-Identifier: Apache-2.0
package org.orrery.controller;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.orrery.controller.store.MemoryStore;
import org.orrery.core.crypto.SecretIdentity;
import org.orrery.core.netconf.ConfigForm;
import org.orrery.core.node.Effects;
import org.orrery.core.node.NetworkStatus;
import org.orrery.core.node.Node;
import org.orrery.core.node.StateKind;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.NetworkId;
import org.orrery.core.wire.Dictionary;
import org.orrery.core.world.World;

class EmbeddedControllerTest {
    private final SecretIdentity identity = TestIdentities.secret(0);
    private final NetworkId network =
            new NetworkId(identity.identity().address().bits() << 24 | 0xa1);
    private final List<String> events = new ArrayList<>();
    private EmbeddedController embedded;
    private Node node;
    private long now = 1_700_000_000_000L;

    private static final class Silent implements Effects {
        @Override
        public void send(int socket, Endpoint to, byte[] bytes, int offset, int length) {}

        @Override
        public void sendWithTtl(int socket, Endpoint to, byte[] bytes, int offset, int length, int ttl) {}

        @Override
        public void deliver(
                long network, long source, long destination, int etherType, byte[] payload, int offset, int length) {}

        @Override
        public void networkChanged(NetworkStatus network) {}

        @Override
        public void networkLeft(NetworkId network) {}

        @Override
        public void save(StateKind kind, long id, byte[] content) {}

        @Override
        public void delete(StateKind kind, long id) {}

        @Override
        public void event(String line) {}
    }

    @BeforeEach
    void joinControllerAndNode() throws Exception {
        embedded = new EmbeddedController(identity, new MemoryStore(), new Random(3), events::add);
        node = new Node(
                identity,
                World.none(),
                1,
                "test/test",
                new Silent(),
                (stranger, valid) -> valid.accept(true),
                embedded,
                new SecureRandom());
        embedded.attach(node);
        node.start(now);
    }

    private void run(long millis) {
        long end = now + millis;
        while (now < end) {
            now += 100;
            node.tick(now);
            if (embedded.nextDeadlineMillis() <= now) {
                embedded.run(now);
            }
        }
    }

    private NetworkStatus.State state() {
        return node.networkStatuses().getFirst().state();
    }

    private void post(String path, String body) {
        assertThat(embedded.api()
                        .handle("POST", List.of(path.split("/")), Lab.json(body), now)
                        .status())
                .isEqualTo(200);
    }

    @Test
    void servesTheNodeThatItLivesIn() {
        node.join(network, null, now);
        run(12_000);
        assertThat(state()).isEqualTo(NetworkStatus.State.NOT_FOUND);

        post("controller/network/" + network, "{'name':'home','routes':[{'target':'10.9.0.0/16'}]}");
        run(12_000);
        assertThat(state()).isEqualTo(NetworkStatus.State.ACCESS_DENIED);

        String member = "controller/network/" + network + "/member/"
                + identity.identity().address();
        post(member, "{'authorized':true,'ipAssignments':['10.9.0.1']}");
        run(1_000);
        assertThat(state()).isEqualTo(NetworkStatus.State.OK);
        NetworkStatus status = node.networkStatuses().getFirst();
        assertThat(status.name()).isEqualTo("home");
        assertThat(status.addresses()).extracting(Object::toString).containsExactly("10.9.0.1/16");
        assertThat(embedded.outcomes()).containsKeys(RequestOutcome.NOT_FOUND, RequestOutcome.DENIED);
    }

    @Test
    void appliesAndSendsRevocations() {
        node.join(network, null, now);
        post("controller/network/" + network, "{'private':false}");
        run(6_000);
        assertThat(state()).isEqualTo(NetworkStatus.State.OK);
        String other = "controller/network/" + network + "/member/0123456789";
        post(other, "{'authorized':true}");
        post(other, "{'authorized':false}");
        run(1_000);
        assertThat(embedded.nextDeadlineMillis()).as("the revocation has left").isGreaterThan(now);
    }

    @Test
    void boundsTheRequestsThatWait() {
        Dictionary metadata = Dictionary.of(Lab.modern().write(ConfigForm.PROTOCOL_12));
        for (int i = 0; i < EmbeddedController.REQUESTS_MAX + 5; i++) {
            assertThat(embedded.request(TestIdentities.secret(1).identity(), network, metadata, 1 + i, null, now))
                    .isTrue();
        }
        assertThat(embedded.outcomes().get(RequestOutcome.BUSY)).isEqualTo(5);
        assertThat(embedded.nextDeadlineMillis()).isLessThanOrEqualTo(now);
        run(20_000);
        assertThat(embedded.outcomes().get(RequestOutcome.TOO_SOON)).isPositive();
        assertThat(embedded.nextDeadlineMillis()).isEqualTo(Long.MAX_VALUE);
    }
}
