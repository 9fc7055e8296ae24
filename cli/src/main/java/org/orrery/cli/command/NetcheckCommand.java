// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.command;

import java.util.Map;
import java.util.concurrent.Callable;
import org.orrery.cli.api.Json;
import org.orrery.cli.api.LocalApi;
import org.orrery.cli.api.Table;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code orrery netcheck}. */
@Command(
        name = "netcheck",
        description = {
            "Find out what the network around this machine allows: UDP, NAT, IPv6, port mapping, roots, datagram sizes.",
            "The node asks all its roots afresh, which takes up to 6 seconds. The exit code is 1 if there is trouble."
        },
        footer = {
            "",
            "Examples:",
            "  orrery netcheck",
            "  orrery netcheck --json | jq '.checks[] | select(.state == \"TROUBLE\")'"
        })
final class NetcheckCommand extends Context implements Callable<Integer> {
    @Mixin
    private final NodeOptions node = new NodeOptions();

    @Option(
            names = {"-j", "--json"},
            description = "Print the node's own JSON.")
    private boolean json;

    @Override
    public Integer call() {
        LocalApi api = api(node);
        Json result = own(post(api, "/orrery/netcheck", Json.object(Map.of())));
        if (json) {
            terminal().line(result.indented());
        } else {
            print(result);
        }
        return result.at("trouble").isTrue() ? 1 : 0;
    }

    private void print(Json result) {
        var table = new Table("CHECK", "STATE", "RESULT");
        for (Json check : result.at("checks").items()) {
            String state = check.at("state").text();
            table.add(
                    check.at("name").text(),
                    state.equals("TROUBLE") ? "TROUBLE" : state.equals("OK") ? "ok" : "note",
                    check.at("text").text());
            String remedy = check.at("remedy").text();
            if (!remedy.isEmpty()) {
                table.note("remedy: " + remedy);
            }
        }
        table.print(terminal());
    }
}
