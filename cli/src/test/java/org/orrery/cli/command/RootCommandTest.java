// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.orrery.cli.Captured;
import org.orrery.cli.FakeNode;
import org.orrery.cli.api.Json;
import picocli.CommandLine;

final class RootCommandTest {
    private static final String NETWORK = "74374e38035262aa";
    private static final String MEMBER = "4f6dfb1558";
    private static final String STORED = """
            {"id":"74374e38035262aa","name":"lab","private":true,"mtu":2800,"multicastLimit":32,"enableBroadcast":true,\
            "revision":3,"creationTime":1795307451498,"v4AssignMode":{"zt":true},\
            "v6AssignMode":{"6plane":false,"rfc4193":true,"zt":false},\
            "routes":[{"target":"10.77.0.0/24","via":null}],\
            "ipAssignmentPools":[{"ipRangeStart":"10.77.0.1","ipRangeEnd":"10.77.0.254"}],\
            "rules":[{"type":"ACTION_ACCEPT"}]}""";
    private static final String JOINED = """
            {"id":"%s","name":"","status":"%s","portDeviceName":"zt0","portError":-999,"assignedAddresses":[]%s}""";

    @TempDir
    Path folder;

    private FakeNode node;
    private Captured captured;
    private final List<String> started = new ArrayList<>();

    @BeforeEach
    void start() throws IOException {
        node = new FakeNode()
                .answer(
                        "GET /status",
                        "{\"address\":\"74374e3803\",\"online\":true,\"version\":\"1.14.2\",\"planetWorldId\":4660,"
                                + "\"config\":{\"settings\":{\"primaryPort\":9993}}}")
                .answer("GET /network", "[]")
                .answer("GET /controller/network", "[\"" + NETWORK + "\"]")
                .answer("GET /controller/network/" + NETWORK, STORED)
                .answer("POST /controller/network/" + NETWORK, STORED)
                .answer("DELETE /controller/network/" + NETWORK, STORED)
                .answer("POST /controller/network/74374e3803______", STORED)
                .answer("GET /controller/network/" + NETWORK + "/member", "{\"" + MEMBER + "\":1}")
                .answer("GET " + memberPath(), member(false))
                .answer("POST " + memberPath(), member(true))
                .answer("DELETE " + memberPath(), member(false));
        node.home(folder.resolve("home"));
        captured = new Captured(folder);
    }

    @AfterEach
    void stop() {
        node.close();
    }

    private static String memberPath() {
        return "/controller/network/" + NETWORK + "/member/" + MEMBER;
    }

    private static String member(boolean authorized) {
        return "{\"id\":\"" + MEMBER + "\",\"nwid\":\"" + NETWORK + "\",\"authorized\":" + authorized
                + ",\"ipAssignments\":[\"10.77.0.9\"],\"tags\":[[1,2]],\"vMajor\":1,\"vMinor\":14,\"vRev\":1}";
    }

    private int run(String... arguments) {
        return RootCommand.run(
                captured.terminal(),
                (home, port, anyUser) -> {
                    started.add(folder.relativize(home.orElseThrow()) + " " + (port.isPresent() ? port.getAsInt() : "-")
                            + " " + anyUser);
                    return 5;
                },
                arguments);
    }

    private String bodyOf(String request) {
        return node.requests().stream()
                .filter(line -> line.startsWith(request + " "))
                .map(line -> line.substring(request.length() + 1))
                .reduce((_, last) -> last)
                .orElseThrow();
    }

    @Test
    void showsTheNode() {
        assertThat(run("status")).isZero();
        assertThat(captured.out())
                .contains(
                        "address   74374e3803\n", "state     online\n", "networks  0 of 0 ready\n", "port      9993\n");
        assertThat(run("status", "--json")).isZero();
        assertThat(captured.out()).startsWith("{\n \"address\": \"74374e3803\",\n");
    }

