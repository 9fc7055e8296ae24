// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.command;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import org.orrery.cli.api.LocalApi;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code orrery ping}. */
@Command(
        name = "ping",
        description = {
            "Ask a node for an echo, below all networks: is it there, how far, and by which way?",
            "It need not be in a network of this node, nor authorized anywhere. The exit code is 1 if nothing came back."
        },
        footer = {
            "",
            "Examples:",
            "  orrery ping 8056c2e21c",
            "  orrery ping 8056c2e21c -c 20 -i 0.2",
            "  orrery ping 8056c2e21c --via relay"
        })
final class PingCommand extends Context implements Callable<Integer> {
    private static final double INTERVAL_SECONDS_MIN = 0.1;

    @Mixin
    private final NodeOptions node = new NodeOptions();

    @Parameters(paramLabel = "ADDRESS", description = "Node address, 10 hex digits.")
    private String wanted = "";

    @Option(
            names = {"-c", "--count"},
            paramLabel = "N",
            description = "How often (default: ${DEFAULT-VALUE}).")
    private int count = 5;

    @Option(
            names = {"-i", "--interval"},
            paramLabel = "SECONDS",
            description = "From one question to the next (default: ${DEFAULT-VALUE}).")
    private double intervalSeconds = 1;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            description = "How long to wait for an answer, 1 to 10 (default: ${DEFAULT-VALUE}).")
    private int timeoutSeconds = 5;

    @Option(
            names = "--via",
            paramLabel = "WAY",
            description =
                    "Not the way of traffic but: 'relay', the address of a root, or the IP/PORT of a direct path.")
    private String via = "";

    @Option(
            names = {"-j", "--json"},
            description = "Print the node's own JSON, one answer on a line.")
    private boolean json;

    private final List<Double> times = new ArrayList<>();
    private int sent;

    @Override
    public Integer call() throws InterruptedException {
        if (count < 1 || intervalSeconds < INTERVAL_SECONDS_MIN || timeoutSeconds < 1 || timeoutSeconds > 10) {
            throw new Trouble("-c takes 1 or more, -i " + INTERVAL_SECONDS_MIN + " or more, --timeout 1 to 10.");
        }
        String address = address(wanted);
        LocalApi api = api(node);
        for (int i = 1; i <= count; i++) {
            long begin = System.nanoTime();
            one(i, new Echo(own(post(api, "/orrery/ping", Echo.question(address, via, timeoutSeconds)))));
            long leftMillis = (long) (intervalSeconds * 1_000) - (System.nanoTime() - begin) / 1_000_000;
            if (i < count && leftMillis > 0) {
                Thread.sleep(leftMillis);
            }
        }
        if (!json) {
            terminal().line(summary());
        }
        return times.isEmpty() ? 1 : 0;
    }

    private void one(int number, Echo echo) {
        sent++;
        if (echo.answered()) {
            times.add(echo.millis());
        }
        if (json) {
            terminal().line(echo.json().compact());
        } else if (echo.answered()) {
            terminal().line(number + "  " + Echo.millis(echo.millis()) + "  " + echo.way());
        } else {
            terminal().line(number + "  " + echo.failure());
        }
        terminal().out().flush();
    }

    private String summary() {
        String text = sent + " asked, " + times.size() + " answered";
        if (times.isEmpty()) {
            return text;
        }
        double sum = times.stream().mapToDouble(Double::doubleValue).sum();
        return text + "; shortest " + Echo.millis(Collections.min(times)) + ", average "
                + Echo.millis(sum / times.size()) + ", longest " + Echo.millis(Collections.max(times));
    }
}
