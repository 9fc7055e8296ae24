// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.command;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.orrery.bench.BenchmarkException;
import org.orrery.bench.Benchmarks;
import org.orrery.cli.api.Table;
import org.orrery.cli.api.Terminal;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** What {@code orrery bench} does. Apart from the command, because the other commands run without the benchmarks' jars. */
final class PartsBenchmark {
    private PartsBenchmark() {}

    static int run(Terminal terminal, CommandLine line, List<String> names, boolean quick, @Nullable Path report) {
        List<String> all = Benchmarks.names();
        for (String name : names) {
            if (!all.contains(name)) {
                throw new ParameterException(
                        line, "There is no benchmark '" + name + "'; there are: " + String.join(", ", all));
            }
        }
        try {
            print(
                    terminal,
                    Benchmarks.run(
                            names.isEmpty() ? all : names,
                            quick ? Benchmarks.Effort.QUICK : Benchmarks.Effort.FULL,
                            report,
                            name -> terminal.complain("Measuring " + name + " ..."),
                            terminal::complain));
            return 0;
        } catch (BenchmarkException failure) {
            throw new Trouble("The benchmark failed: " + failure.getMessage());
        }
    }

    private static void print(Terminal terminal, List<Benchmarks.Score> scores) {
        var table = new Table("BENCHMARK", "WITH", "NS/OPERATION", "+-", "BYTES ALLOCATED");
        for (Benchmarks.Score score : scores) {
            table.add(
                    score.name(),
                    String.join(" ", score.parameters()),
                    number(score.nanos()),
                    number(score.errorNanos()),
                    number(score.allocatedBytes()));
        }
        table.print(terminal);
        terminal.out().flush();
    }

    private static String number(double value) {
        return Double.isNaN(value) ? "" : String.format(Locale.ROOT, "%.1f", value);
    }
}
