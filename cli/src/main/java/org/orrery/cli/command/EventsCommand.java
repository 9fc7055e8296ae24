// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.command;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.orrery.cli.api.Json;
import org.orrery.cli.api.LocalApi;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code orrery events}. */
@Command(
        name = "events",
        description = {
            "Show what happened in this node, in words: roots, paths, networks, addresses, settings.",
            "The node keeps the last 1,000 events of its run."
        },
        footer = {
            "",
            "Examples:",
            "  orrery events --since 10m",
            "  orrery events --follow",
            "  orrery events --json | jq 'select(.kind == \"peer\")'"
        })
final class EventsCommand extends Context implements Runnable {
    private static final Pattern AGE = Pattern.compile("([0-9]{1,9})(s|m|h|d)");
    private static final int WAIT_SECONDS = 20;

    @Mixin
    private final NodeOptions node = new NodeOptions();

    @Option(
            names = {"-f", "--follow"},
            description = "Go on showing what happens, until Ctrl-C.")
    private boolean follow;

    @Option(names = "--since", paramLabel = "AGE", description = "Only younger ones: 90s, 10m, 2h, 1d.")
    private String since = "";

    @Option(
            names = {"-j", "--json"},
            description = "Print the node's own JSON, one event on a line.")
    private boolean json;

    @Override
    public void run() {
        long fromMillis = since.isEmpty() ? 0 : terminal().clockMillis().getAsLong() - millis(since);
        LocalApi api = api(node);
        long last = show(own(get(api, "/orrery/events")), fromMillis);
        while (follow) {
            last = show(own(get(api, "/orrery/events?after=" + last + "&wait=" + WAIT_SECONDS)), 0);
        }
    }

    private long show(Json answer, long fromMillis) {
        for (Json event : answer.at("events").items()) {
            if (event.at("time").integer() < fromMillis) {
                continue;
            }
            terminal().line(json ? event.compact() : words(event));
        }
        terminal().out().flush();
        return answer.at("last").integer();
    }

    private static String words(Json event) {
        Instant time = Instant.ofEpochMilli(event.at("time").integer()).truncatedTo(ChronoUnit.SECONDS);
        String level = event.at("level").text();
        String mark = level.equals("INFO") ? "" : level.toLowerCase(Locale.ROOT) + ": ";
        return String.format(
                        Locale.ROOT,
                        "%s  %-9s  %-16s  %s%s",
                        time,
                        event.at("kind").text(),
                        event.at("subject").text().isEmpty()
                                ? "-"
                                : event.at("subject").text(),
                        mark,
                        event.at("text").text())
                .stripTrailing();
    }

    private static long millis(String age) {
        Matcher matcher = AGE.matcher(age);
        if (!matcher.matches()) {
            throw new Trouble("'" + age + "' is no age.", "Say how old at most: 90s, 10m, 2h or 1d.");
        }
        long number = Long.parseLong(matcher.group(1));
        return 1_000
                * switch (matcher.group(2)) {
                    case "s" -> number;
                    case "m" -> number * 60;
                    case "h" -> number * 3_600;
                    default -> number * 86_400;
                };
    }
}
