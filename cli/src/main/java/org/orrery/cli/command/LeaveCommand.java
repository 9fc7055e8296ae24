// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.command;

import org.orrery.cli.api.LocalApi;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code orrery leave}. */
@Command(
        name = "leave",
        description = "Leave a network: its interface, addresses and routes go away.",
        footer = {"", "Example:", "  orrery leave 8056c2e21c000001"})
final class LeaveCommand extends Context implements Runnable {
    @Mixin
    private final NodeOptions node = new NodeOptions();

    @Parameters(paramLabel = "NETWORK", description = "Network ID, 16 hex digits.")
    private String network = "";

    @Override
    public void run() {
        String id = networkId(network);
        LocalApi api = api(node);
        if (get(api, "/network/" + id).status() == 404) {
            throw new Trouble("This node has not joined " + id + ".", "It is in those that 'orrery networks' shows.");
        }
        delete(api, "/network/" + id);
        terminal().line("left " + id);
    }
}
