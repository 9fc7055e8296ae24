// SPDX-License-Identifier: Apache-2.0
package org.orrery.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.orrery.cli.lab.Lab;
import org.orrery.cli.lab.LabHost;
import org.orrery.cli.lab.LabNode;

/**
 * A node behind a home router, played by host 3 with miniupnpd: the root is on the outside, and nobody reaches the node from
 * there unless the router was asked to let them.
 */
@Tag("root")
@ExtendWith(RootOnly.class)
final class PortMappingTest {
    private static final Duration PATIENCE = Duration.ofSeconds(40);
    private static final String OUTSIDE = "11.22.33.9";
    private static final String TABLE = """
            table inet filter {
              chain forward { type filter hook forward priority 0; policy accept; jump mapped_forward
              }
              chain prerouting { type nat hook prerouting priority -100; policy accept; jump mapped
              }
              chain postrouting { type nat hook postrouting priority 100; policy accept
                oifname "eth0" masquerade
              }
              chain mapped {
              }
              chain mapped_forward {
              }
              chain mapped_postrouting {
              }
            }
            """;

    private static void plugBehindRouter(Lab lab) throws Exception {
        LabHost router = lab.host(3);
        LabHost inside = lab.host(2);
        inside.output("ip", "link", "set", Lab.DEVICE, "down");
        router.output("ip", "link", "add", "lan0", "type", "veth", "peer", "name", "lan0", "netns", inside.name());
        router.output("ip", "addr", "add", "192.168.77.1/24", "dev", "lan0");
        router.output("ip", "addr", "add", OUTSIDE + "/32", "dev", Lab.DEVICE);
        router.output("ip", "link", "set", "lan0", "up");
        inside.output("ip", "addr", "add", "192.168.77.5/24", "dev", "lan0");
        inside.output("ip", "link", "set", "lan0", "up");
        inside.output("ip", "route", "add", "default", "via", "192.168.77.1");
        lab.host(1).output("ip", "route", "add", OUTSIDE + "/32", "via", router.ip4());
        router.output("sysctl", "-qw", "net.ipv4.ip_forward=1");
        Path table = lab.file("router.nft");
        Files.writeString(table, TABLE);
        router.output("nft", "-f", table.toString());
    }

    private static void startRouterDaemon(Lab lab, boolean pcp) throws Exception {
        Path config = lab.file("router.conf");
        Files.writeString(config, """
            ext_ifname=eth0
            ext_ip=%s
            listening_ip=lan0
            enable_natpmp=%s
            enable_upnp=%s
            secure_mode=yes
            uuid=6f0e8c1c-9c65-4d5e-8f07-24a3d0c0a001
            upnp_table_name=filter
            upnp_nat_table_name=filter
            upnp_forward_chain=mapped_forward
            upnp_nat_chain=mapped
            upnp_nat_postrouting_chain=mapped_postrouting
            allow 1024-65535 192.168.77.0/24 1024-65535
            deny 0-65535 0.0.0.0/0 0-65535
            """.formatted(OUTSIDE, pcp ? "yes" : "no", pcp ? "no" : "yes"));
        lab.start(
                lab.host(3),
                lab.file("router.log"),
                List.of(
                        "miniupnpd",
                        "-d",
                        "-f",
                        config.toString(),
                        "-P",
                        lab.file("router.pid").toString()));
    }

    /** Who asks it before it listens takes another way, or none. */
    private static void awaitRouterDaemon(LabHost router, int port) throws Exception {
        Lab.await(
                "miniupnpd listens",
                PATIENCE,
                () -> Optional.of(router.output("ss", "-Hlun")).filter(text -> text.contains(":" + port + " ")));
    }

    private static String mappings(LabHost router) throws Exception {
        return router.output("nft", "list", "chain", "inet", "filter", "mapped");
    }

    private static long arrived(LabNode node) throws Exception {
        return node.ask("/status").at("orrery").at("packets").at("TOO_SHORT").integer(0);
    }

    private static void knock(LabHost host) throws Exception {
        host.inside(() -> {
            try (var socket = new DatagramSocket()) {
                socket.send(new DatagramPacket(new byte[5], 5, InetAddress.getByName(OUTSIDE), Lab.PORT));
            }
            return true;
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void strangersReachTheNodeThroughItsRouterUntilItStops(boolean pcp) throws Exception {
        try (Lab lab = TestIdentities.openLab(3)) {
            plugBehindRouter(lab);
            startRouterDaemon(lab, pcp);
            awaitRouterDaemon(lab.host(3), pcp ? 5_351 : 1_900);
            lab.node(1).start();
            LabNode node = lab.node(2);
            node.start();
            node.awaitOnline();

            String mapped = Lab.await(
                    "the router passes the port on",
                    PATIENCE,
                    () -> Optional.of(node.ask("/status")
                                    .at("orrery")
                                    .at("portMapping")
                                    .text())
                            .filter(text -> text.startsWith(OUTSIDE)));
            assertThat(mapped).isEqualTo(OUTSIDE + "/9993 at 192.168.77.1 by " + (pcp ? "PCP" : "UPnP"));

            long before = arrived(node);
            Lab.await("a stranger's datagram arrives", PATIENCE, () -> {
                knock(lab.host(1));
                return Optional.of(true).filter(yes -> arrivedSince(node, before));
            });

            assertThat(mappings(lab.host(3))).contains("dnat");
            node.stop();
            Lab.await(
                    "the router passes the port on no more",
                    PATIENCE,
                    () -> Optional.of(mappings(lab.host(3))).filter(text -> !text.contains("dnat")));
        }
    }

    private static boolean arrivedSince(LabNode node, long before) {
        try {
            return arrived(node) > before;
        } catch (Exception failure) {
            throw new AssertionError(failure);
        }
    }

    @Test
    void withoutAnAnswerItSaysSo() throws Exception {
        try (Lab lab = TestIdentities.openLab(3)) {
            plugBehindRouter(lab);
            lab.node(1).start();
            LabNode node = lab.node(2);
            node.start();
            node.awaitOnline();

            Lab.await(
                    "the node says that the router does not answer",
                    PATIENCE,
                    () -> Optional.of(node.ask("/status")
                                    .at("orrery")
                                    .at("portMapping")
                                    .text())
                            .filter("192.168.77.1 answers neither to PCP nor to NAT-PMP nor to UPnP"::equals));
        }
    }
}
