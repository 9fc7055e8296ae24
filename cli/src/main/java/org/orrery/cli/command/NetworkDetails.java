// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.command;

import java.time.Instant;
import java.util.List;
import org.orrery.cli.api.Json;
import org.orrery.cli.api.Terminal;

/** Shows one network of a controller. */
final class NetworkDetails {
    private final Terminal terminal;

    NetworkDetails(Terminal terminal) {
        this.terminal = terminal;
    }

    void print(Json network) {
        line("id", network.at("id").text());
        line("name", network.at("name").text());
        line("access", NetworkCommand.access(network));
        line("mtu", Long.toString(network.at("mtu").integer()));
        line("broadcast", network.at("enableBroadcast").isTrue() ? "on" : "off");
        line("multicast", "up to " + network.at("multicastLimit").integer() + " recipients");
        line("revision", Long.toString(network.at("revision").integer()));
        line(
                "created",
                Instant.ofEpochMilli(network.at("creationTime").integer()).toString());
        list("assigns", assigns(network));
        list(
                "pools",
                network.at("ipAssignmentPools").items().stream()
                        .map(pool -> pool.at("ipRangeStart").text() + "-"
                                + pool.at("ipRangeEnd").text())
                        .toList());
        list(
                "routes",
                network.at("routes").items().stream()
                        .map(route -> route.at("target").text()
                                + (route.at("via").present()
                                        ? " via " + route.at("via").text()
                                        : ""))
                        .toList());
        Json dns = network.at("dns");
        if (!dns.members().isEmpty()) {
            list("dns", List.of(dns.at("domain").text() + " " + texts(dns.at("servers"))));
        }
        list("rules", network.at("rules").items().stream().map(Json::compact).toList());
    }

    private static List<String> assigns(Json network) {
        var modes = new java.util.ArrayList<String>();
        if (network.at("v4AssignMode").at("zt").isTrue()) {
            modes.add("IPv4 from the pools");
        }
        Json v6 = network.at("v6AssignMode");
        if (v6.at("zt").isTrue()) {
            modes.add("IPv6 from the pools");
        }
        if (v6.at("6plane").isTrue()) {
            modes.add("6plane");
        }
        if (v6.at("rfc4193").isTrue()) {
            modes.add("rfc4193");
        }
        return modes;
    }

    static String texts(Json array) {
        return String.join(",", array.items().stream().map(Json::text).toList());
    }

    private void list(String name, List<String> values) {
        if (values.isEmpty()) {
            line(name, "");
        }
        for (int i = 0; i < values.size(); i++) {
            line(i == 0 ? name : "", values.get(i));
        }
    }

    private void line(String name, String value) {
        terminal.line(name + " ".repeat(11 - name.length()) + (value.isEmpty() ? "-" : value));
    }
}
