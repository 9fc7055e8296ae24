// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.orrery.core.crypto.Identity;
import org.orrery.core.crypto.SecretIdentity;
import org.orrery.core.crypto.SignatureKeyPair;
import org.orrery.core.value.Address;

class PeersTest {
    private static final SecretIdentity SELF = SecretIdentity.generate(new SecureRandom(), 2);

    /** Cheap identities: nobody checks here whether the address belongs to the key. */
    private static Identity identity(long address) {
        return new Identity(
                new Address(address),
                SignatureKeyPair.generate(new SecureRandom()).publicKey());
    }

    @Test
    void neverReplacesAnIdentityAndNeverListsItself() {
        var peers = new Peers(SELF, 2, new SplittableRandom(1));
        Peer peer = peers.add(identity(0x1111111111L), 0);
        assertThat(peers.add(identity(0x1111111111L), 0)).isSameAs(peer);
        assertThat(peers.add(SELF.identity(), 0)).isNull();
    }

    @Test
    void whenFullStrangersHeardLongestAgoYield() {
        var peers = new Peers(SELF, 2, new SplittableRandom(1), 32);
        peers.upstreams(Map.of(identity(0x100), Role.PLANET), 0);
        for (int i = 1; i < 32; i++) {
            Peer peer = requireNonNull(peers.add(identity(0x100 + i), i));
            if (i < 8) {
                peer.noteTrusted(100);
            }
            if (i == 9) {
                peer.noteReceived(90);
            }
        }
        assertThat(peers.add(identity(0x200), 100)).isNotNull();
        assertThat(peers.size()).isEqualTo(31);
        assertThat(peers.find(0x100)).as("a root").isNotNull();
        assertThat(peers.find(0x101)).as("a member").isNotNull();
        assertThat(peers.find(0x108)).as("a silent stranger").isNull();
        assertThat(peers.find(0x109)).as("a stranger heard lately").isNotNull();
        for (int i = 0; i < 100; i++) {
            peers.add(identity(0x300 + i), 200 + i);
            assertThat(peers.size()).isLessThanOrEqualTo(32);
        }
        for (int i = 0; i < 8; i++) {
            assertThat(peers.find(0x100 + i)).isNotNull();
        }
    }

    @Test
    void forgetsLeavesThatAreSilentForLong() {
        var peers = new Peers(SELF, 2, new SplittableRandom(1));
        peers.upstreams(Map.of(identity(0x100), Role.PLANET), 0);
        requireNonNull(peers.add(identity(0x101), 0)).noteReceived(1_000);
        peers.add(identity(0x102), 0);
        peers.expire(Peer.ALIVE_MILLIS);
        assertThat(peers.find(0x101)).isNotNull();
        assertThat(peers.find(0x102)).isNull();
        peers.expire(Peer.ALIVE_MILLIS + 1_000);
        assertThat(peers.find(0x101)).isNull();
        assertThat(peers.find(0x100)).isNotNull();
    }
}
