// SPDX-License-Identifier: Apache-2.0
package org.orrery.controller;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.orrery.core.value.Address;
import org.orrery.core.value.NetworkId;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Makes and merges member records: which fields there are, what they are at first, and which a request can set. */
final class MemberEdit {
    /** Fields of older records that tell about the last request: they are kept in memory and shown in replies only. */
    private static final List<String> VOLATILE = List.of("recentLog", "lastRequestMetaData", "physicalAddr", "clock");

    /** Admissions by token that are remembered to count the uses of a token: the newest. */
    private static final int HISTORY_MAX = 256;

    private MemberEdit() {}

    static ObjectNode create(long nowMillis, NetworkId network, Address address) {
        ObjectNode record = Json.NODES.objectNode();
        record.put("creationTime", nowMillis);
        record.put("revision", 0);
        complete(record, network, address);
        return record;
    }

    /** Sets the fields that name the member, and gives those that are absent their first value. */
    static void complete(ObjectNode record, NetworkId network, Address address) {
        record.remove(VOLATILE);
        record.put("id", address.toString());
        record.put("address", address.toString());
        record.put("nwid", network.toString());
        record.put("objtype", "member");
        for (String flag : new String[] {"authorized", "activeBridge", "noAutoAssignIps", "ssoExempt"}) {
            record.putIfAbsent(flag, Json.NODES.booleanNode(false));
        }
        for (String list : new String[] {"ipAssignments", "tags", "capabilities"}) {
            record.putIfAbsent(list, Json.NODES.arrayNode());
        }
        for (String time : new String[] {"lastAuthorizedTime", "lastDeauthorizedTime", "authenticationExpiryTime"}) {
            record.putIfAbsent(time, Json.NODES.numberNode(0));
        }
        for (String text :
                new String[] {"lastAuthorizedCredentialType", "lastAuthorizedCredential", "remoteTraceTarget"}) {
            record.putIfAbsent(text, Json.NODES.nullNode());
        }
        record.putIfAbsent("remoteTraceLevel", Json.NODES.numberNode(0));
        for (String version : new String[] {"vMajor", "vMinor", "vRev", "vProto"}) {
            record.putIfAbsent(version, Json.NODES.numberNode(-1));
        }
    }

    /** Replaces the fields that {@code body} names; unknown and read-only ones are ignored. */
    static void merge(long nowMillis, ObjectNode record, JsonNode body, Notes notes) throws BadFieldException {
        var sanitizer = new Sanitizer(notes);
        for (Map.Entry<String, JsonNode> field : body.properties()) {
            JsonNode value = field.getValue();
            switch (field.getKey()) {
                case "authorized" -> setAuthorized(nowMillis, record, Json.bool(value, false), "api", null);
                case "activeBridge" -> record.put("activeBridge", Json.bool(value, false));
                case "noAutoAssignIps" -> record.put("noAutoAssignIps", Json.bool(value, false));
                case "ipAssignments" -> record.set("ipAssignments", sanitizer.ipAssignments(value));
                case "tags" -> record.set("tags", sanitizer.memberTags(value));
                case "capabilities" -> record.set("capabilities", sanitizer.memberCapabilities(value));
                case "name" -> record.put("name", Json.string(value, ""));
                case "remoteTraceTarget" -> record.set("remoteTraceTarget", sanitizer.traceTarget(value));
                case "remoteTraceLevel" -> record.set("remoteTraceLevel", Json.unsigned(Json.integer(value, 0)));
                case "authenticationExpiryTime" ->
                    record.set("authenticationExpiryTime", Json.unsigned(Json.integer(value, 0)));
                default -> {}
            }
        }
    }

    /**
     * Admits the member or shuts it out; the same state again changes nothing.
     *
     * @param credentialType {@code api}, {@code public} or {@code token}
     * @param credential the token, null for the others
     */
    static void setAuthorized(
            long nowMillis, ObjectNode record, boolean authorized, String credentialType, @Nullable String credential) {
        if (authorized == Json.bool(record.get("authorized"), false)) {
            return;
        }
        record.put("authorized", authorized);
        record.put(authorized ? "lastAuthorizedTime" : "lastDeauthorizedTime", nowMillis);
        if (authorized) {
            record.put("lastAuthorizedCredentialType", credentialType);
            record.put("lastAuthorizedCredential", credential);
        }
        boolean token = credentialType.equals("token");
        if (token || record.path("authHistory").isArray()) {
            appendHistory(nowMillis, record, authorized, token ? "token" : historyWord(credentialType), credential);
        }
    }

    private static String historyWord(String credentialType) {
        return credentialType.equals("public") ? "networkIsPublic" : credentialType;
    }

    private static void appendHistory(
            long nowMillis, ObjectNode record, boolean authorized, String by, @Nullable String credential) {
        ArrayNode history =
                record.path("authHistory") instanceof ArrayNode before ? before.deepCopy() : Json.NODES.arrayNode();
        while (history.size() >= HISTORY_MAX) {
            history.remove(0);
        }
        ObjectNode entry = history.addObject();
        entry.put("a", authorized);
        entry.put("by", by);
        entry.put("c", credential);
        entry.put("ct", credential == null ? null : "token");
        entry.put("ts", nowMillis);
        record.set("authHistory", history);
    }
}
