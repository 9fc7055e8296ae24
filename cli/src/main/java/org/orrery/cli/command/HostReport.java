// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.command;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.orrery.cli.api.Json;
import org.orrery.cli.api.Terminal;

/** Shows what became of a joined network's configuration on this host. */
final class HostReport {
    private final Terminal terminal;

    HostReport(Terminal terminal) {
        this.terminal = terminal;
    }

    static Json dns(Json network) {
        return network.at("orrery").at("host").at("dns");
    }

    void print(Json network) {
        String id = network.at("id").text();
        String device = network.at("portDeviceName").text();
        Json host = network.at("orrery").at("host");
        line("network", (id + " " + network.at("name").text()).strip());
        line(
                "device",
                device.isEmpty() ? "" : device + ", MTU " + network.at("mtu").integer());
        line("allows", allows(network));
        items(
                "addresses",
                host.at("addresses").items().stream()
                        .map(each -> item(each.at("address").text(), each))
                        .toList());
        items(
                "routes",
                host.at("routes").items().stream()
                        .map(each -> item(route(each), each))
                        .toList());
        line("dns", dns(network.at("dns"), host.at("dns")));
        for (String remedy : remedies(network)) {
            terminal.complain(remedy);
        }
    }

    private static String allows(Json network) {
        List<String> yes = new ArrayList<>();
        List<String> no = new ArrayList<>();
        (network.at("allowManaged").isTrue() ? yes : no).add("managed");
        (network.at("allowGlobal").isTrue() ? yes : no).add("global");
        (network.at("allowDefault").isTrue() ? yes : no).add("default");
        (network.at("allowDNS").isTrue() ? yes : no).add("DNS");
        Json only = network.at("orrery").at("host").at("allowManagedOnly");
        return (yes.isEmpty() ? "nothing" : String.join(", ", yes))
                + (no.isEmpty() ? "" : "; not " + String.join(", ", no))
                + (only.items().isEmpty() ? "" : "; only in " + NetworkDetails.texts(only));
    }

    private static String route(Json route) {
        return route.at("target").text()
                + (route.at("via").present() ? " via " + route.at("via").text() : "");
    }

    private static List<String> item(String what, Json outcome) {
        return List.of(
                what,
                outcome.at("applied").isTrue()
                        ? ""
                        : "not applied: " + outcome.at("reason").text());
    }

    private static String dns(Json wanted, Json state) {
        String domain = wanted.at("domain").text();
        String servers = NetworkDetails.texts(wanted.at("servers"));
        if (domain.isEmpty() && servers.isEmpty()) {
            return "";
        }
        String reason = state.at("reason").text();
        String by = state.at("by").text();
        String outcome =
                switch (state.at("state").text()) {
                    case "applied" -> "applied by " + by + (reason.isEmpty() ? "" : ", " + reason);
                    case "pending" -> reason;
                    default -> "not applied" + (by.isEmpty() ? "" : " by " + by) + ": " + reason;
                };
        return (domain + " " + servers).strip() + "  " + outcome;
    }

    /** What settings keep out, a line for each setting with the command that lets it in. */
    static List<String> remedies(Json network) {
        Json host = network.at("orrery").at("host");
        Map<String, List<String>> refused = new LinkedHashMap<>();
        host.at("addresses")
                .items()
                .forEach(each -> note(refused, each, each.at("address").text()));
        host.at("routes")
                .items()
                .forEach(each -> note(refused, each, each.at("target").text()));
        String domain = network.at("dns").at("domain").text();
        if (!domain.isEmpty() && !host.at("dns").at("setting").text().isEmpty()) {
            note(refused, host.at("dns"), "name servers of " + domain);
        }
        List<String> remedies = new ArrayList<>();
        refused.forEach((setting, what) -> {
            boolean listed =
                    setting.equals("allowManaged") && network.at("allowManaged").isTrue();
            remedies.add("not applied: " + String.join(", ", what) + "; to allow: orrery network local "
                    + network.at("id").text() + " " + (listed ? "--only ''" : LocalSettings.option(setting)));
        });
        return remedies;
    }

    private static void note(Map<String, List<String>> refused, Json outcome, String what) {
        String setting = outcome.at("setting").text();
        if (!setting.isEmpty()) {
            refused.computeIfAbsent(setting, _ -> new ArrayList<>()).add(what);
        }
    }

    /** What the system refused, a line for each. */
    static List<String> failures(Json network) {
        Json host = network.at("orrery").at("host");
        List<String> failures = new ArrayList<>();
        host.at("routes").items().stream()
                .filter(each -> each.at("reason").text().startsWith("the system refused"))
                .forEach(each -> failures.add(
                        "route " + route(each) + ": " + each.at("reason").text()));
        if (host.at("dns").at("state").text().equals("refused")) {
            failures.add(
                    "name servers not applied: " + host.at("dns").at("reason").text());
        }
        return failures;
    }

    private void items(String name, List<List<String>> items) {
        int width =
                items.stream().mapToInt(each -> each.getFirst().length()).max().orElse(0);
        if (items.isEmpty()) {
            line(name, "");
        }
        for (int i = 0; i < items.size(); i++) {
            List<String> item = items.get(i);
            String padded = item.getFirst() + " ".repeat(width - item.getFirst().length() + 2) + item.getLast();
            line(i == 0 ? name : "", padded.stripTrailing());
        }
    }

    private void line(String name, String value) {
        terminal.line(name + " ".repeat(11 - name.length()) + (value.isEmpty() ? "-" : value));
    }
}
