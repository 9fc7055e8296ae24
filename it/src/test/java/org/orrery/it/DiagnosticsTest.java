// SPDX-License-Identifier: Apache-2.0
package org.orrery.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.orrery.cli.api.Json;
import org.orrery.cli.lab.Lab;
import org.orrery.cli.lab.LabNode;
import org.orrery.cli.lab.Ping;

/** Real nodes say how they reach each other, and what the network around them allows. */
@Tag("root")
@ExtendWith(RootOnly.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class DiagnosticsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(45);

    private static Lab lab;
    private static String target;

    @BeforeAll
    static void start() throws Exception {
        lab = TestIdentities.openLab(3);
        lab.isolate(lab.node(2).host(), true);
        lab.isolate(lab.node(3).host(), true);
        lab.start();
        String network = root().makeNetwork(Networks.settings("diagnosed", false, 33));
        one().join(network);
        two().join(network);
        one().awaitAddresses(network, PATIENCE);
        target = two().awaitIp4(network, PATIENCE);
    }

    @AfterAll
    static void takeAway() throws Exception {
        if (lab != null) {
            lab.close();
        }
    }

    private static LabNode root() {
        return lab.node(1);
    }

    private static LabNode one() {
        return lab.node(2);
    }

    private static LabNode two() {
        return lab.node(3);
    }

    private static boolean onTheSwitch(Json candidate) {
        return candidate.at("address").text().contains(two().host().ip4());
    }

    /** An answer to a question of one datagram, which may get lost. */
    private static Json ping(String via) throws Exception {
        Map<String, Json> question = via.isEmpty()
                ? Map.of("address", Json.of(two().address()))
                : Map.of("address", Json.of(two().address()), "via", Json.of(via));
        return Lab.await("an answer over " + (via.isEmpty() ? "whatever way" : via), PATIENCE, () -> {
            Json answer = one().change("/orrery/ping", Json.object(question));
            return answer.at("answered").isTrue() ? Optional.of(answer) : Optional.empty();
        });
    }

    private static List<String> events(String kind, String subject) throws Exception {
        return one().ask("/orrery/events").at("events").items().stream()
                .filter(event -> event.at("kind").text().equals(kind)
                        && event.at("subject").text().equals(subject))
                .map(event -> event.at("text").text())
                .toList();
    }

    /** What was told last of how the other is reached; what else is told of a path may come after it. */
    private static String lastOfReach() throws Exception {
        return events("peer", two().address()).stream()
                .filter(text -> text.startsWith("reached ")
                        || text.startsWith("no direct path")
                        || text.startsWith("not reached")
                        || text.startsWith("direct path let go"))
                .reduce("", (_, later) -> later);
    }

    @Test
    @Order(1)
    void saysWhyAPeerIsRelayedAndOverWhom() throws Exception {
        Ping.untilAnswer(one().host(), target, PATIENCE);
        Json own = Lab.await("the peer was looked for on the switch in vain", PATIENCE, () -> {
            Ping.of(one().host(), target, 1, 56);
            Json told = one().ask("/peer/" + two().address()).at("orrery");
            boolean said = told.at("relayedBecause").text().contains("none has answered")
                    || told.at("relayedBecause").text().contains("has not answered");
            return said && told.at("candidates").items().stream().anyMatch(DiagnosticsTest::onTheSwitch)
                    ? Optional.of(told)
                    : Optional.empty();
        });
        assertThat(own.at("direct").isTrue()).isFalse();
        assertThat(own.at("relay").text()).isEqualTo(root().address());
        assertThat(own.at("candidates").items()).anySatisfy(candidate -> {
            assertThat(onTheSwitch(candidate)).isTrue();
            assertThat(candidate.at("tries").integer()).isPositive();
            assertThat(candidate.at("lastAnswered").integer()).isZero();
        });
        Json answer = ping("");
        assertThat(answer.at("hops").integer()).isEqualTo(1);
        assertThat(answer.at("back").at("relay").text()).isEqualTo(root().address());
    }

    @Test
    @Order(2)
    void saysHowItIsReachedDirectly() throws Exception {
        lab.isolate(one().host(), false);
        lab.isolate(two().host(), false);
        String path = Lab.await("a direct path", PATIENCE, () -> {
            Ping.of(one().host(), target, 1, 56);
            return one().directPath(two());
        });
        Json answer = ping(path);
        assertThat(answer.at("back").at("endpoint").text()).as(answer.compact()).isEqualTo(path);
        assertThat(answer.at("hops").integer()).isZero();
        assertThat(ping("relay").at("hops").integer()).isEqualTo(1);
        Lab.await(
                "it is told as the last event of its kind, and shown",
                PATIENCE,
                () -> lastOfReach().startsWith("reached directly at ")
                                && one().peer(two()).at("orrery").at("direct").isTrue()
                        ? Optional.of(true)
                        : Optional.empty());
    }

    @Test
    @Order(3)
    void checksTheNetworkAround() throws Exception {
        var last = new AtomicReference<>(Json.none());
        Json good = Lab.await("nothing is wrong", PATIENCE, () -> {
            last.set(one().change("/orrery/netcheck", Json.object(Map.of())));
            return last.get().at("trouble").isTrue() ? Optional.empty() : Optional.of(last.get());
        });
        assertThat(good.at("checks").items()).anySatisfy(check -> {
            assertThat(check.at("name").text()).isEqualTo("datagrams");
            assertThat(check.at("text").text()).startsWith("1,432 bytes pass both ways");
        });
        assertThat(good.at("nat").items())
                .isNotEmpty()
                .allSatisfy(nat -> assertThat(nat.at("kind").text()).isEqualTo("NONE"));

        // Without the root nothing answers, and that is said.
        root().stop();
        Json bad = one().change("/orrery/netcheck", Json.object(Map.of()));
        assertThat(bad.at("trouble").isTrue()).as(bad.indented()).isTrue();
        assertThat(bad.at("checks").items().getFirst().at("text").text()).startsWith("no root answers");
    }
}
