// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.orrery.cli.Captured;
import org.orrery.cli.FakeNode;

/** {@code orrery peers ADDRESS}, {@code ping}, {@code trace}, {@code netcheck}, {@code events}, and joins that wait. */
class DiagnosticCommandsTest {
    private static final String PEER = "66778899aa";
    private static final String ROOT = "aabbccddee";

    @TempDir
    private Path folder;

    private FakeNode node;
    private Captured captured;

    @BeforeEach
    void start() throws IOException {
        node = new FakeNode();
        node.home(folder.resolve("home"));
        captured = new Captured(folder);
    }

    @AfterEach
    void stop() {
        node.close();
    }

    private int run(String... arguments) {
        var all = new java.util.ArrayList<>(java.util.List.of(arguments));
        all.add("--home");
        all.add("home");
        return RootCommand.run(captured.terminal(), (_, _, _) -> 0, all.toArray(String[]::new));
    }

    private long ago(long seconds) {
        return captured.terminal().clockMillis().getAsLong() - seconds * 1_000;
    }

    private static String echo(double millis, boolean direct) {
        String way = direct
                ? "{\"direct\":true,\"endpoint\":\"10.0.0.3/9993\",\"relay\":null,\"tunnelled\":false}"
                : "{\"direct\":false,\"endpoint\":\"10.0.0.1/9993\",\"relay\":\"" + ROOT + "\",\"tunnelled\":false}";
        return "{\"address\":\"" + PEER + "\",\"answered\":true,\"millis\":" + millis + ",\"hops\":" + (direct ? 0 : 1)
                + ",\"bytes\":45,\"sent\":" + way + ",\"back\":" + way + "}";
    }

    @Test
    void showsWhyAPeerIsRelayedAndWhereItWasLookedFor() {
        node.answer(
                "GET /peer/" + PEER,
                "{\"address\":\"" + PEER + "\",\"role\":\"LEAF\",\"version\":\"1.14.2\",\"latency\":-1,\"paths\":[],"
                        + "\"orrery\":{\"direct\":false,\"relay\":\"" + ROOT + "\",\"since\":" + ago(180)
                        + ",\"relayedBecause\":\"2 addresses were tried, none has answered\",\"protocol\":12,\"suite\":3,"
                        + "\"datagramBytes\":1220,\"datagramBytesFull\":1432,"
                        + "\"nat\":[{\"local\":\"10.0.0.2/9993\",\"kind\":\"NONE\",\"text\":\"no NAT\",\"seen\":"
                        + "[\"10.0.0.2/9993\"],\"observers\":2}],\"candidates\":["
                        + "{\"address\":\"10.0.0.3/9993\",\"sourceText\":\"the peer\",\"tries\":1,\"lastTried\":"
                        + ago(10) + ",\"lastAnswered\":0,\"answers\":false,\"roundTrip\":-1,\"refusedBecause\":\"\"},"
                        + "{\"address\":\"10.9.0.3/9993\",\"sourceText\":\"a root\",\"tries\":0,\"lastTried\":"
                        + ago(20)
                        + ",\"lastAnswered\":0,\"answers\":false,\"roundTrip\":-1,"
                        + "\"refusedBecause\":\"inside a virtual network\"}]}}");
        assertThat(run("peers", PEER)).isZero();
        assertThat(captured.out()).isEqualTo("""
                        address    66778899aa
                        role       LEAF
                        version    1.14.2, protocol 12, cipher suite 3
                        reached    over root aabbccddee, for 3 min
                        because    2 addresses were tried, none has answered
                        datagrams  up to 1220 bytes: longer ones are lost on the way
                        this node  10.0.0.2/9993: no NAT

                        LOOKED FOR AT  NAMED BY  TRIED  LAST      ANSWERED
                        10.0.0.3/9993  the peer  once   10 s ago  never
                        10.9.0.3/9993  a root    no     20 s ago  -
                            not used: inside a virtual network
                        """);
    }

