// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.command;

import java.util.List;
import org.orrery.cli.api.Json;
import org.orrery.cli.api.LocalApi;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code orrery status}. */
@Command(
        name = "status",
        description = "Show this node: its address, whether it is online, its networks.",
        footer = {"", "Example:", "  orrery status --json | jq -r .address"})
final class StatusCommand extends Context implements Runnable {
    @Mixin
    private final NodeOptions node = new NodeOptions();

    @Option(
            names = {"-j", "--json"},
            description = "Print the node's own JSON.")
    private boolean json;

    @Override
    public void run() {
        LocalApi api = api(node);
        Json status = json(get(api, "/status"));
        if (json) {
            terminal().line(status.indented());
            return;
        }
        List<Json> networks = json(get(api, "/network")).items();
        long joined = networks.stream()
                .filter(network -> network.at("status").text().equals("OK"))
                .count();
        boolean relayed = status.at("tcpFallbackActive").isTrue();
        String state = status.at("online").isTrue()
                ? relayed ? "online, through a TCP relay (is UDP blocked?)" : "online"
                : relayed
                        ? "offline: no root has answered, neither over UDP nor through the TCP relay"
                        : "offline: no root has answered yet";
        Json settings = status.at("config").at("settings");
        line("address", status.at("address").text());
        line("state", state);
        line("version", status.at("version").text());
        line(
                "networks",
                joined + " of " + networks.size() + " ready" + (networks.isEmpty() ? "" : " (orrery networks)"));
        line("planet", Long.toUnsignedString(status.at("planetWorldId").integer()));
        line("port", Long.toString(settings.at("primaryPort").integer(api.port())));
        line("home", home(node).folder().toString());
        List<String> seenAs =
                settings.at("surfaceAddresses").items().stream().map(Json::text).toList();
        if (!seenAs.isEmpty()) {
            line("seen as", String.join(", ", seenAs));
        }
        String mapping = status.at("orrery").at("portMapping").text();
        if (!mapping.isEmpty()) {
            line("mapped", mapping);
        }
        var fallback = new FallbackReport(
                status.at("orrery").at("tcpRelay"), status.at("clock").integer());
        String relay = "tcp relay";
        for (String each : fallback.lines()) {
            line(relay, each);
            relay = "";
        }
        var dataPlane = new DataPlaneReport(status.at("orrery").at("dataPlane"));
        if (dataPlane.known()) {
            line("lanes", dataPlane.lanes());
            String name = "offloads";
            for (String each : dataPlane.offloads()) {
                line(name, each);
                name = "";
            }
        }
    }

    private void line(String name, String value) {
        terminal().line(name + " ".repeat(10 - name.length()) + value);
    }
}
