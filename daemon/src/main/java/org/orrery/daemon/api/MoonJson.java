// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.api;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.orrery.core.value.Address;
import org.orrery.core.value.Hex;
import org.orrery.core.wire.WireReader;
import org.orrery.core.world.World;
import org.orrery.core.world.WorldType;
import org.orrery.daemon.json.Json;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /moon}. */
final class MoonJson {
    private MoonJson() {}

    static ArrayNode list(List<World> moons) {
        ArrayNode json = Json.array();
        moons.forEach(moon -> json.add(of(moon)));
        return json;
    }

    static ObjectNode of(World moon) {
        ObjectNode json = Json.object();
        json.put("id", Hex.of(moon.id(), 16));
        ArrayNode roots = json.putArray("roots");
        for (World.Root root : moon.roots()) {
            ObjectNode each = roots.addObject();
            each.put("identity", root.identity().toString());
            ArrayNode endpoints = each.putArray("stableEndpoints");
            root.endpoints().forEach(endpoint -> endpoints.add(endpoint.toString()));
        }
        json.put("signature", moon.signature().toString());
        json.put("timestamp", moon.timestampMillis());
        json.put("updatesMustBeSignedBy", moon.updatesSignedBy().toString());
        json.put("waiting", false);
        return json;
    }

    static ObjectNode waiting(long id) {
        ObjectNode json = Json.object();
        json.put("id", Hex.of(id, 16));
        json.putArray("roots");
        json.putNull("signature");
        json.put("timestamp", 0);
        json.putNull("updatesMustBeSignedBy");
        json.put("waiting", true);
        return json;
    }

    /** The node to ask for the definition, if the caller names one. */
    static Optional<Address> seed(Optional<JsonNode> body) {
        return body.map(json -> json.get("seed"))
                .filter(JsonNode::isString)
                .map(seed -> seed.stringValue().strip().toLowerCase(Locale.ROOT))
                .filter(seed -> seed.matches("(0x)?[0-9a-f]{1,16}"))
                .map(seed -> Long.parseUnsignedLong(seed.startsWith("0x") ? seed.substring(2) : seed, 16))
                .filter(bits -> bits >>> 40 == 0 && !Address.reserved(bits))
                .map(Address::new);
    }

    /** Whether the caller brings a definition: member {@code world}, the bytes of a moon file in hex. */
    static boolean brings(Optional<JsonNode> body) {
        return body.map(json -> json.get("world")).isPresent();
    }

    static Optional<World> world(Optional<JsonNode> body) {
        return body.map(json -> json.get("world"))
                .filter(JsonNode::isString)
                .map(JsonNode::stringValue)
                .filter(hex -> hex.length() % 2 == 0 && hex.matches("[0-9a-fA-F]+"))
                .map(hex -> World.read(new WireReader(java.util.HexFormat.of().parseHex(hex))))
                .filter(world -> world.type() == WorldType.MOON && world.id() != 0);
    }
}
