// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.api;

import java.util.List;
import org.orrery.core.rules.Rule;
import org.orrery.core.rules.RuleCounters;
import org.orrery.core.rules.RuleCounters.Count;
import org.orrery.core.rules.RuleText;
import org.orrery.daemon.json.Json;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code orrery.rules} of {@code /network/ID}: how often each action of the network's rules was taken. */
final class RulesJson {
    private RulesJson() {}

    static ObjectNode of(RuleCounters.Snapshot counters) {
        ObjectNode json = Json.object();
        ArrayNode capabilities = json.putArray("capabilities");
        for (RuleCounters.OfCapability each : counters.capabilities()) {
            ObjectNode capability = capabilities.addObject();
            capability.put("id", Integer.toUnsignedLong(each.id()));
            capability.set("statements", statements(each.rules()));
        }
        json.put("noRule", counters.end());
        json.put("otherCapabilities", counters.otherCapabilities());
        json.set("statements", statements(counters.base()));
        return json;
    }

    /** One for each action; matches behind the last decide nothing and have none. */
    private static ArrayNode statements(List<Count> counts) {
        List<Rule> rules = counts.stream().map(Count::rule).toList();
        ArrayNode json = Json.array();
        for (int i = 0; i < rules.size(); i++) {
            if (rules.get(i).action()) {
                ObjectNode statement = json.addObject();
                statement.put("rule", i + 1);
                statement.put("text", statement(rules, i));
                statement.put("times", counts.get(i).times());
            }
        }
        return json;
    }

    /** The action at {@code index} with the matches in front of it. */
    static String statement(List<Rule> rules, int index) {
        int start = index;
        while (start > 0 && !rules.get(start - 1).action()) {
            start--;
        }
        return RuleText.PLAIN.statement(rules.subList(start, index + 1));
    }
}
