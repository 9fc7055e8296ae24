// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.command;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.orrery.cli.api.Json;
import org.orrery.cli.api.LocalApi;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code orrery drops}. */
@Command(
        name = "drops",
        description = {
            "Show the last packets and frames that this node dropped, and why.",
            "The node keeps the newest of each kind; of a flood it keeps the first of each second and says how many more"
                    + " there were."
        },
        footer = {
            "",
            "Examples:",
            "  orrery drops --network 1122334455000001",
            "  orrery drops --follow --json | jq -r 'select(.reason == \"RULES_INBOUND\") | .text'"
        })
final class DropsCommand extends Context implements Runnable {
    private static final long PAUSE_MILLIS = 500;
    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss.SSS");

    @Mixin
    private final NodeOptions node = new NodeOptions();

    @Option(
            names = {"-f", "--follow"},
            description = "Go on and print new ones as they come, until interrupted.")
    private boolean follow;

    @Option(
            names = {"-n", "--network"},
            paramLabel = "NETWORK",
            description = "Only those of this network.")
    @Nullable
    private String network;

    @Option(
            names = {"-j", "--json"},
            description = "Print the node's own JSON, one object a line.")
    private boolean json;

    @Override
    public void run() {
        String wanted = network == null ? null : networkId(network);
        LocalApi api = api(node);
        Set<Long> known = new HashSet<>();
        boolean any = print(fresh(api, wanted, known));
        if (!any && !follow && !json) {
            terminal()
                    .complain("Nothing was dropped since the node started"
                            + (wanted == null ? "." : " on network " + wanted + "."));
        }
        while (follow && sleep()) {
            print(fresh(api, wanted, known));
        }
    }

    /** Those not seen before. What the node no longer has is forgotten here too. */
    private List<Json> fresh(LocalApi api, @Nullable String wanted, Set<Long> known) {
        List<Json> fresh = new ArrayList<>();
        Set<Long> present = new HashSet<>();
        for (Json drop : json(get(api, "/orrery/drops")).items()) {
            long id = drop.at("id").integer();
            present.add(id);
            boolean asked = wanted == null || drop.at("network").text().equals(wanted);
            if (asked && !known.contains(id)) {
                fresh.add(drop);
            }
        }
        known.clear();
        known.addAll(present);
        return fresh;
    }

    private boolean print(List<Json> drops) {
        for (Json drop : drops) {
            if (json) {
                terminal().line(drop.compact());
                continue;
            }
            terminal().line(line(drop));
            terminal().line("    " + drop.at("text").text());
            if (!drop.at("advice").text().isEmpty()) {
                terminal().line("    " + drop.at("advice").text());
            }
            long skipped = drop.at("skipped").integer();
            if (skipped > 0) {
                terminal().line("    " + skipped + " more were dropped before it and not kept");
            }
        }
        return !drops.isEmpty();
    }

    /** {@code 12:30:01.250 out 1122334455000001 to 66778899aa ipv4 tcp 10.1.2.3/40000 -> 10.1.2.4/22}. */
    static String line(Json drop) {
        boolean inbound = drop.at("direction").text().equals("in");
        var words = new ArrayList<String>();
        words.add(Instant.ofEpochMilli(drop.at("time").integer())
                .atZone(ZoneId.systemDefault())
                .format(CLOCK));
        words.add(inbound ? "in " : "out");
        if (drop.at("network").present()) {
            words.add(drop.at("network").text());
        }
        if (drop.at("peer").present()) {
            words.add((inbound ? "from " : "to ") + drop.at("peer").text());
        }
        for (String name : List.of("etherType", "protocol", "source")) {
            if (drop.at(name).present()) {
                words.add(drop.at(name).text());
            }
        }
        if (drop.at("destination").present()) {
            words.add("-> " + drop.at("destination").text());
        }
        return String.join(" ", words);
    }

    private static boolean sleep() {
        try {
            Thread.sleep(PAUSE_MILLIS);
            return true;
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
