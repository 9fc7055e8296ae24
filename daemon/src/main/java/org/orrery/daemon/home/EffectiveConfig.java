// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.home;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.orrery.core.vl1.RelayPolicy;
import org.orrery.daemon.home.LocalConfig.Problem;
import org.orrery.daemon.home.LocalConfig.Settings;
import org.orrery.daemon.json.Json;
import org.orrery.net.relay.ProxyAddress;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Every setting with its value, and where that comes from.
 *
 * @param settings in the order of the documentation
 * @param physical what holds inside networks, by their names
 * @param virtual what holds for peers, by their addresses
 * @param problems what in the file has not the effect that its writer may expect
 * @param fault why the file as it is now is not used at all; empty if it is
 */
public record EffectiveConfig(
        List<Entry> settings, ObjectNode physical, ObjectNode virtual, List<Problem> problems, String fault) {
    private static final int PORT = 9993;

    /** Settings that are read when the service starts. */
    private static final Set<String> AT_START = Set.of(
            "primaryPort",
            "controllerDbPath",
            "multicoreEnabled",
            "concurrency",
            "offloadTap",
            "offloadSend",
            "offloadReceive");

    /** Where a value comes from. */
    public enum Source {
        DEFAULT("default"),
        COMMAND_LINE("command line"),
        LOCAL_CONF("local.conf");

        private final String text;

        Source(String text) {
            this.text = text;
        }

        public String text() {
            return text;
        }
    }

    /**
     * One setting.
     *
     * @param value what the file asks for, understood; JSON's null where the service chooses
     * @param atStart whether it is read at start only
     * @param inForce what is in force until a restart, if that is something else
     */
    public record Entry(
            String name, JsonNode value, JsonNode usual, Source source, boolean atStart, Optional<JsonNode> inForce) {}

    /**
     * How the service was started.
     *
     * @param port in force
     * @param commandLinePort if the command line had one
     */
    public record Start(int port, OptionalInt commandLinePort) {}

    static EffectiveConfig of(LocalConfig current, LocalConfig started, Start start, String fault) {
        Map<String, JsonNode> wanted = values(current.settings(), start);
        Map<String, JsonNode> before = values(started.settings(), start);
        Map<String, JsonNode> usual =
                values(LocalConfig.EMPTY.settings(), new Start(start.port(), OptionalInt.empty()));
        List<Entry> entries = new ArrayList<>();
        wanted.forEach((name, value) -> {
            JsonNode otherwise = Objects.requireNonNull(usual.get(name), name);
            JsonNode old = Objects.requireNonNull(before.get(name), name);
            boolean atStart = AT_START.contains(name);
            boolean differs = atStart && !value.equals(old);
            entries.add(new Entry(
                    name,
                    value,
                    otherwise,
                    source(name, value, otherwise, current, start),
                    atStart,
                    differs ? Optional.of(old) : Optional.empty()));
        });
        return new EffectiveConfig(entries, physical(current), virtual(current), current.problems(), fault);
    }

    private static Source source(String name, JsonNode value, JsonNode usual, LocalConfig config, Start start) {
        JsonNode section = config.json().get("settings");
        boolean named = section != null && section.isObject() && section.hasNonNull(name);
        boolean ignored = value.equals(usual)
                && config.problems().stream().anyMatch(problem -> problem.at().equals("settings." + name));
        if (named && !ignored) {
            return Source.LOCAL_CONF;
        }
        return name.equals("primaryPort") && start.commandLinePort().isPresent() ? Source.COMMAND_LINE : Source.DEFAULT;
    }

    private static Map<String, JsonNode> values(Settings settings, Start start) {
        JsonNodeFactory make = JsonNodeFactory.instance;
        Map<String, JsonNode> values = new LinkedHashMap<>();
        values.put(
                "primaryPort",
                make.numberNode(
                        settings.primaryPort().orElse(start.commandLinePort().orElse(PORT))));
        values.put("secondaryPort", make.numberNode(settings.secondaryPort()));
        values.put("allowSecondaryPort", make.booleanNode(settings.allowSecondaryPort()));
        values.put("tertiaryPort", make.numberNode(settings.tertiaryPort()));
        values.put("portMappingEnabled", make.booleanNode(settings.portMapping()));
        values.put("portSearch", make.booleanNode(settings.portSearch()));
        values.put("bind", texts(settings.bind()));
        values.put("interfacePrefixBlacklist", texts(settings.interfacePrefixBlacklist()));
        values.put("interfacePrefixAllowlist", texts(settings.interfacePrefixAllowlist()));
        values.put("addressAllowlist", texts(settings.addressAllowlist()));
        values.put("allowManagementFrom", texts(settings.allowManagementFrom()));
        values.put("lowBandwidthMode", make.booleanNode(settings.lowBandwidthMode()));
        values.put("orrery.relay", relay(settings.relay()));
        values.put("allowTcpFallbackRelay", make.booleanNode(settings.tcpRelay().allowed()));
        values.put("forceTcpRelay", make.booleanNode(settings.tcpRelay().forced()));
        values.put(
                "tcpFallbackRelay",
                settings.tcpRelay()
                        .plain()
                        .map(relay -> Json.text(relay.toString()))
                        .orElse(
                                settings.tcpRelay().tls().isPresent()
                                        ? make.nullNode()
                                        : Json.text(LocalConfig.Relay.PUBLIC.toString())));
        values.put("tlsRelay", text(settings.tcpRelay().tls()));
        values.put("tlsRelayFingerprint", text(settings.tcpRelay().tls().flatMap(relay -> relay.fingerprint())));
        // The text of a proxy leaves its password out: this is shown around.
        values.put("relayProxy", text(settings.tcpRelay().proxy().map(ProxyAddress::toString)));
        values.put("defaultBondingPolicy", Json.text(settings.bonding().usual()));
        values.put("policies", settings.bonding().policiesJson());
        values.put("peerSpecificBonds", settings.bonding().peersJson());
        values.put("controllerDbPath", text(settings.controllerDbPath()));
        values.put("multicoreEnabled", make.booleanNode(settings.lanes().orElse(0) != 1));
        values.put(
                "concurrency",
                settings.lanes().isPresent() ? make.numberNode(settings.lanes().getAsInt()) : make.nullNode());
        values.put("offloadTap", make.booleanNode(settings.offloads().tapSegmentation()));
        values.put("offloadSend", make.booleanNode(settings.offloads().udpSegmentation()));
        values.put("offloadReceive", make.booleanNode(settings.offloads().udpJoining()));
        return values;
    }

    private static JsonNode text(Optional<?> value) {
        return value.<JsonNode>map(each -> Json.text(each.toString())).orElse(JsonNodeFactory.instance.nullNode());
    }

    private static ArrayNode texts(Collection<?> values) {
        ArrayNode json = Json.array();
        values.forEach(each -> json.add(each.toString()));
        return json;
    }

    private static ObjectNode relay(RelayPolicy policy) {
        ObjectNode json = Json.object();
        json.set("prefer", texts(policy.prefer()));
        json.set("only", texts(policy.only()));
        json.set("never", policy.directOnly() ? texts(List.of("all")) : texts(policy.never()));
        return json;
    }

    private static ObjectNode physical(LocalConfig config) {
        ObjectNode json = Json.object();
        List<LocalConfig.Physical> networks = new ArrayList<>(config.oldTrustedPaths());
        networks.addAll(config.physical());
        for (LocalConfig.Physical each : networks) {
            ObjectNode network = Json.object();
            network.put("blacklist", each.blacklist());
            network.put("mtu", each.mtuBytes());
            network.put("trustedPathId", each.trustedPathId());
            json.set(each.network().toString(), network);
        }
        return json;
    }

    private static ObjectNode virtual(LocalConfig config) {
        ObjectNode json = Json.object();
        config.virtual().forEach((address, each) -> {
            ObjectNode peer = Json.object();
            peer.set("blacklist", texts(each.blacklist()));
            peer.set("try", texts(each.endpoints()));
            json.set(address.toString(), peer);
        });
        return json;
    }
}
