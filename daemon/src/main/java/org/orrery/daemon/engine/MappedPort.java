// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.engine;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.orrery.core.value.Address;
import org.orrery.core.value.Endpoint;
import org.orrery.net.portmap.DefaultGateways;
import org.orrery.net.portmap.PortMapper;
import org.orrery.net.portmap.PortMapping;

/**
 * The node's UDP port at the router of its local network, while the settings want it. The control lane switches it; what
 * the router answers comes from the mapper's own thread.
 */
final class MappedPort implements AutoCloseable {
    private static final PortMapper.State OFF =
            new PortMapper.State(java.util.Optional.empty(), "switched off in local.conf");
    private static final PortMapper.State WAITING =
            new PortMapper.State(java.util.Optional.empty(), "no router was asked yet: no root has answered so far");

    private final Address self;
    private final RandomGenerator random;
    private final Consumer<List<Endpoint>> changed;
    private volatile Set<String> ownDevices = Set.of();
    private volatile @Nullable PortMapper mapper;
    private volatile PortMapper.State idle = WAITING;
    private int port; // of the mapper, control lane only

    /** @param changed is told where the world reaches the port, by any thread */
    MappedPort(Address self, RandomGenerator random, Consumer<List<Endpoint>> changed) {
        this.self = self;
        this.random = random;
        this.changed = changed;
    }

    /**
     * Switches it, and says that addresses or routes may have changed.
     *
     * @param wantedPort local UDP port
     * @param devices of this node, whose routes lead nowhere near a router
     */
    void refresh(boolean wanted, int wantedPort, Collection<String> devices) {
        ownDevices = Set.copyOf(devices);
        idle = OFF;
        if (wantedPort != port) {
            stop();
            port = wantedPort;
        }
        PortMapper running = mapper;
        if (wanted && running == null) {
            mapper = PortMapper.start(
                    () -> wantedPort,
                    () -> DefaultGateways.find(ownDevices),
                    "Orrery/" + self + "@" + wantedPort,
                    random,
                    this::answered);
        } else if (wanted && running != null) {
            running.changed();
        } else {
            stop();
        }
    }

    private void stop() {
        PortMapper running = mapper;
        if (running != null) {
            mapper = null;
            changed.accept(List.of());
            Thread.ofVirtual().name("port-mapper-close").start(running::close);
        }
    }

    private void answered(PortMapper.State state) {
        changed.accept(state.mapping().map(PortMapping::external).map(List::of).orElse(List.of()));
    }

    /** Any thread. */
    PortMapper.State state() {
        PortMapper running = mapper;
        return running == null ? idle : running.state();
    }

    @Override
    public void close() {
        PortMapper running = mapper;
        mapper = null;
        if (running != null) {
            running.close();
        }
    }
}
