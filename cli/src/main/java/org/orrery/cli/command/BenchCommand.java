// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.command;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.orrery.bench.BenchmarkException;
import org.orrery.bench.Benchmarks;
import org.orrery.cli.DaemonStarter;
import org.orrery.cli.api.Table;
import org.orrery.cli.api.Terminal;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code orrery bench}. */
@Command(
        name = "bench",
        description = "Measure the parts that every packet passes; 'bench net' measures whole nodes.",
        subcommands = BenchNetCommand.class,
        footer = {
            "",
            "Benchmarks: header, helloRead, helloWrite, lane, open, reassembly, rules, seal. Without names: all.",
            "",
            "Examples:",
            "  orrery bench --quick",
            "  orrery bench seal open --json ciphers.json",
            "  sudo orrery bench net"
        })
final class BenchCommand extends Context implements Context.Holder, Callable<Integer> {
    @Spec
    @Nullable
    CommandSpec spec;

    @Parameters(paramLabel = "NAME", arity = "0..*", description = "Only these.")
    private List<String> names = new ArrayList<>();

    @Option(names = "--quick", description = "A third of the time, for a first impression.")
    private boolean quick;

    @Option(names = "--json", paramLabel = "FILE", description = "Write JMH's report here.")
    private @Nullable Path json;

    @Override
    public Terminal terminal() {
        return super.terminal();
    }

    @Override
    public DaemonStarter starter() {
        return holder().starter();
    }

    @Override
    public Integer call() {
        List<String> all = Benchmarks.names();
        for (String name : names) {
            if (!all.contains(name) && spec != null) {
                throw new ParameterException(
                        spec.commandLine(),
                        "There is no benchmark '" + name + "'; there are: " + String.join(", ", all));
            }
        }
        try {
            print(Benchmarks.run(
                    names.isEmpty() ? all : names,
                    quick ? Benchmarks.Effort.QUICK : Benchmarks.Effort.FULL,
                    json == null ? null : terminal().folder().resolve(json),
                    name -> terminal().complain("Measuring " + name + " ...")));
            return 0;
        } catch (BenchmarkException failure) {
            throw new Trouble("The benchmark failed: " + failure.getMessage());
        }
    }

    private void print(List<Benchmarks.Score> scores) {
        var table = new Table("BENCHMARK", "WITH", "NS/OPERATION", "+-", "BYTES ALLOCATED");
        for (Benchmarks.Score score : scores) {
            table.add(
                    score.name(),
                    String.join(" ", score.parameters()),
                    number(score.nanos()),
                    number(score.errorNanos()),
                    number(score.allocatedBytes()));
        }
        table.print(terminal());
        terminal().out().flush();
    }

    private static String number(double value) {
        return Double.isNaN(value) ? "" : String.format(Locale.ROOT, "%.1f", value);
    }
}
