// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.orrery.cli.bench.BarChart;
import org.orrery.cli.bench.Circumstances;
import org.orrery.cli.bench.Kind;
import org.orrery.cli.bench.Kinds;
import org.orrery.cli.bench.Measurement;
import org.orrery.cli.bench.NetBench;
import org.orrery.cli.bench.ResultText;
import org.orrery.cli.bench.Results;
import org.orrery.cli.lab.Lab;
import org.orrery.cli.lab.LabClosedException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code orrery bench net}. */
@Command(
        name = "net",
        description = {
            "Measure two nodes of a network in namespaces of this one machine, and other programs beside them.",
            "Kinds are measured in turn, run by run. All of it is taken away again, and nothing leaves the machine."
        },
        footer = {
            "",
            "Figures: tcp1, tcp1-back, tcp8, tcp8-back, udp64, ping, ping-load, memory, relay. Without names: all.",
            "",
            "Needs root, /dev/net/tun and the programs ip, ping and iperf3.",
            "",
            "Examples:",
            "  sudo orrery bench net",
            "  sudo orrery bench net --vs /opt/zerotier/1.14.2 --runs 5 tcp1 tcp1-back",
            "  sudo orrery bench net --vs nebula,wireguard-go --json net.json --svg net.svg",
            "  sudo orrery bench net --vs /opt/zerotier/1.14.2 --mixed"
        })
final class BenchNetCommand extends Context implements Callable<Integer> {
    private static final int INTERRUPTED = 130;
    private static final int RUNS_MAX = 1_000;
    private static final int SECONDS_MAX = 600;

    @Spec
    @Nullable
    CommandSpec spec;

    @Parameters(paramLabel = "FIGURE", arity = "0..*", description = "Only these.")
    private List<String> names = new ArrayList<>();

    @Option(
            names = "--vs",
            paramLabel = "KIND",
            split = ",",
            description = "Compare with: nebula, tinc, wireguard-go, or a folder that holds a zerotier-one."
                    + " Several: with commas, or several times.")
    private List<String> others = new ArrayList<>();

    @Option(
            names = "--mixed",
            description = "Measure also Orrery on the left with each folder's zerotier-one on the right;"
                    + " '-back' is from right to left.")
    private boolean mixed;

    @Option(names = "--runs", paramLabel = "N", description = "Runs of each (default: ${DEFAULT-VALUE}).")
    private int runs = 3;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            description = "Duration of each measurement (default: ${DEFAULT-VALUE}).")
    private int seconds = 5;

    @Option(
            names = "--warm-up",
            paramLabel = "S",
            description = "Traffic before counting, in each direction (default: ${DEFAULT-VALUE}; 0: none).")
    private int warmUp = 5;

    @Option(names = "--json", paramLabel = "FILE", description = "Write all values here.")
    private @Nullable Path json;

    @Option(names = "--svg", paramLabel = "FILE", description = "Draw a bar chart here.")
    private @Nullable Path svg;

    @Override
    public Integer call() throws Exception {
        check("--runs", runs, 1, RUNS_MAX);
        check("--seconds", seconds, 1, SECONDS_MAX);
        check("--warm-up", warmUp, 0, SECONDS_MAX);
        List<Measurement> measurements = measurements();
        Kinds.unknown(others).ifPresent(what -> {
            throw new ParameterException(commandSpec().commandLine(), what);
        });
        Optional<String> missing = NetBench.missing();
        if (missing.isPresent()) {
            throw new Trouble("The measurement " + missing.get() + ".");
        }
        try {
            List<Kind> kinds = Kinds.of(others, mixed, this::say);
            Results results = new NetBench(kinds, measurements, runs, seconds, warmUp, this::say).run();
            publish(results);
            return 0;
        } catch (LabClosedException interrupted) {
            return INTERRUPTED;
        } catch (IOException failure) {
            if (Lab.jvmEnds()) {
                return INTERRUPTED; // By Ctrl-C: what fails then is no news.
            }
            throw new Trouble("The measurement failed: " + failure.getMessage());
        }
    }

    private void check(String option, int value, int least, int most) {
        if (value < least || value > most) {
            throw new ParameterException(
                    commandSpec().commandLine(), option + " is from " + least + " to " + most + ", not " + value);
        }
    }

    private CommandSpec commandSpec() {
        if (spec == null) {
            throw new IllegalStateException("the parser gave no description");
        }
        return spec;
    }

    /** Those asked for, in the order of the list of all. */
    private List<Measurement> measurements() {
        for (String name : names) {
            if (Measurement.named(name).isEmpty()) {
                throw new ParameterException(
                        commandSpec().commandLine(),
                        "There is no figure '" + name + "'; there are: "
                                + Arrays.stream(Measurement.values())
                                        .map(Measurement::id)
                                        .collect(Collectors.joining(", ")));
            }
        }
        return Arrays.stream(Measurement.values())
                .filter(each -> names.isEmpty() || names.contains(each.id()))
                .toList();
    }

    private void publish(Results results) throws IOException {
        String line = "orrery"
                + commandSpec().commandLine().getParseResult().originalArgs().stream()
                        .map(argument -> " " + argument)
                        .collect(Collectors.joining());
        Circumstances circumstances =
                Circumstances.here(Instant.ofEpochMilli(terminal().clockMillis().getAsLong()), line, seconds, warmUp);
        ResultText.print(terminal(), results, circumstances);
        terminal().out().flush();
        if (json != null) {
            Files.writeString(
                    terminal().folder().resolve(json),
                    ResultText.json(results, circumstances).indented() + "\n");
        }
        if (svg != null) {
            Files.writeString(terminal().folder().resolve(svg), BarChart.svg(results, circumstances));
        }
    }

    /** Progress: it is not the result, and goes where it does not mix with that. */
    private void say(String text) {
        terminal().complain(text);
    }
}
