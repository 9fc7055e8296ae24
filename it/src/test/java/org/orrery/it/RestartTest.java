// SPDX-License-Identifier: Apache-2.0
package org.orrery.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.orrery.cli.api.Json;
import org.orrery.cli.lab.Lab;
import org.orrery.cli.lab.LabNode;
import org.orrery.cli.lab.Ping;
import org.orrery.cli.lab.ProgramResult;

/** What survives the end of a process, wanted or not. */
@Tag("root")
@ExtendWith(RootOnly.class)
final class RestartTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static Lab lab;
    private static String network;
    private static String controllersAddress;
    private static String membersAddress;

    @BeforeAll
    static void start() throws Exception {
        lab = TestIdentities.openLab(2);
        lab.start();
        network = controller().makeNetwork(Networks.settings("restart", true, 40));
        for (LabNode node : List.of(controller(), member())) {
            controller().authorize(network, node, true);
            node.join(network);
        }
        controllersAddress = address(controller());
        membersAddress = address(member());
        Ping.untilAnswer(member().host(), controllersAddress, PATIENCE);
    }

    @AfterAll
    static void takeAway() throws Exception {
        if (lab != null) {
            lab.close();
        }
    }

    private static LabNode controller() {
        return lab.node(1);
    }

    private static LabNode member() {
        return lab.node(2);
    }

    private static String address(LabNode node) throws Exception {
        return node.awaitIp4(network, PATIENCE);
    }

    @ParameterizedTest(name = "killed: {0}")
    @ValueSource(booleans = {false, true})
    void aMemberComesBackToItsNetwork(boolean killed) throws Exception {
        end(member(), killed);
        member().start();

        assertThat(address(member())).isEqualTo(membersAddress);
        Duration back = Ping.untilAnswer(member().host(), controllersAddress, PATIENCE);
        System.out.println("member " + (killed ? "killed" : "stopped") + ": first answer " + back.toMillis()
                + " ms after its API");
    }

    @ParameterizedTest(name = "killed: {0}")
    @ValueSource(booleans = {false, true})
    void rootAndControllerComeBackWithAllTheyHad(boolean killed) throws Exception {
        Json networks = controller().ask("/controller/network");
        Json record = kept(controller().ask("/controller/network/" + network));
        Json members = controller().ask("/controller/network/" + network + "/member");

        end(controller(), killed);
        controller().start();

        assertThat(controller().ask("/controller/network")).isEqualTo(networks);
        assertThat(kept(controller().ask("/controller/network/" + network))).isEqualTo(record);
        assertThat(controller()
                        .ask("/controller/network/" + network + "/member")
                        .members()
                        .keySet())
                .isEqualTo(members.members().keySet());
        assertThat(address(controller())).isEqualTo(controllersAddress);
        Duration back = Ping.untilAnswer(member().host(), controllersAddress, PATIENCE);
        System.out.println("root and controller " + (killed ? "killed" : "stopped") + ": first answer "
                + back.toMillis() + " ms after its API");
    }

    private static void end(LabNode node, boolean killed) throws Exception {
        if (killed) {
            node.kill();
        } else {
            assertThat(node.stop()).as("exit status after TERM").isZero();
        }
    }

    /** The record without what is not kept: the time, and who was heard of lately. */
    private static Json kept(Json record) {
        Map<String, Json> members = new TreeMap<>(record.members());
        members.remove("clock");
        members.remove("activeMemberCount");
        return Json.object(members);
    }

    @Test
    void nothingIsLostThatWasAnsweredBeforeAKill() throws Exception {
        List<String> made = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            String id = controller().makeNetwork(Networks.settings("kept" + i, true, 50 + i));
            controller().authorize(id, member(), true);
            made.add(id);
        }
        controller().kill();
        member().join(made.getFirst());
        assertThat(member().delete("/network/" + made.getFirst()).status()).isEqualTo(200);
        member().join(made.getLast());
        member().change("/network/" + made.getLast(), Json.object(Map.of("allowGlobal", Json.of(true))));
        member().kill();
        controller().start();
        member().start();

        for (String id : made) {
            assertThat(controller()
                            .ask("/controller/network/" + id + "/member/" + member().address())
                            .at("authorized")
                            .isTrue())
                    .as("authorization in " + id)
                    .isTrue();
        }
        assertThat(member().ask("/network/" + made.getLast()).at("allowGlobal").isTrue())
                .isTrue();
        assertThat(member().ask("/network").items().stream()
                        .map(each -> each.at("id").text()))
                .contains(network, made.getLast())
                .doesNotContain(made.getFirst());
        member().awaitAddresses(made.getLast(), PATIENCE);
        Ping.untilAnswer(member().host(), controllersAddress, PATIENCE);
    }

    @Test
    void aSecondStartInTheSameHomeIsRefusedAndHarmsNothing() throws Exception {
        ProgramResult second = member().startAgain();

        assertThat(second.status()).isEqualTo(1);
        assertThat(second.output()).contains(member().home().toString()).contains("in use by another Orrery, process ");
        assertThat(member().ask("/status").at("address").text()).isEqualTo(member().address());
    }

    @Test
    void aCleanStopLeavesNoInterface() throws Exception {
        String device = member().ask("/network/" + network).at("portDeviceName").text();
        assertThat(member().host().output("ip", "link")).contains(device);

        assertThat(member().stop()).as("exit status after TERM").isZero();

        assertThat(member().host().output("ip", "link")).doesNotContain(device);
        member().start();
        assertThat(address(member())).isEqualTo(membersAddress);
    }
}
