// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.command;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.orrery.cli.DaemonStarter;
import org.orrery.cli.api.Terminal;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code orrery bench}. */
@Command(
        name = "bench",
        description = "Measure the parts that every packet passes; 'bench net' measures whole nodes.",
        subcommands = BenchNetCommand.class,
        footer = {
            "",
            "Benchmarks: checksum, header, helloRead, helloWrite, join, knownFlow, lane, newFlow, number, open,",
            "randomId, reassembly, rules, sameFlow, seal, segment. Without names: all.",
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
        CommandLine line = Objects.requireNonNull(spec).commandLine();
        Path report = json == null ? null : terminal().folder().resolve(json);
        return PartsBenchmark.run(terminal(), line, names, quick, report);
    }
}
