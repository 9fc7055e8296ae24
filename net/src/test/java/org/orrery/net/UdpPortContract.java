// SPDX-License-Identifier: Apache-2.0
package org.orrery.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;

/** What every kind of ports must do with UDP, on loopback. */
public abstract class UdpPortContract {
    protected static final int PATIENCE_MILLIS = 30_000;

    private final Ports ports;

    /** Fresh ones: JUnit makes an object of the test class for each method. */
    protected UdpPortContract(Ports ports) {
        this.ports = ports;
    }

    @AfterEach
    void close() {
        ports.close();
    }

    private UdpPort bind(String ip) throws IOException {
        return ports.openUdp(new Endpoint(Ip.parse(ip).orElseThrow(), 0), "");
    }

    /** Receives until {@code wanted} datagrams are there, through a poller. */
    private List<byte[]> receive(UdpPort port, int wanted, PacketBatch batch) throws IOException {
        List<byte[]> received = new ArrayList<>();
        try (Poller poller = ports.openPoller()) {
            poller.add(port);
            while (received.size() < wanted) {
                assertThat(poller.await(PATIENCE_MILLIS))
                        .as("after %s datagrams", received.size())
                        .isEqualTo(1);
                assertThat(poller.ready(0)).isSameAs(port);
                batch.clear();
                port.receive(batch);
                for (int i = 0; i < batch.count(); i++) {
                    received.add(Arrays.copyOfRange(batch.bytes(), batch.offset(i), batch.offset(i) + batch.length(i)));
                }
            }
            poller.remove(port);
        }
        return received;
    }

    /** Appends what comes until {@code count} are in the batch: what was sent on loopback may be under way for a while. */
    protected static void receiveUntil(int count, PacketBatch batch, UdpPort... ports) {
        long end = System.nanoTime() + PATIENCE_MILLIS * 1_000_000L;
        while (batch.count() < count && System.nanoTime() - end < 0) {
            int before = batch.count();
            int said = 0;
            for (UdpPort port : ports) {
                said += port.receive(batch);
            }
            assertThat(said).isEqualTo(batch.count() - before);
            if (said == 0) {
                LockSupport.parkNanos(1_000_000);
            }
        }
    }

