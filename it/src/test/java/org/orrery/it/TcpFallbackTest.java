// SPDX-License-Identifier: Apache-2.0
package org.orrery.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
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
import org.orrery.net.relay.RelayCertificate;

/** Members whose hosts let no UDP through, and a relay on the root's host: one speaks plainly to it, one through TLS. */
@Tag("root")
@ExtendWith(RootOnly.class)
final class TcpFallbackTest {
    /** The goal is ten seconds; the rest is for a machine that is not idle. */
    private static final Duration ENGAGED = Duration.ofSeconds(20);

    private static final Duration LEFT = Duration.ofSeconds(30);
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int PORT = 4430;

    private static Lab lab;
    private static String[] addresses;

    @BeforeAll
    static void joinAll() throws Exception {
        lab = TestIdentities.openLab(3);
        String relay = lab.host(1).ip4();
        RelayCertificate certificate =
                RelayCertificate.selfSigned("relay of a test", new SecureRandom(), Instant.EPOCH);
        Path chain = Files.writeString(lab.file("relay.pem"), certificate.chainText());
        Path key = Files.writeString(lab.file("relay.key"), certificate.keyText());
        settings(lab.node(2), "\"tcpFallbackRelay\": \"" + relay + "/" + PORT + "\"");
        settings(
                lab.node(3),
                "\"tlsRelay\": \"wss://" + relay + ":" + PORT + "/\", \"tlsRelayFingerprint\": \""
                        + certificate.fingerprint() + "\"");
        String listen = "0.0.0.0:" + PORT;
        lab.start(
                lab.host(1),
                lab.file("relay.log"),
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-Xmx128m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "org.orrery.cli.Orrery",
                        "tcp-relay",
                        "--listen",
                        listen,
                        "--tls-listen",
                        listen,
                        "--cert",
                        chain.toString(),
                        "--key",
                        key.toString(),
                        "--allow-private"));
        lab.start();
        String network = lab.node(1).makeNetwork(Networks.settings("tcp", false, 40));
        addresses = new String[4];
        for (int i = 1; i <= 3; i++) {
            lab.node(i).join(network);
        }
        for (int i = 1; i <= 3; i++) {
            addresses[i] = lab.node(i).awaitIp4(network, PATIENCE);
        }
        Ping.untilAnswer(lab.host(2), addresses[3], PATIENCE);
    }

    @AfterAll
    static void takeAway() throws Exception {
        if (lab != null) {
            lab.close();
        }
    }

    private static void settings(LabNode node, String members) throws Exception {
        Files.writeString(node.home().resolve("local.conf"), "{\"settings\": {" + members + "}}");
    }

    private static void block(LabHost host) throws Exception {
        host.output("nft", "add", "table", "inet", "block");
        for (String hook : List.of("input", "output")) {
            host.output("nft", "add chain inet block " + hook + " { type filter hook " + hook + " priority 0; }");
            String device = (hook.equals("input") ? "iifname " : "oifname ") + Lab.DEVICE;
            host.output("nft", "add rule inet block " + hook + " " + device + " meta l4proto udp drop");
        }
    }

    private static void await(String what, Callable<Boolean> question) throws Exception {
        Lab.await(what, PATIENCE, () -> question.call() ? Optional.of(true) : Optional.empty());
    }

    private static Json relay(LabNode node) throws Exception {
        return node.ask("/status").at("orrery").at("tcpRelay");
    }

    private static void fallsBackAndReturns(int blocked, int other, String relay) throws Exception {
        LabNode node = lab.node(blocked);
        await(
                "the relay is there",
                () -> List.of("READY", "LEAVING")
                        .contains(relay(node).at("state").text()));

        block(node.host());
        Duration engaged = Ping.untilAnswer(node.host(), addresses[other], ENGAGED);
        System.out.println(relay + ": traffic flows " + engaged.toMillis() + " ms after UDP was blocked");
        // What carries the traffic is told by another lane, a moment later.
        await(
                "the relay is said to be used",
                () -> node.ask("/status").at("tcpFallbackActive").isTrue()
                        && relay(node).at("state").text().equals("ACTIVE"));
        Json told = relay(node);
        assertThat(told.at("relay").text()).startsWith(relay);
        assertThat(told.at("because").text()).contains("over UDP");
        assertThat(told.at("since").integer()).isPositive();
        assertThat(node.cli("info").output()).contains("TUNNELED");
        Ping back = Ping.of(lab.host(other), addresses[blocked], 10, 1_400);
        assertThat(back.complete()).as(back.output()).isTrue();

        node.host().output("nft", "delete", "table", "inet", "block");
        long begin = System.nanoTime();
        Lab.await("UDP is used again", LEFT, () -> {
            Ping.of(node.host(), addresses[other], 2, 56);
            boolean direct = !node.ask("/status").at("tcpFallbackActive").isTrue()
                    && node.directPath(lab.node(other)).isPresent();
            return direct ? Optional.of(true) : Optional.empty();
        });
        System.out.println(relay + ": direct " + (System.nanoTime() - begin) / 1_000_000 + " ms after UDP was allowed");
    }

    @Test
    void overThePlainRelayAndBack() throws Exception {
        fallsBackAndReturns(2, 3, "tcp://");
    }

    @Test
    void overTheTlsRelayAndBack() throws Exception {
        fallsBackAndReturns(3, 2, "wss://");
    }
}
