// SPDX-License-Identifier: Apache-2.0
package org.orrery.controller;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.orrery.core.netconf.NameServers;
import org.orrery.core.netconf.NetworkConfig;
import org.orrery.core.netconf.Route;
import org.orrery.core.rules.Rule;
import org.orrery.core.rules.RuleTable;
import org.orrery.core.value.Address;
import org.orrery.core.value.Ip;
import org.orrery.core.value.Prefix;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A network as it is kept, with the typed reading of what configurations are made from. Records on disk may have been
 * edited by hand, so everything is read as leniently as from a request. Immutable: the JSON inside is never changed.
 */
final class NetworkRecord {
    private static final long WINDOW_DEFAULT_MILLIS = 1_800_000;
    private static final long WINDOW_MIN_MILLIS = 300_000;
    private static final long WINDOW_MAX_MILLIS = 7_200_000;
    private static final long MULTICAST_LIMIT_DEFAULT = 32;

    /** A range of addresses to draw from; both ends of one family. */
    record Pool(Ip start, Ip end) {}

    private final ObjectNode json;
    private final List<Route> routes;
    private final List<Pool> pools;
    private final RuleTable rules;
    private final SortedMap<Integer, RuleTable> capabilities = new TreeMap<>(Integer::compareUnsigned);
    private final SortedSet<Integer> defaultCapabilities = new TreeSet<>(Integer::compareUnsigned);
    private final SortedMap<Integer, Integer> tagDefaults = new TreeMap<>(Integer::compareUnsigned);
    private final NameServers nameServers;

    NetworkRecord(ObjectNode json) {
        this.json = json;
        this.routes = readRoutes(json.path("routes"));
        this.pools = readPools(json.path("ipAssignmentPools"));
        this.rules = readRules(json.path("rules"), RuleTable.RULES_MAX);
        for (JsonNode capability : json.path("capabilities")) {
            int id = (int) Json.integer(capability.get("id"), 0);
            capabilities.put(id, readRules(capability.path("rules"), RuleTable.CAPABILITY_RULES_MAX));
            if (Json.bool(capability.get("default"), false)) {
                defaultCapabilities.add(id);
            }
        }
        for (JsonNode tag : json.path("tags")) {
            JsonNode byDefault = tag.get("default");
            if (byDefault != null && byDefault.isNumber()) {
                tagDefaults.put((int) Json.integer(tag.get("id"), 0), (int) Json.integer(byDefault, 0));
            }
        }
        this.nameServers = readNameServers(json.path("dns"));
    }

    private static List<Route> readRoutes(JsonNode entries) {
        var routes = new ArrayList<Route>();
        for (JsonNode entry : entries) {
            Json.IpText target = Json.ip(entry.get("target"));
            Json.IpText via = Json.ip(entry.get("via"));
            if (target != null && target.number() <= target.ip().width()) {
                Ip gateway = via != null && via.ip().v6() == target.ip().v6() ? via.ip() : null;
                routes.add(new Route(new Prefix(target.ip(), target.number()), gateway));
            }
        }
        return List.copyOf(routes);
    }

    private static List<Pool> readPools(JsonNode entries) {
        var pools = new ArrayList<Pool>();
        for (JsonNode entry : entries) {
            Json.IpText start = Json.ip(entry.get("ipRangeStart"));
            Json.IpText end = Json.ip(entry.get("ipRangeEnd"));
            if (start != null && end != null && start.ip().v6() == end.ip().v6()) {
                pools.add(new Pool(start.ip(), end.ip()));
            }
        }
        return List.copyOf(pools);
    }

    private static RuleTable readRules(JsonNode entries, int maximum) {
        var rules = new ArrayList<Rule>();
        for (JsonNode entry : entries) {
            Rule rule = RuleJson.read(entry);
            if (rule != null && rules.size() < maximum) {
                rules.add(rule);
            }
        }
        return new RuleTable(rules);
    }

