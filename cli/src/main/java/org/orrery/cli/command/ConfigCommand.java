// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.orrery.cli.api.Json;
import org.orrery.cli.api.Table;
import org.orrery.daemon.home.LocalConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code orrery config}. */
@Command(
        name = "config",
        description = {
            "Show what holds of local.conf: each setting, where its value comes from, and what waits for a restart.",
            "What is wrong in the file is shown with its place."
        },
        subcommands = ConfigCommand.Check.class,
        footer = {
            "",
            "Examples:",
            "  orrery config",
            "  orrery config --json | jq '.settings[] | select(.source != \"default\")'",
            "  orrery config check local.conf.new     before it takes the place of local.conf"
        })
final class ConfigCommand extends GroupCommand {
    @Mixin
    private final NodeOptions node = new NodeOptions();

    @Option(
            names = {"-j", "--json"},
            description = "Print the node's own JSON.")
    private boolean json;

    @Override
    public void run() {
        Json config = json(get(api(node), "/orrery/config"));
        if (json) {
            terminal().line(config.indented());
            return;
        }
        terminal().line("file  " + config.at("file").text());
        terminal().line("");
        var table = new Table("SETTING", "VALUE", "FROM", "APPLIED");
        for (Json setting : config.at("settings").items()) {
            boolean policies = setting.at("name").text().equals("policies"); // a table of their own below
            table.add(
                    setting.at("name").text(),
                    policies ? String.join(", ", names(setting.at("value"))) : shown(setting.at("value")),
                    setting.at("source").text(),
                    setting.at("applied").text());
            if (setting.at("restartNeeded").isTrue()) {
                table.note("in force until a restart: " + shown(setting.at("inForce")));
            }
        }
        table.print(terminal());
        policies(config.at("settings"));
        networks(config.at("physical"));
        peers(config.at("virtual"));
        for (Json problem : config.at("problems").items()) {
            complain(
                    problem.at("at").text(),
                    problem.at("line").integer(),
                    problem.at("column").integer(),
                    problem.at("text").text());
        }
        String fault = config.at("fault").text();
        if (!fault.isEmpty()) {
            throw new Trouble(
                    "The file as it is now is not used: " + fault,
                    "What is shown here stays in force until it can be read.");
        }
    }

    /** The owner's own ways to bond, and what they say of links. */
    private void policies(Json settings) {
        Json policies = Json.none();
        for (Json setting : settings.items()) {
            policies = setting.at("name").text().equals("policies") ? setting.at("value") : policies;
        }
        if (names(policies).isEmpty()) {
            return;
        }
        terminal().line("");
        var table = new Table("POLICY", "BASE", "FAILOVER", "UP DELAY", "DOWN DELAY", "RESELECT");
        for (String name : names(policies)) {
            Json policy = policies.at(name);
            table.add(
                    name,
                    policy.at("basePolicy").text(),
                    policy.at("failoverInterval").integer() + " ms",
                    policy.at("upDelay").integer() + " ms",
                    policy.at("downDelay").integer() + " ms",
                    policy.at("activeReselect").text());
            for (String link : names(policy.at("links"))) {
                table.note(link + ": " + link(policy.at("links").at(link)));
            }
        }
        table.print(terminal());
    }

    private static String link(Json link) {
        long capacity = link.at("capacity").integer();
        long family = link.at("ipvPref").integer();
        long mtu = link.at("mtu").integer();
        String heir = link.at("failoverTo").text();
        return (link.at("enabled").isTrue() ? link.at("mode").text() : "off")
                + (capacity == 0 ? "" : ", capacity " + capacity)
                + (family == 0 ? "" : ", ipvPref " + family)
                + (mtu == 0 ? "" : ", mtu " + mtu)
                + (heir.isEmpty() ? "" : ", failover to " + heir);
    }

    private void networks(Json physical) {
        if (names(physical).isEmpty()) {
            return;
        }
        terminal().line("");
        var table = new Table("PHYSICAL NETWORK", "BLACKLIST", "MTU", "TRUSTED PATH");
        for (String name : names(physical)) {
            Json network = physical.at(name);
            long mtu = network.at("mtu").integer();
            long trusted = network.at("trustedPathId").integer();
            table.add(
                    name,
                    network.at("blacklist").isTrue() ? "yes" : "no",
                    mtu == 0 ? "usual" : Long.toString(mtu),
                    trusted == 0 ? "no" : Long.toUnsignedString(trusted));
        }
        table.print(terminal());
    }

    private void peers(Json virtual) {
        if (names(virtual).isEmpty()) {
            return;
        }
        terminal().line("");
        var table = new Table("PEER", "TRY", "BLACKLIST");
        for (String address : names(virtual)) {
            table.add(
                    address,
                    shown(virtual.at(address).at("try")),
                    shown(virtual.at(address).at("blacklist")));
        }
        table.print(terminal());
    }

    private static List<String> names(Json object) {
        return object instanceof Json.Obj members
                ? List.copyOf(members.members().keySet())
                : List.of();
    }

    private void complain(String at, long line, long column, String text) {
        terminal().complain((line == 0 ? "" : "line " + line + ", column " + column + ": ") + at + ": " + text);
    }

    private static String shown(Json value) {
        return switch (value) {
            case Json.Arr array ->
                array.items().stream().map(ConfigCommand::shown).collect(Collectors.joining(", "));
            case Json.Obj object ->
                object.members().entrySet().stream()
                        .filter(member -> !shown(member.getValue()).isEmpty())
                        .map(member -> member.getKey() + " " + shown(member.getValue()))
                        .collect(Collectors.joining("; "));
            case Json.Text text -> text.value();
            case Json.Null _ -> "";
            case Json.Bool flag -> flag.value() ? "yes" : "no";
            default -> value.compact();
        };
    }

    /** {@code orrery config check}. */
    @Command(
            name = "check",
            description = {
                "Read a file as a node would read its local.conf, and say what is wrong in it and where.",
                "Status 0 if nothing is."
            },
            footer = {"", "Example:", "  orrery config check /var/lib/orrery/local.conf"})
    static final class Check extends Context implements Runnable {
        @Parameters(paramLabel = "FILE", description = "The file to check.")
        private Path file = Path.of("local.conf");

        @Override
        public void run() {
            Path path = terminal().folder().resolve(file);
            List<LocalConfig.Problem> problems;
            try {
                problems = LocalConfig.parse(Files.readAllBytes(path)).problems();
            } catch (IOException failure) {
                throw new Trouble("Cannot read " + path + ": " + failure.getMessage());
            } catch (org.orrery.daemon.json.Json.SyntaxException fault) {
                throw new Trouble(
                        file + ": " + fault.getMessage(),
                        "A node would not start with it; one that runs would keep what it has.");
            }
            if (!problems.isEmpty()) {
                String first = file + ": " + text(problems.getFirst());
                throw new Trouble(
                        first,
                        problems.stream()
                                .skip(1)
                                .map(problem -> file + ": " + text(problem))
                                .toArray(String[]::new));
            }
            terminal().line(file + ": nothing is wrong");
        }

        private static String text(LocalConfig.Problem problem) {
            return problem.place() + problem;
        }
    }
}
