// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.orrery.core.node.Drop;
import org.orrery.core.rules.Rule;
import org.orrery.core.rules.RuleCounters;
import org.orrery.core.rules.RuleTable;
import org.orrery.core.rules.RuleType;
import org.orrery.core.value.DropReason;
import org.orrery.core.value.Ip;

/** What the API says of rules that decided and of what went no further. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DropsAndCountersTest {
    private static final RuleTable TABLE = RuleTable.of(
            Rule.of(RuleType.ETHERTYPE, 0x0800).negated(),
            Rule.of(RuleType.ETHERTYPE, 0x0806).negated(),
            Rule.of(RuleType.DROP),
            Rule.of(RuleType.ACCEPT));

    private static Drop drop(DropReason reason, @Nullable RuleTable table, int rule) {
        boolean frame = reason != DropReason.BAD_MAC;
        return new Drop(
                3L << 48 | 9,
                1795307614000L,
                false,
                frame,
                reason,
                frame ? FakeNode.LABNET.bits() : 0,
                0x66778899aaL,
                table,
                rule,
                frame ? 0x86dd : -1,
                frame ? 6 : -1,
                Ip.parse("fd00::1").orElseThrow(),
                frame ? Ip.parse("fd00::2").orElseThrow() : null,
                true,
                40_000,
                22,
                5);
    }

    @Test
    void aNetworkShowsHowOftenEachStatementDecided(@TempDir Path folder) throws Exception {
        try (var api = new RunningApi(folder)) {
            var counters = new RuleCounters(TABLE);
            api.node.ruleCounters.put(FakeNode.LABNET, counters);
            counters.count(1, 2);
            counters.count(2, 2);
            counters.count(0, 4);
            assertThat(api.get("/network/" + FakeNode.LABNET).body())
                    .contains("\"rules\":{\"capabilities\":[],\"noRule\":1,\"otherCapabilities\":0,\"statements\":["
                            + "{\"rule\":3,\"text\":\"drop not ethertype ipv4 and not ethertype arp;\",\"times\":2},"
                            + "{\"rule\":4,\"text\":\"accept;\",\"times\":0}]}");
            assertThat(api.get("/network").body()).doesNotContain("\"rules\"");
        }
    }

    @Test
    void dropsAreToldInWords(@TempDir Path folder) throws Exception {
        try (var api = new RunningApi(folder)) {
            assertThat(api.get("/orrery/drops").body()).isEqualTo("[]");
            api.node.drops.add(drop(DropReason.RULES_OUTBOUND, TABLE, 2));
            assertThat(api.get("/orrery/drops").body())
                    .isEqualTo(
                            "[{\"advice\":\"to let it pass, put an accept rule in front of that one, on the controller\","
                                    + "\"destination\":\"fd00::2/22\",\"direction\":\"out\",\"etherType\":\"ipv6\","
                                    + "\"id\":844424930131977,\"network\":\"74374e38035262aa\",\"peer\":\"66778899aa\","
                                    + "\"protocol\":\"tcp\",\"reason\":\"RULES_OUTBOUND\",\"rule\":3,\"skipped\":5,"
                                    + "\"source\":\"fd00::1/40000\","
                                    + "\"text\":\"dropped by rule 3 of the network's table: "
                                    + "drop not ethertype ipv4 and not ethertype arp;\",\"time\":1795307614000}]");
            assertThat(api.get("/orrery").statusCode()).isEqualTo(404);
            assertThat(api.post("/orrery/drops", "{}").statusCode()).isEqualTo(404);
        }
    }

    @Test
    void whatNoRuleLetsPassIsSaidToBeThat() {
        Drop unmatched = drop(DropReason.RULES_OUTBOUND, TABLE, -1);
        assertThat(DropJson.text(unmatched))
                .isEqualTo(
                        "dropped because no rule of the network's table lets it pass, nor a capability of this node");
        assertThat(DropJson.advice(unmatched)).contains("add an accept rule");
    }

    @Test
    void otherReasonsAreGivenInTheirOwnWords() {
        Drop forged = drop(DropReason.BAD_MAC, null, -1);
        assertThat(DropJson.text(forged)).isEqualTo("authentication failed");
        String json = DropJson.list(List.of(forged)).toString();
        assertThat(json).contains("\"network\":null").contains("\"rule\":null").contains("\"destination\":null");
    }
}
