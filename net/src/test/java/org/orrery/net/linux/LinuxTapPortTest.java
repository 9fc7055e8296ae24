// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;
import org.orrery.core.value.Mac;
import org.orrery.core.value.MulticastGroup;
import org.orrery.core.value.Prefix;
import org.orrery.net.AddressWatcher;
import org.orrery.net.HostInterface;
import org.orrery.net.PacketBatch;
import org.orrery.net.Poller;
import org.orrery.net.Ports;
import org.orrery.net.Route;
import org.orrery.net.SystemCallException;
import org.orrery.net.TapPort;
import org.orrery.net.UdpPort;

/** Real devices, each test in a network namespace of its own; {@code ip} is the witness. */
@Tag("root")
@ExtendWith(RootOnly.class)
class LinuxTapPortTest {
    private static final Mac MAC = Mac.parse("32:2d:a5:9e:84:c1").orElseThrow();
    private static final String NAME = "zttest0";
    private static final long PATIENCE_MILLIS = 30_000;

    private Namespace namespace;
    private Ports ports;

    @BeforeEach
    void enter() throws Exception {
        namespace = new Namespace();
        ports = namespace.call(LinuxPorts::new);
    }

    @AfterEach
    void leave() {
        ports.close();
        namespace.close();
    }

    private TapPort openTap() throws Exception {
        return namespace.call(() -> ports.openTap(NAME, MAC, 2800));
    }

    private static Prefix prefix(String text) {
        return Prefix.parse(text).orElseThrow();
    }

    private static Ip ip(String text) {
        return Ip.parse(text).orElseThrow();
    }

    @Test
    void makesADeviceAndTakesItAwayOnClose() throws Exception {
        TapPort tap = openTap();
        assertThat(tap.name()).isEqualTo(NAME);
        String shown = namespace.program("ip", "-d", "link", "show", NAME);
        assertThat(shown)
                .contains("mtu 2800", "link/ether 32:2d:a5:9e:84:c1", "UP", "tun type tap", "pi off")
                .startsWith(tap.index() + ": ");

        tap.close();
        tap.close();
        assertThat(namespace.program("ip", "link")).doesNotContain(NAME);
        assertThat(tap.write(new byte[60], 0, 60)).isFalse();
        assertThat(tap.read(new PacketBatch(1, 100))).isZero();
    }

    @Test
    void refusesANameThatIsTaken() throws Exception {
        try (TapPort tap = openTap()) {
            for (String taken : List.of(tap.name(), "lo")) {
                assertThatThrownBy(() -> namespace.call(() -> ports.openTap(taken, MAC, 1500)))
                        .isInstanceOfSatisfying(
                                SystemCallException.class,
                                e -> assertThat(e.exists()).isTrue());
            }
        }
        namespace.program("ip", "tuntap", "add", "dev", "ztkept", "mode", "tap");
        assertThatThrownBy(() -> namespace.call(() -> ports.openTap("ztkept", MAC, 1500)))
                .as("a persistent device of somebody else")
                .isInstanceOfSatisfying(
                        SystemCallException.class, e -> assertThat(e.exists()).isTrue());
    }

    @Test
    void leavesNothingBehindWhenItCannotBeSetUp() throws Exception {
        Mac multicast = Mac.parse("01:00:5e:00:00:01").orElseThrow();
        assertThatThrownBy(() -> namespace.call(() -> ports.openTap(NAME, multicast, 2800)))
                .isInstanceOf(SystemCallException.class)
                .hasMessageContaining("set MAC of " + NAME);
        assertThat(namespace.program("ip", "link")).doesNotContain(NAME);
        assertThat(descriptors()).isZero();
        TapPort tap = openTap();
        assertThat(descriptors()).isEqualTo(1);
        tap.close();
        assertThat(descriptors()).isZero();
    }

