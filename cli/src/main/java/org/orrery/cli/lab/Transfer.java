// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.lab;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.orrery.cli.api.Json;

/**
 * How fast one TCP connection between two hosts is.
 *
 * @param by what measured it
 * @param bytes that arrived
 */
public record Transfer(String by, long bytes, Duration time) {
    private static final int SECONDS = 5;
    private static final long OWN_BYTES = 256L << 20;
    private static final int BUFFER_BYTES = 1 << 16;
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int PORT = 5201;
    private static final Pattern JSON_BEGIN = Pattern.compile("^\\{", Pattern.MULTILINE);

    public double megabitsPerSecond() {
        return bytes * 8 / 1e6 / (time.toNanos() / 1e9);
    }

    /** Measures with {@code iperf3} if it is installed, else with a transfer of its own. */
    public static Transfer between(Lab lab, LabHost from, LabHost to, String toAddress) throws Exception {
        return Programs.has("iperf3") ? iperf(lab, from, to, toAddress) : own(from, to, toAddress);
    }

    private static Transfer iperf(Lab lab, LabHost from, LabHost to, String toAddress) throws Exception {
        String[] server = {"iperf3", "--server", "--bind", toAddress, "--port", "" + PORT};
        Process listening = lab.start(to, server);
        try {
            Json end = Lab.await("iperf3 gets through", Duration.ofSeconds(SECONDS * 3), () -> {
                ProgramResult result = from.run(
                        "iperf3", "--client", toAddress, "--port", "" + PORT, "--time", "" + SECONDS, "--json");
                Json report = report(result.output());
                return result.status() == 0 ? Optional.of(report.at("end")) : Optional.empty();
            });
            Json received = end.at("sum_received");
            return new Transfer("iperf3", received.at("bytes").integer(), Duration.ofNanos((long)
                    (received.at("seconds").real() * 1e9)));
        } finally {
            listening.destroy();
        }
    }

    /** Warnings may stand before the report. */
    private static Json report(String output) {
        Matcher begin = JSON_BEGIN.matcher(output);
        return begin.find() ? Json.parseOrNull(output.substring(begin.start())) : Json.none();
    }

    /** Sends 256 MB between two sockets; the clock runs from the connection to the last byte. */
    public static Transfer own(LabHost from, LabHost to, String toAddress) throws Exception {
        try (ServerSocket listening = to.inside(() -> listen(toAddress))) {
            CompletableFuture<Long> received = Lab.background(() -> receive(listening));
            long begin = System.nanoTime();
            from.inside(() -> send(toAddress, listening.getLocalPort()));
            long bytes = received.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            return new Transfer("TCP transfer", bytes, Duration.ofNanos(System.nanoTime() - begin));
        } catch (ExecutionException | TimeoutException failure) {
            throw new LabException("the transfer failed: " + failure);
        }
    }

    private static ServerSocket listen(String address) throws IOException {
        return new ServerSocket(0, 1, InetAddress.getByName(address));
    }

    private static long receive(ServerSocket listening) throws IOException {
        try (Socket socket = listening.accept()) {
            byte[] buffer = new byte[BUFFER_BYTES];
            long bytes = 0;
            for (int read = 0; read >= 0; read = socket.getInputStream().read(buffer)) {
                bytes += read;
            }
            return bytes;
        }
    }

    private static long send(String address, int port) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getByName(address), port), (int) PATIENCE.toMillis());
            byte[] buffer = new byte[BUFFER_BYTES];
            for (long sent = 0; sent < OWN_BYTES; sent += buffer.length) {
                socket.getOutputStream().write(buffer);
            }
            return OWN_BYTES;
        }
    }
}
