// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.command;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.orrery.cli.api.Json;
import org.orrery.cli.api.LocalApi;
import org.orrery.cli.api.Table;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code orrery network}: the networks this node is the controller of, and what joined ones may do here. */
@Command(
        name = "network",
        description =
                "Make and manage networks that this node is the controller of; set what joined ones may change here.",
        subcommands = {
            NetworkCommand.Create.class,
            NetworkCommand.Listing.class,
            NetworkCommand.Show.class,
            NetworkSetCommand.class,
            NetworkCommand.Delete.class,
            NetworkLocalCommand.class
        },
        footer = {
            "",
            "Examples:",
            "  orrery network create home",
            "  orrery network set NETWORK --name office --add-route 192.168.7.0/24,10.99.1.1",
            "  orrery network list",
            "  orrery network local NETWORK --allow-dns"
        })
final class NetworkCommand extends GroupCommand {
    /** {@code orrery network create}. */
    @Command(
            name = "create",
            description = {
                "Make a network. Its ID is all that goes to standard output.",
                "It is private (members must be authorized), and gives members IPv4 addresses from a network in "
                        + "10.0.0.0/8 that is picked at random."
            },
            footer = {
                "",
                "Examples:",
                "  orrery network create home",
                "  orrery network create lab --public --pool 10.77.0.0/16 --6plane",
                "  NETWORK=$(orrery network create ci --no-pool --rfc4193)"
            })
    static final class Create extends Context implements Runnable {
        @Mixin
        private final NodeOptions node = new NodeOptions();

        @Parameters(paramLabel = "NAME", arity = "0..1", description = "A name for people; may be empty.")
        private String name = "";

        @Option(names = "--public", description = "Let everybody in who knows the ID.")
        private boolean open;

        @Option(
                names = "--pool",
                paramLabel = "POOL",
                description = "Addresses to hand out: a network (10.20.30.0/24) or a range"
                        + " (10.20.30.10-10.20.30.99). May be given several times.")
        private List<String> pools = new ArrayList<>();

        @Option(names = "--no-pool", description = "Hand out no addresses.")
        private boolean noPool;

        @Option(names = "--6plane", description = "Give each member an IPv6 /80 of its own, computed from its address.")
        private boolean sixPlane;

        @Option(names = "--rfc4193", description = "Give each member one IPv6 address, computed from its address.")
        private boolean rfc4193;

        @Option(
                names = {"-j", "--json"},
                description = "Print the controller's own JSON instead of the ID.")
        private boolean json;

        @Override
        public void run() {
            if (noPool && !pools.isEmpty()) {
                throw new Trouble("--pool and --no-pool exclude each other.");
            }
            List<AddressPool> wanted = noPool
                    ? List.of()
                    : pools.isEmpty()
                            ? List.of(AddressPool.random(new SecureRandom()))
                            : pools.stream().map(AddressPool::parse).toList();
            boolean v4 = wanted.stream().anyMatch(pool -> !pool.first().v6());
            boolean v6 = wanted.stream().anyMatch(pool -> pool.first().v6());
            LocalApi api = api(node);
            String address = json(get(api, "/status")).at("address").text();
            Json body = Json.object(Map.of(
                    "name", Json.of(name),
                    "private", Json.of(!open),
                    "ipAssignmentPools",
                            Json.array(
                                    wanted.stream().map(AddressPool::poolJson).toList()),
                    "routes",
                            Json.array(wanted.stream()
                                    .map(AddressPool::routeJson)
                                    .distinct()
                                    .toList()),
                    "v4AssignMode", Json.object(Map.of("zt", Json.of(v4))),
                    "v6AssignMode",
                            Json.object(Map.of(
                                    "6plane", Json.of(sixPlane),
                                    "rfc4193", Json.of(rfc4193),
                                    "zt", Json.of(v6)))));
            Json made = json(post(api, "/controller/network/" + address + "______", body));
            String id = made.at("id").text();
            if (id.isEmpty()) {
                throw new Trouble("The node's controller made no network: " + made.compact());
            }
            terminal().line(json ? made.indented() : id);
            for (AddressPool pool : wanted) {
                terminal().complain("Members get addresses in " + pool.route() + ".");
            }
            terminal().complain("On each machine:  orrery join " + id);
            if (!open) {
                terminal().complain("Then here:        orrery member list " + id);
                terminal().complain("                  orrery member authorize " + id + " ADDRESS");
            }
        }
    }

    /** {@code orrery network list}. */
    @Command(name = "list", description = "List the networks this node is the controller of.")
    static final class Listing extends Context implements Runnable {
        @Mixin
        private final NodeOptions node = new NodeOptions();

        @Option(
                names = {"-j", "--json"},
                description = "Print an array of the networks.")
        private boolean json;

        @Override
        public void run() {
            LocalApi api = api(node);
            List<Json> networks = json(get(api, "/controller/network")).items().stream()
                    .map(id -> controllerNetwork(api, id.text()))
                    .toList();
            if (json) {
                terminal().line(Json.array(networks).indented());
                return;
            }
            if (networks.isEmpty()) {
                terminal().complain("This node is the controller of no network. Make one: orrery network create NAME");
                return;
            }
            var table = new Table("NETWORK", "NAME", "ACCESS", "MEMBERS", "ROUTES");
            for (Json network : networks) {
                String id = network.at("id").text();
                Map<String, Json> members =
                        json(get(api, "/controller/network/" + id + "/member")).members();
                table.add(
                        id,
                        network.at("name").text(),
                        access(network),
                        Integer.toString(members.size()),
                        String.join(
                                ",",
                                network.at("routes").items().stream()
                                        .map(route -> route.at("target").text())
                                        .toList()));
            }
            table.print(terminal());
        }
    }

    static String access(Json network) {
        return network.at("private").isTrue() ? "private" : "public";
    }

    /** {@code orrery network show}. */
    @Command(name = "show", description = "Show one network in full.")
    static final class Show extends Context implements Runnable {
        @Mixin
        private final NodeOptions node = new NodeOptions();

        @Parameters(paramLabel = "NETWORK", description = "Network ID, 16 hex digits.")
        private String network = "";

        @Option(
                names = {"-j", "--json"},
                description = "Print the controller's own JSON.")
        private boolean json;

        @Override
        public void run() {
            Json found = controllerNetwork(api(node), networkId(network));
            if (json) {
                terminal().line(found.indented());
            } else {
                new NetworkDetails(terminal()).print(found);
            }
        }
    }

    /** {@code orrery network delete}. */
    @Command(name = "delete", description = "Delete a network and its list of members.")
    static final class Delete extends Context implements Runnable {
        @Mixin
        private final NodeOptions node = new NodeOptions();

        @Parameters(paramLabel = "NETWORK", description = "Network ID, 16 hex digits.")
        private String network = "";

        @Override
        public void run() {
            String id = networkId(network);
            if (delete(api(node), "/controller/network/" + id).status() == 404) {
                throw noSuchNetwork(id);
            }
            terminal().line("deleted " + id);
        }
    }

    /** A copy of an object's members, to change some. */
    static Map<String, Json> copy(Json object) {
        return new TreeMap<>(object.members());
    }
}