    @Test
    void createsAPrivateNetworkWithAPoolAndPrintsOnlyItsId() {
        assertThat(run("network", "create", "home")).isZero();
        assertThat(captured.out()).isEqualTo(NETWORK + "\n");
        assertThat(captured.err()).contains("orrery join " + NETWORK, "orrery member authorize " + NETWORK);
        Json body = Json.parseOrNull(bodyOf("POST /controller/network/74374e3803______"));
        assertThat(body.at("name").text()).isEqualTo("home");
        assertThat(body.at("private").isTrue()).isTrue();
        assertThat(body.at("v4AssignMode").compact()).isEqualTo("{\"zt\":true}");
        assertThat(body.at("v6AssignMode").compact()).isEqualTo("{\"6plane\":false,\"rfc4193\":false,\"zt\":false}");
        assertThat(body.at("ipAssignmentPools").compact())
                .matches("\\[\\{\"ipRangeEnd\":\"10\\.\\d+\\.\\d+\\.254\",\"ipRangeStart\":\"10\\.\\d+\\.\\d+\\.1\"}]");
        assertThat(body.at("routes").compact()).matches("\\[\\{\"target\":\"10\\.\\d+\\.\\d+\\.0/24\"}]");
    }

    @Test
    void createsNetworksAsWanted() {
        assertThat(run("network", "create", "--public", "--pool", "10.77.0.0/16", "--pool", "fd00:7::/64", "--6plane"))
                .isZero();
        assertThat(captured.err()).doesNotContain("authorize");
        assertThat(bodyOf("POST /controller/network/74374e3803______")).isEqualTo("""
                        {"ipAssignmentPools":[{"ipRangeEnd":"10.77.255.254","ipRangeStart":"10.77.0.1"},\
                        {"ipRangeEnd":"fd00:7::ffff:ffff:ffff:fffe","ipRangeStart":"fd00:7::1"}],"name":"",\
                        "private":false,"routes":[{"target":"10.77.0.0/16"},{"target":"fd00:7::/64"}],\
                        "v4AssignMode":{"zt":true},"v6AssignMode":{"6plane":true,"rfc4193":false,"zt":true}}""");
        assertThat(run("network", "create", "--no-pool", "--rfc4193")).isZero();
        assertThat(bodyOf("POST /controller/network/74374e3803______")).isEqualTo("""
                        {"ipAssignmentPools":[],"name":"","private":true,"routes":[],"v4AssignMode":{"zt":false},\
                        "v6AssignMode":{"6plane":false,"rfc4193":true,"zt":false}}""");
        assertThat(run("network", "create", "--no-pool", "--pool", "10.0.0.0/8"))
                .isEqualTo(1);
    }

    @Test
    void listsAndShowsNetworks() {
        assertThat(run("network", "list")).isZero();
        assertThat(captured.out()).isEqualTo("""
                        NETWORK           NAME  ACCESS   MEMBERS  ROUTES
                        74374e38035262aa  lab   private  1        10.77.0.0/24
                        """);
        assertThat(run("network", "show", NETWORK)).isZero();
        assertThat(captured.out())
                .contains(
                        "access     private\n",
                        "assigns    IPv4 from the pools\n           rfc4193\n",
                        "pools      10.77.0.1-10.77.0.254\n",
                        "routes     10.77.0.0/24\n");
        assertThat(run("network", "show", "0000000000000000")).isEqualTo(1);
        assertThat(captured.err()).startsWith("This node's controller has no network 0000000000000000.\n");
    }

