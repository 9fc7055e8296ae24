// SPDX-License-Identifier: Apache-2.0
package org.orrery.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.orrery.core.crypto.PacketCipher;
import org.orrery.core.value.DropReason;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;
import org.orrery.core.value.NetworkId;
import org.orrery.core.verb.Verb;
import org.orrery.core.wire.BigEndian;
import org.orrery.core.wire.Fragments;
import org.orrery.core.wire.PacketHeader;

/**
 * Floods from any number of forged sources, and from a fellow member, at a node that two others talk to. Tables stay within
 * their bounds, the heap within one of its own, every packet is counted, and what was there before goes on. How many
 * packets is for {@code -Dorrery.sim.flood} to say.
 */
class FloodTest {
    private static final int PACKETS = Integer.getInteger("orrery.sim.flood", 30_000);
    private static final int PER_MILLISECOND = 20;
    private static final long HEAP_GROWTH_MAX = 64_000_000;

    private final SplittableRandom random = new SplittableRandom(4_711);
    private final Lab lab = new Lab(77, 1);
    private final NetworkId network = lab.controller.network(1, true);
    private final List<SimHost> members = lab.members(3);
    private final SimHost target = members.get(0);
    private final SimHost mallory = members.get(2);

    private Map<DropReason, Long> flood(String name, IntFunction<byte[]> packet, boolean forgedSource) {
        lab.join(network, members, 2_000);
        Ping meet = lab.ping(network, members.get(1), target, 20, 100);
        Ping known = lab.ping(network, mallory, target, 20, 100);
        lab.internet.runFor(4_000);
        assertThat(meet.received()).isEqualTo(20);
        assertThat(known.received()).isEqualTo(20);

        Map<DropReason, Long> before = counts();
        long heapBefore = heapBytes();
        long began = System.nanoTime();
        Ping ping = lab.ping(network, members.get(1), target, PACKETS / PER_MILLISECOND / 10, 10);
        for (int sent = 0; sent < PACKETS; ) {
            for (int i = 0; i < PER_MILLISECOND; i++, sent++) {
                int number = random.nextInt();
                Endpoint source =
                        forgedSource ? new Endpoint(Ip.v4(number), 1_024 + (number >>> 17)) : mallory.endpoint(0);
                lab.internet.inject(source, target, target.endpoint(0), packet.apply(sent));
            }
            lab.internet.runFor(1);
        }
        lab.internet.runFor(2_000);
        final long nanos = (System.nanoTime() - began) / PACKETS;
        final long grown = heapBytes() - heapBefore;
        Map<DropReason, Long> fates = counts();
        fates.replaceAll((reason, count) -> count - before.getOrDefault(reason, 0L));
        fates.values().removeIf(count -> count == 0);
        System.out.println(name + ": " + PACKETS + " packets, " + nanos + " ns each, heap grew by " + grown / 1_000
                + " kB, " + ping.received() + " of " + ping.sent() + " pings answered, " + fates);
        assertThat(ping.received()).as("%s", ping).isGreaterThanOrEqualTo(ping.sent() * 9 / 10);
        assertThat(grown).isLessThan(HEAP_GROWTH_MAX);
        lab.check();
        return fates;
    }

    private Map<DropReason, Long> counts() {
        Map<DropReason, Long> counts = new EnumMap<>(DropReason.class);
        for (DropReason reason : DropReason.values()) {
            counts.put(reason, target.laneCount(reason) + target.controlCount(reason));
        }
        return counts;
    }

