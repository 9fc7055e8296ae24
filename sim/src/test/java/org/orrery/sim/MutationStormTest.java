// SPDX-License-Identifier: Apache-2.0
package org.orrery.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.orrery.core.crypto.PacketCipher;
import org.orrery.core.crypto.SecretIdentity;
import org.orrery.core.crypto.SharedKey;
import org.orrery.core.value.DropReason;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;
import org.orrery.core.value.Mac;
import org.orrery.core.value.NetworkId;
import org.orrery.core.verb.Verb;
import org.orrery.core.wire.BigEndian;
import org.orrery.core.wire.Compression;
import org.orrery.core.wire.DatagramKind;
import org.orrery.core.wire.Fragments;
import org.orrery.core.wire.PacketHeader;

/**
 * Everything bad that can arrive, at a running node: noise, damaged copies of real datagrams, and packets that are
 * correctly sealed by a fellow member, by a root or by the controller but hold damaged or random content, which is how the
 * parsers behind the MAC are reached. How many is for {@code -Dorrery.sim.storm} to say.
 */
class MutationStormTest {
    private static final int DATAGRAMS = Integer.getInteger("orrery.sim.storm", 200_000);
    private static final long SEED = Long.getLong("orrery.sim.storm.seed", 20_261);
    private static final int PER_MILLISECOND = 10;
    private static final int RECORDED_MAX = 4_000;
    private static final int IDS_KEPT = 256;
    private static final long HEAP_GROWTH_MAX = 128_000_000;

    private final SplittableRandom random = new SplittableRandom(SEED);
    private final Lab lab = new Lab(SEED, 1);
    private final NetworkId network = lab.controller.network(1, false);
    private final List<SimHost> members = lab.members(3);
    private final SimHost ada = members.get(0);
    private final SimHost bob = members.get(1);
    private final SimHost mallory = members.get(2);
    private final SimHost root = lab.roots.getFirst();
    private final List<SimHost> targets = List.of(ada, ada, ada, ada, ada, ada, root, lab.controllerHost);
    private final List<SimHost> senders = List.of(mallory, mallory, root, lab.controllerHost);

    private final Map<String, PacketCipher> ciphers = new HashMap<>();
    private final List<byte[]> recorded = new ArrayList<>();
    private final Map<Verb, List<byte[]>> bodies = new EnumMap<>(Verb.class);
    private final Map<String, List<Asked>> asked = new HashMap<>();
    private final Map<Endpoint, long[]> strangers = new HashMap<>();
    private final Map<DropReason, Long> fates = new EnumMap<>(DropReason.class);
    private final Map<String, Long> kinds = new TreeMap<>();
    private boolean recording = true;

    /** A request that somebody may answer. */
    private record Asked(long id, int verb) {}

