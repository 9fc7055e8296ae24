// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The values of one figure, run by run.
 *
 * @param byRun null where the run failed; may be shorter than there were runs
 */
public record Series(List<@Nullable Double> byRun) {
    public Series {
        byRun = java.util.Collections.unmodifiableList(new ArrayList<>(byRun));
    }

    /** Where nothing was measured. */
    static final Series NONE = new Series(List.of());

    /** Those that were measured, ascending. */
    private double[] sorted() {
        return byRun.stream()
                .filter(Objects::nonNull)
                .mapToDouble(Double::doubleValue)
                .sorted()
                .toArray();
    }

    public int count() {
        return sorted().length;
    }

    public boolean isEmpty() {
        return count() == 0;
    }

    public double median() {
        return quantile(sorted(), 0.5);
    }

    public double least() {
        return quantile(sorted(), 0);
    }

    public double most() {
        return quantile(sorted(), 1);
    }

    /** Run by run, this value by that of the other; what failed on either side, or is zero there, is left out. */
    public Series ratioTo(Series other) {
        List<@Nullable Double> ratios = new ArrayList<>();
        for (int i = 0; i < Math.min(byRun.size(), other.byRun.size()); i++) {
            Double own = byRun.get(i);
            Double others = other.byRun.get(i);
            if (own != null && others != null && others != 0) {
                ratios.add(own / others);
            }
        }
        return new Series(ratios);
    }

    /** Between the two nearest values if it falls between them. */
    static double quantile(double[] sorted, double part) {
        if (sorted.length == 0) {
            throw new IllegalArgumentException("nothing was measured");
        }
        double position = part * (sorted.length - 1);
        int below = (int) Math.floor(position);
        int above = (int) Math.ceil(position);
        return sorted[below] + (sorted[above] - sorted[below]) * (position - below);
    }

    @Override
    public String toString() {
        return Arrays.toString(byRun.toArray());
    }
}
