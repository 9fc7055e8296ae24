// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.command;

import java.util.List;
import java.util.concurrent.Callable;
import org.orrery.cli.api.Json;
import org.orrery.cli.api.LocalApi;
import org.orrery.cli.api.LocalApi.Answer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code orrery join}. */
@Command(
        name = "join",
        description = "Join a network, and wait a little for it to be ready.",
        footer = {
            "",
            "Examples:",
            "  orrery join 8056c2e21c000001",
            "  orrery join 8056c2e21c000001 --allow-global --wait 60"
        })
final class JoinCommand extends Context implements Callable<Integer> {
    private static final int POLL_MILLIS = 250;

    @Mixin
    private final NodeOptions node = new NodeOptions();

    @Parameters(paramLabel = "NETWORK", description = "Network ID, 16 hex digits.")
    private String network = "";

    @Mixin
    private final LocalSettings settings = new LocalSettings();

    @Option(
            names = "--wait",
            paramLabel = "SECONDS",
            description = "How long to wait for the network to be ready (default: ${DEFAULT-VALUE}).")
    private int waitSeconds = 10;

    @Option(
            names = {"-j", "--json"},
            description = "Print the node's own JSON.")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
        String id = networkId(network);
        LocalApi api = api(node);
        Json joined = json(post(api, "/network/" + id, settings.json()));
        if (!joined.at("id").present()) {
            throw new Trouble(
                    "The node could not make an interface for " + id + ".",
                    "It needs root (or CAP_NET_ADMIN) and /dev/net/tun.");
        }
        long deadline = System.nanoTime() + waitSeconds * 1_000_000_000L;
        while (!joined.at("status").text().equals("OK") && System.nanoTime() - deadline < 0) {
            Thread.sleep(POLL_MILLIS);
            Answer answer = get(api, "/network/" + id);
            if (answer.ok()) {
                joined = json(answer);
            }
        }
        if (json) {
            terminal().line(joined.indented());
        } else {
            new NetworkReport(terminal()).print(List.of(joined), ownAddress(api));
        }
        return joined.at("status").text().equals("OK") || waitSeconds == 0 ? 0 : 1;
    }

    private String ownAddress(LocalApi api) {
        return json(get(api, "/status")).at("address").text();
    }
}
