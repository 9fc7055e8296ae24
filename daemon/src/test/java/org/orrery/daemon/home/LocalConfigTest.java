// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.home;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.orrery.core.value.Address;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;
import org.orrery.core.value.Prefix;
import org.orrery.core.vl1.PathPolicy;
import org.orrery.core.vl1.RelayPolicy;
import org.orrery.daemon.RecentEvents;
import org.orrery.daemon.json.Json;
import org.orrery.net.Offloads;
import tools.jackson.databind.node.ObjectNode;

class LocalConfigTest {
    @TempDir
    private Path folder;

    private static LocalConfig read(String json) throws Exception {
        return LocalConfig.parse(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }

    private static Prefix prefix(String text) {
        return Prefix.parse(text).orElseThrow();
    }

    private static String[] problems(LocalConfig config) {
        return config.problems().stream().map(LocalConfig.Problem::toString).toArray(String[]::new);
    }

    @Test
    void emptyConfigurationHasTheDefaultsAndNoProblems() {
        LocalConfig.Settings settings = LocalConfig.EMPTY.settings();
        assertThat(settings.primaryPort()).isEmpty();
        assertThat(settings.secondaryPort()).isZero();
        assertThat(settings.allowSecondaryPort()).isTrue();
        assertThat(settings.bind()).isEmpty();
        assertThat(settings.allowManagementFrom()).isEmpty();
        assertThat(settings.controllerDbPath()).isEmpty();
        assertThat(LocalConfig.EMPTY.problems()).isEmpty();
    }

    @Test
    void everySectionIsRead() throws Exception {
        LocalConfig config = read("""
                {'physical': {'10.0.0.0/24': {'blacklist': true}, '192.168.0.9/16': {'trustedPathId': 101010024, 'mtu': 1500}},
                 'virtual': {'feedbeef12': {'try': ['10.10.20.1/9993', 'fd00::1/1'], 'blacklist': ['10.30.0.0/24']}},
                 'settings': {'primaryPort': 9994, 'secondaryPort': 10, 'allowSecondaryPort': false,
                  'bind': ['0.0.0.0', '::'], 'interfacePrefixBlacklist': ['docker', 'wg'],
                  'allowManagementFrom': ['10.0.0.0/8', '10.1.1.1'], 'lowBandwidthMode': true,
                  'controllerDbPath': '/srv/c', 'portMappingEnabled': false, 'softwareUpdate': 'disable',
                  'softwareUpdateChannel': 'release', 'allowTcpFallbackRelay': false, 'policies': {}}}
                """);
        assertThat(config.physical())
                .containsExactly(
                        new LocalConfig.Physical(prefix("10.0.0.0/24"), true, 0, 0),
                        new LocalConfig.Physical(prefix("192.168.0.0/16"), false, 101010024, 1500));
        LocalConfig.Virtual peer = config.virtual().get(new Address(0xfeedbeef12L));
        assertThat(peer.endpoints())
                .containsExactly(
                        Endpoint.parse("10.10.20.1/9993").orElseThrow(),
                        Endpoint.parse("fd00::1/1").orElseThrow());
        assertThat(peer.blacklist()).containsExactly(prefix("10.30.0.0/24"));
        LocalConfig.Settings settings = config.settings();
        assertThat(settings.primaryPort()).hasValue(9994);
        assertThat(settings.secondaryPort()).isEqualTo(10);
        assertThat(settings.allowSecondaryPort()).isFalse();
        assertThat(settings.bind()).containsExactly(Ip.v4(0), Ip.v6(0, 0));
        assertThat(settings.interfacePrefixBlacklist()).containsExactly("docker", "wg");
        assertThat(settings.allowManagementFrom()).containsExactly(prefix("10.0.0.0/8"), prefix("10.1.1.1/32"));
        assertThat(settings.lowBandwidthMode()).isTrue();
        assertThat(settings.controllerDbPath()).contains("/srv/c");
        assertThat(problems(config)).isEmpty();
    }

    @Test
    void lanesAndOffloadsFollowTheMachineUnlessSaidOtherwise() throws Exception {
        assertThat(LocalConfig.EMPTY.settings().lanes()).isEmpty();
        assertThat(LocalConfig.EMPTY.settings().offloads()).isEqualTo(Offloads.ALL);
        LocalConfig several = read("{'settings': {'multicoreEnabled': true, 'concurrency': 3, 'offloadSend': false}}");
        assertThat(several.settings().lanes()).hasValue(3);
        assertThat(several.settings().offloads()).isEqualTo(new Offloads(true, false, true));
        assertThat(problems(several)).isEmpty();
        LocalConfig one = read("{'settings': {'multicoreEnabled': false, 'concurrency': 3, 'offloadTap': false}}");
        assertThat(one.settings().lanes()).hasValue(1);
        assertThat(one.settings().offloads()).isEqualTo(new Offloads(false, true, true));
        assertThat(problems(one)).isEmpty();
        assertThat(read("{'settings': {'multicoreEnabled': true}}").settings().lanes())
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "17", "4294967297"})
    void numbersOfLanesThatCannotBeAreReported(String count) throws Exception {
        LocalConfig config = read("{'settings': {'multicoreEnabled': true, 'concurrency': " + count + "}}");
        assertThat(config.settings().lanes()).isEmpty();
        assertThat(problems(config)).containsExactly("settings.concurrency: outside 1..16; the usual number is used");
    }