    @Test
    void changesOnlyWhatIsNamed() {
        String request = "POST /controller/network/" + NETWORK;
        assertThat(run("network", "set", NETWORK, "--name", "office", "--no-broadcast", "--public"))
                .isZero();
        assertThat(bodyOf(request)).isEqualTo("{\"enableBroadcast\":false,\"name\":\"office\",\"private\":false}");
        assertThat(run("network", "set", NETWORK, "--add-route", "192.168.7.0/24,10.77.0.1", "--no-rfc4193"))
                .isZero();
        assertThat(bodyOf(request)).isEqualTo("""
                        {"routes":[{"target":"10.77.0.0/24","via":null},{"target":"192.168.7.0/24","via":"10.77.0.1"}],\
                        "v6AssignMode":{"6plane":false,"rfc4193":false,"zt":false}}""");
        assertThat(run(
                        "network",
                        "set",
                        NETWORK,
                        "--remove-pool",
                        "10.77.0.1-10.77.0.254",
                        "--remove-route",
                        "10.77.0.0/24",
                        "--add-pool",
                        "10.78.0.0/24"))
                .isZero();
        assertThat(bodyOf(request)).isEqualTo("""
                        {"ipAssignmentPools":[{"ipRangeEnd":"10.78.0.254","ipRangeStart":"10.78.0.1"}],\
                        "routes":[{"target":"10.78.0.0/24"}]}""");
        assertThat(run("network", "set", NETWORK)).isEqualTo(1);
        assertThat(run("network", "set", NETWORK, "--remove-route", "10.1.0.0/24"))
                .isEqualTo(1);
        assertThat(run("network", "set", NETWORK, "--add-route", "x")).isEqualTo(1);
    }

    @Test
    void sendsRulesFromAFile() throws IOException {
        Files.writeString(folder.resolve("r.json"), "{\"rules\":[{\"type\":\"ACTION_DROP\"}],\"tags\":[],\"x\":1}");
        assertThat(run("network", "set", NETWORK, "--rules", "r.json")).isZero();
        assertThat(bodyOf("POST /controller/network/" + NETWORK))
                .isEqualTo("{\"rules\":[{\"type\":\"ACTION_DROP\"}],\"tags\":[]}");
        Files.writeString(folder.resolve("r.json"), "{");
        assertThat(run("network", "set", NETWORK, "--rules", "r.json")).isEqualTo(1);
        assertThat(captured.err()).startsWith("r.json is not JSON: ");
    }

    @Test
    void managesMembers() {
        assertThat(run("member", "list", NETWORK)).isZero();
        assertThat(captured.out()).isEqualTo("""
                        ADDRESS     NAME  AUTHORIZED  ADDRESSES  VERSION
                        4f6dfb1558  -     no          10.77.0.9  1.14.1
                        """);
        assertThat(captured.err()).isEqualTo("To let one in: orrery member authorize " + NETWORK + " " + MEMBER + "\n");
        assertThat(run("member", "authorize", NETWORK, MEMBER.toUpperCase(java.util.Locale.ROOT), "--name", "pc"))
                .isZero();
        assertThat(captured.out()).isEqualTo("authorized " + MEMBER + "\n");
        assertThat(bodyOf("POST " + memberPath())).isEqualTo("{\"authorized\":true,\"name\":\"pc\"}");
        assertThat(run("member", "deauthorize", NETWORK, MEMBER)).isZero();
        assertThat(bodyOf("POST " + memberPath())).isEqualTo("{\"authorized\":false}");
        assertThat(run("member", "set", NETWORK, MEMBER, "--add-ip", "10.77.0.10", "--no-auto-assign", "--bridge"))
                .isZero();
        assertThat(bodyOf("POST " + memberPath())).isEqualTo("""
                        {"activeBridge":true,"ipAssignments":["10.77.0.9","10.77.0.10"],"noAutoAssignIps":true}""");
        assertThat(run("member", "set", NETWORK, MEMBER, "--tag", "1=5", "--tag", "7=8", "--capabilities", "3,4"))
                .isZero();
        assertThat(bodyOf("POST " + memberPath())).isEqualTo("{\"capabilities\":[3,4],\"tags\":[[1,5],[7,8]]}");
        assertThat(run("member", "delete", NETWORK, MEMBER)).isZero();
        assertThat(run("member", "show", NETWORK, "0000000001")).isEqualTo(1);
        assertThat(captured.err()).contains("0000000001 has never asked to join");
    }

