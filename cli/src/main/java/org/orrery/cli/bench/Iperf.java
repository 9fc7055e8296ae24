// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.orrery.cli.api.Json;
import org.orrery.cli.bench.Pair.End;
import org.orrery.cli.lab.Lab;
import org.orrery.cli.lab.LabException;
import org.orrery.cli.lab.ProgramResult;

/**
 * What one run of {@code iperf3} found.
 *
 * @param bytes that arrived
 * @param seconds the receiver received
 * @param packets that arrived; zero for TCP
 */
record Iperf(long bytes, double seconds, long packets) {
    private static final int FIRST_PORT = 5201;
    private static final int PORTS = 1000;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration START_PATIENCE = Duration.ofSeconds(5);
    private static final long PAUSE_MILLIS = 30;

    /** A port for each run: a server that has not ended yet does not stand in the way of the next. */
    private static final AtomicInteger RUNS = new AtomicInteger();

    double megabitsPerSecond() {
        return bytes * 8 / 1e6 / seconds;
    }

    double gigabytes() {
        return bytes / 1e9;
    }

    static Iperf tcp(Lab lab, End from, End to, int seconds, int streams) throws IOException, InterruptedException {
        return run(lab, from, to, seconds, List.of("--parallel", "" + streams));
    }

    /** Sends as fast as it goes. */
    static Iperf udp(Lab lab, End from, End to, int seconds, int payloadBytes)
            throws IOException, InterruptedException {
        return run(lab, from, to, seconds, List.of("--udp", "--bitrate", "0", "--length", "" + payloadBytes));
    }

    private static Iperf run(Lab lab, End from, End to, int seconds, List<String> options)
            throws IOException, InterruptedException {
        String port = "" + (FIRST_PORT + RUNS.getAndIncrement() % PORTS);
        Process server = lab.start(to.host(), "iperf3", "--server", "--one-off", "--port", port);
        try {
            List<String> client = new ArrayList<>(
                    List.of("iperf3", "--client", to.address(), "--port", port, "--time", "" + seconds, "--json"));
            client.addAll(options);
            long deadline = System.nanoTime() + START_PATIENCE.toNanos();
            while (true) {
                ProgramResult result = from.host().run(PATIENCE.plusSeconds(seconds), client);
                boolean refused = result.output().contains("Connection refused"); // The server is not up yet.
                if (!refused || System.nanoTime() - deadline > 0) {
                    return parse(result.output());
                }
                Thread.sleep(PAUSE_MILLIS);
            }
        } finally {
            server.destroy();
        }
    }

    /** Reads the program's JSON report; warnings may stand before it. */
    static Iperf parse(String output) throws LabException {
        Json report = Json.parseOrNull(output.substring(Math.max(0, output.indexOf('{'))));
        String error = report.at("error").text();
        if (!error.isEmpty()) {
            throw new LabException("iperf3: " + error);
        }
        Json received = report.at("end").at("sum_received");
        double seconds = received.at("seconds").real();
        long bytes = received.at("bytes").integer();
        if (seconds <= 0 || bytes <= 0) {
            throw new LabException("iperf3: nothing arrived");
        }
        // The receiver counts up to the last packet it saw; what was lost behind that it does not know, nor need we.
        long packets =
                received.at("packets").integer() - received.at("lost_packets").integer();
        return new Iperf(bytes, seconds, packets);
    }
}
