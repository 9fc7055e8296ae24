// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.orrery.core.credential.MemberRecord;
import org.orrery.core.crypto.SignatureKeyPair;
import org.orrery.core.netconf.NetworkConfig;
import org.orrery.core.node.PeerStatus;
import org.orrery.core.rules.Rule;
import org.orrery.core.rules.RuleTable;
import org.orrery.core.rules.RuleType;
import org.orrery.core.value.Address;
import org.orrery.core.value.NetworkId;
import org.orrery.core.vl1.bond.BondOptions;
import org.orrery.core.vl1.bond.BondPolicy;
import org.orrery.core.vl1.bond.BondReport;
import org.orrery.core.vl2.Networks;
import org.orrery.core.world.World;
import org.orrery.core.world.WorldType;
import org.orrery.daemon.Implementation;
import org.orrery.daemon.json.Json;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The bodies are compared as text: scripts see order and form too. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class EndpointsTest {
    private static final String LABNET = "{\"allowDNS\":false,\"allowDefault\":false,\"allowGlobal\":false,"
            + "\"allowManaged\":true,\"assignedAddresses\":[\"fd00:1::4f:6dfb:1559/64\",\"10.147.20.41/24\"],"
            + "\"bridge\":false,\"broadcastEnabled\":true,\"dhcp\":false,"
            + "\"dns\":{\"domain\":\"lab.example\",\"servers\":[\"10.147.20.1\",\"fd00::53\"]},"
            + "\"id\":\"74374e38035262aa\",\"mac\":\"aa:2d:3f:f8:2d:16\",\"mtu\":3000,"
            + "\"multicastSubscriptions\":[{\"adi\":0,\"mac\":\"01:00:5e:00:00:01\"},"
            + "{\"adi\":0,\"mac\":\"33:33:00:00:00:01\"},{\"adi\":0,\"mac\":\"33:33:ff:f8:2d:16\"}],"
            + "\"name\":\"labnet\",\"netconfRevision\":5,\"nwid\":\"74374e38035262aa\","
            + "\"orrery\":{\"host\":{\"addresses\":[{\"address\":\"10.147.20.41/24\",\"applied\":true,\"reason\":null,"
            + "\"setting\":null}],\"allowManagedOnly\":[],\"dns\":{\"by\":null,\"reason\":\"allowDNS is off\","
            + "\"setting\":\"allowDNS\",\"state\":\"off\"},\"routes\":["
            + "{\"applied\":true,\"reason\":null,\"setting\":null,\"target\":\"10.99.0.0/16\",\"via\":\"10.147.20.1\"},"
            + "{\"applied\":false,\"reason\":\"allowGlobal is off, and this is not a private address\","
            + "\"setting\":\"allowGlobal\",\"target\":\"8.8.8.0/24\",\"via\":null},"
            + "{\"applied\":false,\"reason\":\"the system refused it: exists\",\"setting\":null,"
            + "\"target\":\"172.16.0.0/12\",\"via\":null}]},\"lastEvent\":null,\"lastEventTime\":null,\"lastRequestTime\":null,"
            + "\"multicast\":{\"cutMulticasts\":0,\"cutRecipients\":0,\"largestGroup\":0,\"lastCutTime\":0,\"limit\":0},\"waitReason\":null,"
            + "\"waitingFor\":null},"
            + "\"portDeviceName\":\"ztjq2bywvj\",\"portError\":0,"
            + "\"routes\":[{\"flags\":0,\"metric\":0,\"target\":\"10.147.20.0/24\",\"via\":null},"
            + "{\"flags\":0,\"metric\":0,\"target\":\"10.99.0.0/16\",\"via\":\"10.147.20.1\"},"
            + "{\"flags\":0,\"metric\":0,\"target\":\"fd00:1::/64\",\"via\":null}],"
            + "\"status\":\"OK\",\"type\":\"PRIVATE\"}";

    private static final String DIRECT = "{\"address\":\"343752eb18\",\"isBonded\":false,\"latency\":1,"
            + "\"orrery\":{\"relayedBecause\":\"\"},"
            + "\"paths\":[{\"active\":true,\"address\":\"10.9.0.1/9993\",\"expired\":false,"
            + "\"lastReceive\":1795307562378,\"lastSend\":1795307562378,\"localPort\":0,\"localSocket\":7,"
            + "\"preferred\":true,\"trustedPathId\":0}],"
            + "\"role\":\"LEAF\",\"tunneled\":false,\"version\":\"1.2.0\",\"versionMajor\":1,\"versionMinor\":2,"
            + "\"versionRev\":0}";

    private static final String RELAYED = "{\"address\":\"62f865ae71\",\"isBonded\":false,\"latency\":-1,"
            + "\"orrery\":{\"relayedBecause\":\"it never answered\"},\"paths\":[],\"role\":\"PLANET\","
            + "\"tunneled\":false,\"version\":\"-1.-1.-1\",\"versionMajor\":-1,\"versionMinor\":-1,\"versionRev\":-1}";

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

    private static void assertAnswer(HttpResponse<String> answer, int status, String body) {
        assertThat(answer.body()).isEqualTo(body);
        assertThat(answer.statusCode()).isEqualTo(status);
        if (!body.isEmpty()) {
            assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
            assertThat(answer.headers().firstValueAsLong("Content-Length")).hasValue(body.length());
        }
    }

    @Test
    void noAnswerShowsTheProxysPassword() throws Exception {
        for (String proxy : List.of("http://ada:geheim@10.0.0.1:3128", "http://ada:geheim@10.0.0.1")) {
            api.localConfig.change((ObjectNode) Json.parse(("{\"relayProxy\":\"" + proxy + "\"}").getBytes(UTF_8)));
            assertThat(Files.readString(folder.resolve("local.conf"))).contains("geheim");
            for (String path : List.of("/status", "/config")) {
                assertThat(api.get(path).body())
                        .contains(proxy.endsWith("3128") ? "\"http://ada@10.0.0.1:3128\"" : "\"(not a proxy)\"")
                        .doesNotContain("geheim");
            }
        }
    }

    @Test
    void settingsThatAreSentBackAsShownKeepTheProxysPassword() throws Exception {
        for (String proxy : List.of("http://ada:geheim@10.0.0.1:3128", "http://ada:geheim@10.0.0.1")) {
            assertAnswer(api.post("/config/settings", "{\"relayProxy\":\"" + proxy + "\"}"), 200, "{}");
            String shown = api.get("/config").body();
            JsonNode settings = Json.parse(shown.getBytes(UTF_8)).get("settings");
            ((ObjectNode) settings).put("primaryPort", 1234);
            assertAnswer(api.post("/config/settings", settings.toString()), 200, "{}");
            assertThat(folder.resolve("local.conf")).content().contains("\"" + proxy + "\"", "1234");
        }
        assertAnswer(api.post("/config/settings", "{\"relayProxy\":\"http://bob@10.0.0.1:3128\"}"), 200, "{}");
        assertThat(folder.resolve("local.conf")).content().contains("bob@").doesNotContain("geheim");
        assertAnswer(api.post("/config/settings", "{\"relayProxy\":null}"), 200, "{}");
        assertThat(api.localConfig.current().settings().tcpRelay().proxy()).isEmpty();
    }

    @Test
    void statusShowsNodeAndEffectiveSettings() throws Exception {
        assertAnswer(
                api.get("/status"),
                200,
                "{\"address\":\"4f6dfb1558\",\"clock\":1795307614951,\"config\":{\"settings\":{"
                        + "\"allowTcpFallbackRelay\":false,\"forceTcpRelay\":false,"
                        + "\"homeDir\":\"/var/lib/zerotier-one\","
                        + "\"listeningOn\":[\"10.9.0.4/9993\",\"10.9.0.4/39808\",\"fd09::4/9993\"],"
                        + "\"portMappingEnabled\":false,\"primaryPort\":9993,\"secondaryPort\":39808,"
                        + "\"softwareUpdate\":\"disable\",\"softwareUpdateChannel\":\"release\","
                        + "\"surfaceAddresses\":[\"10.9.0.4/39808\",\"10.9.0.4/9993\"],\"tertiaryPort\":0}},"
                        + "\"online\":true,\"orrery\":{\"dataPlane\":{\"interfaces\":[{\"lanes\":1,"
                        + "\"name\":\"ztjq2bywvj\",\"offloadTcp\":{\"inForce\":true,\"reason\":\"\"},"
                        + "\"offloadUdp\":{\"inForce\":false,\"reason\":\"an old kernel\"}}],\"lanes\":2,"
                        + "\"ports\":\"linux\",\"sockets\":[{\"device\":\"eth0\",\"lanes\":2,"
                        + "\"local\":\"10.9.0.4/9993\","
                        + "\"offloadReceive\":{\"inForce\":false,\"reason\":\"switched off\"},"
                        + "\"offloadSend\":{\"inForce\":true,\"reason\":\"\"}}]},\"name\":\"Orrery\","
                        + "\"packets\":{\"BAD_MAC\":3,\"NONE\":100},\"portMapping\":\"switched off in local.conf\","
                        + "\"relay\":{\"never\":[],\"only\":[],\"prefer\":[\"62f865ae71\"],"
                        + "\"root\":\"62f865ae71\"},\"tcpRelay\":{\"because\":\"not offered by a fake\",\"dropped\":0,"
                        + "\"failure\":\"\",\"proxy\":\"\",\"received\":0,\"relay\":\"\",\"sent\":0,\"since\":0,"
                        + "\"state\":\"OFF\"},\"uptimeMillis\":5000,\"version\":\""
                        + Implementation.VERSION + "\"},"
                        + "\"planetWorldId\":4660,\"planetWorldTimestamp\":1795307421328,"
                        + "\"publicIdentity\":\"" + FakeNode.IDENTITY + "\",\"tcpFallbackActive\":false,"
                        + "\"version\":\"1.14.2\",\"versionBuild\":0,\"versionMajor\":1,\"versionMinor\":14,"
                        + "\"versionRev\":2}");
    }

    @Test
    void ownVersionIsThatOfTheBuild() throws Exception {
        assertThat(Files.readString(Path.of("pom.xml"))).contains("<version>" + Implementation.VERSION + "</version>");
    }

    @Test
    void healthIsTheShortFormOfStatus() {
        assertAnswer(
                api.get("/health"),
                200,
                "{\"clock\":1795307614951,\"online\":true,\"version\":\"1.14.2\",\"versionBuild\":0,"
                        + "\"versionMajor\":1,\"versionMinor\":14,\"versionRev\":2}");
    }

    @Test
    void unknownMembersOfLocalConfAreShownInStatusAndConfig() throws Exception {
        assertAnswer(api.get("/config"), 200, "{}");
        Files.writeString(
                folder.resolve("local.conf"), "{\"zoo\": [1], \"settings\": {\"primaryPort\": 5, \"x\": null}}");
        assertThat(api.localConfig.check()).isPresent();

        assertAnswer(api.get("/config"), 200, "{\"settings\":{\"primaryPort\":5,\"x\":null},\"zoo\":[1]}");
        assertThat(api.get("/status").body()).contains("\"primaryPort\":9993", "\"x\":null}", "\"zoo\":[1]");
    }

    @Test
    void postedSettingsAreWrittenIndentedAndReportedOnce() throws Exception {
        Files.writeString(folder.resolve("local.conf"), "{\"virtual\":{},\"settings\":{\"a\":1}}");
        api.localConfig.check();

        assertAnswer(api.post("/config/settings", "{\"primaryPort\":1234,\"z\":[1,{}],\"b\":[]}"), 200, "{}");

        assertThat(folder.resolve("local.conf")).content().isEqualTo("""
                {
                    "settings": {
                        "a": 1,
                        "b": [],
                        "primaryPort": 1234,
                        "z": [
                            1,
                            {}
                        ]
                    },
                    "virtual": {}
                }""");
        assertThat(api.localConfig.check().orElseThrow().settings().primaryPort())
                .hasValue(1234);
        assertThat(api.localConfig.check()).isEmpty();
    }

    @Test
    void postedSettingsThatAreNoObjectChangeNothing() {
        assertAnswer(api.post("/config/settings", "[1]"), 200, "{}");
        assertThat(folder.resolve("local.conf")).doesNotExist();
        HttpResponse<String> invalid = api.post("/config/settings", "x");
        assertThat(invalid.statusCode()).isEqualTo(500);
        assertThat(invalid.body()).startsWith("{\"error\": 500, \"description\": \"line 1, column 1");
        assertThat(api.post("/config/settings", "").statusCode()).isEqualTo(500);
    }

    @Test
    void networksAreListedInOrderOfTheirIds() {
        api.node.join(new NetworkId(0xff00000000000001L), org.orrery.daemon.home.NetworkSettings.Change.NONE);
        HttpResponse<String> list = api.get("/network");
        assertThat(list.body()).startsWith("[" + LABNET + ",{").contains("\"id\":\"ff00000000000001\"");
    }

    @Test
    void networkIsShownByItsIdInAnyCase() {
        assertAnswer(api.get("/network/74374e38035262aa"), 200, LABNET);
        assertAnswer(api.get("/network/74374E38035262AA"), 200, LABNET);
        assertAnswer(api.get("/network/74374e38035262ab"), 404, "{}");
        assertAnswer(api.get("/network/74374e38035262a"), 404, "");
        assertAnswer(api.get("/network/74374e38035262aa/x"), 404, "");
    }

    @Test
    void waitingNetworkSaysWhatItWaitsFor() {
        HttpResponse<String> joined = api.post("/network/8056c2e21c000001", "");
        assertAnswer(
                joined,
                200,
                "{\"allowDNS\":false,\"allowDefault\":false,\"allowGlobal\":false,\"allowManaged\":true,"
                        + "\"assignedAddresses\":[],\"bridge\":false,\"broadcastEnabled\":false,\"dhcp\":false,"
                        + "\"dns\":{\"domain\":\"\",\"servers\":[]},\"id\":\"8056c2e21c000001\","
                        + "\"mac\":\"02:16:9a:95:df:53\",\"mtu\":2800,\"multicastSubscriptions\":[],\"name\":\"\","
                        + "\"netconfRevision\":0,\"nwid\":\"8056c2e21c000001\","
                        + "\"orrery\":{\"host\":{\"addresses\":[],\"allowManagedOnly\":[],\"dns\":{\"by\":null,"
                        + "\"reason\":\"there is no interface\",\"setting\":null,\"state\":\"off\"},\"routes\":[]},"
                        + "\"lastEvent\":\"joined\",\"lastEventTime\":1795307614000,"
                        + "\"lastRequestTime\":1795307614500,\"multicast\":{\"cutMulticasts\":0,\"cutRecipients\":0,"
                        + "\"largestGroup\":0,\"lastCutTime\":0,\"limit\":0},\"waitReason\":\"NO_ROOT\","
                        + "\"waitingFor\":\"no root has answered yet\"},"
                        + "\"portDeviceName\":\"zt0\",\"portError\":0,\"routes\":[],"
                        + "\"status\":\"REQUESTING_CONFIGURATION\",\"type\":\"PRIVATE\"}");
    }

    @Test
    void onlyBooleansChangeSettings() {
        assertThat(api.post(
                                "/network/74374e38035262aa",
                                "{\"allowGlobal\":true,\"allowDNS\":1,\"allowDefault\":\"true\"}")
                        .body())
                .startsWith("{\"allowDNS\":false,\"allowDefault\":false,\"allowGlobal\":true,\"allowManaged\":true,");
        assertThat(api.send("PUT", "/network/74374e38035262aa", "{\"allowDNS\":true,\"allowManaged\":false}")
                        .body())
                .startsWith("{\"allowDNS\":true,\"allowDefault\":false,\"allowGlobal\":true,\"allowManaged\":false,");
        assertThat(api.post("/network/74374e38035262aa", "no json").statusCode())
                .isEqualTo(200);
        assertThat(api.post("/network/74374e38035262aa", "[true]").statusCode()).isEqualTo(200);
    }

    @Test
    void managedThingsMayBeLimitedToSomeNetworks() {
        String path = "/network/74374e38035262aa";
        assertThat(api.post(path, "{\"allowManagedOnly\":[\"10.0.0.0/8\",\"fd00::/8\"]}")
                        .body())
                .contains("\"allowManagedOnly\":[\"10.0.0.0/8\",\"fd00::/8\"]");
        assertThat(api.post(path, "{\"allowManagedOnly\":[]}").body()).contains("\"allowManagedOnly\":[]");
        assertThat(api.post(path, "{\"allowManagedOnly\":[\"10.0.0.0/8\",\"10/33\"]}")
                        .statusCode())
                .isEqualTo(400);
        assertThat(api.post(path, "{\"allowManagedOnly\":[\"10.0.0.0/8\",\"10/33\"]}")
                        .body())
                .contains("allowManagedOnly[1]: '10/33' is not a network such as 10.0.0.0/8");
        assertThat(api.post(path, "{\"allowManagedOnly\":true}").statusCode()).isEqualTo(400);
    }

    @Test
    void failedInterfaceIsShownAsPortError() {
        NetworkId id = new NetworkId(0x8056c2e21c000001L);
        api.node.networks.put(
                id,
                new NetworkView(
                        FakeNode.requesting(id),
                        "",
                        NetworkView.NO_INTERFACE,
                        org.orrery.daemon.home.NetworkSettings.DEFAULT,
                        org.orrery.daemon.host.HostState.NOTHING));
        assertThat(api.get("/network/8056c2e21c000001").body())
                .contains("\"portDeviceName\":\"\",\"portError\":-999", "\"status\":\"PORT_ERROR\"");
    }

    @Test
    void leavingSaysWhetherThereWasSomethingToLeave() {
        assertAnswer(api.delete("/network/74374e38035262aa"), 200, "{\"result\":true}");
        assertAnswer(api.delete("/network/74374e38035262aa"), 200, "{}");
        assertAnswer(api.get("/network"), 200, "[]");
    }

    @Test
    void peersAreListedInOrderOfTheirAddresses() {
        assertAnswer(api.get("/peer"), 200, "[" + DIRECT + "," + RELAYED + "]");
    }

    @Test
    void peerIsShownByItsAddress() {
        assertAnswer(api.get("/peer/343752eb18"), 200, DIRECT);
        assertAnswer(api.get("/peer/0000000001"), 200, "{}");
        assertAnswer(api.get("/peer/343752eb1"), 404, "");
        assertAnswer(api.post("/peer/343752eb18", "{}"), 404, "");
    }

    @Test
    void followsMoonsAndForgetsThem() {
        assertAnswer(api.get("/moon"), 200, "[]");
        assertAnswer(api.get("/moon/74374e3803"), 200, "{}");
        assertAnswer(api.post("/moon/00000074374e3803", "{\"seed\":\"0000000000\"}"), 200, "{}");
        assertAnswer(
                api.post("/moon/00000074374e3803", "{\"seed\":\"74374e3803\"}"),
                200,
                "{\"id\":\"00000074374e3803\",\"roots\":[],\"signature\":null,\"timestamp\":0,"
                        + "\"updatesMustBeSignedBy\":null,\"waiting\":true}");
        assertAnswer(api.get("/moon"), 200, "[]");
        assertAnswer(api.delete("/moon/74374e3803"), 200, "{\"result\":true}");
        assertThat(api.node.awaited).isEmpty();
        assertAnswer(api.get("/moon/74374e38"), 404, "");
    }

    @Test
    void takesAMoonThatIsBrought() {
        SignatureKeyPair key = SignatureKeyPair.generate(new java.util.Random(5));
        SignatureKeyPair other = SignatureKeyPair.generate(new java.util.Random(6));
        World first = World.create(WorldType.MOON, 0x74374e3803L, 1_000, List.of(), key.publicKey(), key);
        World second = World.create(WorldType.MOON, 0x74374e3803L, 2_000, List.of(), key.publicKey(), key);
        World forged = World.create(WorldType.MOON, 0x74374e3803L, 3_000, List.of(), key.publicKey(), other);
        assertThat(api.post("/moon/74374e3803", world(first)).statusCode()).isEqualTo(200);
        assertThat(api.post("/moon/00000074374e3803", world(second)).statusCode())
                .isEqualTo(200);
        assertThat(api.get("/moon").body())
                .contains("\"id\":\"00000074374e3803\"")
                .contains("\"timestamp\":2000")
                .contains("\"signature\":\"" + second.signature() + "\"")
                .contains("\"updatesMustBeSignedBy\":\"" + key.publicKey() + "\"")
                .contains("\"waiting\":false");
        assertThat(api.post("/moon/74374e3803", world(forged)).statusCode()).isEqualTo(409);
        assertThat(api.post("/moon/74374e3803", world(first)).statusCode()).isEqualTo(409);
        assertThat(api.post("/moon/74374e3804", world(second)).statusCode())
                .as("another ID")
                .isEqualTo(400);
        assertThat(api.post("/moon/74374e3803", "{\"world\":\"7f00\"}").statusCode())
                .isEqualTo(400);
        assertThat(api.node.moons.get(0x74374e3803L)).isEqualTo(second);
    }

    private static String world(World world) {
        return "{\"world\":\"" + java.util.HexFormat.of().formatHex(world.bytes()) + "\"}";
    }

    @Test
    void bondsAnswerAsWithoutBonding() {
        assertAnswer(api.get("/bond/show/343752eb18"), 400, "{}");
        assertAnswer(api.post("/bond/rotate/343752eb18", ""), 400, "{}");
        assertAnswer(api.post("/bond/setmtu/1400/eth0/10.0.0.1", ""), 400, "Bonding layer isn't active yet");
        assertAnswer(api.get("/bond/rotate/343752eb18"), 404, "");
    }

    @Test
    void aBondIsShownWithItsLinksAndObeys() {
        PeerStatus direct = api.node.peers.removeLast();
        PeerStatus.PathStatus path = direct.paths().getFirst();
        var link = new BondReport.Link(
                "eth0",
                path.socket(),
                9993,
                path.remote(),
                BondReport.State.IN_USE,
                "a primary link",
                true,
                1.5,
                0.25,
                0.75,
                3,
                100,
                path.lastReceiveMillis(),
                path.lastSendMillis());
        var bond = new BondReport(BondOptions.standard(BondPolicy.BALANCE_XOR), 1, 2, 5, 4, List.of(link));
        api.node.peers.add(new PeerStatus(
                direct.address(),
                direct.protocol(),
                direct.version(),
                direct.latencyMillis(),
                direct.role(),
                direct.paths(),
                "",
                Optional.of(bond)));
        String shown = api.get("/bond/show/343752eb18").body();
        assertThat(api.get("/peer").body()).contains(shown.substring(0, 60));
        assertThat(shown)
                .contains(
                        "\"isBonded\":true",
                        "\"bondingPolicyCode\":4,\"bondingPolicyStr\":\"balance-xor\"",
                        "\"numAliveLinks\":1",
                        "\"numTotalLinks\":2",
                        "\"failoverInterval\":5000",
                        "\"packetsPerLink\":64",
                        "\"ifname\":\"eth0\"",
                        "\"localPort\":9993",
                        "\"latencyMean\":1.5,\"latencyVariance\":0.25",
                        "\"relativeQuality\":0.75",
                        "\"assignedFlowCount\":3",
                        "\"bonded\":1",
                        "\"eligible\":1",
                        "\"givenLinkSpeed\":100",
                        "\"because\":\"a primary link\"");
        assertAnswer(api.get("/bond/show/62f865ae71"), 400, "{}");
        assertAnswer(api.post("/bond/rotate/343752eb18", ""), 200, "{}");
        api.node.bonding = true;
        assertAnswer(api.post("/bond/setmtu/1400/eth0/10.0.0.1", ""), 200, "{}");
        assertAnswer(api.post("/bond/setmtu/1400/eth1/10.0.0.1", ""), 400, "Unable to find specified link");
        assertAnswer(api.post("/bond/setmtu/1400/eth0/nonsense", ""), 400, "Unable to find specified link");
        assertAnswer(api.post("/bond/setmtu/67/eth0/10.0.0.1", ""), 400, "Specified MTU is not reasonable");
        assertAnswer(api.post("/bond/setmtu/65536/eth0/10.0.0.1", ""), 400, "Specified MTU is not reasonable");
        assertAnswer(api.post("/bond/setmtu/1234567/eth0/10.0.0.1", ""), 404, "");
        assertThat(api.node.bondCalls)
                .containsExactly("rotate 343752eb18", "mtu 1400 eth0 10.0.0.1", "mtu 1400 eth1 10.0.0.1");
    }

    @Test
    void controllerGetsMethodPathAndBody() {
        assertAnswer(api.get("/controller"), 503, "");
        assertAnswer(api.send("PUT", "/controller/network/4f6dfb1558______", "{\"name\":\"a b\"}"), 200, "{}");
        assertAnswer(api.delete("/controller/network/4f6dfb1558000001/member/343752eb18"), 200, "{}");
        assertAnswer(api.get("/unstable/controller/network"), 200, "{}");
        assertThat(api.node.controllerCalls)
                .containsExactly(
                        "GET controller null",
                        "POST controller/network/4f6dfb1558______ {\"name\":\"a b\"}",
                        "DELETE controller/network/4f6dfb1558000001/member/343752eb18 null",
                        "GET unstable/controller/network null");
    }

    @Test
    void controllerJudgesBodiesThatAreNoJson() {
        for (String body : new String[] {"", "x", "{\"a\":1} b"}) {
            assertThat(api.post("/controller/network/4f6dfb1558000001", body).statusCode())
                    .isEqualTo(200);
        }
        assertThat(api.node.controllerCalls).hasSize(3).containsOnly("POST controller/network/4f6dfb1558000001 null");
    }

    @Test
    void controllerNotesAreHeaders() {
        assertThat(api.get("/controller/network").headers().allValues("X-Orrery-Note"))
                .containsExactly("rule 3?is unknown");
    }

    @Test
    void unknownPathsAndMethodsAreNotFound() {
        for (String path :
                new String[] {"/", "/nonsense", "/status/", "/status//", "/STATUS", "/metrics/", "/sso", "/app/x"}) {
            assertAnswer(api.get(path), 404, "");
        }
        assertAnswer(api.post("/status", "{}"), 404, "");
        assertAnswer(api.post("/config", "{}"), 404, "");
        assertAnswer(api.send("OPTIONS", "/status", ""), 404, "");
        assertAnswer(api.send("PATCH", "/controller", ""), 404, "");
        assertThat(api.get("/st%61tus").statusCode()).isEqualTo(200);
    }

    @Test
    void headGivesTheHeadersOfGet() {
        HttpResponse<String> head = api.send("HEAD", "/health", "");
        HttpResponse<String> get = api.get("/health");
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        assertThat(head.headers().firstValue("Accept-Ranges")).contains("bytes");
        for (String name : new String[] {"Content-Length", "Content-Type"}) {
            assertThat(head.headers().firstValue(name))
                    .isPresent()
                    .isEqualTo(get.headers().firstValue(name));
        }
    }

    @Test
    void callbackWrapsJsonOnly() {
        HttpResponse<String> wrapped = api.get("/health?jsonp=a.b$c");
        assertThat(wrapped.body()).startsWith("a.b$c({\"clock\"").endsWith("});");
        assertThat(wrapped.headers().firstValue("Content-Type")).contains("application/javascript");
        assertAnswer(api.get("/nonsense?jsonp=cb"), 404, "");
        assertThat(api.get("/health?jsonp=alert(1)//").body()).startsWith("{\"clock\"");
    }

    @Test
    void failureInsideIsToldAsError() {
        api.node.failure = new IllegalStateException("out of \"ink\"");
        assertAnswer(api.get("/status"), 500, "{\"error\": 500, \"description\": \"out of \\\"ink\\\"\"}");
    }

    @Test
    void endedLaneIsToldAsUnavailable() {
        api.lane.shutdownNow();
        HttpResponse<String> answer = api.get("/status");
        assertAnswer(
                answer, 503, "{\"error\": 503, \"description\": \"the node is busy, or about to stop; try again\"}");
    }

    @Test
    void stuckLaneIsToldAsUnavailableAndTheCommandIsDropped(@TempDir Path other) throws Exception {
        CountDownLatch unstick = new CountDownLatch(1);
        try (RunningApi impatient = new RunningApi(other, Duration.ofMillis(200))) {
            impatient.lane.execute(() -> {
                try {
                    unstick.await();
                } catch (InterruptedException end) {
                    Thread.currentThread().interrupt();
                }
            });
            assertAnswer(
                    impatient.delete("/network/74374e38035262aa"),
                    503,
                    "{\"error\": 503, \"description\": \"the node did not answer within 200 ms; try again\"}");
            unstick.countDown();
            HttpResponse<String> answer = impatient.get("/network/74374e38035262aa");
            for (int i = 0; answer.statusCode() == 503 && i < 50; i++) {
                answer = impatient.get("/network/74374e38035262aa"); // this machine may be as slow as the lane was
            }
            assertThat(answer.body()).isEqualTo(LABNET);
        }
    }

    @Test
    void filterShowsWhatRulesSee() {
        NetworkId network = api.node.networks.keySet().iterator().next();
        assertThat(api.get("/network/" + network + "/filter").statusCode()).isEqualTo(404);
        assertThat(api.get("/network/nonsense/filter").statusCode()).isEqualTo(404);
        var self = new Address(0x1122334455L);
        NetworkConfig config = NetworkConfig.builder(network, self)
                .flags(NetworkConfig.FLAG_NDP_EMULATION)
                .rules(RuleTable.of(
                        Rule.of(RuleType.ETHERTYPE, 0x0800).negated(),
                        Rule.of(RuleType.PRIORITY),
                        Rule.of(RuleType.DROP)))
                .build();
        var unknown = new MemberRecord.Usable(List.of(), List.of(), List.of());
        api.node.filter = Optional.of(new Networks.Seen(config, Map.of(0x66778899aaL, unknown)));
        assertThat(api.get("/network/" + network + "/filter?members=66778899aa,nonsense")
                        .body())
                .isEqualTo("{\"capabilities\":[],\"flags\":4,\"members\":["
                        + "{\"address\":\"1122334455\",\"capabilities\":[],\"ipAssignments\":[],\"tags\":[]},"
                        + "{\"address\":\"66778899aa\",\"capabilities\":[],\"ipAssignments\":[],\"tags\":[]}],"
                        + "\"rules\":[{\"etherType\":2048,\"not\":true,\"or\":false,\"type\":\"MATCH_ETHERTYPE\"},"
                        + "{\"type\":\"TYPE_6\"},{\"type\":\"ACTION_DROP\"}]}");
        assertThat(api.node.filterMembers).containsExactly(new Address(0x66778899aaL));
    }
}
