// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.orrery.cli.api.Json;
import org.orrery.cli.api.LocalApi;
import org.orrery.cli.api.Table;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code orrery trace}. */
@Command(
        name = "trace",
        description = {
            "Show the ways to a node: each direct path, and the way over a root, with the time of each leg.",
            "What lies beyond a root cannot be asked; its leg is the difference. The exit code is 1 if no way works."
        },
        footer = {"", "Example:", "  orrery trace 8056c2e21c"})
final class TraceCommand extends Context implements Callable<Integer> {
    /** Questions over each way; the shortest time counts. */
    private static final int TRIES = 3;

    private static final int TIMEOUT_SECONDS = 2;

    @Mixin
    private final NodeOptions node = new NodeOptions();

    @Parameters(paramLabel = "ADDRESS", description = "Node address, 10 hex digits.")
    private String wanted = "";

    @Option(
            names = {"-j", "--json"},
            description = "Print JSON.")
    private boolean json;

    /** A way and the shortest answer over it, or a failure. */
    private record Way(String name, boolean inUse, Echo echo) {}

    @Override
    public Integer call() {
        String address = address(wanted);
        LocalApi api = api(node);
        // First as traffic goes: a node never heard of is looked up by that.
        Echo traffic = best(api, address, "");
        if (!traffic.answered() && !traffic.silent()) {
            throw new Trouble(address + " cannot be asked: " + traffic.failure() + ".", "Look at: orrery netcheck");
        }
        Json peer = json(get(api, "/peer/" + address));
        if (!peer.at("address").present()) {
            throw new Trouble(
                    "No root that this node reaches has told of " + address + ".",
                    "Is the address right, and was that node on-line? See also: orrery netcheck");
        }
        List<Way> ways = new ArrayList<>();
        for (Json path : peer.at("paths").items()) {
            String at = path.at("address").text();
            boolean preferred = path.at("preferred").isTrue();
            ways.add(new Way(at, preferred, preferred ? traffic : best(api, address, at)));
        }
        boolean relayed = ways.stream().noneMatch(Way::inUse);
        Echo overRoot = relayed ? traffic : best(api, address, "relay");
        Optional<Way> root = root(api, overRoot, relayed);
        if (json) {
            terminal().line(json(address, ways, overRoot, root).indented());
        } else {
            print(address, ways, overRoot, root, relayed);
        }
        return overRoot.answered() || ways.stream().anyMatch(way -> way.echo.answered()) ? 0 : 1;
    }

    /** The root that carried the question, asked itself. */
    private Optional<Way> root(LocalApi api, Echo overRoot, boolean inUse) {
        String relay = overRoot.json().at("sent").at("relay").text();
        return relay.isEmpty() ? Optional.empty() : Optional.of(new Way(relay, inUse, best(api, relay, "")));
    }

    private Echo best(LocalApi api, String address, String via) {
        Echo best = ask(api, address, via);
        // Where there is no way, asking again makes none.
        for (int i = 1; i < TRIES && (best.answered() || best.silent()); i++) {
            Echo echo = ask(api, address, via);
            boolean better = echo.answered() && (!best.answered() || echo.millis() < best.millis());
            best = better ? echo : best;
        }
        return best;
    }

    private Echo ask(LocalApi api, String address, String via) {
        return new Echo(own(post(api, "/orrery/ping", Echo.question(address, via, TIMEOUT_SECONDS))));
    }

    private void print(String address, List<Way> ways, Echo overRoot, Optional<Way> root, boolean relayed) {
        var table = new Table("WAY TO " + address, "LEG", "TIME", "STATE");
        for (Way way : ways) {
            table.add("direct", way.name, time(way.echo), way.inUse ? "in use" : "not in use");
        }
        String use = relayed ? "in use" : "not in use";
        if (root.isPresent()) {
            Echo leg = root.get().echo;
            String at = overRoot.json().at("sent").at("endpoint").text();
            table.add("over a root", "to root " + root.get().name + " at " + at, time(leg), use);
            if (overRoot.answered()) {
                long hops = overRoot.json().at("hops").integer();
                table.add(
                        "",
                        "from there to " + address + (hops > 1 ? ", " + hops + " relays" : ""),
                        leg.answered() ? Echo.millis(Math.max(0, overRoot.millis() - leg.millis())) : "",
                        "");
                table.add("", "together", Echo.millis(overRoot.millis()), "");
            } else {
                table.add("", "from there to " + address, overRoot.failure(), "");
            }
        } else {
            table.add("over a root", "", overRoot.answered() ? time(overRoot) : overRoot.failure(), use);
        }
        table.print(terminal());
        if (relayed) {
            terminal().line("Why there is no direct path: orrery peers " + address);
        }
    }

    private static String time(Echo echo) {
        return echo.answered() ? Echo.millis(echo.millis()) : echo.failure();
    }

    private static Json json(String address, List<Way> ways, Echo overRoot, Optional<Way> root) {
        var members = new TreeMap<String, Json>();
        members.put("address", Json.of(address));
        members.put("direct", Json.array(ways.stream().map(TraceCommand::json).toList()));
        members.put("overRoot", overRoot.json());
        members.put("root", root.map(TraceCommand::json).orElse(Json.none()));
        return Json.object(members);
    }

    private static Json json(Way way) {
        var members = new TreeMap<String, Json>();
        members.put("way", Json.of(way.name));
        members.put("inUse", Json.of(way.inUse));
        members.put("echo", way.echo.json());
        return Json.object(members);
    }
}