    @Test
    void saysWhyANetworkIsNotReady() {
        String more = ",\"orrery\":{\"waitingFor\":\"an answer of the controller\","
                + "\"lastEvent\":\"request sent\",\"lastEventTime\":" + (Captured.NOW_MILLIS - 3000) + "}";
        node.answer(
                "GET /network",
                "[" + JOINED.formatted("8056c2e21c000001", "REQUESTING_CONFIGURATION", more) + ","
                        + JOINED.formatted("8056c2e21c000002", "ACCESS_DENIED", "") + ","
                        + JOINED.formatted("8056c2e21c000003", "OK", "") + "]");
        assertThat(run("networks")).isZero();
        assertThat(captured.out()).isEqualTo("""
                        NETWORK           NAME  STATUS                    DEVICE  ADDRESSES
                        8056c2e21c000001  -     REQUESTING_CONFIGURATION  zt0     -
                            waits for: an answer of the controller
                            last event: request sent (3 s ago)
                            8056c2e21c, its controller, has not answered: does it run, and does this node reach its \
                        roots (orrery peers)?
                        8056c2e21c000002  -     ACCESS_DENIED             zt0     -
                            not authorized; on 8056c2e21c run: orrery member authorize 8056c2e21c000002 74374e3803
                        8056c2e21c000003  -     OK                        zt0     -
                        """);
    }

    @Test
    void saysWhereToSignOnOrWhoCanSpareIt() {
        node.answer(
                "GET /network",
                "[" + JOINED.formatted("8056c2e21c000001", "AUTHENTICATION_REQUIRED", "") + ","
                        + JOINED.formatted(
                                "8056c2e21c000002",
                                "AUTHENTICATION_REQUIRED",
                                ",\"authenticationURL\":\"https://id.example/a\"")
                        + "]");
        assertThat(run("networks")).isZero();
        assertThat(captured.out()).isEqualTo("""
                        NETWORK           NAME  STATUS                   DEVICE  ADDRESSES
                        8056c2e21c000001  -     AUTHENTICATION_REQUIRED  zt0     -
                            the network asks for sign-on, which this node cannot do: the controller has to exempt it \
                        (ssoExempt)
                        8056c2e21c000002  -     AUTHENTICATION_REQUIRED  zt0     -
                            sign in: https://id.example/a
                        """);
    }

    @Test
    void joinsAndTellsWhetherTheNetworkIsReady() {
        node.answer("POST /network/" + NETWORK, JOINED.formatted(NETWORK, "REQUESTING_CONFIGURATION", ""))
                .answer("GET /network/" + NETWORK, JOINED.formatted(NETWORK, "OK", ""))
                .answer("DELETE /network/" + NETWORK, "{\"result\":true}");
        assertThat(run("join", NETWORK, "--allow-global", "--no-allow-managed")).isZero();
        assertThat(captured.out()).contains(NETWORK + "  -     OK");
        assertThat(bodyOf("POST /network/" + NETWORK)).isEqualTo("{\"allowGlobal\":true,\"allowManaged\":false}");
        node.answer("GET /network/" + NETWORK, JOINED.formatted(NETWORK, "NOT_FOUND", ""));
        assertThat(run("join", NETWORK, "--wait", "1")).isEqualTo(1);
        assertThat(captured.out()).contains("74374e3803 has no such network: is the ID right?");
        assertThat(run("leave", NETWORK)).isZero();
        assertThat(captured.out()).isEqualTo("left " + NETWORK + "\n");
        assertThat(run("leave", "8056c2e21c000001")).isEqualTo(1);
        assertThat(captured.err()).startsWith("This node has not joined 8056c2e21c000001.");
    }

