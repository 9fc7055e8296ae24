// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.orrery.cli.Captured;
import org.orrery.cli.FakeNode;

final class NetworkLocalCommandTest {
    private static final String NETWORK = "74374e38035262aa";
    private static final String PATH = "/network/" + NETWORK;
    private static final String JOINED = """
            {"id":"74374e38035262aa","name":"lab","status":"OK","portDeviceName":"zt0","mtu":1400,\
            "allowManaged":true,"allowGlobal":false,"allowDefault":false,"allowDNS":false,\
            "assignedAddresses":["10.77.0.9/24"],"dns":{"domain":"lab.example","servers":["10.77.0.1"]},\
            "orrery":{"host":{"allowManagedOnly":[],\
            "addresses":[{"address":"10.77.0.9/24","applied":true,"reason":null,"setting":null},\
            {"address":"8.8.8.8/32","applied":false,"reason":"allowGlobal is off","setting":"allowGlobal"}],\
            "routes":[{"target":"10.99.0.0/16","via":"10.77.0.1","applied":true,"reason":null,"setting":null},\
            {"target":"0.0.0.0/0","via":"10.77.0.1","applied":false,"reason":"allowDefault is off",\
            "setting":"allowDefault"},\
            {"target":"8.8.0.0/16","via":"10.77.0.1","applied":false,"reason":"allowGlobal is off",\
            "setting":"allowGlobal"},\
            {"target":"172.16.0.0/12","via":null,"applied":false,"reason":"the system refused it: exists",\
            "setting":null}],\
            "dns":%s}}}""";
    private static final String DNS_OFF =
            "{\"by\":null,\"reason\":\"allowDNS is off\",\"setting\":\"allowDNS\",\"state\":\"off\"}";
    private static final String DNS_ON = "{\"by\":\"systemd-resolved\",\"reason\":\"asked for names in lab.example\","
            + "\"setting\":null,\"state\":\"applied\"}";

    @TempDir
    Path folder;

    private FakeNode node;
    private Captured captured;

    @BeforeEach
    void start() throws IOException {
        node = new FakeNode()
                .answer("GET /status", "{\"address\":\"4f6dfb1558\"}")
                .answer("GET " + PATH, JOINED.formatted(DNS_OFF))
                .answer("GET /network", "[" + JOINED.formatted(DNS_OFF) + "]")
                .answer("POST " + PATH, "{}");
        node.home(folder.resolve("home"));
        captured = new Captured(folder);
    }

    @AfterEach
    void stop() {
        node.close();
    }

    private int run(String... arguments) {
        return RootCommand.run(captured.terminal(), (_, _, _) -> 5, arguments);
    }

    @Test
    void showsWhatIsInForceAndWhatIsNotWithTheRemedy() {
        assertThat(run("network", "local", NETWORK)).isZero();
        assertThat(captured.out()).isEqualTo("""
                network    74374e38035262aa lab
                device     zt0, MTU 1400
                allows     managed; not global, default, DNS
                addresses  10.77.0.9/24
                           8.8.8.8/32    not applied: allowGlobal is off
                routes     10.99.0.0/16 via 10.77.0.1
                           0.0.0.0/0 via 10.77.0.1     not applied: allowDefault is off
                           8.8.0.0/16 via 10.77.0.1    not applied: allowGlobal is off
                           172.16.0.0/12               not applied: the system refused it: exists
                dns        lab.example 10.77.0.1  not applied: allowDNS is off
                """);
        assertThat(captured.err()).isEqualTo("""
                not applied: 8.8.8.8/32, 8.8.0.0/16; to allow: orrery network local 74374e38035262aa --allow-global
                not applied: 0.0.0.0/0; to allow: orrery network local 74374e38035262aa --allow-default
                not applied: name servers of lab.example; to allow: orrery network local 74374e38035262aa --allow-dns
                """);
        assertThat(node.requests()).as("asking changes nothing").noneMatch(line -> line.startsWith("POST"));
    }

    @Test
    void theListOfNetworksNamesWhatIsKeptOut() {
        assertThat(run("networks")).isZero();
        assertThat(captured.out()).isEqualTo("""
                NETWORK           NAME  STATUS  DEVICE  ADDRESSES
                74374e38035262aa  lab   OK      zt0     10.77.0.9/24
                    route 172.16.0.0/12: the system refused it: exists
                    not applied: 8.8.8.8/32, 8.8.0.0/16; to allow: orrery network local 74374e38035262aa --allow-global
                    not applied: 0.0.0.0/0; to allow: orrery network local 74374e38035262aa --allow-default
                    not applied: name servers of lab.example; to allow: orrery network local 74374e38035262aa --allow-dns
                """);
    }

    @Test
    void setsWhatIsNamed() {
        node.answer("GET " + PATH, JOINED.formatted(DNS_ON));
        assertThat(run(
                        "network",
                        "local",
                        NETWORK,
                        "--allow-dns",
                        "--no-allow-global",
                        "--only",
                        "10.9.8.7/8, fd00::/8"))
                .isZero();
        assertThat(node.requests())
                .contains(
                        "POST " + PATH
                                + " {\"allowDNS\":true,\"allowGlobal\":false,\"allowManagedOnly\":[\"10.0.0.0/8\",\"fd00::/8\"]}");
        assertThat(captured.out())
                .contains(
                        "dns        lab.example 10.77.0.1  applied by systemd-resolved, asked for names in lab.example\n");
        assertThat(run("network", "local", NETWORK, "--only", "")).isZero();
        assertThat(node.requests()).contains("POST " + PATH + " {\"allowManagedOnly\":[]}");
    }

    @Test
    void refusesWhatItCannotSet() {
        assertThat(run("network", "local", NETWORK, "--only", "10.0.0.0/33")).isEqualTo(1);
        assertThat(captured.err()).startsWith("'10.0.0.0/33' is not a network.");
        assertThat(run("network", "local", "8056c2e21c000001", "--allow-dns")).isEqualTo(1);
        assertThat(captured.err()).contains("This node has not joined 8056c2e21c000001.", "orrery join");
        assertThat(node.requests()).as("and joins nothing").noneMatch(line -> line.startsWith("POST"));
    }
}