    @Test
    void leavesANodeWholeAndNeverPaysStrangersBackMoreThanTheyPaid() {
        long malloryMac = Mac.derive(mallory.address().bits(), network.bits());
        lab.internet.tap(this::sees);
        members.forEach(member -> lab.controller.authorize(network, member, true));
        lab.join(network, members, 2_000);
        for (SimHost from : members) {
            for (SimHost to : members) {
                if (from != to) {
                    lab.ping(network, from, to, 5, 300);
                    from.stack(network).ping(to.stack(network).address(true), 2, 300, 2_600);
                }
            }
        }
        lab.internet.runFor(70_000);
        recording = false;
        assertThat(bodies.keySet())
                .contains(Verb.HELLO, Verb.OK, Verb.WHOIS, Verb.RENDEZVOUS, Verb.FRAME, Verb.ECHO, Verb.MULTICAST_LIKE)
                .contains(Verb.NETWORK_CREDENTIALS, Verb.NETWORK_CONFIG_REQUEST, Verb.MULTICAST_GATHER)
                .contains(Verb.MULTICAST_FRAME, Verb.PUSH_DIRECT_PATHS);

        // What a member says of itself is its own affair, true or not.
        lab.internet.unsentFrames((on, frame) -> BigEndian.u48(frame, 6) == malloryMac);
        long heapBefore = heapBytes();
        long began = System.nanoTime();
        for (int sent = 0; sent < DATAGRAMS; ) {
            for (int i = 0; i < PER_MILLISECOND && sent < DATAGRAMS; i++) {
                sent++;
                one();
            }
            lab.internet.runFor(1);
            if (sent % 100_000 == 0) {
                lab.check();
            }
        }
        long tookMillis = (System.nanoTime() - began) / 1_000_000;
        for (DropReason reason : DropReason.values()) {
            long count = targets.stream()
                    .distinct()
                    .mapToLong(host -> host.laneCount(reason) + host.controlCount(reason))
                    .sum();
            if (count > 0) {
                fates.put(reason, count);
            }
        }
        long grown = heapBytes() - heapBefore;
        System.out.println("storm of " + DATAGRAMS + " took " + tookMillis + " ms: " + kinds + "; " + fates + "; "
                + lab.internet + "; heap " + heapBefore / 1_000_000 + " MB + " + grown / 1_000_000 + " MB");
        targets.stream()
                .distinct()
                .forEach(host -> System.out.println(host + " " + host.node().tables()));
        paidBack();
        lab.check();
        assertThat(grown)
                .as("bytes of heap kept, the books of this test included")
                .isLessThan(HEAP_GROWTH_MAX);

        lab.internet.runFor(150_000);
        members.forEach(member -> member.stack(network).forgetNeighbors());
        Ping ping = lab.ping(network, ada, bob, 20, 100);
        SimHost newcomer = lab.member(9);
        lab.controller.authorize(network, newcomer, true);
        newcomer.start();
        lab.join(network, List.of(newcomer), 5_000);
        Ping welcome = lab.ping(network, newcomer, ada, 20, 100);
        lab.internet.runFor(8_000);
        assertThat(ping.received()).as("%s %s", ping, lab).isEqualTo(20);
        assertThat(welcome.received()).as("%s %s", welcome, lab).isEqualTo(20);
        paidBack();
        lab.check();
    }

    private static long heapBytes() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private void made(String kind) {
        kinds.merge(kind, 1L, Long::sum);
    }

    private void paidBack() {
        strangers.forEach((endpoint, bytes) ->
                assertThat(bytes[1]).as("bytes sent to %s", endpoint).isLessThanOrEqualTo(bytes[0]));
    }

    // ---------------------------------------------------------------- recording

    private void sees(SimHost from, Endpoint source, Endpoint destination, byte[] bytes) {
        long[] paid = strangers.get(destination);
        if (paid != null) {
            paid[1] += bytes.length;
        }
        SimHost to = lab.internet.at(destination.ip());
        if (to == null || bytes.length < PacketHeader.BYTES) {
            return;
        }
        if (recording && recorded.size() < RECORDED_MAX) {
            recorded.add(bytes.clone());
        }
        if (DatagramKind.of(bytes, 0, bytes.length) != DatagramKind.PACKET || PacketHeader.fragmented(bytes, 0)) {
            return;
        }
        SimHost author = host(PacketHeader.source(bytes, 0));
        SimHost reader = host(PacketHeader.destination(bytes, 0));
        if (author == null || reader == null || author == reader || !recording && !senders.contains(reader)) {
            return;
        }
        byte[] open = bytes.clone();
        if (!cipher(author, reader).open(open, 0, open.length)) {
            return;
        }
        int verbId = PacketHeader.verb(open, 0);
        List<Asked> known = asked.computeIfAbsent(author.name() + '>' + reader.name(), _ -> new ArrayList<>());
        if (known.size() == IDS_KEPT) {
            known.removeFirst();
        }
        known.add(new Asked(PacketHeader.id(bytes, 0), verbId));
        Verb verb = Verb.of(verbId);
        if (!recording || verb == null) {
            return;
        }
        if (PacketHeader.compressed(open, 0)) {
            byte[] longer = new byte[PacketHeader.PACKET_BYTES_MAX];
            int length = Compression.decompress(open, 0, open.length, longer, 0);
            open = Arrays.copyOf(longer, length);
        }
        List<byte[]> ofVerb = bodies.computeIfAbsent(verb, _ -> new ArrayList<>());
        if (ofVerb.size() < 300) {
            ofVerb.add(Arrays.copyOfRange(open, PacketHeader.BYTES, open.length));
        }
    }

