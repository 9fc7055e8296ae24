// SPDX-License-Identifier: Apache-2.0
package org.orrery.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
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

/** What several lanes open they also close. */
@Tag("root")
@ExtendWith(RootOnly.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class LanesTest {
    private static final int LANES = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static Lab lab;

    @BeforeAll
    static void start() throws Exception {
        lab = TestIdentities.openLab(1);
        Files.writeString(
                node().home().resolve("local.conf"),
                "{\"settings\": {\"multicoreEnabled\": true, \"concurrency\": " + LANES + "}}");
        lab.start();
    }

    @AfterAll
    static void takeAway() throws Exception {
        if (lab != null) {
            lab.close();
        }
    }

    private static LabNode node() {
        return lab.node(1);
    }

    private static Json dataPlane() throws Exception {
        return node().ask("/status").at("orrery").at("dataPlane");
    }

    /** The kernel's list of UDP sockets on an address. */
    private static long boundTo(String address) throws Exception {
        return node().host()
                .output("ss", "-Huan")
                .lines()
                .filter(line -> line.contains(" " + address))
                .count();
    }

    private static long tunDescriptors() throws Exception {
        try (Stream<Path> all = Files.list(Path.of("/proc/" + node().pid() + "/fd"))) {
            return all.filter(LanesTest::isTun).count();
        }
    }

    private static boolean isTun(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().equals("/dev/net/tun");
        } catch (IOException gone) {
            return false;
        }
    }

    private static void await(String what, Callable<Boolean> question) throws Exception {
        Lab.await(what, PATIENCE, () -> question.call() ? Optional.of(true) : Optional.empty());
    }

    @Test
    @Order(1)
    void eachHasASocketForEachAddressAsThatComesAndGoes() throws Exception {
        assertThat(dataPlane().at("lanes").integer()).isEqualTo(LANES);
        assertThat(boundTo("10.77.0.1")).isEqualTo(LANES);
        node().host().output("ip", "addr", "add", "10.77.0.200/24", "dev", "eth0");
        await("sockets on a new address", () -> boundTo("10.77.0.200") == LANES);
        node().host().output("ip", "addr", "del", "10.77.0.200/24", "dev", "eth0");
        await("no sockets on an address that went", () -> boundTo("10.77.0.200") == 0);
        assertThat(boundTo("10.77.0.1")).isEqualTo(LANES);
    }

    @Test
    @Order(2)
    void eachHasAQueueOfAnInterfaceUntilTheNetworkIsLeft() throws Exception {
        String network = node().makeNetwork(Networks.settings("lanes", false, 60));
        node().join(network);
        node().awaitAddresses(network, PATIENCE);
        await("a queue for each lane", () -> tunDescriptors() == LANES);
        List<Json> interfaces = dataPlane().at("interfaces").items();
        assertThat(interfaces).hasSize(1);
        assertThat(interfaces.getFirst().at("lanes").integer()).isEqualTo(LANES);
        String device = interfaces.getFirst().at("name").text();

        node().delete("/network/" + network);

        await("all queues are closed", () -> tunDescriptors() == 0);
        await(
                "the interface is gone",
                () -> !node().host().output("ip", "-o", "link").contains(device));
        await(
                "it is no longer shown",
                () -> dataPlane().at("interfaces").items().isEmpty());
    }

    @Test
    @Order(3)
    void nothingIsLeftOfANodeThatStops() throws Exception {
        String network = node().makeNetwork(Networks.settings("lanes", false, 61));
        node().join(network);
        node().awaitAddresses(network, PATIENCE);

        assertThat(node().stop()).isZero();

        assertThat(node().host().output("ip", "-o", "link")).doesNotContain(": zt");
        assertThat(boundTo("10.77.0.1")).isZero();
    }
}
