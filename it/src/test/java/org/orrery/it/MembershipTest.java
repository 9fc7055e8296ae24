// SPDX-License-Identifier: Apache-2.0
package org.orrery.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.orrery.cli.api.Json;
import org.orrery.cli.lab.Lab;
import org.orrery.cli.lab.LabHost;
import org.orrery.cli.lab.LabNode;
import org.orrery.cli.lab.Ping;

/** Who is let into a private network, and for how long. */
@Tag("root")
@ExtendWith(RootOnly.class)
final class MembershipTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration CUT_OFF_LIMIT = Duration.ofSeconds(5);

    private static Lab lab;

    @BeforeAll
    static void start() throws Exception {
        lab = TestIdentities.openLab(3);
        lab.start();
    }

    @AfterAll
    static void takeAway() throws Exception {
        if (lab != null) {
            lab.close();
        }
    }

    /**
     * When the last ping that was answered was sent, after {@code began}; watched for as long again as it may take, so that a
     * slow answer is not taken for none.
     */
    private static Duration lastAnswer(LabHost host, String address, long began) throws Exception {
        Duration last = Duration.ZERO;
        while (System.nanoTime() - began < 2 * CUT_OFF_LIMIT.toNanos()) {
            long sent = System.nanoTime();
            if (host.run("ping", "-n", "-c", "1", "-W", "1", address).status() == 0) {
                last = Duration.ofNanos(sent - began);
            }
        }
        return last;
    }

    @Test
    void aPrivateNetworkHoldsOnlyWhomItsControllerLetsIn() throws Exception {
        LabNode controller = lab.node(1);
        LabNode friend = lab.node(2);
        LabNode member = lab.node(3);
        String network = controller.makeNetwork(Networks.settings("private", true, 30));
        controller.authorize(network, friend, true);
        friend.join(network);
        String target = friend.awaitIp4(network, PATIENCE);

        member.join(network);
        Json refused = Lab.await("the controller refuses", PATIENCE, () -> {
            Json joined = member.ask("/network/" + network);
            return joined.at("status").text().equals("ACCESS_DENIED") ? Optional.of(joined) : Optional.empty();
        });
        assertThat(refused.at("orrery").at("waitReason").text()).isEqualTo("NOT_AUTHORIZED");
        assertThat(refused.at("assignedAddresses").items()).isEmpty();
        assertThat(controller.ask("/controller/network/" + network + "/member").members())
                .as("the controller lists who asked")
                .containsKey(member.address());

        long begin = System.nanoTime();
        controller.authorize(network, member, true);
        member.awaitAddresses(network, PATIENCE);
        System.out.println("authorized to address " + (System.nanoTime() - begin) / 1_000_000 + " ms");
        Ping.untilAnswer(member.host(), target, PATIENCE);
        Ping ping = Ping.of(member.host(), target, 5, 56);
        assertThat(ping.complete()).as(ping.output()).isTrue();

        String former = member.awaitIp4(network, PATIENCE);
        Ping.untilAnswer(friend.host(), former, PATIENCE);
        controller.authorize(network, member, false);
        long gone = System.nanoTime();
        CompletableFuture<Duration> outwards = Lab.background(() -> lastAnswer(member.host(), target, gone));
        CompletableFuture<Duration> inwards = Lab.background(() -> lastAnswer(friend.host(), former, gone));
        for (Duration last : List.of(outwards.get(), inwards.get())) {
            System.out.println("last answer " + last.toMillis() + " ms after the authorization went");
            assertThat(last).isLessThan(CUT_OFF_LIMIT);
        }
        assertThat(friend.ask("/network/" + network).at("status").text())
                .as("the others go on")
                .isEqualTo("OK");
    }
}
