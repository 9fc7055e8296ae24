// SPDX-License-Identifier: Apache-2.0
package org.orrery.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.orrery.core.credential.Capability;
import org.orrery.core.crypto.PacketCipher;
import org.orrery.core.crypto.SecretIdentity;
import org.orrery.core.rules.RuleTable;
import org.orrery.core.value.DropReason;
import org.orrery.core.value.NetworkId;
import org.orrery.core.verb.NetworkCredentials;
import org.orrery.core.verb.Verb;
import org.orrery.core.wire.PacketHeader;
import org.orrery.core.wire.WireReader;
import org.orrery.core.wire.WireWriter;

/** A member hands a capability on, and the one who holds it then is let in by it. */
class DelegationTest {
    private static final int ID = 7;
    private static final long PAUSE_MILLIS = 3_000;

    static LongStream seeds() {
        return Lab.seeds(16, 17);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void whatWasHandedOnOpensAndABrokenChainDoesNot(long seed) {
        var lab = new Lab(seed, 1);
        NetworkId network = lab.controller.network(1, false);
        List<SimHost> members = lab.members(3);
        SimHost first = members.get(0);
        SimHost second = members.get(1);
        SimHost door = members.get(2);
        // All may send; what arrives is accepted from the door alone, and else by a capability of the sender.
        lab.controller.change(network, """
                {"rules":[{"type":"MATCH_ETHERTYPE","etherType":2054},{"type":"ACTION_ACCEPT"},
                          {"type":"MATCH_CHARACTERISTICS","mask":"8000000000000000","not":true},{"type":"ACTION_ACCEPT"},
                          {"type":"MATCH_SOURCE_ZEROTIER_ADDRESS","zt":"%s"},{"type":"ACTION_ACCEPT"}]}
                """.formatted(door.address()));
        members.forEach(member -> lab.controller.authorize(network, member, true));
        lab.join(network, members, 10_000);
        assertThat(answered(lab, network, first, door)).as("shut").isZero();
        assertThat(answered(lab, network, second, door)).as("shut").isZero();
        assertThat(door.laneCount(DropReason.RULES_INBOUND) + door.controlCount(DropReason.RULES_INBOUND))
                .isPositive();

        SecretIdentity controller = lab.secret(lab.controllerHost);
        SecretIdentity firstSecret = lab.secret(first);
        Capability held = issued(lab, network, 2, first, controller);
        Capability handedOn = held.handedOn(second.address(), firstSecret).orElseThrow();

        Capability forged = damaged(handedOn);
        Capability ownMade = issued(lab, network, 2, second, firstSecret);
        long refused = 0;
        for (Capability broken : List.of(forged, ownMade)) {
            present(lab, second, door, broken);
            assertThat(door.controlCount(DropReason.CREDENTIAL_INVALID)).isEqualTo(++refused);
            assertThat(answered(lab, network, second, door)).as("%s", broken).isZero();
        }
        assertThat(issued(lab, network, 1, first, controller).handedOn(second.address(), firstSecret))
                .as("not transferable")
                .isEmpty();

        present(lab, second, door, handedOn);
        assertThat(door.controlCount(DropReason.CREDENTIAL_INVALID)).isEqualTo(refused);
        assertThat(answered(lab, network, second, door)).as("open, %s", lab).isEqualTo(3);
        assertThat(answered(lab, network, first, door))
                .as("the first holder showed nothing")
                .isZero();
        lab.check();
    }

    private static Capability issued(Lab lab, NetworkId network, int chainMax, SimHost to, SecretIdentity controller) {
        return Capability.issue(
                network, lab.internet.nowMillis(), ID, RuleTable.ACCEPT_ALL, chainMax, to.address(), controller);
    }

    /** The same with one bit of the last signature changed. */
    private static Capability damaged(Capability capability) {
        var out = new WireWriter(Capability.BYTES_MAX);
        capability.write(out);
        byte[] bytes = out.toByteArray();
        bytes[bytes.length - 20] ^= 1; // behind the signature are seven bytes
        return Objects.requireNonNull(Capability.read(new WireReader(bytes)));
    }

    private static int answered(Lab lab, NetworkId network, SimHost from, SimHost to) {
        Ping ping = lab.ping(network, from, to, 3, 200);
        lab.internet.runFor(PAUSE_MILLIS);
        return ping.received();
    }

    /** As the sender would, had its configuration brought the capability. */
    private void present(Lab lab, SimHost from, SimHost to, Capability capability) {
        var body = new WireWriter(PacketHeader.PAYLOAD_BYTES_MAX);
        new NetworkCredentials(List.of(), List.of(capability), List.of(), List.of(), List.of()).write(body);
        byte[] payload = body.toByteArray();
        byte[] packet = new byte[PacketHeader.BYTES + payload.length];
        PacketHeader.write(
                packet,
                0,
                from.nextPacketId(to),
                to.address().bits(),
                from.address().bits(),
                Verb.NETWORK_CREDENTIALS.id());
        System.arraycopy(payload, 0, packet, PacketHeader.BYTES, payload.length);
        var key = Objects.requireNonNull(lab.secret(from).agree(lab.secret(to).identity()));
        new PacketCipher(key).seal(1, packet, 0, packet.length);
        lab.internet.inject(from.endpoint(0), to, to.endpoint(0), packet);
        lab.internet.runFor(PAUSE_MILLIS);
    }
}