    @Test
    void theNumberOfLanesAloneIsReported() throws Exception {
        LocalConfig config = read("{'settings': {'concurrency': 2, 'offloadReceive': 'no', 'offloadtap': false}}");
        assertThat(config.settings().lanes()).isEmpty();
        assertThat(config.settings().offloads()).isEqualTo(new Offloads(true, true, false));
        assertThat(problems(config))
                .containsExactlyInAnyOrder(
                        "settings.concurrency: has no effect without multicoreEnabled; ignored",
                        "settings.offloadReceive: not true or false; taken as false",
                        "settings.offloadtap: unknown setting; ignored (is offloadTap meant?)");
    }

    @Test
    void whoRelaysIsReadAndContradictionsAreReported() throws Exception {
        LocalConfig config = read("""
                {"settings": {"orrery.relay": {"prefer": ["74374e3803"], "only": ["74374e3803", "cafe9efeb9"], "never": ["62f865ae71"]}}}
                """);
        assertThat(problems(config)).isEmpty();
        assertThat(config.settings().relay())
                .isEqualTo(new RelayPolicy(
                        Set.of(address("74374e3803")),
                        Set.of(address("74374e3803"), address("cafe9efeb9")),
                        Set.of(address("62f865ae71"))));
        LocalConfig wrong = read("""
                {"settings": {"orrery.relay": {"prefer": ["74374e3803", "x"], "only": ["62f865ae71"], "never": ["62f865ae71"], "best": 1}}}
                """);
        assertThat(problems(wrong))
                .containsExactly(
                        "settings.orrery.relay.best: unknown member; ignored",
                        "settings.orrery.relay.prefer[1]: not a root's address of ten hex digits; ignored",
                        "settings.orrery.relay: leaves no root to relay over: all of only are in never",
                        "settings.orrery.relay.prefer: 74374e3803 is preferred but not allowed");
        for (String all : List.of("'all'", "['all']")) {
            LocalConfig never = read("{'settings': {'orrery.relay': {'never': %s}}}"
                    .formatted(all)
                    .replace('\'', '"'));
            assertThat(problems(never)).isEmpty();
            assertThat(never.settings().relay()).isEqualTo(RelayPolicy.DIRECT_ONLY);
        }
        LocalConfig both = read("""
                {"settings": {"orrery.relay": {"prefer": ["74374e3803"], "never": "all"}}}
                """);
        assertThat(both.settings().relay()).isEqualTo(RelayPolicy.DIRECT_ONLY);
        assertThat(problems(both))
                .containsExactly(
                        "settings.orrery.relay: no root relays at all because of never; prefer and only have no effect");
    }

    private static Address address(String text) {
        return Address.parse(text).orElseThrow();
    }

    @Test
    void theWayOverTcpIsRead() throws Exception {
        LocalConfig.Relay none = LocalConfig.EMPTY.settings().tcpRelay();
        assertThat(none.allowed()).isTrue();
        assertThat(none.forced()).isFalse();
        assertThat(none.plain()).isEmpty();
        assertThat(none.tls()).isEmpty();
        assertThat(none.proxy()).isEmpty();
        assertThat(LocalConfig.Relay.PUBLIC).hasToString("204.80.128.1/443");

        String fingerprint = "AB:".repeat(31) + "CD";
        LocalConfig config = read("""
                {'settings': {'forceTcpRelay': true, 'tcpFallbackRelay': '203.0.113.5/443',
                  'tlsRelay': 'wss://relay.example.org/', 'tlsRelayFingerprint': '%s',
                  'relayProxy': 'socks5://me:secret@10.0.0.1:1080'}}
                """.formatted(fingerprint));
        LocalConfig.Relay relay = config.settings().tcpRelay();
        assertThat(config.problems()).isEmpty();
        assertThat(relay.forced()).isTrue();
        assertThat(relay.plain()).contains(Endpoint.parse("203.0.113.5/443").orElseThrow());
        assertThat(relay.tls().orElseThrow().fingerprint().orElseThrow()).hasToString(fingerprint);
        assertThat(relay.proxy().orElseThrow().password()).isEqualTo("secret");
    }

