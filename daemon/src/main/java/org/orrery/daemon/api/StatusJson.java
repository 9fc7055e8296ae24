// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.api;

import java.nio.file.Path;
import java.util.Collection;
import org.orrery.core.node.NodeStatus;
import org.orrery.core.node.Version;
import org.orrery.core.value.Address;
import org.orrery.core.value.Endpoint;
import org.orrery.daemon.Implementation;
import org.orrery.daemon.home.LocalConfig;
import org.orrery.daemon.json.Json;
import org.orrery.net.Offloads;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /status} and {@code /health}. */
final class StatusJson {
    private StatusJson() {}

    static ObjectNode status(ServiceStatus service, LocalConfig config, Path home, long nowMillis) {
        NodeStatus node = service.node();
        ObjectNode json = health(service, nowMillis);
        json.put("address", node.address().toString());
        json.set("config", effective(service, config, home));
        json.set("orrery", own(service, nowMillis));
        json.put("planetWorldId", node.planetId());
        json.put("planetWorldTimestamp", node.planetTimestamp());
        json.put("publicIdentity", node.publicIdentity());
        json.put("tcpFallbackActive", service.features().tcpRelayActive());
        return json;
    }

    static ObjectNode health(ServiceStatus service, long nowMillis) {
        Version version = Version.COMPATIBLE;
        ObjectNode json = Json.object();
        json.put("clock", nowMillis);
        json.put("online", service.node().online());
        json.put("version", version.toString());
        json.put("versionBuild", 0);
        json.put("versionMajor", version.major());
        json.put("versionMinor", version.minor());
        json.put("versionRev", version.revision());
        return json;
    }

    /** The file's object with what is really in force written over its settings. */
    private static ObjectNode effective(ServiceStatus service, LocalConfig config, Path home) {
        ObjectNode json = config.shown();
        JsonNode inFile = json.get("settings");
        ObjectNode settings = inFile instanceof ObjectNode object ? object : Json.object();
        settings.put("allowTcpFallbackRelay", service.features().tcpRelayAllowed());
        settings.put("forceTcpRelay", service.features().tcpRelayForced());
        settings.put("homeDir", home.toString());
        settings.set("listeningOn", texts(service.node().listeningOn()));
        settings.put("portMappingEnabled", service.features().portMapping());
        settings.put("primaryPort", service.primaryPort());
        settings.put("secondaryPort", service.secondaryPort());
        settings.put("softwareUpdate", "disable");
        settings.put("softwareUpdateChannel", "release");
        settings.set("surfaceAddresses", texts(service.node().surfaces()));
        settings.put("tertiaryPort", service.tertiaryPort());
        json.set("settings", settings);
        return json;
    }

    private static ObjectNode own(ServiceStatus service, long nowMillis) {
        ObjectNode json = Json.object();
        json.put("name", Implementation.NAME);
        json.put("version", Implementation.VERSION);
        json.put("uptimeMillis", Math.max(0, nowMillis - service.startedMillis()));
        ObjectNode packets = json.putObject("packets");
        service.node().packets().forEach((reason, count) -> packets.put(reason.name(), count));
        json.set("relay", relay(service.node()));
        json.set("dataPlane", dataPlane(service.dataPlane()));
        json.put("portMapping", service.portMapping());
        json.set("tcpRelay", fallback(service.fallback()));
        return json;
    }

    private static ObjectNode fallback(FallbackStatus fallback) {
        ObjectNode json = Json.object();
        json.put("state", fallback.state().name());
        json.put("relay", fallback.relay());
        json.put("proxy", fallback.proxy());
        json.put("since", fallback.sinceMillis());
        json.put("because", fallback.because());
        json.put("failure", fallback.failure());
        json.put("sent", fallback.sent());
        json.put("received", fallback.received());
        json.put("dropped", fallback.dropped());
        return json;
    }

    private static ObjectNode relay(NodeStatus node) {
        ObjectNode json = Json.object();
        json.put("root", node.relay().map(Address::toString).orElse(""));
        json.set("prefer", addresses(node.relayPolicy().prefer()));
        json.set("only", addresses(node.relayPolicy().only()));
        json.set(
                "never",
                node.relayPolicy().directOnly()
                        ? Json.array().add("all")
                        : addresses(node.relayPolicy().never()));
        return json;
    }

    private static ArrayNode addresses(Collection<Address> addresses) {
        ArrayNode json = Json.array();
        addresses.stream().sorted().forEach(address -> json.add(address.toString()));
        return json;
    }

    private static ObjectNode dataPlane(DataPlane plane) {
        ObjectNode json = Json.object();
        json.put("ports", plane.ports());
        json.put("lanes", plane.lanes());
        ArrayNode sockets = json.putArray("sockets");
        for (DataPlane.Socket socket : plane.sockets()) {
            ObjectNode each = sockets.addObject();
            each.put("local", socket.local().toString());
            each.put("device", socket.device());
            each.put("lanes", socket.lanes());
            each.set("offloadSend", state(socket.sending()));
            each.set("offloadReceive", state(socket.receiving()));
        }
        ArrayNode interfaces = json.putArray("interfaces");
        for (DataPlane.Interface port : plane.interfaces()) {
            ObjectNode each = interfaces.addObject();
            each.put("name", port.name());
            each.put("lanes", port.queues());
            each.set("offloadTcp", state(port.tcp()));
            each.set("offloadUdp", state(port.udp()));
        }
        return json;
    }

    private static ObjectNode state(Offloads.State state) {
        ObjectNode json = Json.object();
        json.put("inForce", state.inForce());
        json.put("reason", state.reason());
        return json;
    }

    private static ArrayNode texts(Collection<Endpoint> endpoints) {
        ArrayNode json = Json.array();
        endpoints.forEach(endpoint -> json.add(endpoint.toString()));
        return json;
    }
}
