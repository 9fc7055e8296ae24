// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.orrery.cli.Captured;
import org.orrery.cli.FakeNode;
import org.orrery.cli.command.RootCommand;

final class RulesCommandTest {
    private static final String NETWORK = "74374e38035262aa";
    private static final String PATH = "/controller/network/" + NETWORK;
    private static final String ACCEPTING = """
            {"id":"74374e38035262aa","revision":1,"rules":[{"not":false,"or":false,"type":"ACTION_ACCEPT"}],\
            "capabilities":[],"tags":[],"rulesSource":""}""";
    private static final String SCRIPT = """
            tag role id 7 default 1 enum 2 staff ;
            drop not ethertype ipv4 and not ethertype arp and not ethertype ipv6 ;
            tee -1 0123456789 teq role staff ;
            drop ipsrc 2001:DB8::/32;
            accept;
            """;
    private static final String COMPILED = """
            {"capabilities":[],"id":"74374e38035262aa","revision":2,"rules":[\
            {"etherType":2048,"not":true,"or":false,"type":"MATCH_ETHERTYPE"},\
            {"etherType":2054,"not":true,"or":false,"type":"MATCH_ETHERTYPE"},\
            {"etherType":34525,"not":true,"or":false,"type":"MATCH_ETHERTYPE"},{"type":"ACTION_DROP"},\
            {"id":7,"not":false,"or":false,"type":"MATCH_TAGS_EQUAL","value":2},\
            {"address":"0123456789","flags":0,"length":65535,"type":"ACTION_TEE"},\
            {"ip":"2001:db8::/32","not":false,"or":false,"type":"MATCH_IPV6_SOURCE"},{"type":"ACTION_DROP"},\
            {"type":"ACTION_ACCEPT"}],"rulesSource":%s,"tags":[{"default":1,"id":7}]}""";

    @TempDir
    Path folder;

    private FakeNode node;
    private Captured captured;

    @BeforeEach
    void start() throws IOException {
        node = new FakeNode().answer("GET " + PATH, ACCEPTING).answer("POST " + PATH, COMPILED.formatted("\"\""));
        node.home(folder.resolve("home"));
        captured = new Captured(folder);
        Files.writeString(folder.resolve("a.rules"), SCRIPT);
    }

    @AfterEach
    void stop() {
        node.close();
    }

    private int run(String... arguments) {
        var words = new String[arguments.length + 1];
        words[0] = "rules";
        System.arraycopy(arguments, 0, words, 1, arguments.length);
        return RootCommand.run(captured.terminal(), (_, _, _) -> 0, words);
    }

    @Test
    void compiles() throws IOException {
        assertThat(run("compile", "a.rules")).isZero();
        assertThat(captured.out()).isEqualTo("""
                        TABLE     ID  ENTRIES  DEFAULT
                        base      -   9        -
                        tag role  7   -        1
                        """);
        Files.writeString(folder.resolve("b.rules"), "accept;");
        assertThat(run("compile", "b.rules", "--json")).isZero();
        assertThat(captured.out()).isEqualTo("""
                        {
                         "config": {
                          "rules": [
                           {
                            "type": "ACTION_ACCEPT"
                           }
                          ],
                          "capabilities": [],
                          "tags": []
                         },
                         "capabilitiesByName": {},
                         "tagsByName": {}
                        }
                        """);
    }

    @Test
    void showsEveryErrorInItsLine() throws IOException {
        Files.writeString(
                folder.resolve("b.rules"), "macro web\n  accept dport http;\n;\naccept ethertyp ipv4;\ninclude web\n");
        assertThat(run("compile", "b.rules")).isEqualTo(1);
        assertThat(captured.err()).isEqualTo("""
                        b.rules:2:16: error: 'http' is not a number from 0 to 65535
                          2 |   accept dport http;
                            |                ^^^^
                              expected: a number or FROM-TO, 0-65535
                              included from b.rules:5:9
                        b.rules:4:8: error: 'ethertyp' is no match
                          4 | accept ethertyp ipv4;
                            |        ^^^^^^^^
                              did you mean 'ethertype'?
                              expected one of: ztsrc ztdest vlan vlanpcp vlandei ethertype macsrc macdest ipsrc ipdest iptos \
                        ipprotocol icmp sport dport chr framesize random tand tor txor tdiff teq tseq treq
                        b.rules: 2 errors.
                        """);
        assertThat(run("push", NETWORK, "b.rules")).isEqualTo(1);
        assertThat(node.requests()).isEmpty();
        assertThat(run("compile", "none.rules")).isEqualTo(1);
        assertThat(captured.err()).endsWith("There is no file none.rules.\n");
        Files.write(folder.resolve("c.rules"), new byte[] {(byte) 0xff});
        assertThat(run("compile", "c.rules")).isEqualTo(1);
        assertThat(captured.err()).isEqualTo("c.rules is not UTF-8 text.\n");
    }