    private @Nullable SimHost host(long address) {
        for (SimHost host : lab.internet.hosts()) {
            if (host.address().bits() == address) {
                return host;
            }
        }
        return null;
    }

    private PacketCipher cipher(SimHost one, SimHost other) {
        return ciphers.computeIfAbsent(one.name() + '>' + other.name(), _ -> {
            SecretIdentity secret = lab.secret(one);
            SharedKey key =
                    Objects.requireNonNull(secret.agree(lab.secret(other).identity()));
            return new PacketCipher(key);
        });
    }

    // ---------------------------------------------------------------- making

    private void one() {
        SimHost target = targets.get(random.nextInt(targets.size()));
        switch (random.nextInt(10)) {
            case 0 -> {
                made("noise");
                fromStranger(target, noise(), true);
            }
            case 1 -> {
                made("damaged");
                fromStranger(target, damagedRecording(), true);
            }
            case 2 -> {
                made("replayed");
                fromStranger(target, recording(), false);
            }
            case 3 -> {
                made("piece");
                fromStranger(target, piece(target), true);
            }
            default -> sealed(target);
        }
    }

    /** @param forged whether no key holder made it, so that nothing may come of it */
    private void fromStranger(SimHost target, byte[] bytes, boolean forged) {
        int number = random.nextInt(1 << 16);
        var source = new Endpoint(Ip.v4(80, forged ? 77 : 78, number >> 8, number & 0xff), 1_024 + (number & 0x3fff));
        if (forged) {
            strangers.computeIfAbsent(source, _ -> new long[2])[0] += bytes.length;
        }
        lab.internet.inject(source, target, target.endpoint(0), bytes);
    }

    private byte[] noise() {
        return randomBytes(random.nextInt(10) == 0 ? random.nextInt(11_000) : random.nextInt(300));
    }

    private byte[] randomBytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private byte[] recording() {
        return recorded.get(random.nextInt(recorded.size())).clone();
    }

    /** A real datagram with damage in what its MAC protects. */
    private byte[] damagedRecording() {
        byte[] bytes = recording();
        if (random.nextInt(4) == 0) {
            bytes = mutated(bytes);
        }
        if (bytes.length > PacketHeader.MAC_OFFSET + 8) {
            bytes[PacketHeader.MAC_OFFSET + random.nextInt(8)] ^= (byte) (1 + random.nextInt(255));
        }
        return bytes;
    }

    /** A piece of a packet that may never become whole. */
    private byte[] piece(SimHost target) {
        byte[] bytes = randomBytes(17 + random.nextInt(1_400));
        BigEndian.setI64(bytes, 0, random.nextInt(500));
        BigEndian.setU40(bytes, 8, target.address().bits());
        bytes[Fragments.INDICATOR_OFFSET] = (byte) Fragments.INDICATOR;
        if (random.nextInt(10) != 0) {
            bytes[14] = (byte) (random.nextInt(8) << 4 | random.nextInt(8));
        }
        return bytes;
    }

