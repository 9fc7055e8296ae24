// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.orrery.cli.Captured;
import org.orrery.cli.FakeNode;
import org.orrery.cli.api.Json;
import org.orrery.cli.command.RootCommand;
import org.orrery.cli.explain.Paint;

/** {@code orrery rules explain} and {@code orrery rules test}, from files and from a node. */
class ExplainCommandTest {
    private static final String SCRIPT = """
            drop not ethertype ipv4 and not ethertype arp and not ethertype ipv6 ;
            tag role id 1000 enum 1 guest enum 2 server default guest ;
            cap ssh id 7 accept ipprotocol tcp and dport 22 ; ;
            tee 64 2222222222 ipprotocol udp ;
            redirect 3333333333 icmp 8 -1 ;
            accept ipprotocol tcp and dport 80 and treq role server ;
            break ipprotocol tcp chr tcp_syn and not chr tcp_ack ;
            accept ;
            """;

    @TempDir
    Path folder;

    private Captured captured;

    @BeforeEach
    void start() throws IOException {
        captured = new Captured(folder);
        Files.writeString(folder.resolve("office.rules"), SCRIPT);
    }

    private int run(String... arguments) {
        return RootCommand.run(
                captured.terminal(),
                (home, port, anyUser) -> {
                    throw new AssertionError("no node is to be started");
                },
                arguments);
    }

    private String explained(String... more) {
        String[] all = new String[more.length + 3];
        System.arraycopy(new String[] {"rules", "explain", "office.rules"}, 0, all, 0, 3);
        System.arraycopy(more, 0, all, 3, more.length);
        assertThat(run(all)).as(captured.err()).isZero();
        return captured.out();
    }

    @Test
    void showsTheWayThroughTheTable() {
        assertThat(explained("--frame", "tcp 10.1.1.2:50000 > 10.1.1.3:22 syn")).isEqualTo("""
                        frame     tcp 10.1.1.2:50000 > 10.1.1.3:22 syn (40 bytes)
                        sender    1000000001  tags role=guest
                        receiver  1000000002  tags role=guest

                        SENDER, rules of the network
                           3  drop not ethertype ipv4 and not ethertype arp and not ethertype ipv6;  not taken
                                 0 not ethertype ipv4                                       no   ether type is ipv4
                                 1 and not ethertype arp                                    -    not looked at
                                 2 and not ethertype ipv6                                   -    not looked at
                           5  tee 64 2222222222 ipprotocol udp;                             not taken
                                 4 ipprotocol udp                                           no   IP protocol is tcp, not udp
                           7  redirect 3333333333 icmp 8 -1;                                not taken
                                 6 icmp 8 -1                                                no   no ICMP: IP protocol is tcp
                          11  accept ipprotocol tcp and dport 80 and treq role server;      not taken
                                 8 ipprotocol tcp                                           yes  IP protocol is tcp
                                 9 and dport 80                                             no   destination port is 22, not 80
                                10 and treq role server                                     -    not looked at
                          15  break ipprotocol tcp and chr tcp_syn and not chr tcp_ack;     TAKEN: the rest of this table is left out
                                12 ipprotocol tcp                                           yes  IP protocol is tcp
                                13 and chr tcp_syn                                          yes  frame is tcp_syn
                                14 and not chr tcp_ack                                      yes  frame is not tcp_ack
                          16  accept;                                                       not reached
                          => dropped: rule 15, 'break ipprotocol tcp and chr tcp_syn and not chr tcp_ack;' leaves it to \
                        capabilities, and the sender has no capability

                        verdict   drop by the sender: rule 15, 'break ipprotocol tcp and chr tcp_syn and not chr tcp_ack;' \
                        leaves it to capabilities, and the sender has no capability
                        """);
    }

    @Test
    void aCapabilityGrantsWhatTheTableLeavesOpen() {
        String shown = explained("--from-cap", "ssh", "--frame", "tcp 10.1.1.2:50000 > 10.1.1.3:22 syn");
        assertThat(shown)
                .contains("sender    1000000001  tags role=guest; capabilities ssh\n")
                .contains("SENDER, capability ssh\n  2  accept ipprotocol tcp and dport 22;  TAKEN\n")
                .contains("RECEIVER, capability ssh of the sender\n")
                .endsWith("verdict   accept: capability ssh, rule 2, 'accept ipprotocol tcp and dport 22;'\n");
    }

