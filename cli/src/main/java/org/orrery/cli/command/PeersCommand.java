// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.command;

import org.orrery.cli.api.Json;
import org.orrery.cli.api.Table;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code orrery peers}. */
@Command(
        name = "peers",
        description = "Show the nodes this node talks to, and by which path.",
        footer = {"", "Example:", "  orrery peers --json | jq '.[] | select(.role == \"PLANET\")'"})
final class PeersCommand extends Context implements Runnable {
    @Mixin
    private final NodeOptions node = new NodeOptions();

    @Option(
            names = {"-j", "--json"},
            description = "Print the node's own JSON.")
    private boolean json;

    @Override
    public void run() {
        Json peers = json(get(api(node), "/peer"));
        if (json) {
            terminal().line(peers.indented());
            return;
        }
        long now = terminal().clockMillis().getAsLong();
        var table = new Table("ADDRESS", "ROLE", "VERSION", "LATENCY", "PATH", "HEARD", "SENT");
        for (Json peer : peers.items()) {
            Json path = Json.none();
            for (Json candidate : peer.at("paths").items()) {
                if (candidate.at("preferred").isTrue()) {
                    path = candidate;
                }
            }
            long latency = peer.at("latency").integer(-1);
            String version = peer.at("version").text();
            table.add(
                    peer.at("address").text(),
                    peer.at("role").text(),
                    version.startsWith("-1") ? "" : version,
                    latency < 0 ? "" : latency + " ms",
                    path.present() ? path.at("address").text() : "relayed",
                    path.present() ? Ages.since(now, path.at("lastReceive").integer()) : "",
                    path.present() ? Ages.since(now, path.at("lastSend").integer()) : "");
            String why = peer.at("orrery").at("relayedBecause").text();
            if (!path.present() && !why.isEmpty()) {
                table.note("relayed: " + why);
            }
        }
        table.print(terminal());
    }
}
