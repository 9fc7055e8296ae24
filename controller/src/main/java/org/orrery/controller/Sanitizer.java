// SPDX-License-Identifier: Apache-2.0
package org.orrery.controller;

import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.orrery.core.rules.Rule;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Brings the array and object fields of networks and members into the form they are stored in. Entries that make no sense
 * are left out, as every version of the API does, and noted.
 */
final class Sanitizer {
    /** Entries of one list that are kept: what the newer protocol generation keeps. */
    static final int ENTRIES_MAX = 16384;

    private final Notes notes;

    Sanitizer(Notes notes) {
        this.notes = notes;
    }

    /** One entry of a list to its stored form; null leaves it out. */
    private interface EntryReader {
        @Nullable
        JsonNode read(JsonNode entry, String field) throws BadFieldException;
    }

    private ArrayNode list(@Nullable JsonNode value, String field, EntryReader reader) throws BadFieldException {
        ArrayNode out = Json.NODES.arrayNode();
        if (!(value instanceof ArrayNode entries)) {
            notes.add(field, "not an array, taken as empty");
            return out;
        }
        for (int i = 0; i < entries.size(); i++) {
            if (out.size() == ENTRIES_MAX) {
                notes.add(field, "cut to " + ENTRIES_MAX + " entries");
                break;
            }
            JsonNode entry = reader.read(entries.get(i), field + "[" + i + "]");
            if (entry != null) {
                out.add(entry);
            }
        }
        return out;
    }

    ArrayNode routes(JsonNode value) throws BadFieldException {
        return list(value, "routes", (entry, field) -> {
            Json.IpText target = Json.ip(entry.get("target"));
            if (target == null || target.number() > target.ip().width()) {
                notes.add(field, "left out: its target is not an address with a prefix length");
                return null;
            }
            Json.IpText via = Json.ip(entry.get("via"));
            if (via == null
                    ? entry.hasNonNull("via")
                    : via.ip().v6() != target.ip().v6()) {
                notes.add(field, "its via is not an address of the target's family, taken as null");
                via = null;
            }
            ObjectNode route = Json.NODES.objectNode();
            route.put("target", target.ip() + "/" + target.number());
            route.put("via", via == null ? null : via.ip().toString());
            return route;
        });
    }

    ArrayNode pools(JsonNode value) throws BadFieldException {
        return list(value, "ipAssignmentPools", (entry, field) -> {
            Json.IpText start = Json.ip(entry.get("ipRangeStart"));
            Json.IpText end = Json.ip(entry.get("ipRangeEnd"));
            if (start == null || end == null || start.ip().v6() != end.ip().v6()) {
                notes.add(field, "left out: ipRangeStart and ipRangeEnd are not two addresses of one family");
                return null;
            }
            if (start.ip().compareTo(end.ip()) > 0) {
                notes.add(field, "starts after its end and will never be used");
            }
            ObjectNode pool = Json.NODES.objectNode();
            pool.put("ipRangeEnd", end.ip().toString());
            pool.put("ipRangeStart", start.ip().toString());
            return pool;
        });
    }

    ArrayNode rules(@Nullable JsonNode value, String listField) throws BadFieldException {
        return list(value, listField, (entry, field) -> {
            Rule rule = RuleJson.read(entry);
            if (rule == null) {
                notes.add(field, "left out: no rule type " + entry.get("type"));
                return null;
            }
            JsonNode ip = entry.get("ip");
            if (ip != null && (!ip.isString() || ip.stringValue().indexOf('/') < 0)) {
                notes.add(field, "its ip has no prefix length and so matches every address");
            }
            return RuleJson.write(rule);
        });
    }

    ArrayNode capabilities(JsonNode value) throws BadFieldException {
        SortedMap<Long, JsonNode> byId = new TreeMap<>();
        list(value, "capabilities", (entry, field) -> {
            if (!entry.isObject()) {
                notes.add(field, "left out: not an object");
                return null;
            }
            long id = Json.integer(entry.get("id"), 0) & 0xffff_ffffL;
            ObjectNode capability = Json.NODES.objectNode();
            capability.put("default", Json.bool(entry.get("default"), false));
            capability.put("id", id);
            JsonNode rules = entry.get("rules");
            capability.set("rules", rules == null ? Json.NODES.arrayNode() : rules(rules, field + ".rules"));
            if (byId.put(id, capability) != null) {
                notes.add(field, "replaces an earlier capability " + id);
            }
            return capability;
        });
        return Json.NODES.arrayNode().addAll(byId.values());
    }

    ArrayNode networkTags(JsonNode value) throws BadFieldException {
        SortedMap<Long, JsonNode> byId = new TreeMap<>();
        list(value, "tags", (entry, field) -> {
            if (!entry.isObject()) {
                notes.add(field, "left out: not an object");
                return null;
            }
            long id = Json.integer(entry.get("id"), 0) & 0xffff_ffffL;
            ObjectNode tag = Json.NODES.objectNode();
            JsonNode byDefault = entry.get("default");
            if (byDefault == null || byDefault.isNull()) {
                tag.putNull("default");
            } else {
                tag.set("default", Json.unsigned(Json.integer(byDefault, 0)));
            }
            tag.put("id", id);
            if (byId.put(id, tag) != null) {
                notes.add(field, "replaces an earlier tag " + id);
            }
            return tag;
        });
        return Json.NODES.arrayNode().addAll(byId.values());
    }

