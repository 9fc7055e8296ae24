// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.api;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.orrery.controller.RuleJson;
import org.orrery.core.credential.Capability;
import org.orrery.core.credential.OwnershipCertificate;
import org.orrery.core.credential.Tag;
import org.orrery.core.netconf.NetworkConfig;
import org.orrery.core.rules.Rule;
import org.orrery.core.rules.RuleTable;
import org.orrery.core.value.Hex;
import org.orrery.core.vl2.Networks;
import org.orrery.daemon.json.Json;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /network/ID/filter}: the rules in force at this node, in the form that controllers have them. */
final class FilterJson {
    /** Members asked about at once. */
    static final int MEMBERS_MAX = 64;

    private FilterJson() {}

    static ObjectNode of(Networks.Seen seen) {
        NetworkConfig config = seen.config();
        ObjectNode json = Json.object();
        json.set("rules", rules(config.rules()));
        json.put("flags", config.flags());
        Map<Long, RuleTable> tables = new TreeMap<>();
        ArrayNode members = Json.array();
        members.add(
                member(config.issuedTo().bits(), config.tags(), config.ownerships(), config.capabilities(), tables));
        seen.members().forEach((address, usable) -> {
            if (address != config.issuedTo().bits()) {
                members.add(member(address, usable.tags(), usable.ownerships(), usable.capabilities(), tables));
            }
        });
        json.set("members", members);
        ArrayNode capabilities = json.putArray("capabilities");
        tables.forEach((id, table) -> {
            ObjectNode capability = capabilities.addObject();
            capability.put("id", id);
            capability.set("rules", rules(table));
        });
        return json;
    }

    private static ObjectNode member(
            long address,
            List<Tag> tags,
            List<OwnershipCertificate> ownerships,
            List<Capability> capabilities,
            Map<Long, RuleTable> tables) {
        ObjectNode json = Json.object();
        json.put("address", Hex.of(address, 10));
        ArrayNode pairs = json.putArray("tags");
        tags.forEach(
                tag -> pairs.addArray().add(Integer.toUnsignedLong(tag.id())).add(Integer.toUnsignedLong(tag.value())));
        ArrayNode ids = json.putArray("capabilities");
        for (Capability capability : capabilities) {
            long id = Integer.toUnsignedLong(capability.id());
            ids.add(id);
            tables.put(id, capability.rules());
        }
        ArrayNode owned = json.putArray("ipAssignments");
        for (OwnershipCertificate ownership : ownerships) {
            ownership.things().forEach(thing -> thing.ip().ifPresent(ip -> owned.add(ip.toString())));
        }
        return json;
    }

    /** Rules that the JSON form does not know keep their place, by number. */
    private static ArrayNode rules(RuleTable table) {
        ArrayNode json = Json.array();
        for (Rule rule : table.rules()) {
            ObjectNode known = RuleJson.write(rule);
            if (known == null) {
                json.addObject().put("type", "TYPE_" + rule.typeId());
            } else {
                json.add(known);
            }
        }
        return json;
    }
}
