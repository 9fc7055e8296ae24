// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.command;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.orrery.cli.api.Json;
import org.orrery.cli.api.Table;
import org.orrery.cli.lab.Lab;
import org.orrery.cli.lab.LabClosedException;
import org.orrery.cli.lab.LabNode;
import org.orrery.cli.lab.Ping;
import org.orrery.cli.lab.Transfer;
import picocli.CommandLine.Command;

/** {@code orrery demo}. */
@Command(
        name = "demo",
        description = {
            "Show everything at work on this one machine: three nodes in network namespaces of their own.",
            "The first is root and controller, the others join its network, ping and transfer. All of it is taken"
                    + " away again, and nothing leaves the machine."
        },
        footer = {"", "Needs root, /dev/net/tun and the programs ip and ping.", "", "Example:", "  sudo orrery demo"})
final class DemoCommand extends Context implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int INTERRUPTED = 130;
    private static final int PINGS = 20;
    private static final int PING_BYTES = 56;

    /** What was measured of one member. */
    private record Arrival(LabNode node, String address, Duration asked, Duration letIn) {}

    @Override
    public Integer call() throws Exception {
        Optional<String> missing = Lab.missing();
        if (missing.isPresent()) {
            throw new Trouble("The demonstration " + missing.get() + ".");
        }
        say("Building three hosts, and an identity for each ...");
        try (Lab lab = Lab.open(3)) {
            return shown(lab);
        } catch (LabClosedException interrupted) {
            return INTERRUPTED;
        } catch (IOException failure) {
            throw new Trouble("The demonstration failed: " + failure.getMessage());
        }
    }

    private int shown(Lab lab) throws Exception {
        try {
            run(lab);
            say("Taking everything away ...");
            return 0;
        } catch (IOException failure) {
            if (lab.closed()) {
                return INTERRUPTED; // By Ctrl-C: what fails then is no news.
            }
            throw failure;
        }
    }

    private void run(Lab lab) throws Exception {
        say("Starting a node on each ...");
        long begin = System.nanoTime();
        lab.start();
        say("All on-line after " + millis(since(begin)) + ".");
        LabNode controller = lab.node(1);
        String network = controller.makeNetwork(settings());
        say("Node " + controller.address() + " is root and controller; it made the private network " + network + ".");
        Arrival left = arrive(controller, network, lab.node(2));
        Arrival right = arrive(controller, network, lab.node(3));

        Duration firstPing = Ping.untilAnswer(left.node.host(), right.address, PATIENCE);
        say("First answer to a ping between them after " + millis(firstPing) + ".");
        String path = awaitDirectPath(left.node, right);
        Ping ping = Ping.of(left.node.host(), right.address, PINGS, PING_BYTES);
        say("Transferring ...");
        Transfer transfer = Transfer.between(lab, left.node.host(), right.node.host(), right.address);
        print(left, right, firstPing, ping, transfer, path);
    }

    private static Json settings() {
        return Json.object(Map.of(
                "name", Json.of("demo"),
                "private", Json.of(true),
                "ipAssignmentPools",
                        Json.array(Json.object(
                                Map.of("ipRangeStart", Json.of("10.144.0.1"), "ipRangeEnd", Json.of("10.144.0.254")))),
                "routes", Json.array(Json.object(Map.of("target", Json.of("10.144.0.0/24")))),
                "v4AssignMode", Json.object(Map.of("zt", Json.of(true)))));
    }

    /** Joins, as a stranger at first, and is let in. */
    private Arrival arrive(LabNode controller, String network, LabNode member) throws Exception {
        long begin = System.nanoTime();
        member.join(network);
        Lab.await("the controller hears of node " + member.address(), PATIENCE, () -> {
            Json joined = member.ask("/network/" + network);
            return joined.at("status").text().equals("ACCESS_DENIED") ? Optional.of(true) : Optional.empty();
        });
        Duration asked = since(begin);
        begin = System.nanoTime();
        controller.authorize(network, member, true);
        String address = member.awaitAddresses(network, PATIENCE).getFirst();
        Duration letIn = since(begin);
        say("Node " + member.address() + " asked to join, was let in, and is " + address + ".");
        return new Arrival(member, address, asked, letIn);
    }

    /** A path as IP/PORT, or why there is none. Nodes look for one only while they have something to send. */
    private static String awaitDirectPath(LabNode from, Arrival to) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() - deadline < 0) {
            Optional<String> path = from.directPath(to.node);
            if (path.isPresent()) {
                return "direct, " + path.get();
            }
            Ping.during(from.host(), to.address, Duration.ofMillis(100), 50);
        }
        return "relayed: "
                + from.peer(to.node).at("orrery").at("relayedBecause").text();
    }

    private void print(Arrival left, Arrival right, Duration firstPing, Ping ping, Transfer transfer, String path) {
        terminal().line("");
        var members = new Table("MEMBER", "ADDRESS", "JOIN TO CONTROLLER'S ANSWER", "AUTHORIZED TO ADDRESS");
        for (Arrival each : List.of(left, right)) {
            members.add(each.node.address(), each.address, millis(each.asked), millis(each.letIn));
        }
        members.print(terminal());
        terminal().line("");
        var between = new Table("BETWEEN THEM", left.node.address() + " to " + right.node.address());
        between.add("first ping", millis(firstPing));
        between.add(
                "ping average",
                String.format(
                        Locale.ROOT,
                        "%.2f ms (%d of %d answered)",
                        ping.averageMillis(),
                        ping.received(),
                        ping.sent()));
        between.add(
                "throughput",
                String.format(
                        Locale.ROOT,
                        "%.0f Mbit/s (one TCP connection, %d MB in %.1f s, %s)",
                        transfer.megabitsPerSecond(),
                        transfer.bytes() >> 20,
                        transfer.time().toMillis() / 1e3,
                        transfer.by()));
        between.add("path", path);
        between.print(terminal());
        terminal().line("");
        terminal().out().flush();
    }

    /** Progress: it is not the result, and goes where it does not mix with that. */
    private void say(String text) {
        terminal().complain(text);
    }

    private static Duration since(long beginNanos) {
        return Duration.ofNanos(System.nanoTime() - beginNanos);
    }

    private static String millis(Duration duration) {
        return duration.toMillis() + " ms";
    }
}