    @Test
    void showsPeers() {
        node.answer(
                "GET /peer",
                "[{\"address\":\"343752eb18\",\"latency\":1,\"role\":\"LEAF\",\"version\":\"1.2.0\","
                        + "\"isBonded\":true,\"bondingPolicyStr\":\"balance-rr\",\"numAliveLinks\":1,\"numTotalLinks\":2,"
                        + "\"paths\":"
                        + "[{\"address\":\"10.9.0.1/9993\",\"preferred\":true,\"lastSend\":0,\"lastReceive\":"
                        + (Captured.NOW_MILLIS - 4000) + "}]},{\"address\":\"a34805f487\",\"latency\":-1,"
                        + "\"role\":\"PLANET\",\"version\":\"-1.-1.-1\",\"paths\":[],"
                        + "\"orrery\":{\"relayedBecause\":\"no path answers\"}}]");
        assertThat(run("peers")).isZero();
        assertThat(captured.out()).isEqualTo("""
                        ADDRESS     ROLE    VERSION  LATENCY  PATH           HEARD  SENT
                        343752eb18  LEAF    1.2.0    1 ms     10.9.0.1/9993  4 s    never
                            bonded: balance-rr, 1 of 2 links work
                        a34805f487  PLANET  -        -        none           -      -
                            not reached: no path answers
                        """);
    }

    @Test
    void saysWhatToDoWhenTheNodeCannotBeAsked() throws IOException {
        assertThat(run("status", "--home", "none")).isEqualTo(1);
        assertThat(captured.err()).contains("No node has run in " + folder.resolve("none"), "orrery up");
        assertThat(run("status", "--token", "wrong")).isEqualTo(1);
        assertThat(captured.err()).startsWith("The node refuses this token.");
        node.close();
        assertThat(run("networks")).isEqualTo(1);
        assertThat(captured.err())
                .startsWith("No node answers on port " + node.port())
                .contains("orrery up");
        assertThat(captured.out()).isEmpty();
    }

    @Test
    void explainsWrongArguments() {
        assertThat(run("join", "123")).isEqualTo(1);
        assertThat(captured.err()).startsWith("'123' is not a network ID: it has 3 characters");
        assertThat(run("member", "authorize", NETWORK, "xyz")).isEqualTo(1);
        assertThat(captured.err()).startsWith("'xyz' is not a node address: it has 3 characters");
        assertThat(run("joinn")).isEqualTo(2);
        assertThat(captured.err()).contains("Did you mean: orrery join", "See: orrery --help");
        assertThat(run("network")).isEqualTo(2);
        assertThat(captured.err()).contains("create, list, show, set, delete");
        assertThat(node.requests()).isEmpty();
    }

    @Test
    void startsANodeUnlessOneRuns() throws IOException {
        assertThat(run("up", "--home", "home")).isEqualTo(1);
        assertThat(captured.err()).startsWith("Node 74374e3803 is already running in ");
        assertThat(run("up", "--home", "new", "--port", "9994")).isEqualTo(5);
        assertThat(run("up", "--home", "new")).isEqualTo(5);
        assertThat(started).containsExactly("new 9994 true", "new - true");
    }

    @Test
    void everyCommandHasHelp() {
        for (CommandLine command : all(RootCommand.commandLine(captured.terminal(), (_, _, _) -> 0))) {
            String[] words = command.getCommandSpec().qualifiedName().split(" ");
            List<String> arguments = new ArrayList<>(List.of(words).subList(1, words.length));
            arguments.add("--help");
            assertThat(run(arguments.toArray(String[]::new))).isZero();
            assertThat(captured.out()).startsWith("Usage: " + String.join(" ", words));
            assertThat(command.getCommandSpec().usageMessage().description())
                    .as(command.getCommandName())
                    .isNotEmpty();
        }
    }

    private static List<CommandLine> all(CommandLine root) {
        List<CommandLine> commands = new ArrayList<>(List.of(root));
        root.getSubcommands().values().forEach(each -> commands.addAll(all(each)));
        return commands;
    }

    @Test
    void completesEveryCommand() {
        assertThat(run("completion", "bash")).isZero();
        assertThat(captured.out()).contains("complete -F _complete_orrery", "authorize", "--allow-global");
        assertThat(run("completion", "zsh")).isZero();
        assertThat(captured.out()).startsWith("autoload -U +X bashcompinit && bashcompinit\n");
    }
}
