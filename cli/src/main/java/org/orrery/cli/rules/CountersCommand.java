// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.rules;

import org.orrery.cli.api.Json;
import org.orrery.cli.api.LocalApi;
import org.orrery.cli.api.LocalApi.Answer;
import org.orrery.cli.api.Table;
import org.orrery.cli.command.Context;
import org.orrery.cli.command.Trouble;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code orrery rules counters}. */
@Command(
        name = "counters",
        description = {
            "Show how often each rule of a joined network decided about a frame on this node, in both directions.",
            "It begins anew when the network's rules change and when the node starts."
        },
        footer = {"", "Example:", "  orrery rules counters 1122334455000001"})
final class CountersCommand extends Context implements Runnable {
    @Parameters(paramLabel = "NETWORK", description = "A network this node has joined.")
    private String network = "";

    @Mixin
    private final NodeOptions node = new NodeOptions();

    @Option(
            names = {"-j", "--json"},
            description = "Print the node's own JSON.")
    private boolean json;

    @Override
    public void run() {
        String id = networkId(network);
        LocalApi api = api(node);
        Answer answer = get(api, "/network/" + id);
        if (answer.status() == 404) {
            throw new Trouble("This node has not joined network " + id + ".", "Join it: orrery join " + id);
        }
        Json rules = json(answer).at("orrery").at("rules");
        if (!rules.present()) {
            throw new Trouble(
                    "Network " + id + " has no rules yet: its configuration has not come.",
                    "'orrery networks' shows what it waits for.");
        }
        if (json) {
            terminal().line(rules.indented());
            return;
        }
        var table = new Table("TABLE", "RULE", "TIMES", "STATEMENT");
        add(table, "network", rules.at("statements"));
        table.add("network", "end", Long.toString(rules.at("noRule").integer()), "no rule decided: dropped");
        for (Json capability : rules.at("capabilities").items()) {
            add(table, "cap " + capability.at("id").integer(), capability.at("statements"));
        }
        long others = rules.at("otherCapabilities").integer();
        if (others > 0) {
            table.add("caps", "", Long.toString(others), "let pass by capabilities beyond the first 128");
        }
        table.print(terminal());
    }

    private static void add(Table table, String name, Json statements) {
        for (Json statement : statements.items()) {
            table.add(
                    name,
                    Long.toString(statement.at("rule").integer()),
                    Long.toString(statement.at("times").integer()),
                    statement.at("text").text());
        }
    }
}
