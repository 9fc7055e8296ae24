// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.command;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.orrery.cli.api.Json;
import org.orrery.cli.api.LocalApi;
import org.orrery.cli.api.LocalApi.Answer;
import org.orrery.cli.api.Table;
import org.orrery.core.value.Ip;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code orrery member}: who is in the networks this node is the controller of. */
@Command(
        name = "member",
        description = "Manage the members of a network that this node is the controller of.",
        subcommands = {
            MemberCommand.Listing.class,
            MemberCommand.Show.class,
            MemberCommand.Authorize.class,
            MemberCommand.Deauthorize.class,
            MemberCommand.Change.class,
            MemberCommand.Delete.class
        },
        footer = {
            "",
            "Examples:",
            "  orrery member list 8056c2e21c000001",
            "  orrery member authorize 8056c2e21c000001 4f6dfb1558 --name laptop"
        })
final class MemberCommand extends GroupCommand {
    /** What the commands about one member have in common. */
    abstract static class OneMember extends Context {
        @Mixin
        final NodeOptions node = new NodeOptions();

        @Parameters(index = "0", paramLabel = "NETWORK", description = "Network ID, 16 hex digits.")
        String network = "";

        @Parameters(index = "1", paramLabel = "ADDRESS", description = "The member's address, 10 hex digits.")
        String member = "";

        String path() {
            return "/controller/network/" + networkId(network) + "/member/" + address(member);
        }

        Json member(LocalApi api) {
            Answer answer = get(api, path());
            if (answer.status() == 404) {
                throw noSuchMember();
            }
            return json(answer);
        }

        Json change(LocalApi api, Map<String, Json> changes) {
            String path = path();
            controllerNetwork(api, networkId(network));
            return json(post(api, path, Json.object(changes)));
        }

        Trouble noSuchMember() {
            return new Trouble(
                    member + " has never asked to join " + network + ".",
                    "'orrery member list " + network + "' shows who has.");
        }
    }

    /** {@code orrery member list}. */
    @Command(name = "list", description = "List the members of a network, and who waits to be authorized.")
    static final class Listing extends Context implements Runnable {
        @Mixin
        private final NodeOptions node = new NodeOptions();

        @Parameters(paramLabel = "NETWORK", description = "Network ID, 16 hex digits.")
        private String network = "";

        @Option(
                names = {"-j", "--json"},
                description = "Print an array of the members.")
        private boolean json;

        @Override
        public void run() {
            String id = networkId(network);
            LocalApi api = api(node);
            Answer answer = get(api, "/controller/network/" + id + "/member");
            if (answer.status() == 404) {
                throw noSuchNetwork(id);
            }
            List<Json> members = json(answer).members().keySet().stream()
                    .map(address -> json(get(api, "/controller/network/" + id + "/member/" + address)))
                    .toList();
            if (json) {
                terminal().line(Json.array(members).indented());
                return;
            }
            if (members.isEmpty()) {
                terminal().complain("Nobody has asked to join yet. On another machine: orrery join " + id);
                return;
            }
            var table = new Table("ADDRESS", "NAME", "AUTHORIZED", "ADDRESSES", "VERSION");
            List<String> waiting = new ArrayList<>();
            for (Json member : members) {
                boolean authorized = member.at("authorized").isTrue();
                String address = member.at("id").text();
                if (!authorized) {
                    waiting.add(address);
                }
                table.add(
                        address,
                        member.at("name").text(),
                        authorized ? "yes" : "no",
                        NetworkDetails.texts(member.at("ipAssignments")),
                        version(member));
            }
            table.print(terminal());
            if (!waiting.isEmpty()) {
                terminal().complain("To let one in: orrery member authorize " + id + " " + waiting.getFirst());
            }
        }
    }

    static String version(Json member) {
        long major = member.at("vMajor").integer(-1);
        return major < 0
                ? ""
                : major + "." + member.at("vMinor").integer() + "."
                        + member.at("vRev").integer();
    }

    /** {@code orrery member show}. */
    @Command(name = "show", description = "Show one member in full.")
    static final class Show extends OneMember implements Runnable {
        @Option(
                names = {"-j", "--json"},
                description = "Print the controller's own JSON.")
        private boolean json;

        @Override
        public void run() {
            print(this, member(api(node)), json);
        }
    }

    private static void print(Context command, Json member, boolean json) {
        if (json) {
            command.terminal().line(member.indented());
            return;
        }
        var lines = new Table("member", member.at("id").text());
        lines.add("network", member.at("nwid").text());
        lines.add("name", member.at("name").text());
        lines.add("authorized", member.at("authorized").isTrue() ? "yes" : "no");
        lines.add("addresses", NetworkDetails.texts(member.at("ipAssignments")));
        lines.add("automatic", member.at("noAutoAssignIps").isTrue() ? "no" : "yes");
        lines.add("bridge", member.at("activeBridge").isTrue() ? "yes" : "no");
        lines.add("version", version(member));
        lines.add("tags", texts(member.at("tags")));
        lines.add("capabilities", texts(member.at("capabilities")));
        lines.add(
                "created",
                Instant.ofEpochMilli(member.at("creationTime").integer()).toString());
        lines.add("identity", member.at("identity").text());
        lines.print(command.terminal());
    }

