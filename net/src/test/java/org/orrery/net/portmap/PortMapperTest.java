// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.portmap;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;
import org.orrery.net.portmap.PortMapper.State;

class PortMapperTest {
    private static final int PATIENCE_SECONDS = 30;
    private static final Ip ROUTER = Ip.v4(192, 168, 1, 1);
    private static final Gateway HOME = new Gateway(ROUTER, Ip.v4(192, 168, 1, 7));

    private final BlockingQueue<State> told = new LinkedBlockingQueue<>();
    private final BlockingQueue<PortMapping> released = new LinkedBlockingQueue<>();
    private volatile Optional<Gateway> gateway = Optional.of(HOME);

    private MappingClient granting(String external) {
        return new MappingClient() {
            @Override
            public Optional<PortMapping> map(Gateway from, int port, @Nullable PortMapping current) {
                return Optional.of(new PortMapping(
                        MappingMethod.PCP,
                        from.router(),
                        from.local(),
                        port,
                        Endpoint.parse(external + "/" + port).orElseThrow(),
                        600));
            }

            @Override
            public void release(PortMapping mapping) {
                released.add(mapping);
            }
        };
    }

    private static MappingClient refusing(@Nullable String reason) {
        return new MappingClient() {
            @Override
            public Optional<PortMapping> map(Gateway from, int port, @Nullable PortMapping current) throws IOException {
                if (reason != null) {
                    throw new MappingException(reason);
                }
                return Optional.empty();
            }

            @Override
            public void release(PortMapping mapping) {}
        };
    }

    private State next() throws InterruptedException {
        State state = told.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThat(state).isNotNull();
        return java.util.Objects.requireNonNull(state);
    }

    @Test
    void asksOneAfterTheOtherAndGivesBackAtTheEnd() throws Exception {
        try (PortMapper mapper =
                PortMapper.start(() -> 9_993, () -> gateway, List.of(refusing(null), granting("8.8.4.4")), told::add)) {
            State state = next();
            assertThat(state.text()).isEqualTo("8.8.4.4/9993 at 192.168.1.1 by PCP");
            assertThat(mapper.state()).isEqualTo(state);
            assertThat(released).isEmpty();
        }
        // Closing does not wait for ever: it may come a little later.
        assertThat(released.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)).isNotNull();
        assertThat(released).isEmpty();
    }

    @Test
    void followsTheWayOut() throws Exception {
        try (PortMapper mapper =
                PortMapper.start(() -> 9_993, () -> gateway, List.of(granting("8.8.4.4")), told::add)) {
            next();
            gateway = Optional.of(new Gateway(Ip.v4(10, 0, 0, 1), Ip.v4(10, 0, 0, 2)));
            mapper.changed();
            assertThat(next().text()).contains("at 10.0.0.1");
            assertThat(released.poll(PATIENCE_SECONDS, TimeUnit.SECONDS))
                    .extracting(PortMapping::router)
                    .isEqualTo(ROUTER);
            gateway = Optional.empty();
            mapper.changed();
            assertThat(next().text()).isEqualTo("this host has no IPv4 default route");
        }
    }

    @Test
    void otherChangesOfTheHostMakeItAskNobody() throws Exception {
        var asked = new java.util.concurrent.atomic.AtomicInteger();
        MappingClient counting = new MappingClient() {
            @Override
            public Optional<PortMapping> map(Gateway from, int port, @Nullable PortMapping current) {
                asked.incrementAndGet();
                return Optional.empty();
            }

            @Override
            public void release(PortMapping mapping) {}
        };
        try (PortMapper mapper = PortMapper.start(() -> 9_993, () -> gateway, List.of(counting), told::add)) {
            next();
            for (int i = 0; i < 20; i++) {
                mapper.changed();
                Thread.sleep(5);
            }
            assertThat(asked).hasValue(1);
        }
    }

    @Test
    void asksARouterThatWasNotReadyAgainSoon() throws Exception {
        MappingClient ready = granting("8.8.4.4");
        var asked = new java.util.concurrent.atomic.AtomicInteger();
        MappingClient starting = new MappingClient() {
            @Override
            public Optional<PortMapping> map(Gateway from, int port, @Nullable PortMapping current) throws IOException {
                return asked.getAndIncrement() == 0 ? Optional.empty() : ready.map(from, port, current);
            }

            @Override
            public void release(PortMapping mapping) {}
        };
        try (PortMapper _ = PortMapper.start(() -> 9_993, () -> gateway, List.of(starting), 1, told::add)) {
            assertThat(next().text()).contains("answers neither");
            assertThat(next().text()).isEqualTo("8.8.4.4/9993 at 192.168.1.1 by PCP");
        }
    }

    @Test
    void saysWhyThereIsNone() throws Exception {
        try (PortMapper _ = PortMapper.start(
                () -> 9_993, () -> gateway, List.of(refusing(null), refusing("UPnP: no")), told::add)) {
            assertThat(next().text()).isEqualTo("UPnP: no");
        }
        try (PortMapper _ = PortMapper.start(() -> 9_993, () -> gateway, List.of(refusing(null)), told::add)) {
            assertThat(next().text()).isEqualTo("192.168.1.1 answers neither to PCP nor to NAT-PMP nor to UPnP");
        }
        try (PortMapper _ = PortMapper.start(() -> 9_993, () -> gateway, List.of(granting("100.64.3.4")), told::add)) {
            assertThat(next().text()).endsWith("by PCP, but that address is behind another NAT");
        }
    }

    @Test
    void readsTheKernelsTable() {
        List<String> lines = List.of(
                "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT",
                "zt0\t00000000\t0100000A\t0003\t0\t0\t10\t00000000\t0\t0\t0",
                "eth0\t00000000\t0101A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0",
                "eth1\t00000000\t0201A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0",
                "eth0\t0001A8C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0");
        assertThat(DefaultGateways.router(lines, List.of("zt0"))).contains(ROUTER);
        assertThat(DefaultGateways.router(lines, List.of())).contains(Ip.v4(10, 0, 0, 1));
        assertThat(DefaultGateways.router(lines.subList(0, 1), List.of())).isEmpty();
    }
}
