// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.orrery.core.value.Address;
import org.orrery.core.value.Endpoint;
import org.orrery.core.vl1.Candidate;
import org.orrery.core.vl1.NatMapping;
import org.orrery.core.vl1.PeerReach;
import org.orrery.core.vl1.PingResult;
import org.orrery.daemon.json.Json;
import tools.jackson.databind.JsonNode;

/** What only Orrery's API has: pings, checks of the network around, events, and how a peer is reached. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DiagnosticsTest {
    private static final Address ROOT = Address.parse("62f865ae71").orElseThrow();
    private static final Address LEAF = Address.parse("343752eb18").orElseThrow();
    private static final Endpoint ROOT_AT = Endpoint.parse("60.1.1.1/9993").orElseThrow();
    private static final Endpoint LOCAL = Endpoint.parse("10.9.0.4/9993").orElseThrow();

    @TempDir
    private Path folder;

    private RunningApi api;

    @BeforeEach
    void start() throws Exception {
        api = new RunningApi(folder);
    }

    @AfterEach
    void stop() throws Exception {
        api.close();
    }

    private static JsonNode json(HttpResponse<String> answer) throws Exception {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return Json.parse(answer.body().getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    private static PingResult answered() {
        var way = new PingResult.Way(ROOT_AT, Optional.of(ROOT), false, false);
        return new PingResult.Answered(way, way, 1, 45);
    }

    @Test
    void pingTellsTheWayAndTheTime() throws Exception {
        api.node.pingResult = _ -> answered();
        JsonNode json =
                json(api.post("/orrery/ping", "{\"address\":\"343752eb18\",\"via\":\"62f865ae71\",\"bytes\":99}"));
        assertThat(json.get("answered").booleanValue()).isTrue();
        assertThat(json.get("hops").intValue()).isEqualTo(1);
        assertThat(json.get("millis").doubleValue()).isNotNegative();
        assertThat(json.get("back").get("relay").stringValue()).isEqualTo("62f865ae71");
        assertThat(json.get("back").get("direct").booleanValue()).isFalse();
        assertThat(api.node.pings).containsExactly("343752eb18 OverRoot[root=Optional[62f865ae71]] 99");
    }

    @Test
    void pingTellsANodeThatNobodyKnowsFromASilentOne() throws Exception {
        String question = "{\"address\":\"343752eb18\",\"timeout\":1}";
        assertThat(json(api.post("/orrery/ping", question)).get("failure").stringValue())
                .isEqualTo("no root has told of this address within 1 s");
        api.node.reaches.put(LEAF, reach(List.of()));
        assertThat(json(api.post("/orrery/ping", question)).get("failure").stringValue())
                .isEqualTo("no answer came within 1 s");
    }

    @Test
    void pingRefusesWhatItCannotUnderstand() {
        assertThat(api.post("/orrery/ping", "{\"address\":\"x\"}").statusCode()).isEqualTo(400);
        assertThat(api.post("/orrery/ping", "{\"address\":\"343752eb18\",\"via\":\"home\"}")
                        .body())
                .contains("'via' must be 'relay', the address of a root, or a direct path's IP/PORT");
        assertThat(api.post("/orrery/ping", "no json").statusCode()).isEqualTo(400);
        assertThat(api.get("/orrery/ping").statusCode()).isEqualTo(404);
        assertThat(api.node.pings).isEmpty();
    }

    private static PeerReach reach(List<Candidate> candidates) {
        var nat = new NatMapping(LOCAL, NatMapping.Kind.UNKNOWN, List.of(ROOT_AT), 1);
        return new PeerReach(
                false,
                1795307614000L,
                Optional.of(ROOT),
                "it never answered",
                1_220,
                1_432,
                3,
                true,
                candidates,
                List.of(nat));
    }

    @Test
    void aPeerSaysWhereItWasLookedFor() throws Exception {
        api.node.reaches.put(
                ROOT, reach(List.of(new Candidate(ROOT_AT, Candidate.Source.PUSHED, 3, 1_000, 1_020, 20, ""))));
        JsonNode own = json(api.get("/peer/62f865ae71")).get("orrery");
        assertThat(own.get("relay").stringValue()).isEqualTo("62f865ae71");
        assertThat(own.get("since").longValue()).isEqualTo(1795307614000L);
        assertThat(own.get("suite").intValue()).isEqualTo(3);
        assertThat(own.get("refusesReplays").booleanValue()).isTrue();
        assertThat(own.get("datagramBytes").intValue()).isEqualTo(1_220);
        assertThat(own.get("datagramBytesFull").intValue()).isEqualTo(1_432);
        assertThat(own.get("candidates").get(0))
                .isEqualTo(Json.parse(("{\"address\":\"60.1.1.1/9993\",\"answers\":true,\"lastAnswered\":1020,"
                                + "\"lastTried\":1000,\"refusedBecause\":\"\",\"roundTrip\":20,\"source\":\"PUSHED\","
                                + "\"sourceText\":\"the peer\",\"tries\":3}")
                        .getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        assertThat(own.get("nat").get(0).get("kind").stringValue()).isEqualTo("UNKNOWN");
    }

    @Test
    void netcheckAsksRootsAndTriesSizes() throws Exception {
        api.node.reaches.put(
                ROOT, reach(List.of(new Candidate(ROOT_AT, Candidate.Source.LISTED, 1, 1_000, 1_020, 20, ""))));
        api.node.peers.replaceAll(peer -> peer.address().equals(ROOT)
                ? new org.orrery.core.node.PeerStatus(
                        ROOT,
                        12,
                        null,
                        20,
                        peer.role(),
                        List.of(new org.orrery.core.node.PeerStatus.PathStatus(ROOT_AT, 1, 1, 1, true, true, 0)),
                        "")
                : peer);
        api.node.pingResult = bytes -> bytes > 1_300 ? new PingResult.Failed("lost") : answered();
        JsonNode json = json(api.post("/orrery/netcheck", "{}"));
        assertThat(api.node.rootsAsked).as("again after it was too soon").isEqualTo(2);
        assertThat(json.get("trouble").booleanValue()).isTrue();
        assertThat(json.get("datagrams").get(0).get("passed").booleanValue()).isFalse();
        assertThat(json.get("checks").toString())
                .contains("1 of 1 roots answer", "1,232 bytes pass both ways, 1,432 do not");
    }

    @Test
    void eventsComeInWordsBehindANumber() throws Exception {
        JsonNode all = json(api.get("/orrery/events"));
        JsonNode listening = null;
        for (JsonNode each : all.get("events")) {
            listening =
                    each.get("event").stringValue().equals("api.listening port=" + api.server.port() + " on=loopback")
                            ? each
                            : listening;
        }
        assertThat(listening).as(all.toString()).isNotNull();
        assertThat(listening.get("text").stringValue())
                .isEqualTo("the API listens on port " + api.server.port() + ", loopback");
        assertThat(json(api.get("/orrery/events?wait=1&after=" + all.get("last").longValue()))
                        .get("last")
                        .longValue())
                .isGreaterThanOrEqualTo(all.get("last").longValue());
    }
}
