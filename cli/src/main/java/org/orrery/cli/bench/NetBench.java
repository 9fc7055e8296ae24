// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.bench;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.orrery.cli.lab.Lab;
import org.orrery.cli.lab.LabException;
import org.orrery.cli.lab.Programs;

/**
 * Measures kinds of pairs in turn: each measurement of one run is made of every kind before the next, so that whatever
 * else the machine does meanwhile meets all of them.
 *
 * @param kinds the first is compared with all others
 * @param progress is told what happens, a line at a time
 */
public record NetBench(
        List<Kind> kinds,
        List<Measurement> measurements,
        int runs,
        int seconds,
        int warmUpSeconds,
        Consumer<String> progress) {
    /** Compilers and buffers come to rest before memory is looked at again. */
    private static final long REST_MILLIS = 3_000;

    /** Ctrl-C reaches the programs that measure before this JVM knows of it. */
    private static final long INTERRUPTION_MILLIS = 200;

    public NetBench {
        kinds = List.copyOf(kinds);
        measurements = List.copyOf(measurements);
    }

    /** What this machine or user lacks; empty if something can be measured. */
    public static Optional<String> missing() {
        Optional<String> laboratory = Lab.missing();
        if (laboratory.isPresent() || Programs.has("iperf3")) {
            return laboratory;
        }
        return Optional.of("needs the program iperf3 (Debian: apt-get install iperf3)");
    }

    public Results run() throws Exception {
        var results = new Results(kinds.stream().map(Kind::name).toList(), measurements);
        run(results, false);
        run(results, true);
        return results;
    }

    /** All measurements that need a direct way between the two, or all that need it blocked. */
    private void run(Results results, boolean relayed) throws Exception {
        List<Measurement> wanted =
                measurements.stream().filter(each -> each.relayed() == relayed).toList();
        if (wanted.isEmpty()) {
            return;
        }
        Map<Kind, Pair> pairs = new LinkedHashMap<>();
        try {
            for (Kind kind : kinds) {
                open(kind, relayed, pairs);
            }
            measure(results, wanted, pairs);
        } finally {
            for (Pair pair : pairs.values()) {
                pair.close();
            }
        }
    }

    private void open(Kind kind, boolean relayed, Map<Kind, Pair> pairs) throws Exception {
        if (relayed && !kind.relays()) {
            progress.accept(kind.name() + " is not measured relayed.");
            return;
        }
        progress.accept("Setting up " + kind.name() + (relayed ? ", with the direct way blocked" : "") + " ...");
        try {
            pairs.put(kind, kind.open(relayed));
        } catch (LabException failure) {
            if (kind.equals(kinds.getFirst())) {
                throw failure;
            }
            progress.accept("Going on without " + kind.name() + ": " + failure.getMessage());
        }
    }

    private void measure(Results results, List<Measurement> wanted, Map<Kind, Pair> pairs) throws Exception {
        boolean memory = wanted.contains(Measurement.MEMORY);
        List<Measurement> repeated =
                wanted.stream().filter(each -> each != Measurement.MEMORY).toList();
        var meter = new Meter(seconds);
        if (memory) {
            addMemory(results, 0, pairs);
        }
        if (!repeated.isEmpty()) {
            progress.accept("Warming up ...");
            for (Pair pair : pairs.values()) {
                meter.warmUp(pair, warmUpSeconds);
            }
        }
        for (int run = 1; run <= runs; run++) {
            for (Measurement measurement : repeated) {
                for (var each : pairs.entrySet()) {
                    measure(results, meter, measurement, run, each.getKey(), each.getValue());
                }
            }
        }
        if (memory && !repeated.isEmpty()) {
            Thread.sleep(REST_MILLIS);
            addMemory(results, 1, pairs);
        }
    }

    private static void addMemory(Results results, int figure, Map<Kind, Pair> pairs) throws IOException {
        for (var each : pairs.entrySet()) {
            double megabytes = Meter.memory(each.getValue());
            results.add(Measurement.MEMORY.figures().get(figure), each.getKey().name(), megabytes);
        }
    }

    private void measure(Results results, Meter meter, Measurement measurement, int run, Kind kind, Pair pair)
            throws Exception {
        String what = "Run " + run + " of " + runs + ", " + kind.name() + ", " + measurement.id() + ": ";
        List<Figure> figures = measurement.figures();
        try {
            List<Double> values = meter.measure(measurement, pair);
            for (int i = 0; i < figures.size(); i++) {
                results.add(figures.get(i), kind.name(), values.get(i));
            }
            progress.accept(what + shown(figures, values));
        } catch (IOException | ExecutionException failure) {
            Thread.sleep(INTERRUPTION_MILLIS);
            if (Lab.jvmEnds()) {
                throw failure;
            }
            figures.forEach(figure -> results.addFailure(figure, kind.name()));
            progress.accept(what + "failed: " + failure.getMessage());
        }
    }

    private static String shown(List<Figure> figures, List<Double> values) {
        return java.util.stream.IntStream.range(0, values.size())
                .mapToObj(
                        i -> Figure.shown(values.get(i)) + " " + figures.get(i).unit())
                .collect(Collectors.joining(", "));
    }
}