    @Test
    void faultsOfTheWayOverTcpNameTheirPlace() throws Exception {
        LocalConfig config = read("""
                {'settings': {'allowTcpFallbackRelay': false, 'forceTcpRelay': true, 'tcpFallbackRelay': 'fd00::1/443',
                  'tlsRelay': 'wss://relay.example.org/', 'tlsRelayFingerprint': 'AB', 'relayProxy': 'proxy:3128'}}
                """);
        assertThat(problems(config))
                .containsExactlyInAnyOrder(
                        "settings.forceTcpRelay: has no effect while allowTcpFallbackRelay is false; ignored",
                        "settings.tcpFallbackRelay: not an IPv4 address and port, as in 203.0.113.5/443; ignored",
                        "settings.tlsRelayFingerprint: not the SHA-256 of a certificate, 64 hex digits; tlsRelay is not"
                                + " used",
                        "settings.relayProxy: not a proxy as in http://USER:PASSWORD@HOST:PORT or socks5://HOST:PORT;"
                                + " ignored");
        assertThat(config.settings().tcpRelay().tls()).isEmpty();
    }

    @Test
    void problemsNameTheirPlace() throws Exception {
        LocalConfig config = read("""
                {'physical': {'x': {}, '0.0.0.0/0': {'blacklist': true, 'trustedPathId': 5}, '10.0.0.0/8': {'mtu': 99, 'm': 1}, '11.0.0.0/8': 7},
                 'virtual': {'feed': {}, 'feedbeef12': {'try': ['10.10.20.1/0', 'host/9993']}},
                 'settings': {'primaryPort': 70000, 'allowSecondaryPort': 'yes', 'bind': '10.0.0.1',
                  'allowManagementFrom': ['10.0.0.0/33', '10.0.0.0/8'], 'primaryport': 1, 'softwareUpdateDist': true, 'nonsense': 1},
                 'extra': 1}
                """);
        assertThat(problems(config))
                .containsExactlyInAnyOrder(
                        "extra: not a section of this file (physical, virtual, settings); ignored",
                        "physical[\"x\"]: not a network/bits; ignored",
                        "physical[\"0.0.0.0/0\"].blacklist: would exclude everything; ignored",
                        "physical[\"0.0.0.0/0\"].trustedPathId: would leave everything unprotected; ignored",
                        "physical[\"10.0.0.0/8\"].m: unknown member; ignored",
                        "physical[\"10.0.0.0/8\"].mtu: outside 1400..10324; 1400 is used",
                        "physical[\"11.0.0.0/8\"]: not an object; ignored",
                        "virtual[\"feed\"]: not a node address of ten hex digits; ignored",
                        "virtual[\"feedbeef12\"].try[0]: not an ip/port; ignored",
                        "virtual[\"feedbeef12\"].try[1]: not an ip/port; ignored",
                        "settings.primaryport: unknown setting; ignored (is primaryPort meant?)",
                        "settings.softwareUpdateDist: not offered by this version; ignored",
                        "settings.nonsense: unknown setting; ignored",
                        "settings.primaryPort: not a port number; its low 16 bits, 4464, are used",
                        "settings.allowSecondaryPort: not true or false; taken as false",
                        "settings.bind: not an array; ignored",
                        "settings.allowManagementFrom[0]: not a network/bits; ignored");
        assertThat(config.settings().allowManagementFrom()).containsExactly(prefix("10.0.0.0/8"));
        assertThat(config.physical()).contains(new LocalConfig.Physical(prefix("10.0.0.0/8"), false, 0, 1400));
    }

    @Test
    void wrongScalarTypesAreConverted() throws Exception {
        LocalConfig config =
                read("{'settings': {'primaryPort': '9995x', 'lowBandwidthMode': 1, 'controllerDbPath': 5}}");
        assertThat(config.settings().primaryPort()).hasValue(9995);
        assertThat(config.settings().lowBandwidthMode()).isTrue();
        assertThat(config.settings().controllerDbPath()).contains("5");
    }

