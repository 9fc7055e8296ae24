// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.sim;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.orrery.cli.api.Json;
import org.orrery.cli.api.Table;
import org.orrery.cli.api.Terminal;
import org.orrery.sim.Chaos;

/** What {@code orrery sim chaos} does. */
final class ChaosReport {
    private ChaosReport() {}

    static int run(Terminal terminal, long seed, int seeds, boolean json, boolean trail) {
        List<Chaos.Outcome> violated = new ArrayList<>();
        Map<Chaos.Trouble, Long> troubles = new TreeMap<>();
        List<Long> times = new ArrayList<>();
        long datagrams = 0;
        for (int i = 0; i < seeds; i++) {
            Chaos.Outcome outcome = Chaos.run(seed + i, trail ? terminal::complain : _ -> {});
            outcome.troubles().forEach((trouble, count) -> troubles.merge(trouble, (long) count, Long::sum));
            datagrams += outcome.datagrams();
            if (outcome.reconnectMillis() >= 0) {
                times.add(outcome.reconnectMillis());
            }
            if (!outcome.violations().isEmpty()) {
                violated.add(outcome);
                terminal.complain(
                        "Seed " + outcome.seed() + ": " + outcome.violations().getFirst());
            } else if (!json && (i + 1) % 10 == 0) {
                terminal.complain(i + 1 + " of " + seeds + " seeds, " + violated.size() + " violated");
            }
        }
        Collections.sort(times);
        if (json) {
            terminal.line(
                    json(seed, seeds, violated, troubles, times, datagrams).indented());
        } else {
            print(terminal, seeds, violated, troubles, times, datagrams);
        }
        terminal.out().flush();
        return violated.isEmpty() ? 0 : 1;
    }

    /** The time that {@code share} of all stayed within; -1 if there is none. */
    private static long within(List<Long> sorted, double share) {
        return sorted.isEmpty() ? -1 : sorted.get((int) Math.ceil(share * sorted.size()) - 1);
    }

    private static void print(
            Terminal terminal,
            int seeds,
            List<Chaos.Outcome> violated,
            Map<Chaos.Trouble, Long> troubles,
            List<Long> times,
            long datagrams) {
        var table = new Table("TROUBLE", "TIMES");
        troubles.forEach((trouble, count) -> table.add(trouble.text(), Long.toString(count)));
        table.print(terminal);
        terminal.line("");
        terminal.line("Seeds: " + seeds + ", violated: " + violated.size() + ", datagrams: " + datagrams);
        if (!times.isEmpty()) {
            terminal.line("All reach all after the return of calm: median " + within(times, 0.5) + " ms, 99 % within "
                    + within(times, 0.99) + " ms, worst " + times.getLast() + " ms (bound "
                    + Chaos.RECONNECT_MILLIS + " ms)");
        }
        for (Chaos.Outcome outcome : violated) {
            terminal.line("");
            terminal.line("Seed " + outcome.seed() + ":");
            outcome.violations().forEach(violation -> terminal.line("  " + violation));
        }
    }

    private static Json json(
            long seed,
            int seeds,
            List<Chaos.Outcome> violated,
            Map<Chaos.Trouble, Long> troubles,
            List<Long> times,
            long datagrams) {
        Map<String, Json> counts = new TreeMap<>();
        troubles.forEach((trouble, count) -> counts.put(trouble.text(), Json.of(count)));
        List<Json> list = new ArrayList<>();
        for (Chaos.Outcome outcome : violated) {
            list.add(Json.object(Map.of(
                    "seed", Json.of(outcome.seed()),
                    "violations",
                            Json.array(
                                    outcome.violations().stream().map(Json::of).toList()))));
        }
        return Json.object(Map.of(
                "firstSeed", Json.of(seed),
                "seeds", Json.of(seeds),
                "troubles", Json.object(counts),
                "violated", Json.array(list),
                "reconnectMedianMillis", Json.of(within(times, 0.5)),
                "reconnect99Millis", Json.of(within(times, 0.99)),
                "reconnectWorstMillis", Json.of(within(times, 1)),
                "datagrams", Json.of(datagrams)));
    }
}
