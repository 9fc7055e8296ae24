// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.orrery.core.crypto.SecretIdentity;
import org.orrery.core.node.Effects;
import org.orrery.core.node.Node;
import org.orrery.core.node.StateKind;
import org.orrery.core.value.Ip;
import org.orrery.core.value.NetworkId;
import org.orrery.core.vl2.ConfigRequests;
import org.orrery.core.world.World;
import org.orrery.daemon.dns.HostDns;
import org.orrery.daemon.dns.ResolverPaths;
import org.orrery.daemon.home.HomeFolder;
import org.orrery.daemon.home.NetworkSettings;
import org.orrery.daemon.host.FullTunnel;
import org.orrery.net.Ports;
import org.orrery.net.nio.NioPorts;

/** What is on disk when joining and leaving is answered, though the node's own writing has not had its turn yet. */
class JoinedNetworksTest {
    private static final NetworkId NETWORK = new NetworkId(0x343752eb18000001L);
    private static final NetworkId AD_HOC = new NetworkId(0xff00160016000000L);
    private static final byte[] CONFIGURATION = "v=7\nnwid=343752eb18000001\n".getBytes(StandardCharsets.UTF_8);
    private static final SecretIdentity SELF = SecretIdentity.generate(new SecureRandom(), 2);

    @TempDir
    Path folder;

    private final CountDownLatch turn = new CountDownLatch(1);
    private HomeFolder home;
    private StateWriter state;
    private JoinedNetworks networks;

    @BeforeEach
    void open() throws Exception {
        home = HomeFolder.open(folder.resolve("home"));
        state = new StateWriter(
                home,
                writing -> new Thread(() -> {
                    try {
                        turn.await();
                    } catch (InterruptedException taken) {
                        Thread.currentThread().interrupt();
                    }
                    writing.run();
                }));
        networks = networks();
    }

    @AfterEach
    void close() throws Exception {
        turn.countDown();
        state.close(20_000);
        home.close();
    }

    private JoinedNetworks networks() throws Exception {
        var clock = new SteadyClock();
        Ports ports = new NioPorts();
        var lanes = new Lanes(clock, List.of(ports), () -> {});
        var paths = new ResolverPaths(folder.resolve("resolv.conf"), folder, folder, List.of());
        var own = new VirtualPorts.Underlay() {
            @Override
            public Collection<Ip> own() {
                return List.of();
            }

            @Override
            public Collection<Ip> exposed() {
                return List.of();
            }
        };
        var virtualPorts = new VirtualPorts(
                lanes, Map.of(), new FullTunnel(ports, home), new HostDns(paths, home, "343752eb18"), own);
        var node = new Node(
                SELF, World.builtIn(), 1, "test", effects(), (_, _) -> {}, ConfigRequests.NONE, new SecureRandom());
        return new JoinedNetworks(node, home, state, virtualPorts, clock);
    }

    /** Keeps state as a service does; the rest is nobody's business here. */
    private Effects effects() {
        return (Effects) Proxy.newProxyInstance(
                Effects.class.getClassLoader(), new Class<?>[] {Effects.class}, (_, method, arguments) -> {
                    switch (method.getName()) {
                        case "save" -> state.save((StateKind) arguments[0], (long) arguments[1], (byte[]) arguments[2]);
                        case "delete" -> state.delete((StateKind) arguments[0], (long) arguments[1]);
                        default -> {}
                    }
                    return null;
                });
    }

    private List<NetworkId> kept() throws Exception {
        return home.networks(Optional::of).stream()
                .map(HomeFolder.SavedNetwork::id)
                .toList();
    }

    private void join(NetworkId network) {
        networks.join(network, NetworkSettings.Change.NONE);
    }

    @Test
    void aJoinThatWasAnsweredIsKept() throws Exception {
        join(NETWORK);
        join(AD_HOC);
        assertThat(kept()).containsExactlyInAnyOrder(NETWORK, AD_HOC);
        assertThat(home.load(StateKind.NETWORK_CONFIG, NETWORK.bits())).hasValue(new byte[] {'\n'});

        state.save(StateKind.NETWORK_CONFIG, NETWORK.bits(), CONFIGURATION);
        join(NETWORK);
        assertThat(home.load(StateKind.NETWORK_CONFIG, NETWORK.bits())).hasValue(CONFIGURATION);
        turn.countDown();
        assertThat(state.close(20_000)).isTrue();
        assertThat(home.load(StateKind.NETWORK_CONFIG, NETWORK.bits())).hasValue(CONFIGURATION);
    }

    @Test
    void aConfigurationThatIsThereStays() throws Exception {
        home.save(StateKind.NETWORK_CONFIG, NETWORK.bits(), CONFIGURATION);
        home.keepJoined(NETWORK);
        assertThat(home.load(StateKind.NETWORK_CONFIG, NETWORK.bits())).hasValue(CONFIGURATION);
    }

    @Test
    void aNetworkThatWasLeftStaysLeft() throws Exception {
        join(NETWORK);
        state.save(StateKind.NETWORK_CONFIG, NETWORK.bits(), CONFIGURATION);
        assertThat(networks.leave(NETWORK)).isTrue();
        assertThat(kept()).isEmpty();
        turn.countDown();
        assertThat(state.close(20_000)).isTrue();
        assertThat(home.path().resolve("networks.d")).isEmptyDirectory();
        assertThat(networks.leave(NETWORK)).isFalse();
    }

    @Test
    void whatCannotBeKeptIsNotAnswered() throws Exception {
        Path file = home.path().resolve("networks.d").resolve(NETWORK + ".conf");
        Files.createDirectories(file.resolve("in the way"));
        assertThatThrownBy(() -> join(NETWORK))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("network " + NETWORK + " and its settings not kept: ");
        assertThatThrownBy(() -> networks.leave(NETWORK))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("is left, but the next start may join it again: ");
    }

    @Test
    void aStopSaysThatSomethingWasNotWritten() {
        state.save(StateKind.NETWORK_CONFIG, NETWORK.bits(), CONFIGURATION);
        assertThat(state.close(100)).isFalse();
    }
}
