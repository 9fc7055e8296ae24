// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.api;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.orrery.core.node.NetworkStatus;
import org.orrery.core.rules.RuleCounters;
import org.orrery.core.value.MulticastGroup;
import org.orrery.core.value.Prefix;
import org.orrery.core.vl2.MulticastCut;
import org.orrery.daemon.home.NetworkSettings;
import org.orrery.daemon.host.HostState;
import org.orrery.daemon.host.Refusal;
import org.orrery.daemon.json.Json;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /network}. */
final class NetworkJson {
    private static final String ONLY = "allowManagedOnly";
    private static final int ONLY_MAX = 256;

    private NetworkJson() {}

    static ArrayNode list(Collection<NetworkView> networks) {
        ArrayNode json = Json.array();
        networks.stream()
                .sorted(Comparator.comparing(view -> view.network().id()))
                .forEach(view -> json.add(of(view)));
        return json;
    }

    static ObjectNode of(NetworkView view) {
        return of(view, Optional.empty());
    }

    /** @param rules shown if there, under {@code orrery} */
    static ObjectNode of(NetworkView view, Optional<RuleCounters.Snapshot> rules) {
        NetworkStatus network = view.network();
        NetworkSettings settings = view.settings();
        ObjectNode json = Json.object();
        json.put("allowDNS", settings.allowDns());
        json.put("allowDefault", settings.allowDefault());
        json.put("allowGlobal", settings.allowGlobal());
        json.put("allowManaged", settings.allowManaged());
        ArrayNode addresses = json.putArray("assignedAddresses");
        network.addresses().forEach(address -> addresses.add(address.toString()));
        json.put("bridge", network.bridge());
        json.put("broadcastEnabled", network.broadcast());
        json.put("dhcp", false);
        ObjectNode dns = json.putObject("dns");
        dns.put("domain", network.dnsDomain());
        ArrayNode servers = dns.putArray("servers");
        network.dnsServers().forEach(server -> servers.add(server.toString()));
        json.put("id", network.id().toString());
        json.put("mac", network.mac().toString());
        json.put("mtu", network.mtu());
        ArrayNode groups = json.putArray("multicastSubscriptions");
        network.subscriptions().stream().sorted().forEach(group -> groups.add(of(group)));
        json.put("name", network.name());
        json.put("netconfRevision", network.revision());
        json.put("nwid", network.id().toString());
        json.set("orrery", own(view, rules));
        json.put("portDeviceName", view.portDeviceName());
        json.put("portError", view.portError());
        ArrayNode routes = json.putArray("routes");
        network.routes().forEach(route -> routes.add(of(route)));
        NetworkStatus.State state = view.portError() != 0 ? NetworkStatus.State.PORT_ERROR : network.state();
        json.put("status", state.name());
        json.put("type", network.isPrivate() ? "PRIVATE" : "PUBLIC");
        return json;
    }

    private static ObjectNode of(MulticastGroup group) {
        ObjectNode json = Json.object();
        json.put("adi", Integer.toUnsignedLong(group.adi()));
        json.put("mac", group.mac().toString());
        return json;
    }

    private static ObjectNode of(NetworkStatus.Route route) {
        ObjectNode json = Json.object();
        json.put("flags", 0);
        json.put("metric", 0);
        json.put("target", route.target().toString());
        json.put("via", route.via().map(Object::toString).orElse(null));
        return json;
    }

    /**
     * What became of the configuration here, why a join waits (all null once it does not), and what the multicast limit
     * cut; and how often rules decided.
     */
    private static ObjectNode own(NetworkView view, Optional<RuleCounters.Snapshot> rules) {
        Optional<NetworkStatus.Wait> waiting = view.network().waiting();
        ObjectNode json = Json.object();
        json.set("host", host(view.host(), view.settings()));
        json.put("lastEvent", waiting.map(NetworkStatus.Wait::lastEvent).orElse(null));
        json.put(
                "lastEventTime",
                waiting.map(NetworkStatus.Wait::lastEventMillis).orElse(null));
        json.put(
                "lastRequestTime",
                waiting.map(NetworkStatus.Wait::lastRequestMillis).orElse(null));
        json.set("multicast", of(view.network().multicastCut()));
        rules.ifPresent(counters -> json.set("rules", RulesJson.of(counters)));
        json.put("waitReason", waiting.map(wait -> wait.reason().name()).orElse(null));
        json.put("waitingFor", waiting.map(wait -> wait.reason().text()).orElse(null));
        return json;
    }

