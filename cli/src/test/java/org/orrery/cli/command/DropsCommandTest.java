// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.orrery.cli.Captured;
import org.orrery.cli.FakeNode;

/** {@code orrery drops} and {@code orrery rules counters}. */
class DropsCommandTest {
    private static final String NETWORK = "74374e38035262aa";
    private static final String BY_RULE =
            "{\"id\":1,\"time\":1795307614250,\"direction\":\"out\",\"network\":\"" + NETWORK
                    + "\",\"peer\":\"66778899aa\",\"etherType\":\"ipv4\",\"protocol\":\"tcp\",\"source\":\"10.1.2.3/40000\","
                    + "\"destination\":\"10.1.2.4/22\",\"reason\":\"RULES_OUTBOUND\",\"rule\":3,"
                    + "\"text\":\"dropped by rule 3 of the network's table: drop dport 22;\","
                    + "\"advice\":\"to let it pass, put an accept rule in front of that one, on the controller\",\"skipped\":7}";
    private static final String FORGED = "{\"id\":2,\"time\":1795307615250,\"direction\":\"in\",\"network\":null,"
            + "\"peer\":\"66778899aa\",\"etherType\":null,\"protocol\":null,\"source\":\"203.0.113.5/9993\","
            + "\"destination\":null,\"reason\":\"BAD_MAC\",\"rule\":null,\"text\":\"authentication failed\","
            + "\"advice\":\"\",\"skipped\":0}";

    @TempDir
    private Path folder;

    private FakeNode node;
    private Captured captured;

    @BeforeEach
    void start() throws IOException {
        node = new FakeNode().answer("GET /orrery/drops", "[" + BY_RULE + "," + FORGED + "]");
        node.home(folder.resolve("home"));
        captured = new Captured(folder);
    }

    @AfterEach
    void stop() {
        node.close();
    }

    private int run(String... arguments) {
        return RootCommand.run(captured.terminal(), (home, port, anyUser) -> 5, arguments);
    }

    @Test
    void saysWhatWasDroppedAndWhy() {
        assertThat(run("drops")).isZero();
        assertThat(captured.out())
                .containsPattern("\\d\\d:\\d\\d:\\d\\d\\.250 out " + NETWORK
                        + " to 66778899aa ipv4 tcp 10\\.1\\.2\\.3/40000 -> 10\\.1\\.2\\.4/22\n")
                .contains(
                        "    dropped by rule 3 of the network's table: drop dport 22;\n",
                        "    to let it pass, put an accept rule",
                        "    7 more were dropped before it and not kept\n")
                .containsPattern("\\.250 in  from 66778899aa 203\\.0\\.113\\.5/9993\n    authentication failed\n$");
    }

    @Test
    void showsOnlyTheNetworkAskedFor() {
        assertThat(run("drops", "--json", "--network", NETWORK)).isZero();
        assertThat(captured.out())
                .startsWith("{\"advice\"")
                .contains("RULES_OUTBOUND")
                .doesNotContain("BAD_MAC");
        assertThat(run("drops", "--network", "74374e38035262ab")).isZero();
        assertThat(captured.err()).contains("Nothing was dropped since the node started on network 74374e38035262ab.");
        assertThat(run("drops", "--network", "x")).isOne();
        assertThat(captured.err()).contains("'x' is not a network ID");
    }

    @Test
    void countsRules() {
        node.answer(
                "GET /network/" + NETWORK,
                "{\"orrery\":{\"rules\":{\"noRule\":4,\"otherCapabilities\":0,"
                        + "\"statements\":[{\"rule\":3,\"text\":\"drop dport 22;\",\"times\":12}],"
                        + "\"capabilities\":[{\"id\":9,\"statements\":[{\"rule\":1,\"text\":\"accept;\",\"times\":5}]}]}}}");
        assertThat(run("rules", "counters", NETWORK)).isZero();
        assertThat(captured.out()).isEqualTo("""
                        TABLE    RULE  TIMES  STATEMENT
                        network  3     12     drop dport 22;
                        network  end   4      no rule decided: dropped
                        cap 9    1     5      accept;
                        """);
        node.answer("GET /network/" + NETWORK, "{\"orrery\":{}}");
        assertThat(run("rules", "counters", NETWORK)).isOne();
        assertThat(captured.err()).contains("has no rules yet");
        node.answer("GET /network/" + NETWORK, 404, "{}");
        assertThat(run("rules", "counters", NETWORK)).isOne();
        assertThat(captured.err()).contains("has not joined network " + NETWORK);
    }
}
