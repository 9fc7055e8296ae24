// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.command;

import org.jspecify.annotations.Nullable;
import org.orrery.cli.api.Json;
import org.orrery.cli.api.Table;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code orrery peers}. */
@Command(
        name = "peers",
        description = {
            "Show the nodes this node talks to, and by which path.",
            "With ADDRESS: that one, with all places where it was looked for, and why it is relayed."
        },
        footer = {
            "",
            "Examples:",
            "  orrery peers",
            "  orrery peers 8056c2e21c",
            "  orrery peers --json | jq '.[] | select(.role == \"PLANET\")'"
        })
final class PeersCommand extends Context implements Runnable {
    @Mixin
    private final NodeOptions node = new NodeOptions();

    @Parameters(paramLabel = "ADDRESS", arity = "0..1", description = "Node address, 10 hex digits.")
    private @Nullable String wanted;

    @Option(
            names = {"-j", "--json"},
            description = "Print the node's own JSON.")
    private boolean json;

    @Override
    public void run() {
        if (wanted != null) {
            one(address(wanted));
            return;
        }
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
            // What goes to a root goes over none.
            boolean root = !peer.at("role").text().equals("LEAF");
            long latency = peer.at("latency").integer(-1);
            String version = peer.at("version").text();
            table.add(
                    peer.at("address").text(),
                    peer.at("role").text(),
                    version.startsWith("-1") ? "" : version,
                    latency < 0 ? "" : latency + " ms",
                    path.present() ? path.at("address").text() : root ? "none" : "relayed",
                    path.present() ? Ages.since(now, path.at("lastReceive").integer()) : "",
                    path.present() ? Ages.since(now, path.at("lastSend").integer()) : "");
            if (peer.at("isBonded").isTrue()) {
                table.note("bonded: " + peer.at("bondingPolicyStr").text() + ", "
                        + peer.at("numAliveLinks").integer() + " of "
                        + peer.at("numTotalLinks").integer() + " links work");
            }
            String why = peer.at("orrery").at("relayedBecause").text();
            if (!path.present() && !why.isEmpty()) {
                table.note((root ? "not reached: " : "relayed: ") + why);
            }
        }
        table.print(terminal());
    }

    private void one(String address) {
        Json peer = json(get(api(node), "/peer/" + address));
        if (!peer.at("address").present()) {
            throw new Trouble(
                    "This node knows no peer " + address + ".",
                    "It gets to know it as soon as there is something to send: orrery ping " + address);
        }
        if (json) {
            terminal().line(peer.indented());
        } else {
            new PeerDetails(terminal()).print(peer);
        }
    }
}