    private static byte[] datagram(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void carriesEveryLengthInOrder(String ip) throws IOException {
        var random = new Random(1);
        var batch = new PacketBatch(16, UdpPort.DATAGRAM_BYTES_MAX, 28);
        try (UdpPort sender = bind(ip);
                UdpPort receiver = bind(ip)) {
            List<byte[]> sent = new ArrayList<>();
            for (int length :
                    new int[] {1, 27, 28, 1432, 1472, 1473, 9000, 10_100, 10_324, UdpPort.DATAGRAM_BYTES_MAX}) {
                byte[] padded = datagram(random, length + 7);
                sender.send(padded, 5, length, receiver.local());
                sent.add(Arrays.copyOfRange(padded, 5, 5 + length));
            }
            sender.flush();

            assertThat(receive(receiver, sent.size(), batch))
                    .usingRecursiveComparison()
                    .isEqualTo(sent);
            assertThat(sender.counters().sent()).isEqualTo(sent.size());
            assertThat(receiver.counters().received()).isEqualTo(sent.size());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void namesTheSenderByTheSameObject(String ip) throws IOException {
        var batch = new PacketBatch(8, 2048);
        try (UdpPort one = bind(ip);
                UdpPort other = bind(ip);
                UdpPort receiver = bind(ip)) {
            assertThat(one.local().port())
                    .isNotZero()
                    .isNotEqualTo(other.local().port());
            one.sendNow(new byte[] {1}, 0, 1, receiver.local());
            other.sendNow(new byte[] {2}, 0, 1, receiver.local());
            one.sendNow(new byte[] {3}, 0, 1, receiver.local());
            receive(receiver, 3, batch);

            assertThat(batch.peer(0)).isEqualTo(one.local()).isSameAs(batch.peer(2));
            assertThat(batch.peer(1)).isEqualTo(other.local());
        }
    }

    @Test
    void fillsManyBatchesFromOneBurst() throws IOException {
        var batch = new PacketBatch(48, 2048);
        try (UdpPort sender = bind("127.0.0.1");
                UdpPort receiver = bind("127.0.0.1")) {
            for (int i = 0; i < 200; i++) {
                sender.send(new byte[] {(byte) i, 9}, 0, 2, receiver.local());
            }
            sender.flush();

            List<byte[]> received = receive(receiver, 200, batch);
            assertThat(received).extracting(bytes -> bytes[0] & 0xff).containsExactlyElementsOf(numbersBelow(200));
        }
    }

    private static List<Integer> numbersBelow(int end) {
        List<Integer> numbers = new ArrayList<>();
        for (int i = 0; i < end; i++) {
            numbers.add(i);
        }
        return numbers;
    }

    @Test
    void appendsBehindWhatIsInTheBatch() throws IOException {
        var batch = new PacketBatch(4, 64);
        try (UdpPort sender = bind("127.0.0.1");
                UdpPort receiver = bind("127.0.0.1")) {
            batch.bytes()[batch.claim()] = 77;
            batch.commit(1, null);
            sender.sendNow(new byte[] {5, 6}, 0, 2, receiver.local());

            receiveUntil(2, batch, receiver);
            assertThat(receiver.counters().received()).isEqualTo(1);
            assertThat(batch.count()).isEqualTo(2);
            assertThat(batch.bytes()[batch.offset(0)]).isEqualTo((byte) 77);
            assertThat(batch.bytes()[batch.offset(1)]).isEqualTo((byte) 5);
        }
    }

    @Test
    void answersZeroWhenNothingWaits() throws IOException {
        try (UdpPort port = bind("127.0.0.1")) {
            assertThat(port.receive(new PacketBatch(4, 64))).isZero();
            assertThat(port.counters().receiveErrors()).isZero();
        }
    }

    @Test
    void countsAndLeavesOutWhatIsLongerThanASlot() throws IOException {
        var batch = new PacketBatch(4, 64);
        try (UdpPort sender = bind("127.0.0.1");
                UdpPort receiver = bind("127.0.0.1")) {
            sender.send(new byte[65], 0, 65, receiver.local());
            sendPastThePorts(UdpPort.DATAGRAM_BYTES_MAX + 1, receiver.local());
            sender.send(new byte[64], 0, 64, receiver.local());
            sender.flush();

            assertThat(receive(receiver, 1, batch))
                    .hasSize(1)
                    .first()
                    .satisfies(bytes -> assertThat(bytes).hasSize(64));
            assertThat(receiver.counters().truncated()).isEqualTo(2);
        }
    }

    private static void sendPastThePorts(int length, Endpoint to) throws IOException {
        try (var socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), to.port());
            socket.send(new DatagramPacket(new byte[length], length, address));
        }
    }

    @Test
    void countsWhatTheSystemRefusesAndSendsTheRest() throws IOException {
        var batch = new PacketBatch(4, 64);
        try (UdpPort sender = bind("127.0.0.1");
                UdpPort receiver = bind("127.0.0.1")) {
            var unreachable = Endpoint.parse("255.255.255.254/9").orElseThrow(); // not from a loopback address
            var otherFamily = Endpoint.parse("::1/9").orElseThrow();
            sender.send(new byte[] {1}, 0, 1, receiver.local());
            sender.send(new byte[] {2}, 0, 1, unreachable);
            sender.send(new byte[] {3}, 0, 1, otherFamily);
            int tooLong = UdpPort.DATAGRAM_BYTES_MAX + 1;
            sender.send(new byte[tooLong], 0, tooLong, receiver.local());
            sender.send(new byte[] {4}, 0, 1, receiver.local());
            sender.flush();

            assertThat(receive(receiver, 2, batch))
                    .extracting(bytes -> bytes[0])
                    .containsExactly((byte) 1, (byte) 4);
            assertThat(sender.counters().sendErrors()).isEqualTo(3);
            assertThat(sender.sendNow(new byte[] {2}, 0, 1, unreachable)).isFalse();
            assertThat(sender.sendNow(new byte[] {3}, 0, 1, otherFamily)).isFalse();
            assertThat(sender.counters().sendErrors()).isEqualTo(5);
            assertThat(sender.counters().sent()).isEqualTo(2);
        }
    }

    @Test
    void staysUsableAfterNobodyListened() throws IOException {
        try (UdpPort sender = bind("127.0.0.1");
                UdpPort receiver = bind("127.0.0.1")) {
            UdpPort gone = bind("127.0.0.1");
            Endpoint deserted = gone.local();
            gone.close();
            for (int i = 0; i < 4; i++) {
                sender.sendNow(new byte[] {1}, 0, 1, deserted);
                assertThat(sender.receive(new PacketBatch(1, 64))).isZero();
            }
            sender.sendNow(new byte[] {2}, 0, 1, receiver.local());

            assertThat(receive(receiver, 1, new PacketBatch(1, 64))).hasSize(1);
        }
    }

    @Test
    void sendsFromManyThreadsAtOnce() throws Exception {
        try (UdpPort sender = bind("127.0.0.1");
                UdpPort receiver = bind("127.0.0.1")) {
            List<Thread> threads = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                byte mark = (byte) t;
                threads.add(Thread.ofPlatform().start(() -> {
                    byte[] bytes = new byte[100];
                    Arrays.fill(bytes, mark);
                    for (int i = 0; i < 50; i++) {
                        sender.sendNow(bytes, 0, bytes.length, receiver.local());
                    }
                }));
            }
            for (Thread thread : threads) {
                thread.join();
            }

            List<byte[]> received = receive(receiver, 200, new PacketBatch(64, 2048));
            for (int t = 0; t < 4; t++) {
                byte[] expected = new byte[100];
                Arrays.fill(expected, (byte) t);
                assertThat(received.stream().filter(bytes -> Arrays.equals(bytes, expected)))
                        .hasSize(50);
            }
        }
    }

