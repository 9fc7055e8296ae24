// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.orrery.core.node.NetworkStatus;
import org.orrery.core.node.Node;
import org.orrery.core.node.StateKind;
import org.orrery.core.value.MulticastGroup;
import org.orrery.core.value.NetworkId;
import org.orrery.core.vl2.Network;
import org.orrery.core.vl2.Networks;
import org.orrery.daemon.api.NetworkView;
import org.orrery.daemon.home.HomeFolder;
import org.orrery.daemon.home.NetworkSettings;

/**
 * The networks that a node is in: between its core, their interfaces and what the home folder keeps of them. Control lane
 * only.
 */
final class JoinedNetworks {
    private static final long SCAN_MILLIS = 5_000;

    /** After a configuration came, the host joins groups within moments: look again soon. */
    private static final long[] SCAN_SOON_MILLIS = {50, 300, 1_000};

    private static final Logger LOG = System.getLogger("org.orrery.daemon.engine");

    private final Node node;
    private final HomeFolder home;
    private final StateWriter state;
    private final VirtualPorts ports;
    private final SteadyClock clock;
    private long nextScanMillis;
    private int soonScans = SCAN_SOON_MILLIS.length;
    private boolean online;

    /** @param state through which the node keeps configurations in {@code home} */
    JoinedNetworks(Node node, HomeFolder home, StateWriter state, VirtualPorts ports, SteadyClock clock) {
        this.node = node;
        this.home = home;
        this.state = state;
        this.ports = ports;
        this.clock = clock;
    }

    /** Joins those that the home folder keeps. */
    void resume(long nowMillis) throws IOException {
        for (HomeFolder.SavedNetwork<byte[]> saved : home.networks(Optional::of)) {
            join(saved.id(), saved.configuration().orElse(null), nowMillis);
        }
    }

    List<NetworkView> views() {
        return node.networkStatuses().stream().map(ports::view).toList();
    }

    /** When this returns the network will be joined at each start from now on, even if the process is killed. */
    NetworkView join(NetworkId network, NetworkSettings.Change change) {
        if (!join(network, null, clock.millis())) {
            throw new IllegalStateException(
                    "no more than " + Networks.NETWORKS_MAX + " networks can be joined at once; leave one first");
        }
        try {
            state.settle(StateKind.NETWORK_CONFIG, network.bits());
            home.keepJoined(network);
            NetworkSettings settings = home.settings(network).with(change);
            home.saveSettings(network, settings);
            ports.settings(network, settings, online);
        } catch (IOException failure) {
            throw new UncheckedIOException(
                    "network " + network + " and its settings not kept: " + failure.getMessage(), failure);
        }
        return views().stream()
                .filter(view -> view.network().id().equals(network))
                .findFirst()
                .orElseThrow();
    }

    private boolean join(NetworkId id, byte @Nullable [] kept, long nowMillis) {
        if (node.networks().find(id.bits()) != null) {
            return true;
        }
        if (!node.join(id, kept, nowMillis)) {
            return false;
        }
        Network network = node.networks().find(id.bits());
        NetworkSettings settings = NetworkSettings.DEFAULT;
        try {
            settings = home.settings(id);
        } catch (IOException failure) {
            LOG.log(Level.WARNING, "home.fault network=" + id + " fault=" + failure.getMessage());
        }
        for (NetworkStatus status : node.networkStatuses()) {
            if (status.id().equals(id) && network != null) {
                ports.open(network, status, settings);
                ports.apply(status, online);
            }
        }
        scanSoon(nowMillis);
        return true;
    }

    /**
     * Answers whether it was joined. When this returns no start will join it again, even if the process is killed.
     *
     * @throws UncheckedIOException if it is left, but its files are not gone for good
     */
    boolean leave(NetworkId network) {
        if (!node.leave(network)) {
            return false;
        }
        try {
            state.settle(StateKind.NETWORK_CONFIG, network.bits());
            home.forget(network);
        } catch (IOException failure) {
            throw new UncheckedIOException(
                    "network " + network + " is left, but the next start may join it again: " + failure.getMessage(),
                    failure);
        }
        return true;
    }

    void changed(NetworkStatus network) {
        ports.apply(network, online);
        scanSoon(clock.millis() + SCAN_SOON_MILLIS[0]);
    }

    /** The node went on line or off. */
    void online(boolean now) {
        online = now;
    }

    /** Something of the host changed: brings interfaces, addresses and routes in line. */
    void bringInLine(long nowMillis) {
        if (ports.reopenLost(node.networks(), online)) {
            scanSoon(nowMillis);
        }
        ports.applyAll(online);
    }

    private void scanSoon(long atMillis) {
        soonScans = 0;
        nextScanMillis = atMillis;
    }

    long nextScanMillis() {
        return nextScanMillis;
    }

    /** Looks, when it is time to, which groups the host wants on each interface. */
    void scanIfDue(long nowMillis) {
        if (nowMillis - nextScanMillis < 0) {
            return;
        }
        nextScanMillis =
                nowMillis + (soonScans < SCAN_SOON_MILLIS.length ? SCAN_SOON_MILLIS[soonScans++] : SCAN_MILLIS);
        for (NetworkStatus status : node.networkStatuses()) {
            Optional<Set<MulticastGroup>> groups = ports.groups(status.id());
            groups.ifPresent(found -> node.subscribe(status.id(), found, nowMillis));
        }
    }
}
