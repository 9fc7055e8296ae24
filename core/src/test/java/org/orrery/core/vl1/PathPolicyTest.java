// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.orrery.core.value.Address;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;
import org.orrery.core.value.Prefix;
import org.orrery.core.vl1.PathPolicy.Physical;
import org.orrery.core.vl1.PathPolicy.Treatment;
import org.orrery.core.vl1.PathPolicy.Virtual;
import org.orrery.core.wire.PacketHeader;

class PathPolicyTest {
    private static final Address ADA = Address.parse("ea71fc6cf8").orElseThrow();
    private static final Address BOB = Address.parse("c8e76aa4b9").orElseThrow();

    @Test
    void hostBitsCountOnNeitherSide() {
        PathPolicy policy = physical(
                new Physical(prefix("10.1.2.3/16"), true, 0, 0), new Physical(prefix("fd00:1::7/32"), true, 0, 0));
        assertThat(policy.refuses(ip("10.1.200.9"))).isTrue();
        assertThat(policy.refuses(ip("10.2.2.3"))).isFalse();
        assertThat(policy.refuses(ip("fd00:1:ffff::1"))).isTrue();
        assertThat(policy.refuses(ip("fd00:2::7"))).isFalse();
    }

    @Test
    void thePeersOwnListHoldsForItAlone() {
        PathPolicy policy =
                new PathPolicy(List.of(), Map.of(ADA, new Virtual(List.of(), List.of(prefix("10.0.0.0/8")))), false);
        assertThat(policy.refuses(ADA.bits(), ip("10.1.1.1"))).isTrue();
        assertThat(policy.refuses(ADA.bits(), ip("11.1.1.1"))).isFalse();
        assertThat(policy.refuses(BOB.bits(), ip("10.1.1.1"))).isFalse();
        assertThat(policy.refuses(ip("10.1.1.1"))).isFalse();
        assertThat(policy.refuses(0, ip("10.1.1.1")))
                .as("an address that nobody has")
                .isFalse();
    }

    @Test
    void theSmallestNetworkThatSaysSomethingCounts() {
        PathPolicy policy = physical(
                new Physical(prefix("10.0.0.0/8"), false, 5, 1_500),
                new Physical(prefix("10.1.0.0/16"), false, 0, 9_000),
                new Physical(prefix("10.1.1.0/24"), false, 7, 0));
        assertThat(policy.treatment(ip("10.1.1.1"))).isEqualTo(new Treatment(9_000, 7, false));
        assertThat(policy.treatment(ip("10.1.2.1"))).isEqualTo(new Treatment(9_000, 5, false));
        assertThat(policy.treatment(ip("10.2.2.1"))).isEqualTo(new Treatment(1_500, 5, false));
        assertThat(policy.treatment(ip("11.2.2.1"))).isEqualTo(Treatment.USUAL);
    }

    @Test
    void trustNeedsTheNetworkAndTheNumber() {
        PathPolicy policy = physical(
                new Physical(prefix("10.0.0.0/8"), false, 5, 0), new Physical(prefix("11.0.0.0/8"), false, 0, 1_400));
        assertThat(policy.trusts(ip("10.1.1.1"), 5)).isTrue();
        assertThat(policy.trusts(ip("10.1.1.1"), 6)).isFalse();
        assertThat(policy.trusts(ip("12.1.1.1"), 5)).isFalse();
        assertThat(policy.trusts(ip("11.1.1.1"), 0)).isFalse();
        assertThat(policy.trusts(ip("10.1.1.1"), 0)).isFalse();
    }

    @Test
    void nothingIsBelievedThatARelaySaysOfItsSource() {
        PathPolicy policy = physical(new Physical(prefix("10.0.0.0/8"), false, 5, 9_000));
        byte[] packet = new byte[28];
        Unprotected.mark(packet, 0, 5);
        assertThat(Unprotected.trusted(policy, 1, ip("10.1.1.1"), packet, 0)).isTrue();
        assertThat(Unprotected.trusted(policy, LocalSocket.TUNNEL_ID, ip("10.1.1.1"), packet, 0))
                .isFalse();
        PacketHeader.setHops(packet, 0, 1);
        assertThat(Unprotected.trusted(policy, 1, ip("10.1.1.1"), packet, 0))
                .as("passed on by somebody inside")
                .isFalse();
        var path = new Path(LocalSocket.TUNNEL_ID, new Endpoint(ip("10.1.1.1"), 9993), () -> {}, 0);
        path.treat(policy.treatment(ip("10.1.1.1")));
        assertThat(path.trustedPathId()).isZero();
        assertThat(path.mtuBytes()).isEqualTo(Sender.DATAGRAM_BYTES);
    }

    @Test
    void nothingImpossibleIsTaken() {
        assertThatThrownBy(() -> new Physical(prefix("10.0.0.0/8"), false, 0, 1_399))
                .isInstanceOf(IllegalArgumentException.class);
        List<Physical> many = Collections.nCopies(33, new Physical(prefix("10.0.0.0/8"), true, 0, 0));
        assertThatThrownBy(() -> new PathPolicy(many, Map.of(), false)).isInstanceOf(IllegalArgumentException.class);
    }

    private static PathPolicy physical(Physical... networks) {
        return new PathPolicy(List.of(networks), Map.of(), false);
    }

    private static Prefix prefix(String text) {
        return Prefix.parse(text).orElseThrow();
    }

    private static Ip ip(String text) {
        return Ip.parse(text).orElseThrow();
    }
}
