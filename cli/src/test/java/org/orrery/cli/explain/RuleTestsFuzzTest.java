// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.explain;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.orrery.core.rules.Rule;
import org.orrery.core.rules.RuleTable;
import org.orrery.core.rules.RuleType;
import org.orrery.core.rules.TagNames;

/** Any text is a list of outcomes or a fault that names the file; frames in it included. */
final class RuleTestsFuzzTest {
    private static final RuleBook BOOK = new RuleBook(
            RuleTable.of(Rule.of(RuleType.TAG_RECEIVER, 1000, 2), Rule.of(RuleType.ACCEPT)),
            Map.of(7, RuleTable.ACCEPT_ALL),
            Set.of(),
            Map.of(1000, 1),
            new TagNames(Map.of(1000, "role"), Map.of(1000, Map.of(2L, "server")), Map.of(7, "ssh")),
            List.of());

    @FuzzTest(maxDuration = "10m")
    void anyText(byte[] text) {
        try {
            List<RuleTests.Outcome> outcomes =
                    RuleTests.run("x.test", new String(text, StandardCharsets.UTF_8), _ -> BOOK);
            assertThat(outcomes).isNotEmpty();
        } catch (FaultException fault) {
            assertThat(fault.sentence()).startsWith("x.test");
        }
    }
}