    private static ObjectNode of(MulticastCut cut) {
        ObjectNode json = Json.object();
        json.put("cutMulticasts", cut.multicasts());
        json.put("cutRecipients", cut.recipients());
        json.put("largestGroup", cut.largestGroup());
        json.put("lastCutTime", cut.lastMillis());
        json.put("limit", cut.limit());
        return json;
    }

    private static ObjectNode host(HostState host, NetworkSettings settings) {
        ObjectNode json = Json.object();
        ArrayNode addresses = json.putArray("addresses");
        for (HostState.Address each : host.addresses()) {
            ObjectNode address = addresses.addObject();
            address.put("address", each.address().toString());
            outcome(address, each.refusal(), each.detail());
        }
        ArrayNode only = json.putArray(ONLY);
        settings.only().forEach(network -> only.add(network.toString()));
        ObjectNode dns = json.putObject("dns");
        dns.put("by", host.dns().by().isEmpty() ? null : host.dns().by());
        dns.put("reason", host.dns().reason().isEmpty() ? null : host.dns().reason());
        dns.put("setting", host.dns().setting().isEmpty() ? null : host.dns().setting());
        dns.put("state", host.dns().state().name().toLowerCase(Locale.ROOT));
        ArrayNode routes = json.putArray("routes");
        for (HostState.Route each : host.routes()) {
            ObjectNode route = routes.addObject();
            route.put("target", each.target().toString());
            route.put("via", each.via() == null ? null : each.via().toString());
            outcome(route, each.refusal(), each.detail());
        }
        return json;
    }

    private static void outcome(ObjectNode json, @Nullable Refusal refusal, String detail) {
        json.put("applied", refusal == null);
        json.put("reason", refusal == null ? null : detail.isEmpty() ? refusal.text() : refusal.text() + ": " + detail);
        json.put("setting", refusal == null || refusal.setting().isEmpty() ? null : refusal.setting());
    }

    /**
     * The settings that a posted body names. Of the known ones only booleans count; whatever else it holds is ignored.
     *
     * @throws BadListException for a list of networks, which only this service knows, that is none
     */
    static NetworkSettings.Change change(Optional<JsonNode> body) throws BadListException {
        return new NetworkSettings.Change(
                flag(body, "allowManaged"),
                only(body.map(json -> json.get(ONLY)).orElse(null)),
                flag(body, "allowGlobal"),
                flag(body, "allowDefault"),
                flag(body, "allowDNS"));
    }

    private static Optional<Boolean> flag(Optional<JsonNode> body, String name) {
        return body.map(json -> json.get(name)).filter(JsonNode::isBoolean).map(JsonNode::booleanValue);
    }

    private static Optional<List<Prefix>> only(@Nullable JsonNode list) throws BadListException {
        if (list == null) {
            return Optional.empty();
        }
        if (!list.isArray() || list.size() > ONLY_MAX) {
            throw new BadListException(ONLY + ": not a list of at most " + ONLY_MAX + " networks");
        }
        List<Prefix> only = new ArrayList<>();
        for (JsonNode each : list) {
            String text = each.isString() ? each.stringValue() : each.toString();
            only.add(Prefix.parse(text)
                    .orElseThrow(() -> new BadListException(
                            ONLY + "[" + only.size() + "]: '" + text + "' is not a network such as 10.0.0.0/8")));
        }
        return Optional.of(only);
    }

    /** Says what is wrong with a posted list of networks, and where. */
    static final class BadListException extends Exception {
        private static final long serialVersionUID = 1;

        BadListException(String message) {
            super(message);
        }
    }
}