    private void sealed(SimHost target) {
        SimHost sender = senders.get(random.nextInt(senders.size()));
        while (sender == target) {
            sender = senders.get(random.nextInt(senders.size()));
        }
        int verb;
        byte[] body;
        switch (random.nextInt(10)) {
            case 0, 1, 2, 3 -> {
                made("sealed, damaged content");
                verb = anyVerb().id();
                body = mutated(body(Objects.requireNonNull(Verb.of(verb))));
            }
            case 4 -> {
                made("sealed, content of another verb");
                verb = random.nextInt(32);
                body = body(anyVerb());
            }
            case 5, 6 -> {
                made("sealed, random content");
                verb = random.nextInt(32);
                body = randomBytes(random.nextInt(random.nextInt(20) == 0 ? 9_900 : 200));
                if (body.length >= 8 && random.nextBoolean()) {
                    BigEndian.setI64(body, 0, network.bits());
                }
            }
            case 7, 8 -> {
                made("sealed, answer");
                verb = Verb.OK.id();
                body = answer(sender, target);
            }
            default -> {
                made("sealed, error");
                verb = Verb.ERROR.id();
                body = randomBytes(10 + random.nextInt(40));
                body[9] = (byte) random.nextInt(12);
                if (body.length >= 18) {
                    BigEndian.setI64(body, 10, network.bits());
                }
            }
        }
        byte[] packet = new byte[PacketHeader.BYTES + Math.min(body.length, PacketHeader.PAYLOAD_BYTES_MAX)];
        PacketHeader.write(
                packet,
                0,
                random.nextInt(20) == 0 ? random.nextLong() : sender.nextPacketId(target),
                target.address().bits(),
                sender.address().bits(),
                verb);
        System.arraycopy(body, 0, packet, PacketHeader.BYTES, packet.length - PacketHeader.BYTES);
        if (random.nextInt(20) == 0) {
            PacketHeader.setCompressed(packet, 0, true);
        }
        boolean pieces = packet.length > 100 && random.nextInt(20) == 0;
        PacketHeader.setFragmented(packet, 0, pieces);
        int suite = random.nextInt(10) == 0 ? 0 : random.nextBoolean() ? 1 : 3;
        cipher(sender, target).seal(suite, packet, 0, packet.length);
        PacketHeader.setHops(packet, 0, random.nextInt(4) == 0 ? random.nextInt(8) : 0);
        Endpoint source =
                switch (random.nextInt(8)) {
                    case 0 -> new Endpoint(Ip.v4(81, random.nextInt(256), random.nextInt(256), 7), 9993);
                    case 1 -> root.endpoint(0);
                    default -> sender.endpoint(0);
                };
        if (pieces) {
            int size = Math.max(100, packet.length / (2 + random.nextInt(5)) + 30);
            int count = Fragments.pieces(packet.length, size);
            if (count <= Fragments.PIECES_MAX) {
                int first = random.nextInt(count);
                for (int i = 0; i < count; i++) {
                    byte[] out = new byte[size];
                    int length = Fragments.write((first + i) % count, packet, 0, packet.length, size, out, 0);
                    lab.internet.inject(source, target, target.endpoint(0), Arrays.copyOf(out, length));
                }
                return;
            }
        }
        lab.internet.inject(source, target, target.endpoint(0), packet);
    }

    private Verb anyVerb() {
        List<Verb> known = List.copyOf(bodies.keySet());
        return known.get(random.nextInt(known.size()));
    }

    private byte[] body(Verb verb) {
        List<byte[]> known = Objects.requireNonNull(bodies.get(verb));
        return known.get(random.nextInt(known.size())).clone();
    }

    /** An answer to something that {@code target} really asked. */
    private byte[] answer(SimHost sender, SimHost target) {
        List<Asked> known = asked.getOrDefault(target.name() + '>' + sender.name(), List.of());
        byte[] body = random.nextInt(3) == 0 ? randomBytes(9 + random.nextInt(300)) : mutated(body(Verb.OK));
        if (!known.isEmpty() && body.length >= 9) {
            Asked one = known.get(random.nextInt(known.size()));
            body[0] = (byte) one.verb;
            BigEndian.setI64(body, 1, one.id);
        }
        return body;
    }

    /** Up to eight changes of bits, bytes and lengths; sometimes none. */
    private byte[] mutated(byte[] from) {
        byte[] bytes = from;
        for (int change = random.nextInt(9); change > 0 && bytes.length > 0; change--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(8)) {
                case 0, 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> bytes[at] = (byte) random.nextInt(256);
                case 3 -> bytes[at] = (byte) (random.nextBoolean() ? 0xff : 0);
                case 4 -> bytes = Arrays.copyOf(bytes, at);
                case 5 -> bytes = Arrays.copyOf(bytes, bytes.length + random.nextInt(64));
                case 6 -> {
                    byte[] shorter = new byte[bytes.length - 1];
                    System.arraycopy(bytes, 0, shorter, 0, at);
                    System.arraycopy(bytes, at + 1, shorter, at, shorter.length - at);
                    bytes = shorter;
                }
                default -> {
                    int length = Math.min(1 + random.nextInt(16), bytes.length - at);
                    System.arraycopy(randomBytes(length), 0, bytes, at, length);
                }
            }
        }
        return bytes;
    }
}
