// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.interop;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.orrery.cli.api.Json;
import org.orrery.cli.interop.Stage.Joined;
import org.orrery.cli.lab.Lab;
import org.orrery.cli.lab.LabException;
import org.orrery.cli.lab.LabNode;
import org.orrery.cli.lab.Ping;

/** What one member sends to all of a group. */
final class MulticastScenarios {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    /** By then all members have told their root which groups they want. */
    private static final Duration ANNOUNCED = Duration.ofSeconds(8);

    /**
     * What 1.2.0 tells of its groups before it is admitted a 1.2.0 root refuses, and it tells all of them only every two
     * minutes.
     */
    private static final Duration OLD_ANNOUNCED = Duration.ofSeconds(125);

    private static final Pattern LINK_LOCAL = Pattern.compile("inet6 (fe80[0-9a-f:]+)/");

    private MulticastScenarios() {}

    static List<Scenario> all() {
        return List.of(
                new AllNodes(),
                new Group("mDNS over IPv4", "224.0.0.251", 5353),
                new Group("SSDP", "239.255.255.250", 1900));
    }

    /**
     * Everybody answers a ping to all nodes of the link. Of a ping that 1.2.0 sends only the first recipient can read its
     * copy, because it encrypts the others a second time: there everybody has to answer one of several.
     */
    private record AllNodes() implements Scenario {
        @Override
        public String name() {
            return "IPv6 all-nodes multicast";
        }

        @Override
        public String play(Stage stage) throws Exception {
            Joined network = stage.network(Map.of("v6AssignMode", Json.object(Map.of("rfc4193", Json.of(true)))));
            if (stage.cast().root().old()) {
                Thread.sleep(OLD_ANNOUNCED.toMillis());
            }
            var result = new StringBuilder();
            for (int from : new int[] {0, 1}) {
                Set<String> others = new TreeSet<>();
                for (int i = 0; i < Cast.MEMBERS; i++) {
                    if (i != from) {
                        others.add(linkLocal(stage.member(i), stage.device(i, network.id())));
                    }
                }
                awaitAnnounced(stage, from);
                String to = "ff02::1%" + stage.device(from, network.id());
                boolean together = !stage.cast().members().get(from).old();
                Set<String> answering = new TreeSet<>();
                long begin = System.nanoTime();
                Lab.await("all others answer " + stage.label(from), LIMIT, () -> {
                    if (together) {
                        answering.clear();
                    }
                    answering.addAll(
                            Ping.of(stage.member(from).host(), to, 2, 56).answering());
                    return answering.containsAll(others) ? Optional.of(true) : Optional.empty();
                });
                result.append(result.isEmpty() ? "" : ", ")
                        .append(stage.label(from))
                        .append(' ')
                        .append(Stage.seconds(Duration.ofNanos(System.nanoTime() - begin)));
            }
            stage.leave(network.id());
            return result.toString();
        }

        private static String linkLocal(LabNode node, String device) throws Exception {
            String shown = node.host().output("ip", "-6", "-o", "addr", "show", "dev", device, "scope", "link");
            Matcher address = LINK_LOCAL.matcher(shown);
            if (!address.find()) {
                throw new LabException("no link-local address on " + device + ": " + shown);
            }
            return address.group(1);
        }
    }

    /** Everybody who subscribed gets a datagram to an IPv4 group. */
    private record Group(String what, String ip, int port) implements Scenario {
        @Override
        public String name() {
            return what + " multicast";
        }

        @Override
        public String play(Stage stage) throws Exception {
            Joined network = stage.network(Map.of());
            InetAddress group = InetAddress.getByName(ip);
            var result = new StringBuilder();
            for (int from : new int[] {0, 1}) {
                List<DatagramChannel> waiting = new ArrayList<>();
                try {
                    for (int i = 0; i < Cast.MEMBERS; i++) {
                        if (i != from) {
                            waiting.add(subscribe(stage, network, i, group));
                        }
                    }
                    awaitAnnounced(stage, from);
                    long begin = System.nanoTime();
                    Lab.await("all others receive what " + stage.label(from) + " sends to " + ip, LIMIT, () -> {
                        send(stage, network, from, group);
                        Thread.sleep(200);
                        waiting.removeIf(MulticastScenarios::received);
                        return waiting.isEmpty() ? Optional.of(true) : Optional.empty();
                    });
                    result.append(result.isEmpty() ? "" : ", ")
                            .append(stage.label(from))
                            .append(' ')
                            .append(Stage.seconds(Duration.ofNanos(System.nanoTime() - begin)));
                } finally {
                    for (DatagramChannel each : waiting) {
                        each.close();
                    }
                }
            }
            stage.leave(network.id());
            return result.toString();
        }

        private DatagramChannel subscribe(Stage stage, Joined network, int member, InetAddress group) throws Exception {
            String device = stage.device(member, network.id());
            return stage.member(member).host().inside(() -> {
                var channel = DatagramChannel.open(StandardProtocolFamily.INET);
                channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
                channel.bind(new InetSocketAddress(port));
                channel.join(group, NetworkInterface.getByName(device));
                channel.configureBlocking(false);
                return channel;
            });
        }

        private void send(Stage stage, Joined network, int member, InetAddress group) throws Exception {
            String device = stage.device(member, network.id());
            stage.member(member).host().inside(() -> {
                try (var channel = DatagramChannel.open(StandardProtocolFamily.INET)) {
                    channel.setOption(StandardSocketOptions.IP_MULTICAST_IF, NetworkInterface.getByName(device));
                    return channel.send(ByteBuffer.wrap(new byte[] {42}), new InetSocketAddress(group, port));
                }
            });
        }
    }

    /** A reference asks who wants a group only once a minute: whoever announces it later does not get the first ones. */
    private static void awaitAnnounced(Stage stage, int sender) throws InterruptedException {
        if (!stage.cast().members().get(sender).own()) {
            Thread.sleep(ANNOUNCED.toMillis());
        }
    }

    private static boolean received(DatagramChannel channel) {
        try {
            boolean arrived = channel.receive(ByteBuffer.allocate(16)) != null;
            if (arrived) {
                channel.close();
            }
            return arrived;
        } catch (java.io.IOException closed) {
            throw new java.io.UncheckedIOException(closed);
        }
    }
}
