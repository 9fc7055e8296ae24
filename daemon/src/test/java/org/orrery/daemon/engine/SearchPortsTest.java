// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.engine;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;
import org.orrery.core.vl1.LocalSocket;
import org.orrery.net.Poller;
import org.orrery.net.Ports;
import org.orrery.net.UdpPort;
import org.orrery.net.nio.NioPorts;

class SearchPortsTest {
    private static final Ip LOOPBACK = Ip.v4(127, 0, 0, 1);
    private static final Ip ELSEWHERE = Ip.v4(127, 0, 0, 2);
    private static final LocalSocket BESIDE = new LocalSocket(1, new Endpoint(LOOPBACK, 9_993), "");
    private static final int PATIENCE_MILLIS = 10_000;

    /** Ports and pollers that are open; nothing may be left here. */
    private final Set<Object> open = Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));

    private final List<UdpPort> sockets = new ArrayList<>();
    private final BlockingQueue<Runnable> control = new LinkedBlockingQueue<>();
    private final List<byte[]> arrived = new ArrayList<>();
    private final List<Integer> placed = new ArrayList<>();
    private String failing = "";
    private int openable = 256;

    private final SearchPorts search = new SearchPorts(
            () -> watched(Ports.class, new NioPorts()),
            new Places(),
            control::offer,
            (_, _, datagram) -> arrived.add(datagram),
            PATIENCE_MILLIS);

    @AfterEach
    void closeAll() throws Exception {
        search.close();
        awaitNothingOpen();
    }

    private final class Places implements SearchPorts.Places {
        @Override
        public @Nullable LocalSocket keep(LocalSocket beside, int port) {
            placed.add(port);
            return new LocalSocket(9, new Endpoint(LOOPBACK, port));
        }

        @Override
        public void release(int socket) {}
    }

    /** The JDK's own, noting what was opened and closed, and failing as told. */
    private <T> T watched(Class<T> type, Object real) {
        Object[] proxy = new Object[1];
        proxy[0] = Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (_, method, arguments) -> {
            if (method.getName().equals(failing)) {
                throw failing.equals("await") ? new IllegalStateException("no more") : new IOException("no more");
            }
            if (method.getName().equals("close")) {
                open.remove(proxy[0]);
            }
            Object answer = invoke(real, method, arguments);
            if (answer instanceof UdpPort socket) {
                if (sockets.size() == openable) {
                    socket.close();
                    throw new IOException("no more");
                }
                sockets.add(socket);
            }
            return answer instanceof Poller poller ? watched(Poller.class, poller) : answer;
        });
        open.add(proxy[0]);
        return type.cast(proxy[0]);
    }

    private static Object invoke(Object real, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(real, arguments);
        } catch (InvocationTargetException failure) {
            throw failure.getCause();
        }
    }

    private void awaitNothingOpen() throws InterruptedException {
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
        while (anyOpen() && System.nanoTime() < until) {
            Thread.sleep(5);
        }
        assertThat(anyOpen()).isFalse();
    }

    private boolean anyOpen() {
        return !open.isEmpty()
                || sockets.stream().anyMatch(socket -> socket.sendNow(new byte[1], 0, 1, BESIDE.local()));
    }

    private void toSocket(int index, int bytes, int times) throws IOException {
        try (var other = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            for (int i = 0; i < times; i++) {
                other.send(new DatagramPacket(
                        new byte[bytes],
                        bytes,
                        InetAddress.getLoopbackAddress(),
                        sockets.get(index).local().port()));
            }
        }
    }

    private void runOne() throws InterruptedException {
        requireNonNull(control.poll(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)).run();
    }

    @Test
    void whatThePeerSendsIsGivenOnAndLongDatagramsAreNot() throws Exception {
        assertThat(search.open(BESIDE, LOOPBACK, 8)).isEqualTo(8);
        toSocket(3, SearchPorts.DATAGRAM_BYTES_MAX + 1, 1);
        toSocket(3, SearchPorts.DATAGRAM_BYTES_MAX, 1);
        toSocket(3, 60, 1);
        runOne();
        runOne();
        assertThat(arrived).extracting(each -> each.length).containsExactly(SearchPorts.DATAGRAM_BYTES_MAX, 60);
    }

    @Test
    void whatOthersSendIsDropped() throws Exception {
        assertThat(search.open(BESIDE, ELSEWHERE, 8)).isEqualTo(8);
        for (int i = 0; i < 8; i++) {
            toSocket(i, 60, 20);
        }
        assertThat(control.poll(200, TimeUnit.MILLISECONDS)).isNull();
    }

    @Test
    void aFloodFromThePeersAddressLeavesTheControlLaneToOthers() throws Exception {
        search.open(BESIDE, LOOPBACK, 8);
        for (int round = 0; round < 20; round++) {
            toSocket(round % 8, 60, 20);
            Thread.sleep(5);
        }
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
        while (control.size() < SearchPorts.WAITING_MAX && System.nanoTime() < until) {
            Thread.sleep(5);
        }
        Thread.sleep(100);
        assertThat(control).hasSize(SearchPorts.WAITING_MAX);
        List<Runnable> waiting = new ArrayList<>();
        control.drainTo(waiting);
        waiting.forEach(Runnable::run);
        assertThat(arrived).hasSize(SearchPorts.WAITING_MAX);
        toSocket(0, 60, 1);
        runOne();
        assertThat(arrived).hasSize(SearchPorts.WAITING_MAX + 1);
    }

    @Test
    void whatArrivedForAnEarlierSearchIsNotTakenForTheNextOnes() throws Exception {
        search.open(BESIDE, LOOPBACK, 2);
        toSocket(0, 60, 1);
        Runnable late = requireNonNull(control.poll(PATIENCE_MILLIS, TimeUnit.MILLISECONDS));
        search.open(BESIDE, LOOPBACK, 2);
        late.run();
        assertThat(arrived).isEmpty();
    }

    @Test
    void theSocketThatIsKeptIsFreeBeforeItIsOpenedAnew() throws Exception {
        search.open(BESIDE, LOOPBACK, 8);
        int port = sockets.get(5).local().port();
        LocalSocket kept = requireNonNull(search.keep(5));
        assertThat(kept.local().port()).isEqualTo(port);
        assertThat(placed).containsExactly(port);
        new DatagramSocket(port, InetAddress.getLoopbackAddress()).close();
        awaitNothingOpen();
        assertThat(search.keep(5)).isNull();
    }

    @Test
    void fewerSocketsThanWantedAreUsedAndNoneLeaveNothingBehind() throws Exception {
        openable = 3;
        assertThat(search.open(BESIDE, LOOPBACK, 8)).isEqualTo(3);
        search.close();
        awaitNothingOpen();
        openable = sockets.size();
        assertThat(search.open(BESIDE, LOOPBACK, 8)).isZero();
        assertThat(anyOpen()).isFalse();
        assertThat(search.keep(0)).isNull();
    }

    @Test
    void withoutAPollerNothingIsLeftOpen() {
        failing = "openPoller";
        assertThat(search.open(BESIDE, LOOPBACK, 8)).isZero();
        assertThat(anyOpen()).isFalse();
    }

    @Test
    void aSocketThatCannotBeWaitedForIsClosed() {
        failing = "add";
        assertThat(search.open(BESIDE, LOOPBACK, 8)).isZero();
        assertThat(anyOpen()).isFalse();
    }

    @Test
    void aThreadThatFailsClosesAll() throws Exception {
        failing = "await";
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((_, _) -> {});
        try {
            search.open(BESIDE, LOOPBACK, 8);
            awaitNothingOpen();
            search.send(0, BESIDE.local(), new byte[1]);
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
    }
}
