// SPDX-License-Identifier: Apache-2.0
package org.orrery.bench;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatFactory;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormat;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs benchmarks, each in a JVM of its own unless it is only tried. */
public final class Benchmarks {
    private static final List<Class<?>> CLASSES = List.of(
            CipherBenchmark.class,
            CodecBenchmark.class,
            RulesBenchmark.class,
            FlowsBenchmark.class,
            FragmentsBenchmark.class,
            SuperFrameBenchmark.class,
            NumberBenchmark.class,
            LaneBenchmark.class);

    /** As the launcher starts a node, and without a word on what JMH itself does. */
    private static final List<String> JVM_OPTIONS = List.of(
            "-XX:+UseSerialGC",
            "-Xmx256m",
            "-XX:+UseCompactObjectHeaders",
            "--add-modules=jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-D" + Vectors.PROPERTY + "=true");

    /** Not even what the JVMs say on their start. */
    private static final OutputFormat SILENCE = OutputFormatFactory.createFormatInstance(
            new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8), VerboseMode.SILENT);

    private static final String ALLOCATION = "gc.alloc.rate.norm";

    /** What a score is worth that is taken while others measure. */
    private static final String NOT_ALONE = "Another program measures on this machine at the same time: both get worse"
            + " figures than they would alone. Repeat this when it has ended.";

    static {
        // JMH would refuse to run beside others, or where another user once did. Read by it once in a process.
        if (System.getProperty("jmh.ignoreLock") == null) {
            System.setProperty("jmh.ignoreLock", "true");
        }
    }

    private Benchmarks() {}

    /** How thoroughly. */
    public enum Effort {
        /** One call, here and now, to see that it works. */
        TRY(0, 0, 1, 1, 1),
        QUICK(1, 2, 1_000, 2, 300),
        FULL(1, 5, 1_000, 5, 1_000);

        private final int forks;
        private final int warmUps;
        private final int warmUpMillis;
        private final int iterations;
        private final int iterationMillis;

        Effort(int forks, int warmUps, int warmUpMillis, int iterations, int iterationMillis) {
            this.forks = forks;
            this.warmUps = warmUps;
            this.warmUpMillis = warmUpMillis;
            this.iterations = iterations;
            this.iterationMillis = iterationMillis;
        }
    }

    /**
     * One benchmark with one set of parameters.
     *
     * @param parameters as NAME=VALUE, in order
     * @param errorNanos half of the interval that holds the true mean with 99.9 %; NaN if there are too few values
     * @param allocatedBytes in each operation
     */
    public record Score(String name, List<String> parameters, double nanos, double errorNanos, double allocatedBytes) {}

    /** The names of all benchmarks, in order. */
    public static List<String> names() {
        return CLASSES.stream().flatMap(Benchmarks::names).toList();
    }

    private static Stream<String> names(Class<?> type) {
        return Arrays.stream(type.getDeclaredMethods())
                .filter(method -> method.isAnnotationPresent(Benchmark.class))
                .map(java.lang.reflect.Method::getName)
                .sorted();
    }

    /**
     * Runs the named benchmarks, in the order of all.
     *
     * @param json gets JMH's own report; null for none
     * @param progress is told the name of each before it runs
     * @param warning is told, in sentences, what makes the scores worse than they should be
     */
    public static List<Score> run(
            Collection<String> names,
            Effort effort,
            @org.jspecify.annotations.Nullable Path json,
            Consumer<String> progress,
            Consumer<String> warning)
            throws BenchmarkException {
        if (effort == Effort.TRY) {
            return run(names, effort, json, progress);
        }
        try (RunLock lock = RunLock.take(RunLock.USUAL)) {
            if (!lock.alone()) {
                warning.accept(NOT_ALONE);
            }
            return run(names, effort, json, progress);
        }
    }

    private static List<Score> run(
            Collection<String> names,
            Effort effort,
            @org.jspecify.annotations.Nullable Path json,
            Consumer<String> progress)
            throws BenchmarkException {
        List<RunResult> results = new ArrayList<>();
        for (Class<?> type : CLASSES) {
            for (String name : names(type).filter(names::contains).toList()) {
                progress.accept(name);
                results.addAll(results(options(type, name, effort)));
            }
        }
        if (json != null) {
            ResultFormatFactory.getInstance(ResultFormatType.JSON, json.toString())
                    .writeOut(results);
        }
        return results.stream().map(Benchmarks::score).toList();
    }

    private static Collection<RunResult> results(Options options) throws BenchmarkException {
        try {
            return new Runner(options, SILENCE).run();
        } catch (RunnerException failure) {
            throw new BenchmarkException(failure);
        }
    }

    private static Options options(Class<?> type, String name, Effort effort) {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include("^" + Pattern.quote(type.getName() + "." + name) + "$")
                .mode(effort == Effort.TRY ? Mode.SingleShotTime : Mode.AverageTime)
                .timeUnit(TimeUnit.NANOSECONDS)
                .forks(effort.forks)
                .warmupIterations(effort.warmUps)
                .warmupTime(TimeValue.milliseconds(effort.warmUpMillis))
                .measurementIterations(effort.iterations)
                .measurementTime(TimeValue.milliseconds(effort.iterationMillis))
                .shouldFailOnError(true)
                .verbosity(VerboseMode.SILENT)
                .addProfiler(GCProfiler.class);
        return (effort.forks > 0 ? options.jvmArgs(JVM_OPTIONS.toArray(String[]::new)) : options).build();
    }

    private static Score score(RunResult result) {
        String full = result.getParams().getBenchmark();
        List<String> parameters = result.getParams().getParamsKeys().stream()
                .map(key -> key + "=" + result.getParams().getParam(key))
                .toList();
        Result<?> time = result.getPrimaryResult();
        Result<?> allocation = result.getSecondaryResults().get(ALLOCATION);
        return new Score(
                full.substring(full.lastIndexOf('.') + 1),
                parameters,
                time.getScore(),
                time.getScoreError(),
                allocation == null ? Double.NaN : allocation.getScore());
    }
}