    @Test
    void formats() throws IOException {
        Path file = folder.resolve("b.rules");
        Files.writeString(file, "drop dport 5\n ; # five\naccept;");
        assertThat(run("format", "b.rules", "--check")).isEqualTo(1);
        assertThat(run("format", "b.rules")).isZero();
        assertThat(captured.out()).isEqualTo("drop dport 5; # five\naccept;\n");
        assertThat(run("format", "b.rules", "--write")).isZero();
        assertThat(file).hasContent("drop dport 5; # five\naccept;\n");
        assertThat(run("format", "b.rules", "--check")).isZero();
        assertThat(folder.toFile().list()).doesNotContain("b.rules.unfinished");
        assertThat(run("format", "b.rules", "--check", "--write")).isEqualTo(2);
    }

    @Test
    void warns() throws IOException {
        assertThat(run("lint", "a.rules", "--strict")).isZero();
        assertThat(captured.err()).isEqualTo("a.rules: no warnings.\n");
        Files.writeString(folder.resolve("b.rules"), "accept ethertype ipv4;\ndrop;\n");
        assertThat(run("lint", "b.rules")).isZero();
        assertThat(captured.err()).isEqualTo("""
                        b.rules:1:1: warning: this lets IPv4 through, but nothing lets ARP through: members will not find \
                        each other [arp-forgotten]
                          1 | accept ethertype ipv4;
                            | ^^^^^^
                              add: accept ethertype arp;
                        b.rules: 1 warning.
                        """);
        assertThat(run("lint", "b.rules", "--strict")).isEqualTo(1);
        assertThat(run("push", NETWORK, "b.rules", "--strict")).isEqualTo(1);
        assertThat(node.requests()).isEmpty();
    }

    @Test
    void pushesAndShowsWhatChanges() {
        assertThat(run("push", NETWORK, "a.rules", "--dry-run")).isZero();
        assertThat(captured.out()).isEqualTo("""
                        + tag role
                        +   id 7
                        +   enum 2 staff
                        +   default 1
                        + ;
                        +\s
                        + drop not ethertype ipv4 not ethertype arp not ethertype ipv6;
                        + tee 65535 0123456789 teq role staff;
                        + drop ipsrc 2001:db8::/32;
                          accept;
                        """);
        assertThat(captured.err()).isEqualTo("Nothing was changed: this was a dry run.\n");
        assertThat(node.requests()).containsExactly("GET " + PATH);
        assertThat(run("push", NETWORK, "a.rules")).isZero();
        assertThat(captured.err())
                .isEqualTo("Network " + NETWORK + ": 9 entries, 0 capabilities, 1 tag in force (revision 2).\n");
        assertThat(node.requests().getLast())
                .startsWith("POST " + PATH + " {\"capabilities\":[],\"rules\":[{\"etherType\":2048,")
                .contains("\"length\":65535", "\"rulesSource\":\"tag role id 7", "\"tags\":[{\"default\":1,\"id\":7}]");
    }

    @Test
    void tellsIfTheControllerKeepsOtherRules() {
        node.answer("POST " + PATH, ACCEPTING);
        assertThat(run("push", NETWORK, "a.rules")).isEqualTo(1);
        assertThat(captured.err()).contains("- tee 65535", "The controller keeps other rules than these");
        node.answer("POST " + PATH, 400, "{\"message\":\"rules: too many\"}");
        assertThat(run("push", NETWORK, "a.rules")).isEqualTo(1);
        assertThat(captured.err()).contains("rules: too many");
    }

    @Test
    void showsTheScriptOrOneMadeFromTheRules() {
        assertThat(run("show", NETWORK)).isZero();
        assertThat(captured.out()).isEqualTo("accept;\n");
        node.answer("GET " + PATH, COMPILED.formatted("\"" + SCRIPT.replace("\n", "\\n") + "\""));
        assertThat(run("show", NETWORK)).isZero();
        assertThat(captured.out()).isEqualTo(SCRIPT);
        assertThat(run("show", NETWORK, "--decompile")).isZero();
        assertThat(captured.out())
                .startsWith("tag role\n  id 7\n  enum 2 staff\n  default 1\n;\n\ndrop not ethertype ipv4");
        node.answer("GET " + PATH, COMPILED.formatted("\"drop;\""));
        assertThat(run("show", NETWORK)).isZero();
        assertThat(captured.err()).startsWith("The rules were changed since a script was pushed");
        assertThat(captured.out()).startsWith("tag tag_7\n  id 7\n");
        assertThat(run("show", "0000000000000000")).isEqualTo(1);
    }
}
