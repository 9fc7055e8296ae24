// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CliMainTest {
    private static final String STATUS = """
            {"address":"4f6dfb1558","clock":1795307614951,"config":{"settings":{"primaryPort":9993,"listeningOn":[]}},\
            "online":true,"tcpFallbackActive":false,"version":"1.14.1"}""";
    private static final String PEERS = """
            [{"address":"343752eb18","isBonded":false,"latency":1,"paths":[{"active":true,"address":"10.9.0.9/1",\
            "lastReceive":5,"lastSend":5,"preferred":false},{"active":true,"address":"10.9.0.1/9993",\
            "lastReceive":1795307562303,"lastSend":1795307562303,"preferred":true}],"role":"LEAF","tunneled":false,\
            "version":"1.2.0"},{"address":"4f6dfb1558","isBonded":false,"latency":15,"paths":[{"address":"10.9.0.4/9993",\
            "lastReceive":1795307568401,"lastSend":0,"preferred":true}],"role":"LEAF","tunneled":false,\
            "version":"1.14.1"},{"address":"a34805f487","isBonded":false,"latency":-1,"paths":[],"role":"PLANET",\
            "tunneled":false,"version":"-1.-1.-1"}]""";
    private static final String NETWORKS = """
            [{"nwid":"343752eb180ebcb8","id":"343752eb180ebcb8","name":"","mac":"ba:79:1b:a4:81:b8",\
            "status":"ACCESS_DENIED","type":"PRIVATE","portDeviceName":"zt0","portError":-999,"assignedAddresses":[]},\
            {"nwid":"74374e38035262aa","id":"74374e38035262aa","name":"labnet","mac":"aa:2d:3f:f8:2d:16","status":"OK",\
            "type":"PRIVATE","portDeviceName":"ztjq2bywvj","mtu":3000,"allowDefault":false,"dns":{"servers":[]},\
            "assignedAddresses":["fd00:1::4f:6dfb:1559/64","10.147.20.41/24","fc77:652c:924f:6dfb:1558::1/40"]}]""";
    private static final String BOND = """
            {"address":"4f6dfb1558","isBonded":true,"bondingPolicyStr":"active-backup","numAliveLinks":9,\
            "numTotalLinks":9,"failoverInterval":5000,"upDelay":0,"downDelay":0,"packetsPerLink":64,"paths":[{\
            "ifname":"eth0","address":"10.9.0.4/9993","localSocket":94056720460896,"localPort":9993,"latencyMean":0.0,\
            "latencyVariance":0.0,"givenLinkSpeed":0,"relativeQuality":0.0,"lastInAge":1552,"lastOutAge":1552,\
            "eligible":1,"bonded":1,"assignedFlowCount":0}]}""";

    private static final String LOCAL_CONF = "{\"settings\":{\"relayProxy\":\"http://ada:geheim@10.0.0.1:3128\"}}";

    /** Indented, so that the first line keeps its spaces. */
    private static final String NO_BONDS = """
                <peer>                        <bondtype>     <links>
                  NONE\t\t\t\tNONE\t    NONE       NONE
            """;

    @TempDir
    Path folder;

    private FakeNode node;
    private Captured captured;

    @BeforeEach
    void start() throws IOException {
        node = new FakeNode()
                .answer("GET /status", STATUS)
                .answer("GET /peer", PEERS)
                .answer("GET /network", NETWORKS)
                .answer("GET /moon", "[{\"id\":\"00000074374e3803\",\"roots\":[],\"waiting\":false}]")
                .answer("POST /network/74374e38035262aa", "{\"nwid\":\"74374e38035262aa\"}")
                .answer("DELETE /network/74374e38035262aa", "{\"result\":true}")
                .answer("POST /moon/74374e3803", "{\"waiting\":true}")
                .answer("DELETE /moon/74374e3803", "{\"result\":true}")
                .answer("GET /bond/show/4f6dfb1558", BOND)
                .answer("GET /bond/show/343752eb18", 400, "{}")
                .answer("POST /bond/rotate/4f6dfb1558", "{}")
                .answer("POST /bond/rotate/343752eb18", 400, "{}")
                .answer("POST /bond/setmtu/1400/eth0/10.9.0.4", "{}")
                .answer("POST /bond/setmtu/1/eth0/10.9.0.4", 400, "Specified MTU is not reasonable");
        node.home(folder.resolve("home"));
        captured = new Captured(folder);
    }

    @AfterEach
    void stop() {
        node.close();
    }

    private void prints(int code, String out, String... arguments) {
        assertThat(CliMain.run(captured.terminal(), arguments)).isEqualTo(code);
        assertThat(captured.out()).isEqualTo(out);
        assertThat(captured.err()).isEmpty();
    }

    private void complains(int code, String err, String... arguments) {
        assertThat(CliMain.run(captured.terminal(), arguments)).isEqualTo(code);
        assertThat(captured.err()).isEqualTo(err);
        assertThat(captured.out()).isEmpty();
    }

    @Test
    void printsStatusOnOneLine() {
        prints(0, "200 info 4f6dfb1558 1.14.1 ONLINE\n", "info");
        prints(0, "200 info 4f6dfb1558 1.14.1 ONLINE\n", "status");
        node.answer("GET /status", STATUS.replace("\"online\":true", "\"online\":false"));
        prints(0, "200 info 4f6dfb1558 1.14.1 OFFLINE\n", "info");
        node.answer("GET /status", STATUS.replace("Active\":false", "Active\":true"));
        prints(0, "200 info 4f6dfb1558 1.14.1 TUNNELED\n", "info");
    }

    @Test
    void printsJsonSortedWithOneSpaceForEachLevel() {
        prints(0, """
                {
                 "address": "4f6dfb1558",
                 "clock": 1795307614951,
                 "config": {
                  "settings": {
                   "listeningOn": [],
                   "primaryPort": 9993
                  }
                 },
                 "online": true,
                 "tcpFallbackActive": false,
                 "version": "1.14.1"
                }
                """, "info", "-j");
    }

    @Test
    void listsPeersWithAgesOfTheirPreferredPath() {
        prints(0, """
                200 listpeers <ztaddr> <path> <latency> <version> <role>
                200 listpeers 343752eb18 10.9.0.1/9993;12135;12135 1 1.2.0 LEAF
                200 listpeers 4f6dfb1558 10.9.0.4/9993;-1;6037 15 1.14.1 LEAF
                200 listpeers a34805f487 - -1 - PLANET
                """, "listpeers");
    }

    @Test
    void printsPeersAsATable() {
        prints(0, """
                200 peers
                <ztaddr>   <ver>  <role> <lat> <link>   <lastTX> <lastRX> <path>
                343752eb18 1.2.0  LEAF       1 DIRECT   12135    12135    10.9.0.1/9993
                4f6dfb1558 1.14.1 LEAF      15 DIRECT   -1       6037     10.9.0.4/9993
                a34805f487 -      PLANET    -1 RELAY
                """, "peers");
        node.answer("GET /peer", PEERS.replace("\"tunneled\":false", "\"tunneled\":true"));
        prints(0, """
                200 peers
                <ztaddr>   <ver>  <role> <lat> <link>   <lastTX> <lastRX> <path>
                343752eb18 1.2.0  LEAF       1 RELAY 12135    12135    10.9.0.1/9993
                4f6dfb1558 1.14.1 LEAF      15 RELAY -1       6037     10.9.0.4/9993
                a34805f487 -      PLANET    -1 RELAY
                NOTE: Currently tunneling through a TCP relay. Ensure that UDP is not blocked.
                """, "peers");
    }

    @Test
    void listsNetworksAndLeavesTwoSpacesForAnEmptyName() {
        prints(0, """
                200 listnetworks <nwid> <name> <mac> <status> <type> <dev> <ZT assigned ips>
                200 listnetworks 343752eb180ebcb8  ba:79:1b:a4:81:b8 ACCESS_DENIED PRIVATE zt0 -
                200 listnetworks 74374e38035262aa labnet aa:2d:3f:f8:2d:16 OK PRIVATE ztjq2bywvj \
                fd00:1::4f:6dfb:1559/64,10.147.20.41/24,fc77:652c:924f:6dfb:1558::1/40
                """, "listnetworks");
    }

    @Test
    void tellsWhereToSignOn() {
        node.answer("GET /network", """
                [{"nwid":"8056c2e21c000002","name":"x","mac":"m","status":"AUTHENTICATION_REQUIRED","type":"PRIVATE",\
                "portDeviceName":"zt1","assignedAddresses":[],"ssoEnabled":true,"authenticationURL":"https://id.example/a"},\
                {"nwid":"8056c2e21c000003","name":"y","mac":"m","status":"OK","type":"PRIVATE","portDeviceName":"zt2",\
                "assignedAddresses":[],"ssoEnabled":true,"authenticationExpiryTime":1795307584438}]""");
        prints(0, """
                200 listnetworks <nwid> <name> <mac> <status> <type> <dev> <ZT assigned ips>
                200 listnetworks 8056c2e21c000002 x m AUTHENTICATION_REQUIRED PRIVATE zt1 -
                    AUTH EXPIRED, URL: https://id.example/a
                200 listnetworks 8056c2e21c000003 y m OK PRIVATE zt2 -
                    AUTH OK, expires in: 10 seconds
                """, "listnetworks");
    }

    @Test
    void joinsAndLeaves() {
        prints(0, "200 join OK\n", "join", "74374e38035262aa");
        prints(0, "{\"nwid\":\"74374e38035262aa\"}", "-j", "join", "74374e38035262aa");
        prints(0, "200 leave OK\n", "leave", "74374e38035262aa");
        prints(0, "{\"result\":true}", "leave", "74374e38035262aa", "-j");
        prints(2, "invalid network id\n", "join", "74374e38");
        prints(2, "invalid network id\n", "leave");
        prints(1, "404 join \n", "join", "0000000000000000");
        assertThat(node.requests())
                .containsExactly(
                        "POST /network/74374e38035262aa {}",
                        "POST /network/74374e38035262aa {}",
                        "DELETE /network/74374e38035262aa",
                        "DELETE /network/74374e38035262aa",
                        "POST /network/0000000000000000 {}");
    }

    @Test
    void setsOneOfTheSettingsAndPrintsTheRawAnswer() {
        prints(0, "{\"nwid\":\"74374e38035262aa\"}", "set", "74374e38035262aa", "allowGlobal=1");
        prints(0, "{\"nwid\":\"74374e38035262aa\"}", "set", "74374e38035262aa", "allowDNS=true");
        prints(0, "{\"nwid\":\"74374e38035262aa\"}", "set", "74374e38035262aa", "allowManaged=no");
        prints(0, "", "set", "74374e38035262aa", "other=1");
        complains(2, "invalid format: must be a 16-digit (network) ID\n", "set");
        complains(2, "invalid format: include a property name to set\n", "set", "74374e38035262aa");
        assertThat(node.requests())
                .containsExactly(
                        "POST /network/74374e38035262aa {\"allowGlobal\":true}",
                        "POST /network/74374e38035262aa {\"allowDNS\":true}",
                        "POST /network/74374e38035262aa {\"allowManaged\":false}");
    }

    @Test
    void getsOneProperty() {
        prints(0, "fd00:1::4f:6dfb:1559\n10.147.20.41\nfc77:652c:924f:6dfb:1558::1\n", "get", "74374e38035262aa", "ip");
        prints(0, "10.147.20.41\n", "get", "74374e38035262aa", "ip4");
        prints(0, "fd00:1::4f:6dfb:1559\nfc77:652c:924f:6dfb:1558::1\n", "get", "74374e38035262aa", "ip6");
        prints(0, "fc77:652c:924f:6dfb:1558::1\n", "get", "74374e38035262aa", "ip6plane");
        prints(0, "fc77:652c:924f:6dfb:1558\n", "get", "74374e38035262aa", "ip6prefix");
        prints(0, "\n", "get", "343752eb180ebcb8", "ip");
        prints(0, "0\n", "get", "74374e38035262aa", "allowDefault");
        prints(0, "3000\n", "get", "74374e38035262aa", "mtu");
        prints(0, "-999\n", "get", "343752eb180ebcb8", "portError");
        prints(0, "labnet\n", "get", "74374e38035262aa", "name");
        prints(0, "error, unknown property name\n", "get", "74374e38035262aa", "dns");
        prints(0, "error, unknown property name\n", "get", "74374e38035262aa", "nothing");
        complains(
                0,
                "unknown network ID, check that you are a member of the network\n",
                "get",
                "74374e3803526200",
                "name");
        complains(2, "invalid format: must be a 16-digit (network) ID\n", "get", "1");
        complains(2, "invalid format: include a property name to get\n", "get", "74374e38035262aa");
    }

    @Test
    void followsMoons() {
        prints(0, "200 orbit OK\n", "orbit", "74374e3803", "74374e3803");
        prints(0, "200 orbit OK\n", "-j", "orbit", "74374e3803", "74374e3803");
        prints(0, "", "orbit", "74374e3803");
        prints(0, "", "orbit", "zz", "74374e3803");
        prints(1, "404 orbit \n", "orbit", "12", "74374e3803");
        prints(0, "200 deorbit OK\n", "deorbit", "74374e3803");
        prints(0, "{\"result\":true}", "-j", "deorbit", "74374e3803");
        prints(1, "404 deorbit \n", "deorbit");
        prints(0, """
                [
                 {
                  "id": "00000074374e3803",
                  "roots": [],
                  "waiting": false
                 }
                ]
                """, "listmoons");
        assertThat(node.requests()).contains("POST /moon/74374e3803 {\"seed\":\"74374e3803\"}");
    }

    @Test
    void showsBonds() {
        prints(0, NO_BONDS, "bond", "list");
        node.answer("GET /peer", "[" + BOND + "]");
        prints(0, """
                    <peer>                        <bondtype>     <links>
                4f6dfb1558                     active-backup         9/9
                """, "listbonds");
        prints(0, """
                Peer                   : 4f6dfb1558
                Bond                   : active-backup
                Link Select Method     : 0
                Links                  : 9/9
                Failover Interval (ms) : 5000
                Up Delay (ms)          : 0
                Down Delay (ms)        : 0
                Packets Per Link       : 64

                idx                  interface                                  path               socket             local port
                RULE
                 0:                       eth0                                       10.9.0.4/9993 0000558b49696c60         9993

                idx     lat      pdv    capacity    qual      rx_age      tx_age  eligible  bonded   flows
                RULE
                 0:     0.00     0.00          0  0.0000        1552        1552         1       1       0
                """.replace("RULE", "-".repeat(120)), "bond", "4f6dfb1558", "show");
        prints(1, "400 bond {}\n", "bond", "343752eb18", "show");
        prints(0, "200 rotate OK\n", "bond", "4f6dfb1558", "rotate");
        prints(1, "400 bond {}\n", "bond", "343752eb18", "rotate");
        prints(0, "200 setmtu OK\n", "bond", "setmtu", "1400", "eth0", "10.9.0.4");
        prints(
                1,
                "400 Failed to set MTU: Specified MTU is not reasonable\n",
                "bond",
                "setmtu",
                "1",
                "eth0",
                "10.9.0.4");
        prints(2, "(bond) command is missing required arguments\n", "bond");
    }

    @Test
    void printsAnyPathAsItIs() {
        prints(0, STATUS, "/status");
        prints(1, "404 /nowhere \n", "/nowhere");
    }

    @Test
    void reportsAWrongToken() {
        prints(1, "401 info {}\n", "info", "-Twrong");
        prints(1, "401 join {}\n", "-Twrong", "join", "74374e38035262aa");
    }

    @Test
    void reportsAnAnswerThatIsNotJson() {
        node.answer("GET /status", "hello");
        assertThat(CliMain.run(captured.terminal(), "info")).isEqualTo(1);
        assertThat(captured.out())
                .startsWith("200 info invalid JSON response (")
                .endsWith(")\n");
    }

    @Test
    void reportsThatNobodyListens() {
        int port = node.port();
        node.close();
        prints(
                1,
                "Error connecting to the ZeroTier service: connection failed (2)\n\n"
                        + "Please check that the service is running and that TCP port " + port
                        + " can be contacted via 127.0.0.1.\n",
                "info");
        prints(1, "0 join connection failed (2)\n", "join", "74374e38035262aa");
        prints(1, "0 /status connection failed (2)\n", "/status");
    }

    @Test
    void needsPortAndTokenBeforeAnyCommand() throws IOException {
        Files.createDirectory(folder.resolve("empty"));
        complains(2, "tool: missing port and zerotier-one.port not found in empty\n", "-Dempty");
        complains(
                2,
                "tool: authtoken.secret not found or readable in empty (try again as root)\n",
                "-Dempty",
                "-p9993",
                "join");
        prints(0, "200 info 4f6dfb1558 1.14.1 ONLINE\n", "-Dempty", "-p" + node.port(), "-T" + FakeNode.TOKEN, "info");
    }

    @Test
    void findsTheTokenThatAUserCopied() throws IOException {
        Files.delete(folder.resolve("home/authtoken.secret"));
        Files.createDirectory(folder.resolve("nobody"));
        Files.writeString(folder.resolve("nobody/.zeroTierOneAuthToken"), FakeNode.TOKEN);
        prints(0, "200 info 4f6dfb1558 1.14.1 ONLINE\n", "info");
    }

    @Test
    void printsHelpWhereTheToolDoes() {
        String help = CliMain.helpText(captured.terminal());
        prints(0, help, "-h");
        prints(0, help, "-Z");
        prints(0, help, "-");
        prints(1, help, "-jx");
        prints(1, help, "-vx");
        prints(1, help, "-p0");
        prints(1, help, "-p");
        prints(1, help, "-p65536");
        prints(1, help, "-D");
        complains(0, help);
        complains(0, help, "help");
        complains(2, help, "set", "74374e38035262aa", "allowGlobal");
        prints(0, "1.14.2\n", "-v");
    }

    @Test
    void writesAReportForSomebodyWhoHelps() throws IOException {
        node.answer("GET /config", "{\"settings\":{\"relayProxy\":\"http://ada@10.0.0.1:3128\"}}");
        Files.writeString(folder.resolve("home/local.conf"), LOCAL_CONF);
        Path report = dump();
        assertThat(report)
                .content()
                .startsWith("platform: ")
                .contains("zerotier version: 1.14.1\n")
                .contains("status\n------\n" + STATUS)
                .contains("peers\n-----\n" + PEERS)
                .contains("local.conf\n----------\n{\"settings\":{\"relayProxy\":\"http://ada@10.0.0.1:3128\"}}\n")
                .contains("Network Interfaces\n------------------\n");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(report)))
                .isEqualTo("rw-------");
    }

    @Test
    void aReportHasNoPasswordOfAProxyAlsoWhereTheNodeDoesNotSayItsSettings() throws IOException {
        Path file = folder.resolve("home/local.conf");
        Files.writeString(file, LOCAL_CONF);
        assertThat(dump())
                .content()
                .contains("local.conf\n----------\n{\"settings\":{\"relayProxy\":\"http://ada@10.0.0.1:3128\"}}\n")
                .doesNotContain("geheim");
        Files.writeString(file, "{\"settings\":{\"relayProxy\":geheim}}");
        assertThat(dump())
                .content()
                .contains("local.conf\n----------\n(not a JSON object)\n")
                .doesNotContain("geheim");
        Files.delete(file);
        assertThat(dump()).content().contains("local.conf\n----------\nNone Present\n");
        node.answer("GET /config", "{}");
        assertThat(dump()).content().contains("local.conf\n----------\nNone Present\n");
    }

    private Path dump() {
        Path report = folder.resolve("zerotier_dump.txt").toAbsolutePath();
        prints(0, "Writing dump to: " + report + "\n", "dump");
        return report;
    }
}
