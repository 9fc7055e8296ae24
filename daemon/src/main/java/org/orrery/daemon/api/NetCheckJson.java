// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.api;

import java.util.List;
import org.orrery.daemon.json.Json;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The answer of {@code /orrery/netcheck}. */
final class NetCheckJson {
    private NetCheckJson() {}

    static ObjectNode of(NetCheck.Facts facts, List<NetCheck.Check> checks) {
        ObjectNode json = Json.object();
        ArrayNode lines = json.putArray("checks");
        for (NetCheck.Check check : checks) {
            ObjectNode each = lines.addObject();
            each.put("name", check.name());
            each.put("state", check.state().name());
            each.put("text", check.text());
            each.put("remedy", check.remedy());
        }
        json.set("nat", PeerJson.nat(facts.nat()));
        ArrayNode roots = json.putArray("roots");
        for (NetCheck.Root root : facts.roots()) {
            ObjectNode each = roots.addObject();
            each.put("address", root.address().toString());
            each.put("latency", root.latencyMillis());
            each.set("candidates", PeerJson.candidates(root.candidates()));
        }
        ArrayNode sizes = json.putArray("datagrams");
        for (NetCheck.Size size : facts.sizes()) {
            sizes.addObject().put("bytes", size.bytes()).put("passed", size.passed());
        }
        json.put("trouble", checks.stream().anyMatch(check -> check.state() == NetCheck.State.TROUBLE));
        return json;
    }
}
