// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;
import org.orrery.core.wire.PacketHeader;

/** A relay and its clients, over real sockets of this host. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class RelayServerTest {
    private static final RelayLimits SITE = new RelayLimits(8, 8, 50_000_000, Duration.ofMinutes(5), true);
    private static final int PATIENCE_MILLIS = 30_000;

    private static final RelayCertificate CERTIFICATE =
            RelayCertificate.selfSigned("relay.test", new SecureRandom(), Instant.EPOCH);

    private final List<AutoCloseable> open = new ArrayList<>();
    private final byte[] buffer = new byte[RelayMessages.BYTES_MAX];

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
    }

    private <T extends AutoCloseable> T opened(T some) {
        open.add(some);
        return some;
    }

    private RelayServer relay(RelayLimits limits, boolean records, boolean tls) throws IOException {
        var anywhere = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        return opened(RelayServer.start(
                List.of(new RelayServer.Listener(anywhere, records, tls)), CERTIFICATE, limits, _ -> {}));
    }

    private static Endpoint at(RelayServer relay) {
        return new Endpoint(Ip.v4(127, 0, 0, 1), relay.addresses().getFirst().getPort());
    }

    private RelayLink link(RelayAddress relay) {
        return opened(new RelayLink(relay, Optional.empty()));
    }

    private RelayLink plain(RelayServer relay) {
        return link(new RelayAddress.Plain(at(relay)));
    }

    private RelayLink tls(RelayServer relay, Fingerprint fingerprint) {
        return link(new RelayAddress.Tls("127.0.0.1", at(relay).port(), "/", Optional.of(fingerprint)));
    }

    /** An address of this host that is not its loopback: relays do not send there. */
    private static Ip ownAddress() throws IOException {
        return NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(each -> each instanceof Inet4Address && !each.isLoopbackAddress() && !each.isLinkLocalAddress())
                .map(each -> Ip.of(each.getAddress(), 0, false))
                .findFirst()
                .orElseThrow(() -> new IOException("this host has no address but its loopback"));
    }

    private DatagramSocket peer() throws IOException {
        var socket = opened(new DatagramSocket(0));
        socket.setSoTimeout(PATIENCE_MILLIS);
        return socket;
    }

    private static byte[] packet(int length) {
        byte[] packet = new byte[length];
        new Random(length).nextBytes(packet);
        PacketHeader.write(packet, 0, 1, 0x1122334455L, 0x2233445566L, 1);
        return packet;
    }

    private static byte[] message(Endpoint to, byte[] payload) {
        byte[] message = new byte[RelayMessages.headerBytes(to.ip()) + payload.length];
        int header = RelayMessages.writeHeader(to, message, 0);
        System.arraycopy(payload, 0, message, header, payload.length);
        return message;
    }

    private static void send(MessageStream through, Endpoint to, byte[] payload) throws IOException {
        byte[] message = message(to, payload);
        through.write(message, 0, message.length);
        through.flush();
    }

    private static DatagramPacket received(DatagramSocket peer) throws IOException {
        var packet = new DatagramPacket(new byte[20_000], 20_000);
        peer.receive(packet);
        return packet;
    }

    private static byte[] content(DatagramPacket packet) {
        return Arrays.copyOf(packet.getData(), packet.getLength());
    }

    private void there(MessageStream stream) throws IOException {
        DatagramSocket peer = peer();
        var to = new Endpoint(ownAddress(), peer.getLocalPort());
        for (int length : new int[] {28, 1_432, 9_000}) {
            byte[] packet = packet(length);
            send(stream, to, packet);
            DatagramPacket arrived = received(peer);
            assertThat(content(arrived)).isEqualTo(packet);

            byte[] answer = packet(length + 1);
            peer.send(new DatagramPacket(answer, answer.length, arrived.getSocketAddress()));
            int read = stream.read(buffer);
            assertThat(Arrays.copyOf(buffer, read)).isEqualTo(message(to, answer));
        }
    }

    private static void await(String what, java.util.function.BooleanSupplier so) throws InterruptedException {
        for (int i = 0; i < PATIENCE_MILLIS / 10; i++) {
            if (so.getAsBoolean()) {
                return;
            }
            Thread.sleep(10);
        }
        throw new AssertionError("not in time: " + what);
    }

    private static long count(RelayServer relay, RelayCount what) {
        return relay.counts().getOrDefault(what, 0L);
    }

    @Test
    void carriesDatagramsBothWaysInRecords() throws Exception {
        RelayServer relay = relay(SITE, true, false);
        there(plain(relay).connect());
        // A datagram is counted once it has been sent, and may have been answered by then.
        await("all are counted", () -> count(relay, RelayCount.OUT_BYTES) == 28 + 1_432 + 9_000);
        assertThat(count(relay, RelayCount.OUT_DATAGRAMS)).isEqualTo(3);
        assertThat(relay.connections()).isEqualTo(1);
    }

    @Test
    void carriesDatagramsBothWaysInTls() throws Exception {
        RelayServer relay = relay(SITE, false, true);
        MessageStream stream = tls(relay, CERTIFICATE.fingerprint()).connect();
        stream.ping();
        there(stream);
    }

    @Test
    void oneListenerServesBoth() throws Exception {
        RelayServer relay = relay(SITE, true, true);
        there(plain(relay).connect());
        there(tls(relay, CERTIFICATE.fingerprint()).connect());
    }

    @Test
    void aClientBelievesOnlyTheCertificateItWasTold() throws Exception {
        RelayServer relay = relay(SITE, false, true);
        assertThatThrownBy(() -> tls(relay, new Fingerprint("00".repeat(32))).connect())
                .hasMessageContaining("another certificate, with fingerprint " + CERTIFICATE.fingerprint());
        assertThatThrownBy(
                        () -> link(new RelayAddress.Tls("127.0.0.1", at(relay).port(), "/", Optional.empty()))
                                .connect())
                .isInstanceOf(IOException.class);
    }

    @Test
    void passesOnNothingButPacketsToServedPlaces() throws Exception {
        RelayServer relay = relay(SITE, true, false);
        MessageStream stream = plain(relay).connect();
        DatagramSocket peer = peer();
        Ip own = ownAddress();
        var good = new Endpoint(own, peer.getLocalPort());
        byte[] fromNowhere = packet(100);
        Arrays.fill(fromNowhere, 13, 18, (byte) 0);

        send(stream, good, new byte[100]);
        send(stream, good, fromNowhere);
        send(stream, good, packet(100));
        send(stream, good, Arrays.copyOf(packet(100), 15));
        send(stream, new Endpoint(own, 53), packet(100));
        send(stream, new Endpoint(own, 1024), packet(100));
        send(stream, new Endpoint(Ip.v4(127, 0, 0, 1), peer.getLocalPort()), packet(100));
        stream.write(new byte[] {5, 1, 2, 3, 4, 5, 6, 7}, 0, 8);
        send(stream, good, packet(101));

        assertThat(received(peer).getLength()).isEqualTo(100);
        assertThat(received(peer).getLength()).isEqualTo(101);
        assertThat(count(relay, RelayCount.OUT_NOT_A_PACKET)).isEqualTo(3);
        assertThat(count(relay, RelayCount.OUT_REFUSED)).isEqualTo(3);
        assertThat(count(relay, RelayCount.OUT_NO_DATAGRAM)).isEqualTo(1);
    }

    @Test
    void servesTheInternetAndASiteOnlyIfAllowed() {
        for (String outside : List.of("8.8.8.8/9993", "2a01:4f8::1/9993")) {
            assertThat(Destinations.served(Endpoint.parse(outside).orElseThrow(), false))
                    .as(outside)
                    .isTrue();
        }
        for (String inside :
                List.of("10.0.0.1/9993", "192.168.1.1/9993", "172.16.0.1/9993", "100.64.0.1/9993", "fd00::1/9993")) {
            assertThat(Destinations.served(Endpoint.parse(inside).orElseThrow(), false))
                    .as(inside)
                    .isFalse();
            assertThat(Destinations.served(Endpoint.parse(inside).orElseThrow(), true))
                    .as(inside)
                    .isTrue();
        }
        for (String never : List.of(
                "127.0.0.1/9993",
                "0.0.0.0/9993",
                "224.0.0.1/9993",
                "169.254.1.1/9993",
                "::1/9993",
                "fe80::1/9993",
                "ff02::1/9993",
                "::ffff:10.0.0.1/9993",
                "64:ff9b::a00:1/9993",
                "2002:a00:1::1/9993",
                "8.8.8.8/1024",
                "8.8.8.8/0")) {
            assertThat(Destinations.served(Endpoint.parse(never).orElseThrow(), true))
                    .as(never)
                    .isFalse();
        }
    }

    @Test
    void whoDoesNotAnswerGetsAFewDatagramsOnly() throws Exception {
        var destinations = new Destinations(new Strangers());
        var silent = Endpoint.parse("192.0.2.1/9993").orElseThrow();
        int taken = 0;
        for (int i = 0; i < 1_000; i++) {
            taken += destinations.take(silent, 0) != null ? 1 : 0;
        }
        assertThat(taken).isEqualTo(64);
        assertThat(destinations.take(silent, 100)).isNotNull();
        assertThat(destinations.take(silent, 100)).isNull();
        destinations.heard(silent);
        for (int i = 0; i < 1_000; i++) {
            assertThat(destinations.take(silent, 100)).isNotNull();
        }
    }

    @Test
    void manyWhoDoNotAnswerGetFewDatagramsTogether() {
        var destinations = new Destinations(new Strangers());
        int taken = 0;
        for (int port = 2_000; port < 12_000; port++) {
            taken += destinations.take(new Endpoint(Ip.v4(192, 0, 2, 1), port), 0) != null ? 1 : 0;
        }
        assertThat(taken).isEqualTo(256);
    }

    @Test
    void comingAgainGivesNothingMore() {
        var sources = new RelaySources(new RelayLimits(2, 2, 8_000, Duration.ofMinutes(5), true));
        Ip ip = Ip.v4(192, 0, 2, 1);
        var silent = new Endpoint(Ip.v4(198, 51, 100, 1), 9_993);
        RelaySources.Source first = Objects.requireNonNull(sources.enter(ip, 0).source());
        assertThat(first.out.take(1_000, 0)).isTrue();
        var destinations = new Destinations(first.strangers);
        while (destinations.take(silent, 0) != null) {
            // until it has enough
        }
        sources.leave(first, 0);
        RelaySources.Source again = Objects.requireNonNull(sources.enter(ip, 0).source());
        assertThat(again.out.take(1_000, 0)).isFalse();
        assertThat(new Destinations(again.strangers).take(silent, 0)).isNull();

        sources.leave(again, 0);
        long later = RelaySources.KEPT_NANOS + 1;
        RelaySources.Source anew =
                Objects.requireNonNull(sources.enter(ip, later).source());
        assertThat(new Destinations(anew.strangers).take(silent, 0)).isNotNull();
    }

    @Test
    void sourcesThatLeftAreFewerThanConnections() {
        var sources = new RelaySources(new RelayLimits(3, 3, 8_000, Duration.ofMinutes(5), true));
        for (int i = 0; i < 100; i++) {
            Ip ip = Ip.v4(192, 0, 2, i);
            sources.leave(Objects.requireNonNull(sources.enter(ip, i).source()), i);
        }
        assertThat(sources.known()).isEqualTo(3);
        assertThat(sources.connections()).isZero();
    }

    @Test
    void refusesConnectionsBeyondItsBounds() throws Exception {
        RelayServer relay = relay(new RelayLimits(8, 2, 50_000_000, Duration.ofMinutes(5), true), true, false);
        there(plain(relay).connect());
        RelayLink second = plain(relay);
        there(second.connect());
        MessageStream third = plain(relay).connect();
        assertThat(ended(third)).isTrue();
        assertThat(count(relay, RelayCount.REFUSED_SOURCE)).isEqualTo(1);
        second.close();
        await("the place is free again", () -> relay.connections() == 1);
        there(plain(relay).connect());
    }

    @Test
    void whatIsOverTheRateIsDropped() throws Exception {
        RelayServer relay = relay(new RelayLimits(8, 8, 80_000, Duration.ofMinutes(5), true), true, false);
        MessageStream stream = plain(relay).connect();
        var to = new Endpoint(ownAddress(), peer().getLocalPort());
        int sent = 60; // more than the ten a second that pass, also on a machine that takes seconds for them
        long began = System.nanoTime();
        for (int i = 0; i < sent; i++) {
            send(stream, to, packet(1_000));
        }
        await(
                "all looked at",
                () -> count(relay, RelayCount.OUT_DATAGRAMS) + count(relay, RelayCount.OUT_RATE) == sent);
        long seconds = (System.nanoTime() - began) / 1_000_000_000 + 1;
        assertThat(count(relay, RelayCount.OUT_RATE)).isPositive();
        assertThat(count(relay, RelayCount.OUT_DATAGRAMS)).isBetween(10L, 10 + 10 * seconds);
    }

    @Test
    void closesWhoIsIdle() throws Exception {
        RelayServer relay = relay(new RelayLimits(8, 8, 50_000_000, Duration.ofSeconds(2), true), true, false);
        MessageStream stream = plain(relay).connect();
        assertThat(ended(stream)).isTrue();
        await("counted and gone", () -> count(relay, RelayCount.IDLE) == 1 && relay.connections() == 0);
        assertThat(count(relay, RelayCount.NOT_A_CLIENT)).isZero();
    }

    @Test
    void countsWhoIsIdleOnceHoweverLateItsThreadIs() throws Exception {
        RelayServer relay = relay(SITE, true, false);
        MessageStream stream = plain(relay).connect();
        there(stream);
        relay.look(System.nanoTime());
        there(stream);
        long later = System.nanoTime() + SITE.idle().toNanos();
        for (int i = 0; i < 10; i++) {
            relay.look(later + i);
        }
        assertThat(ended(stream)).isTrue();
        await("gone", () -> relay.connections() == 0);
        assertThat(count(relay, RelayCount.IDLE)).isEqualTo(1);
    }

    @Test
    void closesAndCountsWhoTakesTooLongToBecomeAClient() throws Exception {
        RelayServer relay = relay(SITE, true, true);
        try (var silent = new Socket(InetAddress.getLoopbackAddress(), at(relay).port())) {
            silent.setSoTimeout(PATIENCE_MILLIS);
            await("taken", () -> relay.connections() == 1);
            // Again, because a connection is known a little later than it is counted.
            await("closed", () -> {
                relay.look(System.nanoTime() + TimeUnit.SECONDS.toNanos(11));
                return relay.connections() == 0;
            });
            assertThat(silent.getInputStream().read()).isNegative();
        }
        await("counted", () -> count(relay, RelayCount.NOT_A_CLIENT) == 1);
        assertThat(relay.counts()).containsOnlyKeys(RelayCount.ACCEPTED, RelayCount.NOT_A_CLIENT);
    }

    private boolean ended(MessageStream stream) {
        try {
            return stream.read(buffer) == MessageStream.END;
        } catch (IOException reset) {
            return true;
        }
    }

    @Test
    void closesWhoIsNoClient() throws Exception {
        RelayServer both = relay(SITE, true, true);
        for (byte[] first : List.of(
                "GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII),
                new byte[] {0x17, 3, 3, 0, 5, 1, 2, 3, 4, 5},
                new byte[] {0x17, 3, 3, (byte) 0xff, (byte) 0xff},
                new byte[] {0x16, 3, 1, 0, 5, 1, 2, 3, 4, 5})) {
            try (var socket = new Socket(InetAddress.getLoopbackAddress(), at(both).port())) {
                socket.setSoTimeout(PATIENCE_MILLIS);
                socket.getOutputStream().write(first);
                assertThat(socket.getInputStream().readAllBytes().length).isLessThan(200);
            } catch (java.net.SocketException reset) {
                // Closing with unread bytes does that.
            }
        }
        await("all gone", () -> both.connections() == 0);
        assertThat(count(both, RelayCount.NOT_A_CLIENT)).isEqualTo(4);
    }

    @Test
    void aMessageTooLongEndsTheConnection() throws Exception {
        RelayServer relay = relay(SITE, true, false);
        MessageStream stream = plain(relay).connect();
        there(stream);
        byte[] long1 = new byte[RelayMessages.BYTES_MAX + 1];
        stream.write(long1, 0, long1.length);
        stream.flush();
        assertThat(ended(stream)).isTrue();
        await("counted", () -> count(relay, RelayCount.MALFORMED) == 1);
    }

    @Test
    void closingEndsAllConnections() throws Exception {
        RelayServer relay = relay(SITE, true, true);
        MessageStream one = plain(relay).connect();
        MessageStream other = tls(relay, CERTIFICATE.fingerprint()).connect();
        there(one);
        there(other);
        relay.close();
        assertThat(ended(one)).isTrue();
        assertThat(ended(other)).isTrue();
        await("all gone", () -> relay.connections() == 0);
    }

    @Test
    void saysWhereItCannotListen() throws Exception {
        RelayServer relay = relay(SITE, true, false);
        assertThatThrownBy(() -> RelayServer.start(
                        List.of(new RelayServer.Listener(relay.addresses().getFirst(), true, false)),
                        null,
                        SITE,
                        _ -> {}))
                .hasMessageStartingWith(
                        "cannot listen on 127.0.0.1:" + at(relay).port());
    }

    @Test
    void certificatesArriveFromTheirFilesAsTheyWere(@TempDir Path folder) throws Exception {
        Path chain = Files.writeString(folder.resolve("cert.pem"), CERTIFICATE.chainText());
        Path key = Files.writeString(folder.resolve("key.pem"), CERTIFICATE.keyText());
        assertThat(RelayCertificate.read(chain, key).fingerprint()).isEqualTo(CERTIFICATE.fingerprint());

        var other = RelayCertificate.selfSigned("other", new SecureRandom(), Instant.EPOCH);
        Path otherKey = Files.writeString(folder.resolve("other.pem"), other.keyText());
        assertThatThrownBy(() -> RelayCertificate.read(chain, otherKey)).hasMessageContaining("is not that of");
        assertThatThrownBy(() -> RelayCertificate.read(key, key)).hasMessageContaining("no certificate");
        assertThatThrownBy(() -> RelayCertificate.read(chain, chain)).hasMessageContaining("no private key");
        Path old = Files.writeString(
                folder.resolve("old.pem"), CERTIFICATE.keyText().replace("PRIVATE KEY", "EC PRIVATE KEY"));
        assertThatThrownBy(() -> RelayCertificate.read(chain, old)).hasMessageContaining("openssl pkcs8");
    }
}