    @Test
    void theReceiverDecidesAboutTagsThatTheSenderDoesNotKnow() {
        String shown = explained(
                "--first",
                "--from-tag",
                "role=server",
                "--to-tag",
                "role=server",
                "--frame",
                "tcp 10.1.1.2:5 > 10.1.1.3:80");
        assertThat(shown)
                .contains("yes  receiver has shown no tag role; receiver decides")
                .contains("yes  receiver's tag role is server")
                .contains("\nverdict   accept: rule 11");
        assertThat(explained("--first", "--frame", "tcp 10.1.1.2:5 > 10.1.1.3:80"))
                .contains("no   receiver's tag role is guest, not server")
                .contains("verdict   drop by the receiver: rule 15");
    }

    @Test
    void copiesAndRedirectionsShowWhatBecomesOfThemThere() {
        assertThat(explained("--frame", "udp 10.1.1.2:5 > 10.1.1.3:53 size 500"))
                .contains("TAKEN: a copy of 64 bytes, if the frame passes")
                .contains("THIRD MEMBER 2222222222, rules of the network")
                .contains("TAKEN: it names this node, which lets the frame in whoever it is for")
                .contains("\nverdict   accept: rule 16, 'accept;'\n          copy of 64 bytes to 2222222222\n");
        assertThat(explained("--frame", "icmp 10.1.1.2 > 10.1.1.3"))
                .contains("THIRD MEMBER 3333333333, rules of the network")
                .endsWith("verdict   redirect to 3333333333 by the sender: rule 7, 'redirect 3333333333 icmp 8 -1;'\n");
    }

    @Test
    void aMulticastIsJudgedBeforeItsRecipientsAreKnown() {
        assertThat(explained("--frame", "arp who-has 10.0.0.2 tell 10.0.0.1"))
                .contains("SENDER before recipients are known, rules of the network")
                .contains("RECEIVER, rules of the network")
                .endsWith("verdict   accept: rule 16, 'accept;'\n");
    }

    @Test
    void jsonHoldsEachRuleAndTheEnd() throws Json.Malformed {
        Json json = Json.parse(explained("--json", "--frame", "ethertype 0x88cc"));
        assertThat(json.at("verdict").text()).isEqualTo("drop");
        assertThat(json.at("by").text()).isEqualTo("sender");
        Json rule = json.at("decisions")
                .items()
                .getFirst()
                .at("tables")
                .items()
                .getFirst()
                .at("rules")
                .items()
                .getFirst();
        assertThat(rule.compact())
                .isEqualTo(
                        "{\"index\":0,\"outcome\":\"holds\",\"reason\":\"ether type is 0x88cc, not ipv4\",\"statement\":"
                                + "\"drop not ethertype ipv4 and not ethertype arp and not ethertype ipv6;\",\"text\":"
                                + "\"not ethertype ipv4\"}");
    }

    @Test
    void countsWhatAFileOfPacketsHolds() throws IOException {
        String ip = "45000028000000004006000" + "00a0101020a010103";
        String packets = record("ffffffffffff02000000000188cc00")
                + record("02000000000202000000000108004500001c000000004001" + "0000" + "0a0101020a010103"
                        + "0800000000000000")
                + record("0200000000020200000000010800" + ip + "c350001600000000000000005002200000000000")
                + record("0102");
        Files.write(
                folder.resolve("trace.pcap"),
                HexFormat.of().parseHex("a1b2c3d4000200040000000000000000" + "0000ffff00000001" + packets));
        assertThat(explained("--pcap", "trace.pcap")).isEqualTo("""
                PACKETS  VERDICT
                      1  drop by the sender: rule 3, 'drop not ethertype ipv4 and not ethertype arp and not ethertype ipv6;'
                           #1 ethertype 0x88cc
                      1  redirect to 3333333333 by the sender: rule 7, 'redirect 3333333333 icmp 8 -1;'
                           #2 icmp 10.1.1.2 > 10.1.1.3 8/0
                      1  drop by the sender: rule 15, 'break ipprotocol tcp and chr tcp_syn and not chr tcp_ack;' leaves it to \
                capabilities, and the sender has no capability
                           #3 tcp 10.1.1.2:50000 > 10.1.1.3:22 syn

                NOT READ  VERDICT
                       1  it has 2 bytes, and an Ethernet header has 14
                            #4
                """);
        Files.write(folder.resolve("cut.pcap"), HexFormat.of().parseHex("a1b2c3d40002000400000000"));
        assertThat(run("rules", "explain", "office.rules", "--pcap", "cut.pcap"))
                .isEqualTo(1);
        assertThat(captured.err())
                .isEqualTo("cut.pcap, at byte 12: the file ends within a record: 12 bytes are missing.\n");
    }

