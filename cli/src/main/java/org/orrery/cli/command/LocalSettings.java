// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.command;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.orrery.cli.api.Json;
import org.orrery.core.value.Prefix;
import picocli.CommandLine.Option;

/** Options that say what a joined network may change on this host. */
final class LocalSettings {
    @Option(
            names = "--allow-managed",
            negatable = true,
            description = "Whether the controller may set addresses and routes here (default: yes).")
    private @Nullable Boolean allowManaged;

    @Option(
            names = "--only",
            paramLabel = "NETWORK/BITS,...",
            description = "Let it set only those inside these networks; an empty text lifts the limit.")
    private @Nullable String only;

    @Option(
            names = "--allow-global",
            negatable = true,
            description = "Whether these may be outside the private ranges (default: no).")
    private @Nullable Boolean allowGlobal;

    @Option(
            names = "--allow-default",
            negatable = true,
            description = "Whether all traffic may be routed into the network (default: no).")
    private @Nullable Boolean allowDefault;

    @Option(
            names = "--allow-dns",
            negatable = true,
            description = "Whether the network may set name servers here (default: no).")
    private @Nullable Boolean allowDns;

    /** What was named, as the node's API takes it. */
    Json json() {
        Map<String, Json> settings = new TreeMap<>();
        put(settings, "allowManaged", allowManaged);
        put(settings, "allowGlobal", allowGlobal);
        put(settings, "allowDefault", allowDefault);
        put(settings, "allowDNS", allowDns);
        if (only != null) {
            settings.put("allowManagedOnly", Json.array(networks(only)));
        }
        return Json.object(settings);
    }

    private static List<Json> networks(String list) {
        return Arrays.stream(list.split(","))
                .map(String::strip)
                .filter(each -> !each.isEmpty())
                .map(each -> Prefix.parse(each)
                        .map(prefix -> Json.of(prefix.network().toString()))
                        .orElseThrow(() -> new Trouble("'" + each + "' is not a network.", "Write it as 10.0.0.0/8.")))
                .toList();
    }

    private static void put(Map<String, Json> settings, String name, @Nullable Boolean value) {
        if (value != null) {
            settings.put(name, Json.of(value));
        }
    }

    /** The option that lets in what a setting of the API keeps out. */
    static String option(String setting) {
        return switch (setting) {
            case "allowManaged" -> "--allow-managed";
            case "allowGlobal" -> "--allow-global";
            case "allowDefault" -> "--allow-default";
            case "allowDNS" -> "--allow-dns";
            default -> "";
        };
    }
}
