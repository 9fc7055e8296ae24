// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.orrery.cli.api.Json;
import org.orrery.cli.api.Table;
import org.orrery.cli.api.Terminal;
import org.orrery.sim.NatMatrix;

/** What {@code orrery sim nat} does. */
final class NatReport {
    private NatReport() {}

    static int run(Terminal terminal, long seed, int runs, boolean json) {
        var done = new AtomicInteger();
        List<NatMatrix.Cell> cells = NatMatrix.all(seed, runs, _ -> {
            if (done.incrementAndGet() % 7 == 0) {
                terminal.complain(done + " pairs done");
            }
        });
        if (json) {
            terminal.line(json(cells).indented());
        } else {
            print(terminal, cells);
        }
        terminal.out().flush();
        return 0;
    }

    private static void print(Terminal terminal, List<NatMatrix.Cell> cells) {
        var table = new Table("ONE", "OTHER", "DIRECT", "MEDIAN", "WORST", "PINGS LOST", "EXPECTED");
        for (NatMatrix.Cell cell : cells) {
            table.add(
                    cell.first().text(),
                    cell.second().text(),
                    cell.direct() + " of " + cell.runs(),
                    millis(cell.medianMillis()),
                    millis(cell.worstMillis()),
                    cell.lostPings() + " of " + cell.sentPings(),
                    cell.reference().text());
        }
        table.print(terminal);
        long direct = cells.stream().mapToLong(NatMatrix.Cell::direct).sum();
        long runs = cells.stream().mapToLong(NatMatrix.Cell::runs).sum();
        long pairs = cells.stream().filter(cell -> cell.direct() == cell.runs()).count();
        long expected = cells.stream()
                .filter(cell -> cell.reference() == NatMatrix.Expectation.DIRECT)
                .count();
        terminal.line("");
        terminal.line("Always direct: " + pairs + " of " + cells.size() + " pairs, expected " + expected
                + ". Runs direct: " + direct + " of " + runs + ". The others are relayed.");
    }

    private static String millis(long millis) {
        return millis < 0 ? "" : millis + " ms";
    }

    private static Json json(List<NatMatrix.Cell> cells) {
        List<Json> list = new ArrayList<>();
        for (NatMatrix.Cell cell : cells) {
            list.add(Json.object(Map.of(
                    "one", Json.of(cell.first().text()),
                    "other", Json.of(cell.second().text()),
                    "runs", Json.of(cell.runs()),
                    "direct", Json.of(cell.direct()),
                    "medianMillis", Json.of(cell.medianMillis()),
                    "worstMillis", Json.of(cell.worstMillis()),
                    "pingsSent", Json.of(cell.sentPings()),
                    "pingsLost", Json.of(cell.lostPings()),
                    "expected", Json.of(cell.reference().text()))));
        }
        return Json.array(list);
    }
}