    private static String texts(Json array) {
        return String.join(" ", array.items().stream().map(Json::compact).toList());
    }

    /** {@code orrery member authorize}. */
    @Command(
            name = "authorize",
            description = "Let a member in. It may be one that has not asked yet.",
            footer = {"", "Example:", "  orrery member authorize 8056c2e21c000001 4f6dfb1558 --name laptop"})
    static final class Authorize extends OneMember implements Runnable {
        @Option(names = "--name", paramLabel = "NAME", description = "A name for people.")
        private @Nullable String name;

        @Override
        public void run() {
            var changes = new TreeMap<String, Json>(Map.of("authorized", Json.of(true)));
            if (name != null) {
                changes.put("name", Json.of(name));
            }
            Json after = change(api(node), changes);
            terminal().line("authorized " + after.at("id").text());
        }
    }

    /** {@code orrery member deauthorize}. */
    @Command(name = "deauthorize", description = "Put a member out; the other members are told at once.")
    static final class Deauthorize extends OneMember implements Runnable {
        @Override
        public void run() {
            LocalApi api = api(node);
            member(api);
            Json after = change(api, new TreeMap<>(Map.of("authorized", Json.of(false))));
            terminal().line("deauthorized " + after.at("id").text());
        }
    }

    /** {@code orrery member delete}. */
    @Command(name = "delete", description = "Forget a member. If it is still joined it appears again, not authorized.")
    static final class Delete extends OneMember implements Runnable {
        @Override
        public void run() {
            if (delete(api(node), path()).status() == 404) {
                throw noSuchMember();
            }
            terminal().line("deleted " + address(member));
        }
    }

    /** {@code orrery member set}. */
    @Command(
            name = "set",
            description = "Change a member. What is not named stays as it is.",
            footer = {
                "",
                "Examples:",
                "  orrery member set NETWORK ADDRESS --name printer --add-ip 10.99.1.9",
                "  orrery member set NETWORK ADDRESS --bridge --no-auto-assign"
            })
    static final class Change extends OneMember implements Runnable {
        @Option(names = "--name", paramLabel = "NAME", description = "A name for people.")
        private @Nullable String name;

        @Option(names = "--add-ip", paramLabel = "IP", description = "Give it this address too.")
        private List<String> addedIps = new ArrayList<>();

        @Option(names = "--remove-ip", paramLabel = "IP", description = "Take this address away.")
        private List<String> removedIps = new ArrayList<>();

        @Option(
                names = "--auto-assign",
                negatable = true,
                description = "Whether addresses may be picked from the pools for it.")
        private @Nullable Boolean autoAssign;

        @Option(
                names = "--bridge",
                negatable = true,
                description = "Whether it may bridge an Ethernet into the network.")
        private @Nullable Boolean bridge;

        @Option(names = "--tag", paramLabel = "ID=VALUE", description = "Set a tag, by numbers.")
        private Map<Long, Long> tags = new TreeMap<>();

        @Option(names = "--capabilities", paramLabel = "ID", split = ",", description = "Exactly these capabilities.")
        private @Nullable List<Long> capabilities;

        @Option(
                names = {"-j", "--json"},
                description = "Print the controller's own JSON.")
        private boolean json;

        @Override
        public void run() {
            LocalApi api = api(node);
            Json before = member(api);
            var changes = new TreeMap<String, Json>();
            if (name != null) {
                changes.put("name", Json.of(name));
            }
            if (!addedIps.isEmpty() || !removedIps.isEmpty()) {
                changes.put("ipAssignments", Json.array(assignments(before)));
            }
            if (autoAssign != null) {
                changes.put("noAutoAssignIps", Json.of(!autoAssign));
            }
            if (bridge != null) {
                changes.put("activeBridge", Json.of(bridge));
            }
            if (!tags.isEmpty()) {
                changes.put("tags", Json.array(mergedTags(before)));
            }
            if (capabilities != null) {
                changes.put(
                        "capabilities",
                        Json.array(capabilities.stream().map(Json::of).toList()));
            }
            if (changes.isEmpty()) {
                throw new Trouble("Nothing to change was named.", "See: orrery member set --help");
            }
            print(this, change(api, changes), json);
        }

        private List<Json> assignments(Json before) {
            List<String> ips = new ArrayList<>(
                    before.at("ipAssignments").items().stream().map(Json::text).toList());
            for (String ip : removedIps) {
                if (!ips.remove(ip)) {
                    throw new Trouble(member + " does not have the address " + ip + ".");
                }
            }
            for (String ip : addedIps) {
                if (Ip.parse(ip).isEmpty()) {
                    throw new Trouble("'" + ip + "' is not an IP address.");
                }
                if (!ips.contains(ip)) {
                    ips.add(ip);
                }
            }
            return ips.stream().map(Json::of).toList();
        }

        private List<Json> mergedTags(Json before) {
            var merged = new TreeMap<Long, Json>();
            for (Json tag : before.at("tags").items()) {
                if (tag.items().size() == 2) {
                    merged.put(tag.items().getFirst().integer(), tag);
                }
            }
            tags.forEach((id, value) -> merged.put(id, Json.array(Json.of(id), Json.of(value))));
            return List.copyOf(merged.values());
        }
    }
}
