// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.explain;

import java.util.ArrayList;
import java.util.List;
import org.orrery.core.rules.TableTrace;

/** The steps of a trace in groups as people write them: matches and the action behind them. */
final class Statements {
    private Statements() {}

    static List<List<TableTrace.Step>> of(TableTrace trace) {
        List<List<TableTrace.Step>> statements = new ArrayList<>();
        List<TableTrace.Step> current = new ArrayList<>();
        for (TableTrace.Step step : trace.steps()) {
            current.add(step);
            if (step.rule().action()) {
                statements.add(List.copyOf(current));
                current.clear();
            }
        }
        if (!current.isEmpty()) {
            statements.add(List.copyOf(current));
        }
        return statements;
    }
}
