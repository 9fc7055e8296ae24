// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.orrery.cli.api.Json;
import org.orrery.cli.api.Table;
import org.orrery.cli.api.Terminal;

/** Results for people and for programs. */
public final class ResultText {
    private ResultText() {}

    /** A table for each kind that Orrery is compared with, or one of Orrery alone. */
    public static void print(Terminal terminal, Results results, Circumstances circumstances) {
        List<String> kinds = results.kinds();
        terminal.line("");
        if (kinds.size() == 1) {
            print(terminal, results, kinds.getFirst(), null);
        }
        for (String other : kinds.subList(1, kinds.size())) {
            print(terminal, results, kinds.getFirst(), other);
        }
        terminal.line(circumstances.machine());
        terminal.line(circumstances.date() + ", " + circumstances.commandLine());
    }

    private static void print(
            Terminal terminal, Results results, String own, @org.jspecify.annotations.Nullable String other) {
        Table table = other == null
                ? new Table("FIGURE", "UNIT", "BETTER", own.toUpperCase(Locale.ROOT), "RUNS")
                : new Table(
                        "FIGURE",
                        "UNIT",
                        "BETTER",
                        own.toUpperCase(Locale.ROOT),
                        other.toUpperCase(Locale.ROOT),
                        "RATIO",
                        "RUNS");
        for (Figure figure : results.figures()) {
            Series ours = results.series(figure, own);
            String better = figure.moreIsBetter() ? "more" : "less";
            if (other == null) {
                table.add(figure.title(), figure.unit(), better, cell(ours), "" + ours.count());
                continue;
            }
            Series theirs = results.series(figure, other);
            String runs = ours.count() == theirs.count() ? "" + ours.count() : ours.count() + " and " + theirs.count();
            table.add(
                    figure.title(),
                    figure.unit(),
                    better,
                    cell(ours),
                    cell(theirs),
                    cell(results.ratio(figure, other)),
                    runs);
        }
        table.print(terminal);
        terminal.line("");
    }

    /** The median, and the range where there was more than one run. */
    private static String cell(Series series) {
        if (series.isEmpty()) {
            return "";
        }
        String median = Figure.shown(series.median());
        return series.count() == 1
                ? median
                : median + " (" + Figure.shown(series.least()) + " to " + Figure.shown(series.most()) + ")";
    }

    // ---- JSON
    // ---------------------------------------------------------------------------------------------------------

    public static Json json(Results results, Circumstances circumstances) {
        List<Json> figures = new ArrayList<>();
        for (Figure figure : results.figures()) {
            Map<String, Json> values = new TreeMap<>();
            Map<String, Json> ratios = new TreeMap<>();
            for (String kind : results.kinds()) {
                values.put(kind, json(results.series(figure, kind)));
                if (!kind.equals(results.kinds().getFirst())) {
                    ratios.put(kind, json(results.ratio(figure, kind)));
                }
            }
            figures.add(Json.object(Map.of(
                    "id", Json.of(figure.id()),
                    "title", Json.of(figure.title()),
                    "unit", Json.of(figure.unit()),
                    "moreIsBetter", Json.of(figure.moreIsBetter()),
                    "values", Json.object(values),
                    "ratios", Json.object(ratios))));
        }
        return Json.object(Map.of(
                "date", Json.of(circumstances.date().toString()),
                "commandLine", Json.of(circumstances.commandLine()),
                "processors", Json.of(circumstances.processors()),
                "processor", Json.of(circumstances.processor()),
                "system", Json.of(circumstances.system()),
                "jvm", Json.of(circumstances.jvm()),
                "method", Json.of(circumstances.method()),
                "kinds", Json.array(results.kinds().stream().map(Json::of).toList()),
                "figures", Json.array(figures)));
    }

    private static Json json(Series series) {
        if (series.isEmpty()) {
            return Json.none();
        }
        List<Json> runs = series.byRun().stream()
                .map(value -> value == null ? Json.none() : new Json.Real(value))
                .map(Objects::requireNonNull)
                .toList();
        return Json.object(Map.of(
                "runs", Json.array(runs),
                "median", new Json.Real(series.median()),
                "least", new Json.Real(series.least()),
                "most", new Json.Real(series.most())));
    }
}
