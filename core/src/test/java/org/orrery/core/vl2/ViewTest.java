// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl2;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.orrery.core.netconf.NetworkConfig;
import org.orrery.core.rules.Rule;
import org.orrery.core.rules.RuleTable;
import org.orrery.core.rules.RuleType;
import org.orrery.core.value.Address;
import org.orrery.core.value.NetworkId;

class ViewTest {
    private static View view(RuleTable rules) {
        NetworkConfig config = NetworkConfig.builder(new NetworkId(0x354e_4b49_9a00_00a1L), new Address(1))
                .rules(rules)
                .build();
        return View.of(1, config, null);
    }

    @Test
    void tellsWhetherRulesLookAtTags() {
        assertThat(view(RuleTable.ACCEPT_ALL).rulesLookAtTags()).isFalse();
        assertThat(view(RuleTable.of(Rule.of(RuleType.IP_PROTOCOL, 6), Rule.of(RuleType.ACCEPT)))
                        .rulesLookAtTags())
                .isFalse();
        for (RuleType type : new RuleType[] {RuleType.TAGS_DIFFERENCE, RuleType.TAGS_EQUAL, RuleType.TAG_RECEIVER}) {
            assertThat(view(RuleTable.of(Rule.of(RuleType.ACCEPT), Rule.of(type, 1, 2)))
                            .rulesLookAtTags())
                    .as("%s", type)
                    .isTrue();
        }
    }
}
