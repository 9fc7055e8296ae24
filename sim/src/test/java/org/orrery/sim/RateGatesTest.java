// SPDX-License-Identifier: Apache-2.0
package org.orrery.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
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
import org.orrery.core.verb.ErrorCode;
import org.orrery.core.verb.ErrorReply;
import org.orrery.core.verb.Verb;
import org.orrery.core.wire.BigEndian;
import org.orrery.core.wire.PacketHeader;
import org.orrery.core.wire.WireWriter;

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
    private final PacketCipher cipher = new PacketCipher(
            Objects.requireNonNull(lab.secret(mallory).agree(lab.secret(target).identity())));

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
        for (int i = 0; i < count; i++) {
            byte[] body = new byte[23];
            random.nextBytes(body);
            if (verb == Verb.MULTICAST_GATHER) {
                BigEndian.setI64(body, 0, network.bits());
                body[8] = 0;
            }
            say(verb, body, mallory.endpoint(0));
        }
        lab.internet.runFor(5);
    }

    private void say(Verb verb, byte[] body, Endpoint from) {
        var packet = new byte[PacketHeader.BYTES + body.length];
        long id = mallory.nextPacketId(target);
        PacketHeader.write(
                packet, 0, id, target.address().bits(), mallory.address().bits(), verb.id());
        System.arraycopy(body, 0, packet, PacketHeader.BYTES, body.length);
        cipher.seal(PacketCipher.SUITE_SALSA, packet, 0, packet.length);
        lab.internet.inject(from, target, target.endpoint(0), packet);
    }

    /** Counts what the target sends to Mallory from now on, by verb. */
    private Map<Verb, Integer> listen() {
        Map<Verb, Integer> heard = new EnumMap<>(Verb.class);
        lab.internet.tap((from, source, destination, bytes) -> {
            byte[] packet = bytes.clone();
            if (from == target
                    && bytes.length > PacketHeader.BYTES
                    && PacketHeader.destination(bytes, 0) == mallory.address().bits()
                    && cipher.open(packet, 0, packet.length)) {
                heard.merge(Objects.requireNonNull(Verb.of(PacketHeader.verb(packet, 0))), 1, Integer::sum);
            }
        });
        return heard;
    }

    @Test
    void showsItsCertificateOnceASecondHoweverOftenItIsAsked() {
        NetworkId closed = lab.controller.network(2, false);
        members.forEach(member -> lab.controller.authorize(closed, member, true));
        lab.join(closed, members, 5_000);
        lab.internet.runFor(5_000);
        var body = new WireWriter(64);
        ErrorReply.of(Verb.FRAME.id(), 0, ErrorCode.NEED_MEMBERSHIP_CERTIFICATE, closed)
                .write(body);
        Map<Verb, Integer> heard = listen();
        for (int i = 0; i < 300; i++) {
            say(Verb.ERROR, body.toByteArray(), mallory.endpoint(0));
            lab.internet.runFor(10);
        }
        assertThat(heard.getOrDefault(Verb.NETWORK_CREDENTIALS, 0))
                .as("four, of which some are repeated")
                .isBetween(1, 8);
        lab.check();
    }

    @Test
    void asksAStrangerForItsCertificateOnceASecondHoweverMuchItSends() {
        NetworkId closed = lab.controller.network(2, false);
        lab.controller.authorize(closed, target, true);
        lab.join(closed, List.of(target), 5_000);
        lab.internet.runFor(1_000);
        byte[] frame = new byte[50];
        BigEndian.setI64(frame, 0, closed.bits());
        Map<Verb, Integer> heard = listen();
        for (int i = 0; i < 300; i++) {
            say(Verb.FRAME, frame, mallory.endpoint(0));
            lab.internet.runFor(10);
        }
        assertThat(heard.getOrDefault(Verb.ERROR, 0)).isBetween(1, 4);
        lab.check();
    }

    @Test
    void looksForAPeerAtFewOfTheAddressesThatItsPacketsComeFrom() {
        Map<Verb, Integer> heard = listen();
        for (int i = 0; i < 300; i++) {
            say(Verb.USER_MESSAGE, new byte[20], new Endpoint(Ip.v4(0x63000000 + i * 257), 9993));
            lab.internet.runFor(1);
        }
        assertThat(heard.getOrDefault(Verb.HELLO, 0)).isBetween(10, 20);
        lab.check();
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

    @Test
    void framesForANetworkThatItIsNotInCountAsMessages() {
        byte[] frame = new byte[50];
        BigEndian.setI64(frame, 0, network.bits() + 1);
        long before = target.laneCount(DropReason.RATE_LIMITED);
        for (int i = 0; i < OF_ONE_PEER + 300; i++) {
            say(Verb.FRAME, frame, mallory.endpoint(0));
        }
        lab.internet.runFor(5);
        assertThat(target.laneCount(DropReason.RATE_LIMITED) - before).isBetween(300L - ASIDE, 300L + ASIDE);
        lab.check();
    }

    @Test
    void recordedGreetingsTakeNothingFromWhatTheirPeerSays() {
        List<byte[]> greetings = new ArrayList<>();
        lab.internet.tap((from, source, destination, bytes) -> {
            boolean greeting = from == mallory
                    && destination.equals(target.endpoint(0))
                    && PacketHeader.suite(bytes, 0) == 0
                    && PacketHeader.verb(bytes, 0) == Verb.HELLO.id();
            if (greeting) {
                greetings.add(bytes.clone());
            }
        });
        lab.internet.runFor(120_000);
        assertThat(greetings).isNotEmpty();
        long before = limited();
        for (int i = 0; i < 5_000; i++) {
            var from = new Endpoint(Ip.v4(0x63000000 + i * 257), 9993);
            lab.internet.inject(
                    from, target, target.endpoint(0), greetings.getFirst().clone());
        }
        lab.internet.runFor(5);
        assertThat(limited() - before).as("few of them are looked at").isGreaterThan(2_500);
        before = limited();
        say(Verb.USER_MESSAGE, OF_ONE_PEER - ASIDE);
        assertThat(limited() - before).isZero();
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
