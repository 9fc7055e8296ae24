// SPDX-License-Identifier: Apache-2.0
package org.orrery.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.orrery.cli.api.Json;
import org.orrery.cli.lab.Lab;
import org.orrery.cli.lab.LabNode;
import org.orrery.cli.lab.Ping;

/** Rules that copy and redirect to a third member, which looks at what comes. */
@Tag("root")
@ExtendWith(RootOnly.class)
final class ObserveTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int PINGS = 10;

    private static Lab lab;

    @BeforeAll
    static void start() throws Exception {
        lab = TestIdentities.openLab(3);
        lab.start();
    }

    @AfterAll
    static void takeAway() throws Exception {
        if (lab != null) {
            lab.close();
        }
    }

    @Test
    void theThirdMemberSeesCopiesAndWhatIsRedirected() throws Exception {
        LabNode observer = lab.node(1);
        LabNode one = lab.node(2);
        LabNode two = lab.node(3);
        String network = observer.makeNetwork(Networks.settings("watched", false, 31));
        for (LabNode node : List.of(observer, one, two)) {
            node.join(network);
        }
        observer.awaitAddresses(network, PATIENCE);
        one.awaitAddresses(network, PATIENCE);
        String target = two.awaitIp4(network, PATIENCE);
        Ping.untilAnswer(one.host(), target, PATIENCE);

        // Echo requests are copied, cut to 40 bytes; UDP to port 9 goes to the observer instead.
        observer.change("/controller/network/" + network, Json.object(Map.of("rules", rules(observer.address()))));
        for (LabNode node : List.of(observer, one, two)) {
            Lab.await("node " + node.address() + " has the rules", PATIENCE, () -> {
                Json filter = node.ask("/network/" + network + "/filter");
                return filter.at("rules").items().size() == 5 ? Optional.of(true) : Optional.empty();
            });
        }

        Path recorded = observer.home().resolveSibling("observed.pcapng");
        Path flows = observer.home().resolveSibling("flows.jsonl");
        Process recorder =
                observe(observer, recorded.resolveSibling("recorder.log"), network, "--pcapng", "" + recorded);
        Process counter = observe(observer, flows, network, "--json", "--every", "1");
        Lab.await("frames are recorded and counted", PATIENCE, () -> {
            one.host().run("ping", "-n", "-c", "1", "-W", "1", target);
            boolean both = Files.exists(recorded)
                    && Files.size(recorded) > 400
                    && Files.readString(flows).contains("\"packets\"");
            return both ? Optional.of(true) : Optional.empty();
        });
        Ping ping = Ping.of(one.host(), target, PINGS, 56);
        assertThat(ping.complete()).as(ping.output()).isTrue();

        Lab.await("tcpdump reads what was recorded", PATIENCE, () -> {
            one.host().run("bash", "-c", "echo redirected > /dev/udp/" + target + "/9");
            String text = dump(observer, recorded);
            boolean all = count(text, "ICMP echo request") >= 2 * PINGS && text.contains(".9: UDP, length 11");
            return all ? Optional.of(text) : Optional.empty();
        });
        recorder.destroy();
        assertThat(recorder.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        String shown = dump(observer, recorded);
        // Of 98 bytes 54 were copied; the record tells both.
        assertThat(shown).containsPattern("length 98: .* > " + target + ": ICMP echo request");
        assertThat(Files.size(recorded)).isLessThan(count(shown, "\n") * 180L);
        assertThat(count(shown, "echo reply")).as("only requests are copied").isZero();

        awaitFlow(flows, "tee outbound by " + one.address(), "icmp4", target, PINGS);
        awaitFlow(flows, "tee inbound by " + two.address(), "icmp4", target, PINGS);
        awaitFlow(flows, "redirect outbound by " + one.address(), "udp", target, 1);
        counter.destroy();
        assertThat(counter.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();

        Process brief = observe(observer, flows.resolveSibling("brief.log"), network, "--json", "--for", "1");
        assertThat(brief.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(brief.exitValue()).isZero();
    }

    private static String dump(LabNode observer, Path recorded) throws Exception {
        return observer.host().run("tcpdump", "-n", "-e", "-r", "" + recorded).output();
    }

    private static void awaitFlow(Path flows, String seen, String protocol, String to, long least) throws Exception {
        Json flow = Lab.await(
                seen + ", " + least + " packets",
                PATIENCE,
                () -> Files.readAllLines(flows).stream()
                        .filter(line -> line.startsWith("{"))
                        .map(Json::parseOrNull)
                        .filter(each -> each.at("seen").text().equals(seen)
                                && each.at("protocolName").text().equals(protocol)
                                && each.at("destination").text().equals(to)
                                && each.at("packets").integer() >= least)
                        .findFirst());
        // What the frames had before they were cut.
        assertThat(flow.at("bytes").integer())
                .isGreaterThanOrEqualTo(flow.at("packets").integer() * 53);
    }

    private static Json rules(String observer) {
        return Json.array(
                Json.object(Map.of("type", Json.of("MATCH_ICMP"), "icmpType", Json.of(8), "icmpCode", Json.none())),
                Json.object(Map.of("type", Json.of("ACTION_TEE"), "address", Json.of(observer), "length", Json.of(40))),
                Json.object(
                        Map.of("type", Json.of("MATCH_IP_DEST_PORT_RANGE"), "start", Json.of(9), "end", Json.of(9))),
                Json.object(Map.of("type", Json.of("ACTION_REDIRECT"), "address", Json.of(observer))),
                Json.object(Map.of("type", Json.of("ACTION_ACCEPT"))));
    }

    private static Process observe(LabNode node, Path log, String network, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx128m",
                "--add-modules",
                "jdk.incubator.vector",
                "-cp",
                System.getProperty("java.class.path"),
                "org.orrery.cli.Orrery",
                "observe",
                network,
                "--home",
                node.home().toString()));
        command.addAll(List.of(arguments));
        return lab.start(node.host(), log, command);
    }

    private static int count(String text, String part) {
        return text.split(part, -1).length - 1;
    }
}
