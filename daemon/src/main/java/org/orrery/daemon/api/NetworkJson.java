// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.api;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import org.orrery.core.node.NetworkStatus;
import org.orrery.core.value.MulticastGroup;
import org.orrery.daemon.home.NetworkSettings;
import org.orrery.daemon.json.Json;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /network}. */
final class NetworkJson {
    private NetworkJson() {}

    static ArrayNode list(Collection<NetworkView> networks) {
        ArrayNode json = Json.array();
        networks.stream()
                .sorted(Comparator.comparing(view -> view.network().id()))
                .forEach(view -> json.add(of(view)));
        return json;
    }

    static ObjectNode of(NetworkView view) {
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
        json.set("orrery", own(network));
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

    /** Why a join waits; all null once it does not. */
    private static ObjectNode own(NetworkStatus network) {
        Optional<NetworkStatus.Wait> waiting = network.waiting();
        ObjectNode json = Json.object();
        json.put("lastEvent", waiting.map(NetworkStatus.Wait::lastEvent).orElse(null));
        json.put(
                "lastEventTime",
                waiting.map(NetworkStatus.Wait::lastEventMillis).orElse(null));
        json.put(
                "lastRequestTime",
                waiting.map(NetworkStatus.Wait::lastRequestMillis).orElse(null));
        json.put("waitReason", waiting.map(wait -> wait.reason().name()).orElse(null));
        json.put("waitingFor", waiting.map(wait -> wait.reason().text()).orElse(null));
        return json;
    }

    /** The settings that a posted body names. Only booleans count; whatever else it holds is ignored. */
    static NetworkSettings.Change change(Optional<JsonNode> body) {
        return new NetworkSettings.Change(
                flag(body, "allowManaged"),
                flag(body, "allowGlobal"),
                flag(body, "allowDefault"),
                flag(body, "allowDNS"));
    }

    private static Optional<Boolean> flag(Optional<JsonNode> body, String name) {
        return body.map(json -> json.get(name)).filter(JsonNode::isBoolean).map(JsonNode::booleanValue);
    }
}