    @Test
    void showsABondAndWhyALinkIsUsed() {
        node.answer(
                "GET /peer/" + PEER,
                "{\"address\":\"" + PEER
                        + "\",\"role\":\"LEAF\",\"version\":\"1.14.2\",\"latency\":2,\"isBonded\":true,"
                        + "\"bondingPolicyStr\":\"active-backup\",\"numAliveLinks\":1,\"numTotalLinks\":2,"
                        + "\"failoverInterval\":5000,\"paths\":[" + bonded("eth0", "10.1.0.3/9993", 30, "silent", false)
                        + "," + bonded("eth1", "10.2.0.3/9993", 1, "in use", true)
                        + "],\"orrery\":{\"direct\":true,\"since\":" + ago(180)
                        + ",\"protocol\":12,\"suite\":3,\"bond\":{\"policy\":\"pair\",\"meaning\":\"one link carries"
                        + " all\",\"since\":" + ago(120) + ",\"failovers\":1}}}");
        assertThat(run("peers", PEER)).isZero();
        assertThat(captured.out()).isEqualTo("""
                        address    66778899aa
                        role       LEAF
                        version    1.14.2, protocol 12, cipher suite 3
                        reached    directly at 10.2.0.3/9993, for 3 min
                        latency    2 ms
                        bond       pair (active-backup): one link carries all
                                   1 of 2 links work, failover within 5000 ms, for 2 min, changed the link once

                        LINK  PATH           STATE   LATENCY  HEARD     SENT
                        eth0  10.1.0.3/9993  silent  1.5 ms   30 s ago  30 s ago
                            because of eth0
                        eth1  10.2.0.3/9993  in use  1.5 ms   1 s ago   1 s ago
                            because of eth1
                        """);
    }

    private String bonded(String link, String address, long seconds, String state, boolean preferred) {
        return "{\"address\":\"" + address + "\",\"preferred\":" + preferred + ",\"expired\":false,\"lastReceive\":"
                + ago(seconds) + ",\"lastSend\":" + ago(seconds) + ",\"localSocket\":1,\"ifname\":\"" + link
                + "\",\"latencyMean\":1.5,\"orrery\":{\"state\":\"" + state + "\",\"because\":\"because of " + link
                + "\"}}";
    }

    @Test
    void aPeerThatIsNotKnownIsTrouble() {
        node.answer("GET /peer/" + PEER, "{}");
        assertThat(run("peers", PEER)).isEqualTo(1);
        assertThat(captured.err()).contains("This node knows no peer 66778899aa.", "orrery ping 66778899aa");
    }

    @Test
    void pingShowsTheWayOfEachAnswer() {
        node.answer("POST /orrery/ping", echo(12.34, false));
        assertThat(run("ping", PEER, "-c", "2", "-i", "0.1", "--via", "relay")).isZero();
        assertThat(captured.out()).isEqualTo("""
                        1  12.3 ms  over root aabbccddee at 10.0.0.1/9993
                        2  12.3 ms  over root aabbccddee at 10.0.0.1/9993
                        2 asked, 2 answered; shortest 12.3 ms, average 12.3 ms, longest 12.3 ms
                        """);
        assertThat(node.requests())
                .contains("POST /orrery/ping {\"address\":\"66778899aa\",\"timeout\":5,\"via\":\"relay\"}");
    }

    @Test
    void pingWithoutAnAnswerIsTrouble() {
        node.answer("POST /orrery/ping", "{\"answered\":false,\"failure\":\"no root knows this address\"}");
        assertThat(run("ping", PEER, "-c", "1")).isEqualTo(1);
        assertThat(captured.out()).isEqualTo("1  no root knows this address\n1 asked, 0 answered\n");
        assertThat(run("ping", PEER, "-c", "0")).isEqualTo(1);
    }

    @Test
    void refusalsOfTheNodeAreShownInItsWords() {
        node.answer("POST /orrery/ping", 400, "{\"error\": 400, \"description\": \"'via' must be something\"}");
        assertThat(run("ping", PEER, "--via", "x")).isEqualTo(1);
        assertThat(captured.err()).isEqualTo("The node answered with HTTP status 400: 'via' must be something\n");
    }

    @Test
    void aNodeOfAnotherKindIsNamed() {
        assertThat(run("netcheck")).isEqualTo(1);
        assertThat(captured.err()).startsWith("The node does not know this question.\n");
    }

