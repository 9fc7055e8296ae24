// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What was found: for each figure and kind the values, run by run. One thread. */
public final class Results {
    private final List<String> kinds;
    private final List<Measurement> measurements;
    private final Map<String, Map<String, List<@Nullable Double>>> byFigureAndKind = new LinkedHashMap<>();

    /** @param kinds all others are compared with the first of them */
    Results(List<String> kinds, List<Measurement> measurements) {
        this.kinds = List.copyOf(kinds);
        this.measurements = List.copyOf(measurements);
    }

    /** The first, and all others of which something was measured. */
    public List<String> kinds() {
        return kinds.stream()
                .filter(kind -> kind.equals(kinds.getFirst())
                        || byFigureAndKind.values().stream().anyMatch(values -> values.containsKey(kind)))
                .toList();
    }

    /** All that were to be found, in order. */
    public List<Figure> figures() {
        return measurements.stream().flatMap(each -> each.figures().stream()).toList();
    }

    void add(Figure figure, String kind, double value) {
        list(figure, kind).add(value);
    }

    /** A run that found nothing. */
    void addFailure(Figure figure, String kind) {
        list(figure, kind).add(null);
    }

    private List<@Nullable Double> list(Figure figure, String kind) {
        return byFigureAndKind
                .computeIfAbsent(figure.id(), _ -> new LinkedHashMap<>())
                .computeIfAbsent(kind, _ -> new ArrayList<>());
    }

    public Series series(Figure figure, String kind) {
        List<@Nullable Double> values =
                byFigureAndKind.getOrDefault(figure.id(), Map.of()).getOrDefault(kind, Collections.emptyList());
        return values.isEmpty() ? Series.NONE : new Series(values);
    }

    /** The first kind's values by those of another, run by run. */
    public Series ratio(Figure figure, String kind) {
        return series(figure, kinds.getFirst()).ratioTo(series(figure, kind));
    }
}
