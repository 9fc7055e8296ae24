// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.lab;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What {@code ping} found.
 *
 * @param averageMillis round trip; zero if nothing came back
 * @param timesMillis each round trip, in the order of arrival
 * @param answering all addresses that answered
 * @param output everything it printed
 */
public record Ping(
        int sent, int received, double averageMillis, List<Double> timesMillis, Set<String> answering, String output) {
    private static final Pattern COUNTS = Pattern.compile("(\\d+) packets transmitted, (\\d+) received");
    private static final Pattern TIMES = Pattern.compile("= [0-9.]+/([0-9.]+)/");
    private static final Pattern TIME = Pattern.compile("time=([0-9.]+) ms");
    private static final Pattern NUMBER = Pattern.compile("icmp_seq=(\\d+) .*time=");
    private static final Pattern ANSWER = Pattern.compile("bytes from ([0-9a-f.:]+)");
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration PAUSE = Duration.ofMillis(10);
    private static final int PER_SECOND = 5;
    private static final int LATE_SECONDS = 4;

    /** Programs may run for a minute. */
    private static final int SECONDS_MAX = 50;

    /**
     * Sends {@code count} packets of {@code bytes} of payload, five in a second, and waits four seconds for late answers. By
     * itself the program waits for twice the longest round trip only: where that is short, a machine that has other things
     * to do seems to lose packets. While answers are missing it sends more, which do not count.
     */
    public static Ping of(LabHost host, String to, int count, int bytes) throws IOException, InterruptedException {
        int seconds = Math.ceilDiv(count, PER_SECOND) + LATE_SECONDS;
        String interval = String.format(Locale.ROOT, "%.1f", 1.0 / PER_SECOND);
        ProgramResult result =
                host.run("ping", "-n", "-c", "" + count, "-w", "" + seconds, "-i", interval, "-s", "" + bytes, to);
        return parse(result.output()).first(count);
    }

    /** As if only the first {@code count} packets had been sent. */
    public Ping first(int count) {
        int answered = (int) NUMBER.matcher(output)
                .results()
                .mapToInt(each -> Integer.parseInt(each.group(1)))
                .distinct()
                .filter(each -> each <= count)
                .count();
        return new Ping(Math.min(sent, count), answered, averageMillis, timesMillis, answering, output);
    }

    /** Sends packets for so long, one every {@code intervalMillis}, however many answer. */
    public static Ping during(LabHost host, String to, Duration time, int intervalMillis)
            throws IOException, InterruptedException {
        long count = Math.max(1, time.toMillis() / intervalMillis);
        String interval = String.format(Locale.ROOT, "%.3f", intervalMillis / 1e3);
        ProgramResult result =
                host.run(time.plus(PATIENCE), List.of("ping", "-n", "-c", "" + count, "-i", interval, "-W", "2", to));
        return parse(result.output());
    }

    /** Reads what the program printed. */
    public static Ping parse(String output) {
        Matcher counts = COUNTS.matcher(output);
        Matcher times = TIMES.matcher(output);
        boolean counted = counts.find();
        Set<String> answering = new TreeSet<>();
        ANSWER.matcher(output)
                .results()
                .forEach(answer -> answering.add(answer.group(1).replaceFirst(":$", "")));
        return new Ping(
                counted ? Integer.parseInt(counts.group(1)) : 0,
                counted ? Integer.parseInt(counts.group(2)) : 0,
                times.find() ? Double.parseDouble(times.group(1)) : 0,
                TIME.matcher(output)
                        .results()
                        .map(time -> Double.valueOf(time.group(1)))
                        .toList(),
                answering,
                output);
    }

    /** Pings ten times a second until the first answer; how long that took, from the call. */
    public static Duration untilAnswer(LabHost host, String to, Duration limit) throws Exception {
        long begin = System.nanoTime();
        long deadline = begin + limit.toNanos();
        String seconds = "" + Math.clamp(limit.toSeconds(), 1, SECONDS_MAX);
        String output = "";
        while (System.nanoTime() - deadline < 0) {
            ProgramResult result = host.run("ping", "-n", "-c", "1", "-i", "0.1", "-w", seconds, to);
            if (result.status() == 0) {
                return Duration.ofNanos(System.nanoTime() - begin);
            }
            // Ends early where there is no route yet.
            output = result.output();
            Thread.sleep(PAUSE);
        }
        throw new LabException("no answer from " + to + " within " + limit.toMillis() + " ms: " + Lab.tail(output, 5)
                + " (host " + host.number() + ")");
    }

    public boolean complete() {
        return sent > 0 && received == sent;
    }
}