    /** How many descriptors of devices this process has open. */
    private static long descriptors() throws Exception {
        long count = 0;
        try (var list = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path each : list) {
                // The descriptor of this listing itself is gone when it is looked at.
                if (Files.isSymbolicLink(each) && target(each).endsWith("net/tun")) {
                    count++;
                }
            }
        }
        return count;
    }

    private static Path target(Path link) throws IOException {
        try {
            return Files.readSymbolicLink(link);
        } catch (NoSuchFileException closed) {
            return Path.of(""); // by another thread, since it was listed
        }
    }

    @Test
    void changesMtuMacAndState() throws Exception {
        try (TapPort tap = openTap()) {
            tap.setMtu(TapPort.MTU_MAX);
            tap.setMac(Mac.parse("02:00:00:00:00:09").orElseThrow());
            tap.setUp(false);
            assertThat(tap.mtu()).isEqualTo(TapPort.MTU_MAX);
            assertThat(namespace.program("ip", "link", "show", NAME))
                    .contains("mtu 10000", "link/ether 02:00:00:00:00:09", "state DOWN");
            tap.setUp(true);
            HostInterface seen = ports.interfaces().stream()
                    .filter(each -> each.name().equals(NAME))
                    .findFirst()
                    .orElseThrow();
            assertThat(seen.up()).isTrue();
            assertThat(seen.mtu()).isEqualTo(TapPort.MTU_MAX);
            assertThat(seen.mac()).isEqualTo(tap.mac());
            assertThat(seen.index()).isEqualTo(tap.index());
        }
    }

    @Test
    void addsAndRemovesAddresses() throws Exception {
        try (TapPort tap = openTap()) {
            tap.addAddress(prefix("10.147.20.5/24"));
            tap.addAddress(prefix("10.147.20.5/24"));
            tap.addAddress(prefix("fd00::5/64"));
            tap.addAddress(prefix("fc12:3456::1/40"));
            assertThat(namespace.program("ip", "addr", "show", NAME))
                    .contains(
                            "inet 10.147.20.5/24 brd 10.147.20.255 scope global " + NAME,
                            "inet6 fd00::5/64 scope global");
            assertThat(namespace.program("ip", "addr", "show", NAME, "tentative"))
                    .as("usable at once")
                    .doesNotContain("fd00::5", "fc12:3456::1");
            assertThat(tap.addresses())
                    .contains(prefix("10.147.20.5/24"), prefix("fd00::5/64"), prefix("fc12:3456::1/40"))
                    .isSorted();

            tap.removeAddress(prefix("10.147.20.5/24"));
            tap.removeAddress(prefix("10.147.20.5/24"));
            tap.removeAddress(prefix("fd00::5/64"));
            assertThat(tap.addresses())
                    .contains(prefix("fc12:3456::1/40"))
                    .doesNotContain(prefix("10.147.20.5/24"), prefix("fd00::5/64"));
            assertThat(namespace.program("ip", "addr", "show", NAME)).doesNotContain("10.147.20.5", "fd00::5");
        }
    }

    @Test
    void replacesAnAddressOfAnotherLength() throws Exception {
        try (TapPort tap = openTap()) {
            tap.addAddress(prefix("10.147.20.5/24"));
            tap.addAddress(prefix("10.147.20.5/16"));
            tap.addAddress(prefix("10.9.9.9/32"));
            assertThat(tap.addresses())
                    .contains(prefix("10.147.20.5/16"), prefix("10.9.9.9/32"))
                    .doesNotContain(prefix("10.147.20.5/24"));
            assertThat(namespace.program("ip", "-4", "addr", "show", NAME))
                    .contains("10.147.20.5/16 brd 10.147.255.255")
                    .contains("10.9.9.9/32 scope global");
        }
    }

    /** Without promotion the kernel drops all addresses of a subnet together with the first one. */
    @Test
    void keepsTheOtherAddressesOfASubnet() throws Exception {
        try (TapPort tap = openTap()) {
            namespace.program("sysctl", "-w", "net.ipv4.conf." + NAME + ".promote_secondaries=0");
            namespace.program("sysctl", "-w", "net.ipv4.conf.all.promote_secondaries=0");
            for (String each : List.of("10.1.0.1/24", "10.1.0.2/24", "10.1.0.3/24", "10.2.0.1/24")) {
                tap.addAddress(prefix(each));
            }
            tap.removeAddress(prefix("10.1.0.1/24"));
            assertThat(tap.addresses().stream().filter(each -> !each.ip().v6()))
                    .containsExactly(prefix("10.1.0.2/24"), prefix("10.1.0.3/24"), prefix("10.2.0.1/24"));
        }
    }

    @Test
    void addsAndRemovesRoutes() throws Exception {
        try (TapPort tap = openTap()) {
            tap.addAddress(prefix("10.147.20.5/24"));
            tap.addAddress(prefix("fd00:1::5/64"));
            Route gateway = new Route(prefix("10.99.1.2/16"), ip("10.147.20.1"), null, 5000);
            Route sourced = new Route(prefix("0.0.0.0/1"), ip("10.147.20.1"), ip("10.147.20.5"), 0);
            Route link = Route.onLink(prefix("172.20.0.0/16"));
            Route gateway6 = new Route(prefix("8000::/1"), ip("fd00:1::1"), null, 5000);
            Route link6 = Route.onLink(prefix("fd99::/32"));
            List<Route> all = List.of(gateway, sourced, link, gateway6, link6);
            for (Route route : all) {
                tap.addRoute(route);
                tap.addRoute(route);
            }
            assertThat(namespace.program("ip", "route").lines().map(String::strip))
                    .contains(
                            "10.99.0.0/16 via 10.147.20.1 dev zttest0 proto static metric 5000",
                            "0.0.0.0/1 via 10.147.20.1 dev zttest0 proto static src 10.147.20.5",
                            "172.20.0.0/16 dev zttest0 proto static scope link");
            assertThat(namespace.program("ip", "-6", "route"))
                    .contains("8000::/1 via fd00:1::1 dev zttest0 proto static metric 5000")
                    .contains("fd99::/32 dev zttest0 proto static metric 1024");
            assertThat(tap.routes()).containsAll(all).contains(new Route(prefix("fd00:1::/64"), null, null, 256));

            for (Route route : all) {
                tap.removeRoute(route);
                tap.removeRoute(route);
            }
            assertThat(tap.routes()).doesNotContainAnyElementsOf(all);
            assertThat(namespace.program("ip", "route")).doesNotContain("static");
            assertThat(namespace.program("ip", "-6", "route")).doesNotContain("static");
        }
    }

    @Test
    void neverReplacesTheRouteOfAnotherDevice() throws Exception {
        try (TapPort tap = openTap()) {
            namespace.program("ip", "route", "add", "192.168.7.0/24", "dev", "lo");
            assertThatThrownBy(() -> tap.addRoute(Route.onLink(prefix("192.168.7.0/24"))))
                    .isInstanceOfSatisfying(
                            SystemCallException.class,
                            e -> assertThat(e.exists()).isTrue());
            tap.removeRoute(Route.onLink(prefix("192.168.7.0/24")));
            assertThat(namespace.program("ip", "route")).contains("192.168.7.0/24 dev lo");
            assertThatThrownBy(() -> tap.addRoute(new Route(prefix("10.0.0.0/8"), ip("10.147.20.1"), null, 0)))
                    .as("a gateway that no address reaches")
                    .isInstanceOf(SystemCallException.class)
                    .hasMessageContaining("add route 10.0.0.0/8 via 10.147.20.1")
                    .hasMessageContaining("Nexthop");
        }
    }

    @Test
    void seesTheGroupsThatTheHostListensTo() throws Exception {
        try (TapPort tap = openTap()) {
            tap.addAddress(prefix("10.147.20.5/24"));
            tap.addAddress(prefix("fd00::12:3456/64"));
            namespace.program("ip", "maddr", "add", "33:33:00:00:12:34", "dev", NAME);
            assertThat(namespace.call(tap::multicastGroups))
                    .contains(
                            new MulticastGroup(new Mac(0x3333_0000_1234L), 0),
                            new MulticastGroup(new Mac(0x0100_5e00_0001L), 0),
                            new MulticastGroup(new Mac(0x3333_0000_0001L), 0),
                            new MulticastGroup(new Mac(0x3333_ff12_3456L), 0),
                            MulticastGroup.arp((int) ip("10.147.20.5").low()));
            namespace.program("ip", "maddr", "del", "33:33:00:00:12:34", "dev", NAME);
            assertThat(namespace.call(tap::multicastGroups))
                    .doesNotContain(new MulticastGroup(new Mac(0x3333_0000_1234L), 0));
        }
    }

    @Test
    void watcherTellsOfAddressesAndLinks() throws Exception {
        try (AddressWatcher watcher = namespace.call(ports::openAddressWatcher);
                Poller poller = ports.openPoller()) {
            poller.add(watcher);
            assertThat(watcher.changed()).isFalse();
            try (TapPort tap = openTap()) {
                assertThat(poller.await(PATIENCE_MILLIS)).isEqualTo(1);
                assertThat(poller.ready(0)).isSameAs(watcher);
                assertThat(watcher.changed()).isTrue();
                tap.setUp(false); // no addresses that come by themselves later
                watcher.changed();
                assertThat(watcher.changed()).isFalse();
                tap.addAddress(prefix("10.1.1.1/24"));
                assertThat(watcher.changed()).isTrue();
                tap.removeAddress(prefix("10.1.1.1/24"));
                assertThat(watcher.changed()).isTrue();
                assertThat(watcher.changed()).isFalse();
            }
            assertThat(poller.await(PATIENCE_MILLIS)).isEqualTo(1);
            assertThat(watcher.changed()).isTrue();
        }
    }

    /** Reads frames of {@code tap} until one has the wanted type. */
    private static byte[] frame(TapPort tap, Poller poller, int etherType) {
        byte[] frame = frameWithin(PATIENCE_MILLIS, tap, poller, etherType);
        if (frame == null) {
            throw new AssertionError("no frame of type " + Integer.toHexString(etherType));
        }
        return frame;
    }

    private static byte @Nullable [] frameWithin(long millis, TapPort tap, Poller poller, int etherType) {
        var batch = new PacketBatch(
                1, TapPort.FRAME_BYTES_MAX, 64); // what is behind the wanted one stays for the next call
        long end = System.nanoTime() + millis * 1_000_000;
        for (long left = millis; left > 0; left = (end - System.nanoTime()) / 1_000_000) {
            poller.await(left);
            batch.clear();
            tap.read(batch);
            for (int i = 0; i < batch.count(); i++) {
                int at = batch.offset(i);
                int type = (batch.bytes()[at + 12] & 0xff) << 8 | (batch.bytes()[at + 13] & 0xff);
                if (type == etherType) {
                    assertThat(batch.peer(i)).isNull();
                    return Arrays.copyOfRange(batch.bytes(), at, at + batch.length(i));
                }
            }
        }
        return null;
    }

    @Test
    void framesAreWholeBothWays() throws Exception {
        int written = 0;
        try (TapPort tap = openTap();
                Poller poller = ports.openPoller()) {
            poller.add(tap);
            tap.addAddress(prefix("10.147.20.5/24"));
            try (UdpPort udp = namespace.call(
                    () -> ports.openUdp(Endpoint.parse("10.147.20.5/7000").orElseThrow(), NAME))) {
                assertThat(udp.device()).isEqualTo(NAME);
                Endpoint remote = Endpoint.parse("10.147.20.6/7001").orElseThrow();
                udp.sendNow(new byte[] {1, 2, 3}, 0, 3, remote);

                byte[] request = frame(tap, poller, 0x0806);
                assertThat(request).hasSize(42);
                assertThat(Arrays.copyOf(request, 12))
                        .containsExactly(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x32, 0x2d, 0xa5, 0x9e, 0x84, 0xc1);
                // Three seconds after its first request the kernel gives up and drops what waits.
                byte @Nullable [] ipFrame = null;
                for (int tries = 0; tries < 30 && ipFrame == null; tries++) {
                    assertThat(tap.write(arpReply(request), 0, 42)).isTrue();
                    written++;
                    if (tries > 0) {
                        udp.sendNow(new byte[] {1, 2, 3}, 0, 3, remote);
                    }
                    ipFrame = frameWithin(1_000, tap, poller, 0x0800);
                }
                assertThat(ipFrame).isNotNull().hasSize(14 + 20 + 8 + 3).endsWith(1, 2, 3);
                byte[] answer = swapped(Objects.requireNonNull(ipFrame));
                byte[] padded = new byte[answer.length + 9];
                System.arraycopy(answer, 0, padded, 4, answer.length);
                assertThat(tap.write(padded, 4, answer.length)).isTrue();
                written++;
                tap.flush();

                try (Poller udpPoller = ports.openPoller()) {
                    udpPoller.add(udp);
                    assertThat(udpPoller.await(PATIENCE_MILLIS)).isEqualTo(1);
                }
                var batch = new PacketBatch(1, 64);
                assertThat(udp.receive(batch)).isEqualTo(1);
                assertThat(batch.peer(0)).isEqualTo(remote);
                assertThat(batch.length(0)).isEqualTo(3);
            }
            assertThat(tap.counters().written()).isEqualTo(written);
            assertThat(tap.counters().read()).isGreaterThanOrEqualTo(2);
            assertThat(tap.counters().readErrors()).isZero();
        }
    }

    @Test
    void datagramsLeaveWithTheirTtlAndMayBeCut() throws Exception {
        try (TapPort tap = openTap();
                Poller poller = ports.openPoller()) {
            poller.add(tap);
            tap.addAddress(prefix("10.147.20.5/24"));
            tap.addAddress(prefix("fd00::5/64"));
            for (String far : List.of("10.147.20.6", "fd00::6")) {
                namespace.program("ip", "neigh", "add", far, "lladdr", "02:00:00:00:00:06", "dev", NAME);
            }
            Endpoint far4 = Endpoint.parse("10.147.20.6/7001").orElseThrow();
            Endpoint far6 = Endpoint.parse("fd00::6/7001").orElseThrow();
            try (UdpPort udp4 = namespace.call(() ->
                            ports.openUdp(Endpoint.parse("10.147.20.5/7000").orElseThrow(), NAME));
                    UdpPort udp6 = namespace.call(
                            () -> ports.openUdp(Endpoint.parse("fd00::5/7000").orElseThrow(), NAME))) {
                assertThat(udp4.sendWithTtl(new byte[5], 0, 5, far4, 3)).isTrue();
                assertThat(frame(tap, poller, 0x0800)[22]).isEqualTo((byte) 3);
                assertThat(udp4.sendNow(new byte[5], 0, 5, far4)).isTrue();
                byte[] plain = frame(tap, poller, 0x0800);
                assertThat(plain[22]).as("back to the default").isEqualTo((byte) 64);
                assertThat(plain[20] & 0x40).as("don't fragment").isZero();

                assertThat(udp6.sendWithTtl(new byte[5], 0, 5, far6, 4)).isTrue();
                assertThat(udpFrame6(tap, poller)[21]).isEqualTo((byte) 4);

                assertThat(udp4.sendNow(new byte[6000], 0, 6000, far4)).isTrue();
                assertThat(frame(tap, poller, 0x0800)[20] & 0x20)
                        .as("more fragments")
                        .isEqualTo(0x20);
                assertThat(udp6.sendNow(new byte[6000], 0, 6000, far6)).isTrue();
                assertThat(udp4.counters().sendErrors()).isZero();
                assertThat(udp6.counters().sendErrors()).isZero();
            }
        }
    }

    /** Past the router solicitations and the like that a new interface sends. */
    private static byte[] udpFrame6(TapPort tap, Poller poller) {
        byte[] frame;
        do {
            frame = frame(tap, poller, 0x86dd);
        } while (frame[20] != 17);
        return frame;
    }

    /** A device slower than its sender: the port waits a little, then drops and counts; it never blocks for long. */
    @Test
    void dropsAndCountsWhenTheDeviceIsTooSlow() throws Exception {
        namespace.program(
                "tc", "qdisc", "add", "dev", "lo", "root", "tbf", "rate", "8mbit", "burst", "64k", "limit", "50m");
        Endpoint any = Endpoint.parse("127.0.0.1/0").orElseThrow();
        try (UdpPort from = namespace.call(() -> ports.openUdp(any, ""));
                UdpPort to = namespace.call(() -> ports.openUdp(any, ""))) {
            for (int i = 0; i < 5000; i++) {
                from.send(new byte[1400], 0, 1400, to.local());
            }
            from.flush();
            UdpPort.Counters counters = from.counters();
            assertThat(counters.sendDropped()).isPositive();
            assertThat(counters.sent()).isGreaterThan(100);
            assertThat(counters.sent() + counters.sendDropped()).isEqualTo(5000);
            assertThat(counters.sendErrors()).isZero();
            assertThat(counters.lastErrno()).isEqualTo(Errno.EAGAIN);
            // Empties the queue. Datagrams that find their port closed would be answered through it, and the kernel has
            // one bound for waiting ICMP messages of all namespaces: pings of other tests would be lost.
            namespace.program("tc", "qdisc", "del", "dev", "lo", "root");
        }
    }

    private static byte[] arpReply(byte[] request) {
        byte[] reply = request.clone();
        byte[] mac = {2, 0, 0, 0, 0, 6};
        System.arraycopy(request, 6, reply, 0, 6);
        System.arraycopy(mac, 0, reply, 6, 6);
        reply[21] = 2;
        System.arraycopy(mac, 0, reply, 22, 6);
        System.arraycopy(request, 38, reply, 28, 4);
        System.arraycopy(request, 22, reply, 32, 10);
        return reply;
    }

    /** An IPv4 UDP frame on its way back: exchanging sources and destinations leaves both checksums right. */
    private static byte[] swapped(byte[] frame) {
        byte[] out = frame.clone();
        System.arraycopy(frame, 6, out, 0, 6);
        System.arraycopy(frame, 0, out, 6, 6);
        System.arraycopy(frame, 26, out, 30, 4);
        System.arraycopy(frame, 30, out, 26, 4);
        System.arraycopy(frame, 34, out, 36, 2);
        System.arraycopy(frame, 36, out, 34, 2);
        return out;
    }

    @Test
    void countsFramesThatTheDeviceRefuses() throws Exception {
        try (TapPort tap = openTap()) {
            assertThat(tap.write(new byte[13], 0, 13)).isFalse();
            assertThat(tap.write(new byte[TapPort.FRAME_BYTES_MAX + 1], 0, TapPort.FRAME_BYTES_MAX + 1))
                    .isFalse();
            tap.setUp(false);
            assertThat(tap.write(new byte[60], 0, 60)).isFalse();
            var batch = new PacketBatch(16, TapPort.FRAME_BYTES_MAX);
            while (tap.read(batch) > 0) {
                batch.clear(); // what the host sent while it was up
            }
            assertThat(tap.read(batch)).isZero();
            assertThat(tap.counters().readErrors()).isZero();
            tap.setUp(true);
            assertThat(tap.write(new byte[60], 0, 60)).isTrue();
            assertThat(tap.counters().writeErrors()).isEqualTo(3);
            assertThat(tap.counters().lastErrno()).isEqualTo(Errno.EIO);
        }
    }

    /** What three pings said: up to five times, because a wire that is late loses some. */
    private String pings(String size, String to) throws Exception {
        String output = "";
        for (int tries = 0; tries < 5 && !output.contains(" 0% packet loss"); tries++) {
            try {
                output = namespace.program("ping", "-c", "3", "-i", "0.05", "-W", "2", "-s", size, to);
            } catch (IOException allLost) {
                output = String.valueOf(allLost.getMessage());
            }
        }
        return output;
    }

    /** Two hosts, each with a device; this test is the wire between them. */
    @Test
    void carriesPingsOfEverySizeBetweenTwoNamespaces() throws Exception {
        try (var far = new Namespace();
                Ports farPorts = far.call(LinuxPorts::new);
                TapPort left = openTap();
                TapPort right = far.call(() -> farPorts.openTap(
                        "ztfar0", Mac.parse("32:00:00:00:00:02").orElseThrow(), 2800))) {
            left.addAddress(prefix("10.147.20.1/24"));
            left.addAddress(prefix("fd00::1/64"));
            right.addAddress(prefix("10.147.20.2/24"));
            right.addAddress(prefix("fd00::2/64"));
            var stop = new AtomicBoolean();
            Poller poller = ports.openPoller();
            poller.add(left);
            poller.add(right);
            Thread wire = Thread.ofPlatform().start(() -> {
                var batch = new PacketBatch(64, TapPort.FRAME_BYTES_MAX);
                while (!stop.get()) {
                    int ready = poller.await(1000);
                    for (int i = 0; i < ready; i++) {
                        TapPort from = (TapPort) poller.ready(i);
                        TapPort to = from.equals(left) ? right : left;
                        batch.clear();
                        from.read(batch);
                        for (int f = 0; f < batch.count(); f++) {
                            to.write(batch.bytes(), batch.offset(f), batch.length(f));
                        }
                        to.flush();
                    }
                }
            });
            List<String> outputs = new ArrayList<>();
            try {
                for (String size : List.of("16", "1400", "2772", "8000")) {
                    outputs.add(pings(size, "10.147.20.2"));
                }
                outputs.add(pings("2752", "fd00::2"));
            } finally {
                stop.set(true);
                poller.wake();
                wire.join();
                poller.close();
            }
            assertThat(outputs).allSatisfy(output -> assertThat(output).contains(" 0% packet loss"));
        }
    }
}
