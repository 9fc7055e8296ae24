// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.command;

import org.orrery.cli.api.Json;
import org.orrery.cli.api.LocalApi;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code orrery networks}. */
@Command(
        name = "networks",
        description = {
            "Show the networks this node has joined, why one that is not ready still waits, and what is not applied here.",
            "'orrery network local NETWORK' shows one in full."
        },
        footer = {"", "Example:", "  orrery networks --json | jq -r '.[].assignedAddresses[]'"})
final class NetworksCommand extends Context implements Runnable {
    @Mixin
    private final NodeOptions node = new NodeOptions();

    @Option(
            names = {"-j", "--json"},
            description = "Print the node's own JSON.")
    private boolean json;

    @Override
    public void run() {
        LocalApi api = api(node);
        Json networks = json(get(api, "/network"));
        if (json) {
            terminal().line(networks.indented());
        } else if (networks.items().isEmpty()) {
            terminal().complain("This node has joined no network. Join one: orrery join NETWORK");
        } else {
            String ownAddress = json(get(api, "/status")).at("address").text();
            new NetworkReport(terminal()).print(networks.items(), ownAddress);
        }
    }
}
