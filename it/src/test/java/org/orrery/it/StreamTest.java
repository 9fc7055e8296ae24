// SPDX-License-Identifier: Apache-2.0
package org.orrery.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.orrery.cli.api.Json;
import org.orrery.cli.lab.Lab;
import org.orrery.cli.lab.LabHost;
import org.orrery.cli.lab.LabNode;
import org.orrery.cli.lab.Ping;

/**
 * TCP streams arrive as they were sent, whichever offloads are in force and however many lanes there are. Each direction
 * carries 64 MB, or as many as {@code -Dorrery.it.stream.megabytes} says.
 */
@Tag("root")
@ExtendWith(RootOnly.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class StreamTest {
    private static final long BYTES = Integer.getInteger("orrery.it.stream.megabytes", 64) * 1_000_000L;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** Far below what any machine does. */
    private static final long SLOWEST_BYTES_PER_SECOND = 400_000;

    private static Lab lab;
    private static String network;
    private static @Nullable Variant running;

    /** How both nodes run. */
    enum Variant {
        ALL_ON_1_LANE(true, true, true, 1),
        TAP_OFF_2_LANES(false, true, true, 2),
        SEND_OFF_1_LANE(true, false, true, 1),
        RECEIVE_OFF_2_LANES(true, true, false, 2),
        ALL_OFF_2_LANES(false, false, false, 2),
        ALL_ON_2_LANES(true, true, true, 2),
        ALL_OFF_1_LANE(false, false, false, 1);

        final boolean tap;
        final boolean send;
        final boolean receive;
        final int lanes;

        Variant(boolean tap, boolean send, boolean receive, int lanes) {
            this.tap = tap;
            this.send = send;
            this.receive = receive;
            this.lanes = lanes;
        }

        String settings() {
            return """
                    {"settings": {"offloadTap": %s, "offloadSend": %s, "offloadReceive": %s,
                                  "multicoreEnabled": true, "concurrency": %d}}
                    """.formatted(tap, send, receive, lanes);
        }
    }

    @BeforeAll
    static void meet() throws Exception {
        lab = TestIdentities.openLab(2);
        lab.start();
        network = lab.node(1).makeNetwork(Networks.settings("stream", false, 50));
        for (LabNode node : nodes()) {
            node.join(network);
            node.awaitAddresses(network, PATIENCE);
        }
    }

    @AfterAll
    static void takeAway() throws Exception {
        if (lab != null) {
            lab.close();
        }
    }

    private static List<LabNode> nodes() {
        return List.of(lab.node(1), lab.node(2));
    }

    private static LabHost host(int number) {
        return lab.host(number);
    }

    private static String target() throws Exception {
        return lab.node(2).awaitIp4(network, PATIENCE);
    }

    private static void run(Variant variant) throws Exception {
        if (variant == running) {
            return;
        }
        running = null;
        for (LabNode node : nodes()) {
            node.stop();
            Files.writeString(node.home().resolve("local.conf"), variant.settings());
            node.start();
        }
        Ping.untilAnswer(host(1), target(), PATIENCE);
        for (LabNode node : nodes()) {
            assertThatItRuns(variant, node.ask("/status").at("orrery").at("dataPlane"));
        }
        running = variant;
    }

    private static void assertThatItRuns(Variant variant, Json plane) {
        assertThat(plane.at("lanes").integer()).isEqualTo(variant.lanes);
        assertThat(plane.at("sockets").items()).isNotEmpty().allSatisfy(socket -> {
            assertThat(socket.at("lanes").integer()).isEqualTo(variant.lanes);
            assertThat(socket.at("offloadSend").at("inForce").isTrue()).isEqualTo(variant.send);
            assertThat(socket.at("offloadReceive").at("inForce").isTrue()).isEqualTo(variant.receive);
        });
        assertThat(plane.at("interfaces").items()).hasSize(1).allSatisfy(port -> {
            assertThat(port.at("lanes").integer()).isEqualTo(variant.lanes);
            assertThat(port.at("offloadTcp").at("inForce").isTrue()).isEqualTo(variant.tap);
        });
    }

    private static void exchange(String how) throws Exception {
        Duration limit = PATIENCE.plusSeconds(BYTES / SLOWEST_BYTES_PER_SECOND);
        Duration took = Streams.exchange(host(1), host(2), target(), BYTES, limit);
        double megabits = BYTES * 8 / 1e6 / (took.toNanos() / 1e9);
        System.out.printf(
                "%s, %s: %d MB each way at %.0f Mbit/s each way%n",
                Objects.requireNonNull(running), how, BYTES / 1_000_000, megabits);
    }

    @ParameterizedTest
    @EnumSource
    @Order(1)
    void arriveAsTheyWereSent(Variant variant) throws Exception {
        run(variant);
        exchange("no trouble");
    }

    @ParameterizedTest
    @EnumSource(names = {"ALL_OFF_1_LANE", "ALL_ON_2_LANES"})
    @Order(2)
    void arriveWholeWhereOneDatagramInFiftyIsLost(Variant variant) throws Exception {
        run(variant);
        for (int i = 1; i <= 2; i++) {
            nft(i, "add", "table", "inet", "loss");
            nft(i, "add", "chain", "inet", "loss", "input", "{ type filter hook input priority 0; }");
            nft(i, "add rule inet loss input udp dport 9993 numgen random mod 100 < 2 counter drop");
        }
        try {
            exchange("2 % loss");
            assertThat(host(1).output("nft", "list", "table", "inet", "loss")).doesNotContain("packets 0 ");
        } finally {
            nft(1, "delete", "table", "inet", "loss");
            nft(2, "delete", "table", "inet", "loss");
        }
    }

    private static void nft(int host, String... arguments) throws Exception {
        String[] command = new String[arguments.length + 1];
        command[0] = "nft";
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        host(host).output(command);
    }

    @ParameterizedTest
    @EnumSource(names = {"ALL_ON_2_LANES", "ALL_OFF_1_LANE"})
    @Order(3)
    void arriveInOrderWherePacketsOvertakeEachOther(Variant variant) throws Exception {
        run(variant);
        try (ReorderingWire wire = new ReorderingWire(lab.hub(), 2)) {
            exchange("reordering");
            assertThat(wire.reordered()).isGreaterThan(BYTES / 100_000);
        }
    }
}