    @Test
    void noMorePhysicalNetworksAreTakenThanFit() throws Exception {
        StringBuilder json = new StringBuilder("{'physical': {");
        for (int i = 39; i >= 0; i--) {
            json.append("'10.").append(i).append(".0.0/16': {},");
        }
        LocalConfig config = read(json.append("'9.0.0.0/8': {}}}").toString());
        assertThat(config.physical()).hasSize(LocalConfig.Physical.COUNT_MAX);
        assertThat(config.physical().getFirst().network()).isEqualTo(prefix("9.0.0.0/8"));
        assertThat(problems(config)).containsExactly("physical: more than 32 networks; the highest are ignored");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "{} x", "[]", "5", "{'a':}", "// comment\n{}"})
    void brokenFileStopsTheStartAndStays(String content) throws Exception {
        Path file = Files.writeString(folder.resolve("local.conf"), content);
        assertThatThrownBy(() -> LocalConfigFile.open(file))
                .isInstanceOf(HomeException.class)
                .hasMessageStartingWith(file + ": ");
        assertThat(file).hasContent(content);
    }

    @Test
    void emptyFileAndNoFileAreFine() throws Exception {
        Path file = folder.resolve("local.conf");
        assertThat(LocalConfigFile.open(file).current().json()).isEmpty();
        Files.writeString(file, " \n");
        assertThat(LocalConfigFile.open(file).current().json()).isEmpty();
    }

    @Test
    void changeOfTheFileIsReportedOnceAndAFaultChangesNothing() throws Exception {
        Path file = folder.resolve("local.conf");
        LocalConfigFile config = LocalConfigFile.open(file);
        assertThat(config.check()).isEmpty();

        Files.writeString(file, "{\"settings\":{\"primaryPort\":1}}");
        assertThat(config.check().orElseThrow().settings().primaryPort()).hasValue(1);
        assertThat(config.check()).isEmpty();

        Files.writeString(file, "{\"settings\":{\"primaryPort\":2}");
        assertThat(config.check()).isEmpty();
        assertThat(config.current().settings().primaryPort()).hasValue(1);

        Files.delete(file);
        assertThat(config.check()).isEmpty();
        assertThat(config.current().settings().primaryPort()).hasValue(1);

        Files.writeString(file, "");
        assertThat(config.check().orElseThrow().settings().primaryPort()).isEmpty();
    }

    @Test
    void editThatDoesNotParseIsSetAsideWhenSettingsAreWritten() throws Exception {
        Path file = folder.resolve("local.conf");
        Files.writeString(file, "{\"settings\":{\"primaryPort\":1}}");
        LocalConfigFile config = LocalConfigFile.open(file);
        Files.writeString(file, "{\"settings\":{\"primaryPort\":2}");

        config.change((ObjectNode) Json.parse("{\"x\":null}".getBytes(StandardCharsets.UTF_8)));

        assertThat(folder.resolve("local.conf.broken-1")).hasContent("{\"settings\":{\"primaryPort\":2}");
        assertThat(Json.parse(Files.readAllBytes(file)))
                .isEqualTo(
                        Json.parse("{\"settings\":{\"primaryPort\":1,\"x\":null}}".getBytes(StandardCharsets.UTF_8)));
    }

    private String rights(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    @Test
    void aFileWithAPasswordIsWrittenForItsOwnerAlone() throws Exception {
        Path file = folder.resolve("local.conf");
        LocalConfigFile config = LocalConfigFile.open(file);
        change(config, "{\"relayProxy\":\"http://ada@10.0.0.1:3128\"}");
        assertThat(rights(file)).isEqualTo("rw-r--r--");
        for (String proxy : List.of("http://ada:geheim@10.0.0.1:3128", "http://ada:geheim@10.0.0.1")) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
            change(config, "{\"relayProxy\":\"" + proxy + "\"}");
            assertThat(rights(file)).isEqualTo("rw-------");
        }
    }

    private static void change(LocalConfigFile config, String settings) throws Exception {
        config.change((ObjectNode) Json.parse(settings.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void aPasswordThatOthersCanReadIsReported() throws Exception {
        Path file = folder.resolve("local.conf");
        Files.writeString(file, "{\"settings\":{\"relayProxy\":\"http://ada:geheim@10.0.0.1:3128\"}}");
        long before = RecentEvents.ofProcess().last();
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        LocalConfigFile.open(file);
        assertThat(problemsOf(file, before)).isEmpty();
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        LocalConfigFile.open(file);
        assertThat(problemsOf(file, before))
                .containsExactly("config.problem file=" + file + " at=settings.relayProxy text=others on this host can"
                        + " read the password: chmod 600 " + file);
    }

    private static List<String> problemsOf(Path file, long after) {
        return RecentEvents.ofProcess().after(after).stream()
                .map(RecentEvents.Event::line)
                .filter(line -> line.startsWith("config.problem file=" + file))
                .toList();
    }

    @Test
    void problemsSayLineAndColumn() throws Exception {
        LocalConfig config = read("""
                {
                  'settings': {
                    'primaryport': 9994,
                    'bind': ['10.0.0.1',
                             'ten'],
                    'lowBandwithMode': true
                  },
                  'phsyical': {},
                  'physical': {
                    '10.0.0.0/8': {'mtu': '1500', 'blacklst': true}
                  }
                }
                """);
        assertThat(config.problems().stream().map(problem -> problem.place() + problem))
                .containsExactlyInAnyOrder(
                        "line 8, column 3: phsyical: not a section of this file (physical, virtual, settings); ignored"
                                + " (is physical meant?)",
                        "line 10, column 35: physical[\"10.0.0.0/8\"].blacklst: unknown member; ignored (is blacklist meant?)",
                        "line 10, column 20: physical[\"10.0.0.0/8\"].mtu: not a whole number; taken as 1500",
                        "line 3, column 5: settings.primaryport: unknown setting; ignored (is primaryPort meant?)",
                        "line 6, column 5: settings.lowBandwithMode: unknown setting; ignored (is lowBandwidthMode meant?)",
                        "line 5, column 14: settings.bind[1]: not an IP address; ignored");
    }

    @Test
    void whatIsGivenTwiceIsSaid() throws Exception {
        assertThat(problems(read("{'settings': {'primaryPort': 1, 'primaryPort': 2}}")))
                .containsExactly("settings.primaryPort: given more than once; the last one counts");
    }

    @Test
    void suggestionsAreNear() {
        Set<String> known = Set.of("primaryPort", "secondaryPort", "bind");
        assertThat(Spelling.nearest("primryPort", known)).contains("primaryPort");
        assertThat(Spelling.nearest("PRIMARYPORT", known)).contains("primaryPort");
        assertThat(Spelling.nearest("secondaryProt", known)).contains("secondaryPort");
        assertThat(Spelling.nearest("bnid", known)).contains("bind");
        assertThat(Spelling.nearest("port", known)).isEmpty();
        assertThat(Spelling.nearest("x".repeat(10_000), known)).isEmpty();
    }

    @Test
    void theCoreIsToldWhatTheFileSays() throws Exception {
        PathPolicy policy = read("""
                {'physical': {'10.0.0.0/8': {'blacklist': true}, '11.0.0.0/8': {'trustedPathId': 7}},
                 'virtual': {'feedbeef12': {'try': ['12.0.0.1/9993'], 'blacklist': ['13.0.0.0/8']}},
                 'settings': {'lowBandwidthMode': true}}
                """).pathPolicy();
        assertThat(policy.refuses(Ip.v4(10, 1, 1, 1))).isTrue();
        assertThat(policy.refuses(0xfeedbeef12L, Ip.v4(13, 1, 1, 1))).isTrue();
        assertThat(policy.trusts(Ip.v4(11, 1, 1, 1), 7)).isTrue();
        assertThat(policy.lowBandwidth()).isTrue();
    }

    @Test
    void aTrustedNetworkThatIsOpenToAllIsReported() throws Exception {
        assertThat(problems(read("{'physical': {'8.0.0.0/8': {'trustedPathId': 7}}}")))
                .singleElement()
                .asString()
                .startsWith("physical[\"8.0.0.0/8\"].trustedPathId: not a private network");
    }

    @Test
    void theOldFileOfTrustedPathsIsStillRead() throws Exception {
        Files.writeString(
                folder.resolve("trustedpaths"), "# old\n3f2a=10.1.2.3/16\nff 192.168.0.0/24\n0=10.0.0.0/8\nx\n");
        LocalConfigFile file = LocalConfigFile.open(folder.resolve("local.conf"));
        PathPolicy policy = file.current().pathPolicy();
        assertThat(policy.trusts(Ip.v4(10, 1, 9, 9), 0x3f2a)).isTrue();
        assertThat(policy.trusts(Ip.v4(192, 168, 0, 9), 0xff)).isTrue();
        assertThat(policy.trusts(Ip.v4(10, 2, 9, 9), 0)).isFalse();
        assertThat(file.current().problems().stream().map(LocalConfig.Problem::place))
                .containsExactly("line 4, column 1: ", "line 5, column 1: ", "");
        Files.writeString(folder.resolve("trustedpaths"), "1=10.1.2.3/16");
        assertThat(file.check())
                .hasValueSatisfying(changed -> assertThat(changed.pathPolicy().trusts(Ip.v4(10, 1, 9, 9), 1))
                        .isTrue());
        assertThat(file.current().problems()).hasSize(1);
        assertThat(file.check()).isEmpty();
    }
}
