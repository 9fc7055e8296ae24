// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.orrery.cli.bench.Pair.End;
import org.orrery.cli.lab.Lab;
import org.orrery.cli.lab.LabException;
import org.orrery.cli.lab.Ping;

/**
 * Measures pairs.
 *
 * @param seconds each measurement lasts
 */
record Meter(int seconds) {
    private static final int STREAMS = 8;
    private static final int SMALL_BYTES = 64;
    private static final int PING_INTERVAL_MILLIS = 10;

    /** The load begins before the first ping and lasts beyond the last. */
    private static final int LOAD_LEAD_MILLIS = 500;

    private static final int SECONDS_BEYOND = 2;

    /** Traffic both ways, big and small packets, so that what is compiled while running is. */
    void warmUp(Pair pair, int warmUpSeconds) throws IOException, InterruptedException {
        if (warmUpSeconds > 0) {
            Iperf.tcp(pair.lab(), pair.left(), pair.right(), warmUpSeconds, 1);
            Iperf.tcp(pair.lab(), pair.right(), pair.left(), warmUpSeconds, STREAMS);
        }
    }

    /** The values of the measurement's figures, in their order. */
    List<Double> measure(Measurement measurement, Pair pair) throws Exception {
        return switch (measurement) {
            case TCP1 -> tcp(pair, pair.left(), pair.right(), 1, pair.pids());
            case TCP1_BACK -> tcp(pair, pair.right(), pair.left(), 1, pair.pids());
            case TCP8 -> tcp(pair, pair.left(), pair.right(), STREAMS, pair.pids());
            case TCP8_BACK -> tcp(pair, pair.right(), pair.left(), STREAMS, pair.pids());
            case UDP64 -> smallPackets(pair);
            case PING ->
                roundTrips(Ping.during(
                        pair.left().host(), pair.right().address(), Duration.ofSeconds(seconds), PING_INTERVAL_MILLIS));
            case PING_LOAD -> roundTripsUnderLoad(pair);
            case RELAY -> relayed(pair);
            case MEMORY -> throw new IllegalArgumentException("measured before and after the others");
        };
    }

    /** Resident memory of one node, in MB. */
    static double memory(Pair pair) throws IOException {
        return ProcessUse.residentMegabytes(pair.pids()) / pair.pids().size();
    }

    /** That it went through the root is not taken for granted. */
    private List<Double> relayed(Pair pair) throws IOException, InterruptedException {
        long root = pair.rootPids().getFirst();
        double cpuBefore = ProcessUse.cpuSeconds(pair.rootPids());
        long before = ProcessUse.receivedBytes(root, Lab.DEVICE);
        Iperf run = Iperf.tcp(pair.lab(), pair.left(), pair.right(), seconds, 1);
        long arrived = ProcessUse.receivedBytes(root, Lab.DEVICE) - before;
        double used = ProcessUse.cpuSeconds(pair.rootPids()) - cpuBefore;
        if (arrived < run.bytes()) {
            throw new LabException("not relayed: of " + run.bytes() + " bytes " + arrived + " came to the root");
        }
        return List.of(run.megabitsPerSecond(), used / run.gigabytes());
    }

    private List<Double> tcp(Pair pair, End from, End to, int streams, List<Long> counted)
            throws IOException, InterruptedException {
        double before = ProcessUse.cpuSeconds(counted);
        Iperf run = Iperf.tcp(pair.lab(), from, to, seconds, streams);
        double used = ProcessUse.cpuSeconds(counted) - before;
        return List.of(run.megabitsPerSecond(), used / run.gigabytes());
    }

    private List<Double> smallPackets(Pair pair) throws IOException, InterruptedException {
        double before = ProcessUse.cpuSeconds(pair.pids());
        Iperf run = Iperf.udp(pair.lab(), pair.left(), pair.right(), seconds, SMALL_BYTES);
        double used = ProcessUse.cpuSeconds(pair.pids()) - before;
        return List.of(run.packets() / run.seconds() / 1e3, used * 1e6 / run.packets());
    }

    private List<Double> roundTripsUnderLoad(Pair pair) throws Exception {
        int loadSeconds = seconds + SECONDS_BEYOND;
        var load = Lab.background(() -> Iperf.tcp(pair.lab(), pair.left(), pair.right(), loadSeconds, 1));
        Thread.sleep(LOAD_LEAD_MILLIS);
        Ping ping = Ping.during(
                pair.left().host(), pair.right().address(), Duration.ofSeconds(seconds), PING_INTERVAL_MILLIS);
        load.get();
        return roundTrips(ping);
    }

    static List<Double> roundTrips(Ping ping) throws LabException {
        double[] times =
                ping.timesMillis().stream().mapToDouble(Double::doubleValue).toArray();
        if (times.length == 0) {
            throw new LabException("ping: none of " + ping.sent() + " answered");
        }
        Arrays.sort(times);
        double average = Arrays.stream(times).average().orElseThrow();
        double lost = 100.0 * (ping.sent() - ping.received()) / ping.sent();
        return List.of(average, Series.quantile(times, 0.5), Series.quantile(times, 0.99), lost);
    }
}