    @Test
    void sendsWithTtlOrSaysThatItCannot() throws IOException {
        for (String ip : List.of("127.0.0.1", "::1")) {
            try (UdpPort sender = bind(ip);
                    UdpPort receiver = bind(ip)) {
                boolean taken = sender.sendWithTtl(new byte[] {8}, 0, 1, receiver.local(), 2);
                assertThat(taken).isEqualTo(sender.sendsWithTtl());
                assertThat(sender.counters().sendErrors()).isEqualTo(taken ? 0 : 1);
                if (taken) {
                    assertThat(receive(receiver, 1, new PacketBatch(1, 64)).getFirst())
                            .containsExactly(8);
                }
            }
        }
    }

    @Test
    void refusesAPortThatIsTakenAndAnAddressThatIsNotHere() throws IOException {
        try (UdpPort port = bind("127.0.0.1")) {
            assertThatThrownBy(() -> ports.openUdp(port.local(), ""))
                    .isInstanceOfSatisfying(
                            SystemCallException.class,
                            e -> assertThat(e.addressInUse()).isTrue());
        }
        Endpoint foreign = Endpoint.parse("203.0.113.77/0").orElseThrow();
        assertThatThrownBy(() -> ports.openUdp(foreign, ""))
                .isInstanceOfSatisfying(
                        SystemCallException.class,
                        e -> assertThat(e.addressGone()).isTrue());
    }

    @Test
    void closesTwiceAndThenDoesNothing() throws IOException {
        UdpPort port = bind("127.0.0.1");
        Endpoint local = port.local();
        port.send(new byte[] {1}, 0, 1, local);
        port.close();
        port.close();

        port.send(new byte[] {1}, 0, 1, local);
        port.flush();
        assertThat(port.sendNow(new byte[] {1}, 0, 1, local)).isFalse();
        assertThat(port.receive(new PacketBatch(1, 64))).isZero();
        try (UdpPort again = ports.openUdp(local, "")) {
            assertThat(again.local()).isEqualTo(local);
        }
    }

    @Test
    void pollerWakesForAnotherThread() throws Exception {
        try (Poller poller = ports.openPoller();
                UdpPort port = bind("127.0.0.1")) {
            poller.add(port);
            Thread waker = Thread.ofPlatform().start(poller::wake);
            long before = System.nanoTime();
            assertThat(poller.await(PATIENCE_MILLIS)).isZero();
            waker.join();
            poller.wake();
            poller.wake();
            assertThat(poller.await(PATIENCE_MILLIS)).isZero();
            assertThat(System.nanoTime() - before).isLessThan(PATIENCE_MILLIS * 1_000_000L);
            assertThat(poller.await(1)).isZero();
        }
    }

