// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.command;

import org.orrery.cli.api.Json;
import org.orrery.cli.api.LocalApi;
import org.orrery.cli.api.LocalApi.Answer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code orrery network local}. */
@Command(
        name = "local",
        description = {
            "Show what a joined network changes on this host, and set what it may change.",
            "What is not named stays as it is; the rest takes effect at once."
        },
        footer = {
            "",
            "Examples:",
            "  orrery network local 8056c2e21c000001",
            "  orrery network local 8056c2e21c000001 --allow-dns",
            "  orrery network local 8056c2e21c000001 --allow-default --no-allow-global",
            "  orrery network local 8056c2e21c000001 --only 10.0.0.0/8,fd00::/8"
        })
final class NetworkLocalCommand extends Context implements Runnable {
    /** A resolver takes a moment; longer than this nobody wants to wait for the picture. */
    private static final int SETTLE_MILLIS = 3_000;

    private static final int POLL_MILLIS = 100;

    @Mixin
    private final NodeOptions node = new NodeOptions();

    @Parameters(paramLabel = "NETWORK", description = "Network ID, 16 hex digits.")
    private String network = "";

    @Mixin
    private final LocalSettings settings = new LocalSettings();

    @Option(
            names = {"-j", "--json"},
            description = "Print the node's own JSON.")
    private boolean json;

    @Override
    public void run() {
        String id = networkId(network);
        Json change = settings.json();
        LocalApi api = api(node);
        Json joined = joined(api, id);
        if (!change.members().isEmpty()) {
            post(api, "/network/" + id, change);
            joined = settled(api, id);
        }
        if (json) {
            terminal().line(joined.indented());
        } else {
            new HostReport(terminal()).print(joined);
        }
    }

    private Json joined(LocalApi api, String id) {
        Answer answer = get(api, "/network/" + id);
        if (answer.status() == 404) {
            throw new Trouble("This node has not joined " + id + ".", "Join it: orrery join " + id);
        }
        return json(answer);
    }

    private Json settled(LocalApi api, String id) {
        long deadline = System.nanoTime() + SETTLE_MILLIS * 1_000_000L;
        Json joined = joined(api, id);
        try {
            while (HostReport.dns(joined).at("state").text().equals("pending") && System.nanoTime() - deadline < 0) {
                Thread.sleep(POLL_MILLIS);
                joined = joined(api, id);
            }
        } catch (InterruptedException impatient) {
            Thread.currentThread().interrupt();
        }
        return joined;
    }
}