    private static NameServers readNameServers(JsonNode dns) {
        if (!dns.isObject()) {
            return NameServers.NONE;
        }
        var servers = new ArrayList<Ip>();
        for (JsonNode entry : dns.path("servers")) {
            Json.IpText server = Json.ip(entry);
            if (server != null && servers.size() < NameServers.SERVERS_MAX) {
                servers.add(server.ip());
            }
        }
        return new NameServers(Text.cut(Json.string(dns.get("domain"), ""), NetworkConfig.NAME_BYTES_MAX), servers);
    }

    ObjectNode json() {
        return json;
    }

    long revision() {
        return Json.integer(json.get("revision"), 0);
    }

    /** At most as many bytes as members keep. */
    String name() {
        return Text.cut(Json.string(json.get("name"), ""), NetworkConfig.NAME_BYTES_MAX);
    }

    boolean isPrivate() {
        return Json.bool(json.get("private"), true);
    }

    boolean broadcast() {
        return Json.bool(json.get("enableBroadcast"), true);
    }

    boolean passiveBridging() {
        return Json.bool(json.get("allowPassiveBridging"), false);
    }

    /** Unsigned 32 bits. */
    long multicastLimit() {
        return Json.integer(json.get("multicastLimit"), MULTICAST_LIMIT_DEFAULT) & 0xffff_ffffL;
    }

    int mtu() {
        return NetworkEdit.mtu(Json.integer(json.get("mtu"), NetworkConfig.MTU_DEFAULT));
    }

    /** How far apart the timestamps of two members' certificates may be. */
    long certificateWindowMillis() {
        long window = Json.integer(json.get("certificateTimeoutWindowSize"), WINDOW_DEFAULT_MILLIS);
        return window < 0 ? WINDOW_MAX_MILLIS : Math.clamp(window, WINDOW_MIN_MILLIS, WINDOW_MAX_MILLIS);
    }

    boolean assignsV4() {
        return Json.bool(json.path("v4AssignMode").get("zt"), false);
    }

    boolean assignsV6() {
        return Json.bool(json.path("v6AssignMode").get("zt"), false);
    }

    boolean assignsRfc4193() {
        return Json.bool(json.path("v6AssignMode").get("rfc4193"), false);
    }

    boolean assigns6Plane() {
        return Json.bool(json.path("v6AssignMode").get("6plane"), false);
    }

    /** In stored order; no target is null. */
    List<Route> routes() {
        return routes;
    }

    List<Pool> pools() {
        return pools;
    }

    /** At most what members keep. */
    RuleTable rules() {
        return rules;
    }

    /** By ID, which is unsigned. */
    SortedMap<Integer, RuleTable> capabilities() {
        return Collections.unmodifiableSortedMap(capabilities);
    }

    /** The capabilities that a new member gets. */
    SortedSet<Integer> defaultCapabilities() {
        return Collections.unmodifiableSortedSet(defaultCapabilities);
    }

    /** The values of tags that a member has unless it has others. */
    SortedMap<Integer, Integer> tagDefaults() {
        return Collections.unmodifiableSortedMap(tagDefaults);
    }

    NameServers nameServers() {
        return nameServers;
    }

    boolean signOnRequired() {
        return Json.bool(json.get("ssoEnabled"), false);
    }

    Address traceTarget() {
        return traceTarget(json);
    }

    static Address traceTarget(ObjectNode json) {
        return Address.parse(Json.string(json.get("remoteTraceTarget"), "")).orElse(Address.NONE);
    }

    long traceLevel() {
        return Json.integer(json.get("remoteTraceLevel"), 0);
    }

    /** The tokens that admit: the newer form (an object) or the older (an array). */
    JsonNode authTokens() {
        return json.path("authTokens");
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof NetworkRecord record && record.json.equals(json);
    }

    @Override
    public int hashCode() {
        return json.hashCode();
    }
}