    @Test
    void pollerNamesTheReadyOnesUntilTheyAreRead() throws IOException {
        try (Poller poller = ports.openPoller();
                UdpPort one = bind("127.0.0.1");
                UdpPort two = bind("127.0.0.1");
                UdpPort three = bind("::1")) {
            for (UdpPort port : List.of(one, two, three)) {
                poller.add(port);
            }
            assertThat(poller.await(0)).isZero();
            one.sendNow(new byte[] {1}, 0, 1, two.local());
            assertThat(poller.await(PATIENCE_MILLIS)).isEqualTo(1);
            assertThat(poller.await(PATIENCE_MILLIS)).as("level, not edge").isEqualTo(1);
            assertThat(poller.ready(0)).isSameAs(two);
            two.receive(new PacketBatch(1, 64));
            assertThat(poller.await(0)).isZero();

            three.sendNow(new byte[] {1}, 0, 1, three.local());
            poller.remove(three);
            assertThat(poller.await(0)).isZero();
            poller.add(three);
            assertThat(poller.await(PATIENCE_MILLIS)).isEqualTo(1);
            assertThat(poller.ready(0)).isSameAs(three);
        }
    }

    @Test
    void pollerRunsWhatWasGivenUnlessTheSourceWasRemovedMeanwhile() throws IOException {
        try (Poller poller = ports.openPoller();
                UdpPort one = bind("127.0.0.1");
                UdpPort two = bind("127.0.0.1")) {
            List<UdpPort> served = new ArrayList<>();
            poller.add(one, () -> {
                served.add(one);
                poller.remove(two);
            });
            poller.add(two, () -> {
                served.add(two);
                poller.remove(one);
            });
            one.sendNow(new byte[] {1}, 0, 1, two.local());
            two.sendNow(new byte[] {1}, 0, 1, one.local());
            int ready = poller.await(PATIENCE_MILLIS);
            for (long end = System.nanoTime() + PATIENCE_MILLIS * 1_000_000L; ready < 2 && System.nanoTime() < end; ) {
                ready = poller.await(1);
            }
            assertThat(ready).isEqualTo(2);
            poller.serve(0);
            poller.serve(1);
            assertThat(served).hasSize(1);
        }
    }

    @Test
    void pollerForgetsClosedSources() throws IOException {
        try (Poller poller = ports.openPoller()) {
            for (int i = 0; i < Poller.SOURCES_MAX + 10; i++) {
                UdpPort port = bind("::1");
                poller.add(port);
                poller.remove(port);
                port.close();
            }
            UdpPort last = bind("127.0.0.1");
            poller.add(last);
            last.sendNow(new byte[] {1}, 0, 1, last.local());
            assertThat(poller.await(PATIENCE_MILLIS)).isEqualTo(1);
            assertThat(poller.ready(0)).isSameAs(last);
            poller.remove(last);
            last.close();
        }
    }

    @Test
    void listsLoopback() throws IOException {
        HostInterface loopback = ports.interfaces().stream()
                .filter(HostInterface::loopback)
                .findFirst()
                .orElseThrow();
        assertThat(loopback.name()).startsWith("lo");
        assertThat(loopback.up()).isTrue();
        assertThat(loopback.index()).isPositive();
        assertThat(loopback.addresses())
                .anyMatch(address -> address.prefix().toString().equals("127.0.0.1/8"));
    }

    @Test
    void watcherIsQuietWhenNothingChanges() throws IOException {
        boolean quiet = false;
        // Somebody else may change an address of this host meanwhile.
        for (int tries = 0; tries < 5 && !quiet; tries++) {
            try (AddressWatcher watcher = ports.openAddressWatcher()) {
                quiet = !watcher.changed();
            }
        }
        assertThat(quiet).isTrue();
    }

    @Test
    void namesItsKind() {
        assertThat(Objects.requireNonNull(ports.kind())).isIn("linux", "nio");
    }
}