    private static long heapBytes() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private byte[] random(int length) {
        var bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private byte[] header(byte[] packet, long source, Verb verb) {
        PacketHeader.write(packet, 0, random.nextLong(), target.address().bits(), source, verb.id());
        return packet;
    }

    private long stranger() {
        return 1 + random.nextLong(0xfe_ffff_ffffL);
    }

    /** Greetings with identities that are none, under addresses that nobody has. */
    @Test
    void greetingsOfForgedSources() {
        Map<DropReason, Long> fates = flood(
                "greetings",
                _ -> {
                    byte[] packet = header(random(200), stranger(), Verb.HELLO);
                    packet[PacketHeader.BYTES] = 12; // protocol
                    packet[PacketHeader.BYTES + 1] = 1;
                    BigEndian.setU40(packet, 41, PacketHeader.source(packet, 0));
                    packet[46] = 0;
                    packet[111] = 0; // no secret behind it: well formed, and only the MAC is wrong
                    return packet;
                },
                true);
        assertThat(lost(fates)).as("%s", fates).isGreaterThanOrEqualTo(PACKETS);
    }

    /** Real greetings of real identities, over and over from everywhere: each proves itself, none changes anything. */
    @Test
    void replayedGreetingsOfForgedSources() {
        List<byte[]> recorded = new ArrayList<>();
        lab.internet.tap((from, source, destination, bytes) -> {
            boolean greeting = bytes.length > 100
                    && destination.equals(target.endpoint(0))
                    && PacketHeader.suite(bytes, 0) == 0
                    && PacketHeader.verb(bytes, 0) == Verb.HELLO.id();
            if (greeting && recorded.size() < 50) {
                recorded.add(bytes.clone());
            }
        });
        flood(
                "replayed greetings",
                _ -> recorded.get(random.nextInt(recorded.size())).clone(),
                true);
        assertThat(recorded).isNotEmpty();
    }

    @Test
    void piecesOfPacketsThatNeverBecomeWhole() {
        Map<DropReason, Long> fates = flood(
                "pieces",
                _ -> {
                    byte[] piece = random(17 + random.nextInt(1_400));
                    BigEndian.setU40(piece, 8, target.address().bits());
                    piece[Fragments.INDICATOR_OFFSET] = (byte) Fragments.INDICATOR;
                    piece[14] = (byte) (3 << 4 | 1 + random.nextInt(2));
                    piece[15] = 0;
                    return piece;
                },
                true);
        assertThat(fates.getOrDefault(DropReason.FRAGMENT_HELD, 0L)).isGreaterThan(PACKETS * 9L / 10);
    }

    /** Packets of addresses that nobody has: each would be a question to a root. */
    @Test
    void packetsOfUnknownSources() {
        long asked = lab.roots.getFirst().datagrams();
        Map<DropReason, Long> fates = flood(
                "unknown sources",
                _ -> {
                    byte[] packet = header(random(120), stranger(), Verb.FRAME);
                    packet[18] = (byte) (packet[18] & 0xc0 | PacketCipher.SUITE_SALSA << 3);
                    return packet;
                },
                true);
        assertThat(lost(fates)).as("%s", fates).isGreaterThan(PACKETS / 2);
        assertThat(lab.roots.getFirst().datagrams() - asked)
                .as("questions to the root, and all else that came there")
                .isLessThan(PACKETS / 2);
    }

    @Test
    void questionsOfAFellowMember() {
        Map<DropReason, Long> fates = flood("WHOIS of a member", _ -> sealed(Verb.WHOIS, random(20)), false);
        assertThat(fates.getOrDefault(DropReason.RATE_LIMITED, 0L))
                .as("%s", fates)
                .isGreaterThan(PACKETS * 9L / 10);
    }

    @Test
    void gatherRequestsOfAFellowMember() {
        Map<DropReason, Long> fates = flood(
                "MULTICAST_GATHER of a member",
                _ -> {
                    byte[] body = random(23);
                    BigEndian.setI64(body, 0, network.bits());
                    body[8] = 0;
                    return sealed(Verb.MULTICAST_GATHER, body);
                },
                false);
        assertThat(fates.getOrDefault(DropReason.RATE_LIMITED, 0L))
                .as("%s", fates)
                .isGreaterThan(PACKETS * 9L / 10);
    }

    private @Nullable PacketCipher cipher;

    private byte[] sealed(Verb verb, byte[] body) {
        if (cipher == null) {
            cipher = new PacketCipher(Objects.requireNonNull(
                    lab.secret(mallory).agree(lab.secret(target).identity())));
        }
        var packet = new byte[PacketHeader.BYTES + body.length];
        header(packet, mallory.address().bits(), verb);
        PacketHeader.setId(packet, 0, mallory.nextPacketId(target));
        System.arraycopy(body, 0, packet, PacketHeader.BYTES, body.length);
        cipher.seal(PacketCipher.SUITE_SALSA, packet, 0, packet.length);
        return packet;
    }

    private static long lost(Map<DropReason, Long> fates) {
        return fates.entrySet().stream()
                .filter(fate -> fate.getKey().lost())
                .mapToLong(Map.Entry::getValue)
                .sum();
    }
}
