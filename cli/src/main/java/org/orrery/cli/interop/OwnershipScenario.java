// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.interop;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.orrery.cli.api.Json;
import org.orrery.cli.interop.Stage.Joined;
import org.orrery.cli.lab.Lab;
import org.orrery.cli.lab.LabHost;

/**
 * Members take in only what comes from an address that the controller gave its sender. The rule is one of receivers: the
 * sender lets the frame out, so it is the other that refuses it.
 */
final class OwnershipScenario implements Scenario {
    private static final int ARP = 0x0806;
    private static final int PORT = 4000;
    private static final Duration LIMIT = Duration.ofSeconds(15);
    /** In all this time, with a datagram each, none may arrive. */
    private static final int ATTEMPTS = 5;

    private static final int WAIT_MILLIS = 400;

    private static final int[][] PAIRS = {{0, 1}, {1, 0}, {0, 2}, {1, 3}};

    @Override
    public String name() {
        return "a source address of another is refused (ipauth)";
    }

    @Override
    public String play(Stage stage) throws Exception {
        Joined network = stage.network(Map.of());
        for (int[] pair : PAIRS) {
            stage.awaitPing(pair[0], network.of(pair[1]), Stage.PATIENCE);
            pretend(stage, network, pair[0], true);
            // Without the rule it arrives: what is shown below is the rule's doing.
            awaitArrival(stage, network, pair, pretended(network, pair[0]));
        }
        Json inbound = Stage.rule("MATCH_CHARACTERISTICS", Map.of("mask", Json.of("8000000000000000")));
        Json notOwned =
                Stage.rule("MATCH_CHARACTERISTICS", Map.of("mask", Json.of("1000000000000000"), "not", Json.of(true)));
        Json rules = Stage.rules(
                Stage.etherType(ARP), Stage.accept(), inbound, notOwned, Stage.rule("ACTION_DROP"), Stage.accept());
        stage.controller().change("/controller/network/" + network.id(), Json.object(Map.of("rules", rules)));
        long begin = System.nanoTime();
        for (int[] pair : PAIRS) {
            String from = pretended(network, pair[0]);
            Lab.await(stage.label(pair[1]) + " refuses " + from + " of " + stage.label(pair[0]), LIMIT, () -> {
                for (int i = 0; i < ATTEMPTS; i++) {
                    if (arrives(stage, network, pair, from)) {
                        return Optional.empty();
                    }
                }
                return Optional.of(true);
            });
            awaitArrival(stage, network, pair, network.of(pair[0]));
            Stage.require(
                    !arrives(stage, network, pair, from),
                    "after a genuine datagram " + stage.label(pair[1]) + " still refuses " + from);
        }
        String taken = Stage.seconds(Duration.ofNanos(System.nanoTime() - begin));
        for (int member : new int[] {0, 1}) {
            pretend(stage, network, member, false);
        }
        stage.leave(network.id());
        return PAIRS.length + " pairs in " + taken;
    }

    private static void awaitArrival(Stage stage, Joined network, int[] pair, String source) throws Exception {
        Lab.await(
                stage.label(pair[1]) + " gets a datagram from " + source + " of " + stage.label(pair[0]),
                LIMIT,
                () -> arrives(stage, network, pair, source) ? Optional.of(true) : Optional.empty());
    }

    /** An address that is nobody's, one for each member. */
    private static String pretended(Joined network, int member) {
        String own = network.of(member);
        return own.substring(0, own.lastIndexOf('.') + 1) + (200 + member);
    }

    private static void pretend(Stage stage, Joined network, int member, boolean add) throws Exception {
        LabHost host = stage.member(member).host();
        host.run(
                "ip",
                "addr",
                add ? "replace" : "del",
                pretended(network, member) + "/24",
                "dev",
                stage.device(member, network.id()));
    }

    private static boolean arrives(Stage stage, Joined network, int[] pair, String source) throws Exception {
        InetAddress from = InetAddress.getByName(source);
        var to = new InetSocketAddress(InetAddress.getByName(network.of(pair[1])), PORT);
        try (DatagramChannel receiver = bound(stage.member(pair[1]).host(), to);
                DatagramChannel sender = bound(stage.member(pair[0]).host(), new InetSocketAddress(from, 0))) {
            sender.send(ByteBuffer.wrap(new byte[] {42}), to);
            for (int waited = 0; waited < WAIT_MILLIS; waited += 20) {
                if (receiver.receive(ByteBuffer.allocate(16)) instanceof InetSocketAddress heard) {
                    return heard.getAddress().equals(from);
                }
                Thread.sleep(20);
            }
            return false;
        }
    }

    private static DatagramChannel bound(LabHost host, InetSocketAddress address) throws Exception {
        return host.inside(() -> {
            var channel = DatagramChannel.open(StandardProtocolFamily.INET);
            channel.bind(address);
            channel.configureBlocking(false);
            return channel;
        });
    }
}