    @Test
    void traceShowsEachWay() {
        node.answer("POST /orrery/ping", echo(12.34, true));
        node.answer(
                "GET /peer/" + PEER,
                "{\"address\":\"" + PEER + "\",\"paths\":[{\"address\":\"10.0.0.3/9993\",\"preferred\":true}]}");
        assertThat(run("trace", PEER)).isZero();
        assertThat(captured.out()).startsWith("""
                        WAY TO 66778899aa  LEG            TIME     STATE
                        direct             10.0.0.3/9993  12.3 ms  in use
                        """);
    }

    @Test
    void netcheckNamesTroubleAndTheRemedy() {
        String ok = "{\"name\":\"UDP\",\"state\":\"OK\",\"text\":\"2 of 2 roots answer\",\"remedy\":\"\"}";
        node.answer("POST /orrery/netcheck", "{\"checks\":[" + ok + "],\"trouble\":false}");
        assertThat(run("netcheck")).isZero();
        String bad = "{\"name\":\"IPv6\",\"state\":\"TROUBLE\",\"text\":\"no root answers\",\"remedy\":\"let it out\"}";
        node.answer("POST /orrery/netcheck", "{\"checks\":[" + ok + "," + bad + "],\"trouble\":true}");
        captured = new Captured(folder);
        assertThat(run("netcheck")).isEqualTo(1);
        assertThat(captured.out()).isEqualTo("""
                        CHECK  STATE    RESULT
                        UDP    ok       2 of 2 roots answer
                        IPv6   TROUBLE  no root answers
                            remedy: let it out
                        """);
    }

    @Test
    void eventsAreShownInWordsAndMayBeLimited() {
        String event = "{\"number\":%d,\"time\":%d,\"level\":\"%s\",\"kind\":\"peer\",\"subject\":\"66778899aa\","
                + "\"text\":\"reached directly at 10.0.0.3/9993\",\"event\":\"path.up\"}";
        node.answer(
                "GET /orrery/events",
                "{\"last\":2,\"events\":[" + event.formatted(1, ago(1_000), "INFO") + ","
                        + event.formatted(2, ago(10), "WARNING") + "]}");
        assertThat(run("events")).isZero();
        assertThat(captured.out().lines()).hasSize(2);
        captured = new Captured(folder);
        assertThat(run("events", "--since", "10m")).isZero();
        assertThat(captured.out())
                .endsWith("Z  peer       66778899aa        warning: reached directly at 10.0.0.3/9993\n")
                .hasLineCount(1);
        assertThat(run("events", "--since", "soon")).isEqualTo(1);
        assertThat(captured.err()).contains("'soon' is no age.");
    }

    @ParameterizedTest
    @CsvSource({
        "NO_SOCKET, REQUESTING_CONFIGURATION, orrery netcheck",
        "NO_ROOT, REQUESTING_CONFIGURATION, orrery netcheck",
        "CONTROLLER_UNKNOWN, REQUESTING_CONFIGURATION, is the ID right? its first ten digits",
        "CONTROLLER_SILENT, REQUESTING_CONFIGURATION, orrery ping 8056c2e21c",
        "BAD_CONFIGURATION, REQUESTING_CONFIGURATION, orrery peers 8056c2e21c",
        "BAD_SIGNATURE, REQUESTING_CONFIGURATION, was identity.secret of 8056c2e21c replaced",
        "NOT_AUTHORIZED, ACCESS_DENIED, orrery member authorize 8056c2e21c000001 74374e3803",
        "NOT_FOUND, NOT_FOUND, has no such network",
        "BAD_ID, NOT_FOUND, compare it with what its controller shows",
    })
    void eachCauseOfAWaitingJoinHasItsOwnAdvice(String reason, String status, String advice) {
        node.answer("GET /status", "{\"address\":\"74374e3803\"}");
        node.answer(
                "GET /network",
                "[{\"id\":\"8056c2e21c000001\",\"status\":\"" + status + "\",\"orrery\":{\"waitReason\":\"" + reason
                        + "\",\"waitingFor\":\"something\",\"lastEvent\":\"joined\",\"lastEventTime\":0}}]");
        assertThat(run("networks")).isZero();
        assertThat(captured.out()).contains("waits for: something\n", advice);
    }
}
