// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.command;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.orrery.cli.api.Arguments;
import org.orrery.cli.api.Json;
import org.orrery.cli.api.LocalApi;
import org.orrery.core.value.Ip;
import org.orrery.core.value.Prefix;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code orrery network set}. */
@Command(
        name = "set",
        description = "Change a network. What is not named stays as it is; members get the change at once.",
        footer = {
            "",
            "Examples:",
            "  orrery network set NETWORK --name office --mtu 1400",
            "  orrery network set NETWORK --add-route 192.168.7.0/24,10.99.1.1",
            "  orrery network set NETWORK --dns lab.example,10.99.1.1",
            "  orrery network set NETWORK --rules rules.json"
        })
final class NetworkSetCommand extends Context implements Runnable {
    @Mixin
    private final NodeOptions node = new NodeOptions();

    @Parameters(paramLabel = "NETWORK", description = "Network ID, 16 hex digits.")
    private String network = "";

    @Option(names = "--name", paramLabel = "NAME", description = "A name for people.")
    private @Nullable String name;

    @Option(names = "--private", negatable = true, description = "Whether members must be authorized.")
    private @Nullable Boolean restricted;

    @Option(names = "--public", description = "The same as --no-private.")
    private boolean open;

    @Option(names = "--mtu", paramLabel = "BYTES", description = "Size of frames, 1280 to 10000.")
    private @Nullable Long mtu;

    @Option(names = "--multicast-limit", paramLabel = "COUNT", description = "Recipients of one multicast.")
    private @Nullable Long multicastLimit;

    @Option(names = "--broadcast", negatable = true, description = "Whether broadcasts are carried.")
    private @Nullable Boolean broadcast;

    @Option(names = "--add-pool", paramLabel = "POOL", description = "Hand out more addresses; adds the route as well.")
    private List<String> addedPools = new ArrayList<>();

    @Option(names = "--remove-pool", paramLabel = "START-END", description = "Hand out these no more.")
    private List<String> removedPools = new ArrayList<>();

    @Option(names = "--add-route", paramLabel = "TARGET[,VIA]", description = "Add or replace a route.")
    private List<String> addedRoutes = new ArrayList<>();

    @Option(names = "--remove-route", paramLabel = "TARGET", description = "Remove a route.")
    private List<String> removedRoutes = new ArrayList<>();

    @Option(names = "--assign-v4", negatable = true, description = "Whether to hand out IPv4 from the pools.")
    private @Nullable Boolean assignV4;

    @Option(names = "--assign-v6", negatable = true, description = "Whether to hand out IPv6 from the pools.")
    private @Nullable Boolean assignV6;

    @Option(names = "--6plane", negatable = true, description = "Whether each member gets an IPv6 /80 of its own.")
    private @Nullable Boolean sixPlane;

    @Option(names = "--rfc4193", negatable = true, description = "Whether each member gets a computed IPv6 address.")
    private @Nullable Boolean rfc4193;

    @Option(
            names = "--dns",
            paramLabel = "DOMAIN,SERVER...",
            description = "Name servers of a domain; an empty text takes them away.")
    private @Nullable String dns;

    @Option(
            names = "--rules",
            paramLabel = "FILE",
            description = "Rules as JSON: an array of rules, or an object with 'rules', 'capabilities' and 'tags'.")
    private @Nullable String rules;

    @Option(
            names = {"-j", "--json"},
            description = "Print the controller's own JSON.")
    private boolean json;

    @Override
    public void run() {
        String id = networkId(network);
        LocalApi api = api(node);
        Json before = controllerNetwork(api, id);
        var changes = new TreeMap<String, Json>();
        plain(changes);
        addressing(changes, before);
        if (rules != null) {
            rules(changes, rules);
        }
        if (changes.isEmpty()) {
            throw new Trouble("Nothing to change was named.", "See: orrery network set --help");
        }
        Json after = json(post(api, "/controller/network/" + id, Json.object(changes)));
        if (json) {
            terminal().line(after.indented());
        } else {
            new NetworkDetails(terminal()).print(after);
        }
    }

