// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.orrery.core.crypto.Identity;
import org.orrery.core.crypto.SecretIdentity;
import org.orrery.core.crypto.SignatureKeyPair;
import org.orrery.core.value.Address;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;

/** Which path carries traffic where one of them leads through a TCP relay. */
final class TunnelPathTest {
    private static final Endpoint REMOTE = new Endpoint(Ip.v4(203, 0, 113, 5), 9993);
    private static final int UDP = 1;
    private static final long NOW = 1_000_000;

    private final Peer peer = requireNonNull(new Peers(
                    SecretIdentity.generate(new SecureRandom(), 2), 2, new SplittableRandom(1))
            .add(
                    new Identity(
                            new Address(0x1111111111L),
                            SignatureKeyPair.generate(new SecureRandom()).publicKey()),
                    NOW));

    private Path learn(int socket) {
        return requireNonNull(peer.learn(socket, REMOTE, NOW));
    }

    @Test
    void aSlowOrUnmeasuredUdpPathIsPreferred() {
        Path tunnel = learn(LocalSocket.TUNNEL_ID);
        tunnel.measured(1);
        peer.choose(NOW);
        assertThat(peer.best()).isSameAs(tunnel);

        Path udp = learn(UDP);
        assertThat(peer.best()).isSameAs(udp);
        udp.measured(3_000);
        peer.choose(NOW);
        assertThat(peer.best()).isSameAs(udp);
    }

    @Test
    void theTunnelIsPreferredToASilentUdpPathEvenOfARoot() {
        peer.role = Role.PLANET;
        Path udp = learn(UDP);
        udp.measured(1);
        Path tunnel = learn(LocalSocket.TUNNEL_ID);
        tunnel.measured(3_000);
        long later = NOW + Path.ALIVE_MILLIS;
        tunnel.noteIn(later);
        peer.choose(later);
        assertThat(peer.best()).isSameAs(tunnel);

        udp.noteIn(later);
        peer.choose(later);
        assertThat(peer.best()).isSameAs(udp);
    }

    @Test
    void aClosedTunnelTakesItsPathsAlong() {
        learn(LocalSocket.TUNNEL_ID);
        peer.tidy(NOW, socket -> socket != LocalSocket.TUNNEL_ID);
        assertThat(peer.best()).isNull();
        assertThat(peer.paths()).isEmpty();
    }
}