    ArrayNode memberTags(JsonNode value) throws BadFieldException {
        SortedMap<Long, JsonNode> byId = new TreeMap<>();
        list(value, "tags", (entry, field) -> {
            if (!entry.isArray() || entry.size() != 2) {
                notes.add(field, "left out: not a pair [id, value]");
                return null;
            }
            long id = Json.integer(entry.get(0), 0) & 0xffff_ffffL;
            ArrayNode tag = Json.NODES.arrayNode();
            tag.add(id).add(Json.integer(entry.get(1), 0) & 0xffff_ffffL);
            byId.put(id, tag);
            return tag;
        });
        return Json.NODES.arrayNode().addAll(byId.values());
    }

    ArrayNode memberCapabilities(JsonNode value) throws BadFieldException {
        var ids = new TreeSet<Long>();
        list(value, "capabilities", (entry, field) -> {
            ids.add(Json.integer(entry, 0) & 0xffff_ffffL);
            return entry;
        });
        ArrayNode out = Json.NODES.arrayNode();
        ids.forEach(out::add);
        return out;
    }

    ArrayNode ipAssignments(JsonNode value) throws BadFieldException {
        return list(value, "ipAssignments", (entry, field) -> {
            if (!entry.isString()) {
                throw new BadFieldException(field, "an address must be a string, not " + entry);
            }
            Json.IpText ip = Json.ip(entry);
            if (ip == null) {
                notes.add(field, "left out: no IP address");
                return null;
            }
            return Json.NODES.stringNode(ip.ip().toString());
        });
    }

    /** The newer form is an object from token to expiry, the older an array of objects; both are kept in their form. */
    JsonNode authTokens(JsonNode value) throws BadFieldException {
        if (value instanceof ObjectNode tokens) {
            ObjectNode out = Json.NODES.objectNode();
            tokens.properties().forEach(token -> {
                JsonNode expiry = token.getValue();
                if (expiry.isNumber() && expiry.doubleValue() >= 0 && out.size() < ENTRIES_MAX) {
                    out.set(token.getKey(), Json.unsigned(Json.integer(expiry, 0)));
                } else {
                    notes.add("authTokens", "left out an entry whose expiry is not a number of at least 0");
                }
            });
            return out;
        }
        return list(value, "authTokens", (entry, field) -> {
            if (entry.isNull()) {
                return null; // a list of one null is how an empty one was once written
            }
            JsonNode text = entry.get("token");
            if (!entry.isObject() || text == null || !text.isString()) {
                throw new BadFieldException(field, "needs a string member \"token\"");
            }
            if (text.stringValue().isEmpty()) {
                notes.add(field, "left out: empty token");
                return null;
            }
            ObjectNode token = Json.NODES.objectNode();
            token.set("expires", Json.unsigned(Json.integer(entry.get("expires"), 0)));
            token.set("maxUsesPerMember", Json.unsigned(Json.integer(entry.get("maxUsesPerMember"), 0)));
            token.put("token", text.stringValue());
            return token;
        });
    }

    ObjectNode v4AssignMode(JsonNode value) {
        ObjectNode out = Json.NODES.objectNode();
        boolean zt = value.isString()
                ? value.stringValue().equals("zt")
                : value.isObject() && Json.bool(value.get("zt"), false);
        out.put("zt", zt);
        return out;
    }

    /** Of an object only the members given are kept: absent ones count as false. */
    ObjectNode v6AssignMode(JsonNode value) {
        ObjectNode out = Json.NODES.objectNode();
        var words = value.isString() ? java.util.List.of(value.stringValue().split(",")) : java.util.List.<String>of();
        for (String mode : new String[] {"6plane", "rfc4193", "zt"}) {
            if (!value.isObject()) {
                out.put(mode, words.contains(mode));
            } else if (value.has(mode)) {
                out.put(mode, Json.bool(value.get(mode), false));
            }
        }
        return out;
    }

    /** The settings object, or null if it is none and the field is to stay as it is. */
    @Nullable
    ObjectNode dns(JsonNode value) {
        if (!value.isObject()) {
            if (!value.isArray() || !value.isEmpty()) {
                notes.add("dns", "not an object, left as it is");
            }
            return null;
        }
        ObjectNode out = Json.NODES.objectNode();
        if (value.has("domain")) {
            out.set("domain", value.get("domain"));
        }
        if (value.path("servers").isArray()) {
            out.set("servers", value.get("servers"));
        }
        return out;
    }

    /** Ten characters, or null. */
    JsonNode traceTarget(JsonNode value) {
        String target = Json.string(value, "");
        return target.length() == 10 ? Json.NODES.stringNode(target) : Json.NODES.nullNode();
    }
}