    private static String record(String packet) {
        String length = HexFormat.of().toHexDigits(packet.length() / 2, 8);
        return "0000000100000000" + length + length + packet;
    }

    @Test
    void membersOfANetworkAreKnownToItsController() throws IOException {
        try (var node = new FakeNode()) {
            String network = "74374e38035262aa";
            node.home(folder.resolve("home"));
            node.answer("GET /controller/network/" + network, """
                    {"id":"74374e38035262aa","rules":[{"type":"MATCH_TAGS_EQUAL","id":5,"value":9},{"type":"ACTION_ACCEPT"},
                    {"type":"ACTION_SING"}],"capabilities":[{"id":3,"default":true,"rules":[{"type":"ACTION_ACCEPT"}]}],
                    "tags":[{"id":5,"default":1}]}""");
            node.answer("GET /controller/network/" + network + "/member/1111111111", "{\"tags\":[[5,9]]}");
            node.answer("GET /controller/network/" + network + "/member/2222222222", "{\"tags\":[[5,9]]}");
            node.answer("GET /controller/network/" + network + "/member/4444444444", "{\"tags\":[]}");
            String frame = "icmp 10.0.0.1 > 10.0.0.2";
            assertThat(run("rules", "explain", network, "--from", "1111111111", "--to", "2222222222", "--frame", frame))
                    .isZero();
            assertThat(captured.err())
                    .isEqualTo(
                            "note: network 74374e38035262aa, rules: entry 2 has the unknown type 'ACTION_SING'; controllers"
                                    + " leave it out, and so does this\n");
            assertThat(captured.out()).endsWith("verdict   accept: rule 1, 'accept teq 5 9;'\n");
            run("rules", "explain", network, "--from", "1111111111", "--to", "4444444444", "--frame", frame);
            assertThat(captured.out()).contains("tag 5 is 9 here, 1 there").contains("verdict   drop by the sender");
            captured.err();
            assertThat(run("rules", "explain", network, "--from", "1111111111", "--to", "5555555555", "--frame", frame))
                    .isEqualTo(1);
            assertThat(captured.err())
                    .endsWith("network 74374e38035262aa has no member 5555555555 that this node knows of.\n");
        }
    }

    @Test
    void aNetworkThatTheNodeJoinedIsExplainedAsTheNodeSeesIt() throws IOException {
        try (var node = new FakeNode()) {
            String network = "74374e38035262aa";
            node.home(folder.resolve("home"));
            node.answer("GET /network/" + network + "/filter", """
                    {"rules":[{"type":"ACTION_BREAK"}],"flags":0,"capabilities":[{"id":3,"rules":[{"type":"ACTION_ACCEPT"}]}],
                    "members":[{"address":"1111111111","tags":[],"capabilities":[3],"ipAssignments":["10.0.0.1"]}]}""");
            String frame = "icmp 10.0.0.1 > 10.0.0.2";
            assertThat(run("rules", "explain", network, "--from", "1111111111", "--frame", frame))
                    .isZero();
            assertThat(captured.out())
                    .contains("sender    1111111111  no tags; capabilities 3; owns 10.0.0.1\n")
                    .endsWith("verdict   accept: capability 3, rule 0, 'accept;'\n");
            assertThat(node.requests()).contains("GET /network/" + network + "/filter");
        }
    }

    @Test
    void thereAreNoColoursWhereNobodyLooks() {
        assertThat(Paint.of(Map.of("TERM", "xterm"))).isEqualTo(Paint.PLAIN);
    }

    @Test
    void mistakesAreSaidInPlainWords() {
        assertThat(run("rules", "explain", "office.rules")).isEqualTo(1);
        assertThat(captured.err()).startsWith("Say which frame: either --frame TEXT or --pcap FILE.\n");
        assertThat(run("rules", "explain", "none.rules", "--frame", "x")).isEqualTo(1);
        assertThat(captured.err()).isEqualTo("There is no file none.rules.\n");
        assertThat(run("rules", "explain", "office.rules", "--from-tag", "roll=2", "--frame", "x"))
                .isEqualTo(1);
        assertThat(captured.err())
                .isEqualTo("'roll' is no tag: neither a number of 32 bits nor a name; there are role.\n");
        assertThat(run("rules", "explain", "office.rules", "--from-tag", "role=cook", "--frame", "x"))
                .isEqualTo(1);
        assertThat(captured.err())
                .isEqualTo(
                        "'cook' is no value of tag role: neither a number of 32 bits nor a name; there are guest, server.\n");
        assertThat(run("rules", "explain", "office.rules", "--from-cap", "9", "--frame", "x"))
                .isEqualTo(1);
        assertThat(captured.err()).isEqualTo("the rules define no capability '9'; there are ssh.\n");
    }

