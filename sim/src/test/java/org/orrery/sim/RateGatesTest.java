// SPDX-License-Identifier: Apache-2.0
package org.orrery.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.orrery.core.crypto.PacketCipher;
import org.orrery.core.value.DropReason;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;
import org.orrery.core.value.NetworkId;
import org.orrery.core.verb.Verb;
import org.orrery.core.wire.BigEndian;
import org.orrery.core.wire.PacketHeader;

/** How much of each kind a node listens to. */
class RateGatesTest {
    private static final int OF_ONE_PEER = 1_024;
    private static final int STRANGERS_OF_ONE_SOURCE = 512;
    private static final int STRANGERS = 2_048;

    /** What the nodes say by themselves meanwhile. */
    private static final int ASIDE = 25;

    private final SplittableRandom random = new SplittableRandom(5);
    private final Lab lab = new Lab(88, 1);
    private final NetworkId network = lab.controller.network(1, true);
    private final List<SimHost> members = lab.members(2);
    private final SimHost target = members.get(0);
    private final SimHost mallory = members.get(1);

    @BeforeEach
    void meet() {
        lab.join(network, members, 2_000);
        Ping ping = lab.ping(network, mallory, target, 20, 100);
        lab.internet.runFor(4_000);
        assertThat(ping.received()).isEqualTo(20);
    }

    private long limited() {
        return target.laneCount(DropReason.RATE_LIMITED) + target.controlCount(DropReason.RATE_LIMITED);
    }

    private void say(Verb verb, int count) {
        var cipher = new PacketCipher(Objects.requireNonNull(
                lab.secret(mallory).agree(lab.secret(target).identity())));
        for (int i = 0; i < count; i++) {
            var packet = new byte[PacketHeader.BYTES + 23];
            random.nextBytes(packet);
            long id = mallory.nextPacketId(target);
            PacketHeader.write(
                    packet, 0, id, target.address().bits(), mallory.address().bits(), verb.id());
            if (verb == Verb.MULTICAST_GATHER) {
                BigEndian.setI64(packet, PacketHeader.BYTES, network.bits());
                packet[PacketHeader.BYTES + 8] = 0;
            }
            cipher.seal(PacketCipher.SUITE_SALSA, packet, 0, packet.length);
            lab.internet.inject(mallory.endpoint(0), target, target.endpoint(0), packet);
        }
        lab.internet.runFor(5);
    }

    @ParameterizedTest
    @CsvSource({"ECHO, 100", "WHOIS, 10", "MULTICAST_GATHER, 512", "NETWORK_CREDENTIALS, 32"})
    void listensToABurstOfEachKindAndThenToFew(Verb verb, int burst) {
        long before = limited();
        say(verb, burst + 200);
        assertThat(limited() - before).isBetween(200L - ASIDE, 200L + ASIDE);
        lab.internet.runFor(60_000);
        before = limited();
        say(verb, Math.min(burst, 9));
        assertThat(limited() - before).as("after a pause").isZero();
        lab.check();
    }

    @Test
    void listensToAPeerOnlySoMuchInAll() {
        long before = target.laneCount(DropReason.RATE_LIMITED);
        say(Verb.USER_MESSAGE, OF_ONE_PEER + 300);
        assertThat(target.laneCount(DropReason.RATE_LIMITED) - before).isBetween(300L - ASIDE, 300L + ASIDE);
        Ping ping = lab.ping(network, mallory, target, 20, 10);
        lab.internet.runFor(1_000);
        assertThat(ping.received()).as("frames are not messages").isEqualTo(20);
        lab.check();
    }

    private void strangers(int count, boolean oneSource) {
        for (int i = 0; i < count; i++) {
            var packet = new byte[100];
            random.nextBytes(packet);
            long source = 0x7000000000L + i;
            PacketHeader.write(packet, 0, random.nextLong(), target.address().bits(), source, Verb.FRAME.id());
            PacketHeader.setSuite(packet, 0, PacketCipher.SUITE_SALSA);
            var from = new Endpoint(Ip.v4(0x63000000 + (oneSource ? 1 : i * 257)), 9993);
            lab.internet.inject(from, target, target.endpoint(0), packet);
        }
        lab.internet.runFor(5);
    }

    @Test
    void looksAtFewPacketsOfStrangersFromOneAddressAndStillAtThoseFromOthers() {
        strangers(STRANGERS_OF_ONE_SOURCE + 400, true);
        assertThat(target.laneCount(DropReason.SOURCE_LIMIT)).isBetween(400L - ASIDE, 400L);
        long before = target.laneCount(DropReason.SOURCE_LIMIT);
        strangers(100, false);
        assertThat(target.laneCount(DropReason.SOURCE_LIMIT) - before).isZero();
        assertThat(target.laneCount(DropReason.STRANGERS_LIMIT)).isZero();
        lab.check();
    }

    @Test
    void looksAtFewPacketsOfStrangersInAll() {
        strangers(STRANGERS + 500, false);
        assertThat(target.laneCount(DropReason.STRANGERS_LIMIT)).isBetween(500L - 2 * ASIDE, 500L);
        assertThat(target.laneCount(DropReason.CONTROL_BUSY))
                .as("in the simulator's short queue")
                .isLessThan(STRANGERS);
        Ping ping = lab.ping(network, mallory, target, 20, 10);
        lab.internet.runFor(1_000);
        assertThat(ping.received()).isEqualTo(20);
        lab.check();
    }
}
