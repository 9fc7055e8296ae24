// SPDX-License-Identifier: Apache-2.0
package org.orrery.controller;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.orrery.core.value.Address;
import org.orrery.core.value.Ip;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A member as it is kept, with the typed reading of what matters. Immutable: the JSON inside is never changed. */
final class MemberRecord {
    private final ObjectNode json;
    private final List<Ip> ipAssignments;

    MemberRecord(ObjectNode json) {
        this.json = json;
        var ips = new LinkedHashSet<Ip>();
        for (JsonNode entry : json.path("ipAssignments")) {
            Json.IpText ip = Json.ip(entry);
            if (ip != null) {
                ips.add(ip.ip());
            }
        }
        this.ipAssignments = List.copyOf(ips);
    }

    ObjectNode json() {
        return json;
    }

    long revision() {
        return Json.integer(json.get("revision"), 0);
    }

    /** The public identity seen first, empty before that. */
    String identity() {
        return Json.string(json.get("identity"), "");
    }

    boolean authorized() {
        return Json.bool(json.get("authorized"), false);
    }

    boolean activeBridge() {
        return Json.bool(json.get("activeBridge"), false);
    }

    boolean noAutoAssignIps() {
        return Json.bool(json.get("noAutoAssignIps"), false);
    }

    /** In stored order, each once. */
    List<Ip> ipAssignments() {
        return ipAssignments;
    }

    /** Capability IDs in stored order, each once. */
    List<Integer> capabilities() {
        var ids = new LinkedHashSet<Integer>();
        for (JsonNode entry : json.path("capabilities")) {
            ids.add((int) Json.integer(entry, 0));
        }
        return List.copyOf(ids);
    }

    /** Tag values by ID, both unsigned. */
    SortedMap<Integer, Integer> tags() {
        var tags = new TreeMap<Integer, Integer>(Integer::compareUnsigned);
        for (JsonNode entry : json.path("tags")) {
            if (entry.isArray() && entry.size() == 2) {
                tags.put((int) Json.integer(entry.get(0), 0), (int) Json.integer(entry.get(1), 0));
            }
        }
        return tags;
    }

    Address traceTarget() {
        return NetworkRecord.traceTarget(json);
    }

    long traceLevel() {
        return Json.integer(json.get("remoteTraceLevel"), 0);
    }

    /** Whether a network that wants sign-on has to take the member without a valid one. */
    boolean signedOn(long nowMillis) {
        return Json.bool(json.get("ssoExempt"), false)
                || Json.integer(json.get("authenticationExpiryTime"), 0) - nowMillis > 0;
    }

    /** How often this token has let the member in. */
    long usesOfToken(String token) {
        long uses = 0;
        for (JsonNode entry : json.path("authHistory")) {
            if (Json.bool(entry.get("a"), false)
                    && Json.string(entry.get("ct"), "").equals("token")
                    && Json.string(entry.get("c"), "").equals(token)) {
                uses++;
            }
        }
        return uses;
    }
}