    private void plain(Map<String, Json> changes) {
        if (name != null) {
            changes.put("name", Json.of(name));
        }
        if (open || restricted != null) {
            changes.put("private", Json.of(!open && Boolean.TRUE.equals(restricted)));
        }
        if (mtu != null) {
            changes.put("mtu", Json.of(mtu));
        }
        if (multicastLimit != null) {
            changes.put("multicastLimit", Json.of(multicastLimit));
        }
        if (broadcast != null) {
            changes.put("enableBroadcast", Json.of(broadcast));
        }
        if (dns != null) {
            List<String> words = List.of(dns.split(","));
            List<Json> servers = words.stream().skip(1).map(Json::of).toList();
            changes.put(
                    "dns", Json.object(Map.of("domain", Json.of(words.getFirst()), "servers", Json.array(servers))));
        }
    }

    private void addressing(Map<String, Json> changes, Json before) {
        List<Json> pools = new ArrayList<>(before.at("ipAssignmentPools").items());
        List<Json> routes = new ArrayList<>(before.at("routes").items());
        removedPools.forEach(range -> removePool(pools, AddressPool.parse(range)));
        removedRoutes.forEach(target -> removeRoute(routes, target, true));
        for (String range : addedPools) {
            AddressPool pool = AddressPool.parse(range);
            pools.add(pool.poolJson());
            removeRoute(routes, pool.route().toString(), false);
            routes.add(pool.routeJson());
        }
        for (String route : addedRoutes) {
            int comma = route.indexOf(',');
            String target = comma < 0 ? route : route.substring(0, comma);
            String via = comma < 0 ? "" : route.substring(comma + 1);
            if (Prefix.parse(target).isEmpty()
                    || !via.isEmpty() && Ip.parse(via).isEmpty()) {
                throw new Trouble(
                        "'" + route + "' is not a route.", "Write TARGET,VIA (192.168.7.0/24,10.99.1.1) or TARGET.");
            }
            removeRoute(routes, target, false);
            routes.add(Json.object(Map.of(
                    "target",
                    Json.of(Prefix.parse(target).orElseThrow().toString()),
                    "via",
                    via.isEmpty() ? Json.none() : Json.of(via))));
        }
        if (!addedPools.isEmpty() || !removedPools.isEmpty()) {
            changes.put("ipAssignmentPools", Json.array(pools));
        }
        if (!addedPools.isEmpty() || !addedRoutes.isEmpty() || !removedRoutes.isEmpty()) {
            changes.put("routes", Json.array(routes));
        }
        if (assignV4 != null) {
            changes.put("v4AssignMode", Json.object(Map.of("zt", Json.of(assignV4))));
        }
        if (assignV6 != null || sixPlane != null || rfc4193 != null) {
            var modes = NetworkCommand.copy(before.at("v6AssignMode"));
            put(modes, "zt", assignV6);
            put(modes, "6plane", sixPlane);
            put(modes, "rfc4193", rfc4193);
            changes.put("v6AssignMode", Json.object(modes));
        }
    }

    private static void put(Map<String, Json> modes, String mode, @Nullable Boolean value) {
        if (value != null) {
            modes.put(mode, Json.of(value));
        }
    }

    private static void removePool(List<Json> pools, AddressPool pool) {
        if (!pools.removeIf(
                candidate -> candidate.at("ipRangeStart").equals(pool.poolJson().at("ipRangeStart"))
                        && candidate.at("ipRangeEnd").equals(pool.poolJson().at("ipRangeEnd")))) {
            throw new Trouble(
                    "The network has no pool " + pool.first() + "-" + pool.last() + ".",
                    "'orrery network show' lists its pools.");
        }
    }

    private static void removeRoute(List<Json> routes, String target, boolean mustExist) {
        var wanted = Prefix.parse(target);
        boolean removed = routes.removeIf(route ->
                wanted.isPresent() && Prefix.parse(route.at("target").text()).equals(wanted));
        if (mustExist && !removed) {
            throw new Trouble("The network has no route to " + target + ".", "'orrery network show' lists its routes.");
        }
    }

    private void rules(Map<String, Json> changes, String file) {
        byte[] content = Arguments.content(terminal().folder(), file);
        if (content == null) {
            throw new Trouble("Cannot read " + file + ".");
        }
        try {
            Json given = Json.parse(new String(content, StandardCharsets.UTF_8));
            if (given instanceof Json.Arr) {
                changes.put("rules", given);
                return;
            }
            for (String part : List.of("rules", "capabilities", "tags")) {
                if (given.at(part) instanceof Json.Arr) {
                    changes.put(part, given.at(part));
                }
            }
        } catch (Json.Malformed malformed) {
            throw new Trouble(file + " is not JSON: " + malformed.getMessage());
        }
    }
}
