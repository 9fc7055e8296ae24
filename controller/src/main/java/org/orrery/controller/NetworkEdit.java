// SPDX-License-Identifier: Apache-2.0
package org.orrery.controller;

import java.util.Map;
import org.orrery.core.value.NetworkId;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Makes and merges network records: which fields there are, what they are at first, and which a request can set. */
final class NetworkEdit {
    private static final int MTU_DEFAULT = 2800;
    private static final int MTU_MIN = 1280;
    private static final int MTU_MAX = 10000;

    /** As much as the compiler of such scripts reads. */
    private static final int RULES_SOURCE_CHARS_MAX = 1 << 20;

    private NetworkEdit() {}

    static ObjectNode create(long nowMillis, NetworkId id) {
        ObjectNode record = Json.NODES.objectNode();
        record.put("creationTime", nowMillis);
        record.put("revision", 0);
        complete(record, id);
        return record;
    }

    /** Sets the fields that name the network, and gives those that are absent their first value. */
    static void complete(ObjectNode record, NetworkId id) {
        record.put("id", id.toString());
        record.put("nwid", id.toString());
        record.put("objtype", "network");
        ObjectNode v6 = Json.NODES.objectNode();
        v6.put("6plane", false).put("rfc4193", false).put("zt", false);
        ObjectNode accept = Json.NODES.objectNode();
        accept.put("not", false).put("or", false).put("type", "ACTION_ACCEPT");
        var defaults = Map.<String, JsonNode>ofEntries(
                Map.entry("name", Json.NODES.stringNode("")),
                Map.entry("private", Json.NODES.booleanNode(true)),
                Map.entry("enableBroadcast", Json.NODES.booleanNode(true)),
                Map.entry("multicastLimit", Json.NODES.numberNode(32)),
                Map.entry("mtu", Json.NODES.numberNode(MTU_DEFAULT)),
                Map.entry("v4AssignMode", Json.NODES.objectNode().put("zt", false)),
                Map.entry("v6AssignMode", v6),
                Map.entry("routes", Json.NODES.arrayNode()),
                Map.entry("ipAssignmentPools", Json.NODES.arrayNode()),
                Map.entry("rules", Json.NODES.arrayNode().add(accept)),
                Map.entry("rulesSource", Json.NODES.stringNode("")),
                Map.entry("authTokens", Json.NODES.arrayNode()),
                Map.entry("capabilities", Json.NODES.arrayNode()),
                Map.entry("tags", Json.NODES.arrayNode()),
                Map.entry("dns", Json.NODES.arrayNode()),
                Map.entry("remoteTraceTarget", Json.NODES.nullNode()),
                Map.entry("remoteTraceLevel", Json.NODES.numberNode(0)),
                Map.entry("ssoEnabled", Json.NODES.booleanNode(false)),
                Map.entry("clientId", Json.NODES.stringNode("")),
                Map.entry("authorizationEndpoint", Json.NODES.stringNode("")));
        defaults.forEach(record::putIfAbsent);
    }

    /** Replaces the fields that {@code body} names; unknown and read-only ones are ignored. */
    static void merge(ObjectNode record, JsonNode body, Notes notes) throws BadFieldException {
        var sanitizer = new Sanitizer(notes);
        for (Map.Entry<String, JsonNode> field : body.properties()) {
            JsonNode value = field.getValue();
            switch (field.getKey()) {
                case "name" -> record.put("name", Json.string(value, ""));
                case "private" -> record.put("private", Json.bool(value, true));
                case "enableBroadcast" -> record.put("enableBroadcast", Json.bool(value, false));
                case "allowPassiveBridging" -> record.put("allowPassiveBridging", Json.bool(value, false));
                case "multicastLimit" -> record.set("multicastLimit", Json.unsigned(Json.integer(value, 32)));
                case "mtu" -> record.put("mtu", mtu(Json.integer(value, MTU_DEFAULT)));
                case "v4AssignMode" -> record.set("v4AssignMode", sanitizer.v4AssignMode(value));
                case "v6AssignMode" -> record.set("v6AssignMode", sanitizer.v6AssignMode(value));
                case "routes" -> record.set("routes", sanitizer.routes(value));
                case "ipAssignmentPools" -> record.set("ipAssignmentPools", sanitizer.pools(value));
                case "rules" -> record.set("rules", sanitizer.rules(value, "rules"));
                case "rulesSource" -> record.put("rulesSource", rulesSource(value));
                case "authTokens" -> record.set("authTokens", sanitizer.authTokens(value));
                case "capabilities" -> record.set("capabilities", sanitizer.capabilities(value));
                case "tags" -> record.set("tags", sanitizer.networkTags(value));
                case "dns" -> {
                    ObjectNode dns = sanitizer.dns(value);
                    if (dns != null) {
                        record.set("dns", dns);
                    }
                }
                case "remoteTraceTarget" -> record.set("remoteTraceTarget", sanitizer.traceTarget(value));
                case "remoteTraceLevel" -> record.set("remoteTraceLevel", Json.unsigned(Json.integer(value, 0)));
                default -> {}
            }
        }
    }

    /** The script that the rules were made of, for people and their tools; members never see it. */
    private static String rulesSource(JsonNode value) throws BadFieldException {
        String source = Json.string(value, "");
        if (source.length() > RULES_SOURCE_CHARS_MAX) {
            throw new BadFieldException(
                    "rulesSource",
                    "has " + source.length() + " characters; " + RULES_SOURCE_CHARS_MAX + " are the most");
        }
        return source;
    }

    /** The MTU within what every member takes. */
    static int mtu(long wanted) {
        return wanted < 0 ? MTU_MAX : Math.clamp(wanted, MTU_MIN, MTU_MAX);
    }
}