    private void write(String name, String text) {
        try {
            Files.writeString(folder.resolve(name), text);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Test
    void aFileOfExpectedVerdictsPassesOrSaysWhy() throws Json.Malformed {
        write("office.test", """
                # what the office needs
                rules office.rules
                member web 1111111111 tags role=server owns 10.1.1.3
                member admin capabilities ssh
                member guest
                accept from guest to web tcp 10.1.1.2:5 > 10.1.1.3:80 syn
                drop   from guest to web tcp 10.1.1.2:5 > 10.1.1.3:22 syn   # no ssh for guests
                accept from admin to web tcp 10.1.1.2:5 > 10.1.1.3:22 syn
                tee 2222222222 from guest to web udp 10.1.1.2:5 > 10.1.1.3:53
                redirect 3333333333 first from guest to web icmp 10.1.1.2 > 10.1.1.3
                """);
        int status = run("rules", "test", "office.test");
        assertThat(captured.out()).isEqualTo("5 of 5 as expected\n");
        assertThat(status).isZero();

        write("bad.test", """
                rules office.rules
                member a
                member b
                accept from a to b ethertype 0x88cc
                watch 2222222222 from a to b udp 10.1.1.2:5 > 10.1.1.3:53
                """);
        assertThat(run("rules", "test", "bad.test")).isEqualTo(1);
        assertThat(captured.out())
                .startsWith(
                        "FAILED bad.test:4: accept from a to b ethertype 0x88cc\n    frame     ethertype 0x88cc (46 bytes)\n")
                .contains("FAILED bad.test:5: watch 2222222222 from a to b udp")
                .endsWith("0 of 2 as expected, 2 not\n");
        assertThat(run("rules", "test", "bad.test", "--tap")).isEqualTo(1);
        assertThat(captured.out())
                .startsWith("TAP version 13\n1..2\nnot ok 1 - line 4: accept from a to b ethertype 0x88cc\n"
                        + "# drop by the sender: rule 3,");
        assertThat(run("rules", "test", "bad.test", "--json")).isEqualTo(1);
        Json report = Json.parse(captured.out());
        assertThat(report.at("failed").integer()).isEqualTo(2);
        assertThat(report.at("tests")
                        .items()
                        .getFirst()
                        .at("explanation")
                        .at("verdict")
                        .text())
                .isEqualTo("drop");
    }

    @Test
    void aFileOfExpectedVerdictsNamesTheLineThatIsWrong() {
        record Case(String text, String message) {}
        for (Case each : new Case[] {
            new Case("accept from a to b icmp", "1: the line ends where"),
            new Case("", " expects nothing: it has no line that begins with accept, drop, redirect, tee or watch."),
            new Case("rules office.rules\nmember a\nmember a\n", "3: there is a member a already."),
            new Case("rules office.rules\naccept frm a to b icmp", "2: 'frm' where 'from' should be."),
            new Case(
                    "rules office.rules\nmember a\naccept from a to b icmp", "3: there is no member 'b'; there are a."),
            new Case(
                    "rules office.rules\nmember a tags role\n",
                    "2: 'role' is not TAG=VALUE, such as role=server or 1000=2."),
            new Case(
                    "rules office.rules\nmember a nonsense\n",
                    "2: 'nonsense' where an address, tags, capabilities or owns"),
            new Case("network 12\n", "1: '12' is not a network ID, 16 hex digits."),
            new Case(
                    "allow from a to b\n",
                    "1: 'allow' where rules, network, member, accept, drop, redirect, tee or watch"),
            new Case("member a\n", "1: the line 'rules FILE' must come first."),
        }) {
            write("wrong.test", each.text);
            assertThat(run("rules", "test", "wrong.test")).isEqualTo(1);
            String expected = each.message.startsWith(" ") ? "wrong.test" + each.message : "wrong.test:" + each.message;
            if (each.text.startsWith("accept")) {
                expected = "wrong.test:1: there is no member 'a'.";
            }
            assertThat(captured.err()).as(each.text).startsWith(expected);
        }
    }
}
