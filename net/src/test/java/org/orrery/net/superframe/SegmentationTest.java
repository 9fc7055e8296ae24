// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.superframe;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.orrery.net.PacketBatch;

/** Joining and cutting, without a device: what one does the other undoes. */
class SegmentationTest {
    private static final int HEADER = OffloadHeader.BYTES;

    private final MemorySegment memory = Arena.ofAuto().allocate(Joiner.MEMORY_BYTES);
    private final List<byte[]> written = new ArrayList<>();
    private final List<Integer> joined = new ArrayList<>();
    private final Joiner joiner = new Joiner(memory, true, true, this::keep);

    private int keep(MemorySegment from, int bytes, int frames) {
        written.add(from.asSlice(0, bytes).toArray(java.lang.foreign.ValueLayout.JAVA_BYTE));
        joined.add(frames);
        return bytes;
    }

    private void write(byte[] frame) {
        byte[] padded = new byte[frame.length + 8];
        System.arraycopy(frame, 0, padded, 3, frame.length);
        joiner.write(padded, 3, frame.length);
    }

    private void writeAll(List<byte[]> frames) {
        frames.forEach(this::write);
        joiner.flush();
    }

    /** What was written, cut up again, through batches of a few entries. */
    private List<byte[]> cut() {
        var segmenter = new Segmenter();
        List<byte[]> frames = new ArrayList<>();
        var batch = new PacketBatch(7, 10_018, 28);
        for (byte[] each : written) {
            MemorySegment source = Arena.ofAuto().allocate(each.length);
            source.copyFrom(MemorySegment.ofArray(each));
            batch.clear();
            assertThat(segmenter.take(source, each.length, batch)).isTrue();
            int first = frames.size();
            while (true) {
                for (int i = 0; i < batch.count(); i++) {
                    int at = batch.offset(i);
                    frames.add(Arrays.copyOfRange(batch.bytes(), at, at + batch.length(i)));
                    assertThat(batch.continuesFlow(i)).isEqualTo(i > 0);
                }
                if (!segmenter.pending()) {
                    break;
                }
                batch.clear();
                assertThat(segmenter.drain(batch)).isPositive();
            }
            assertThat(frames.size() - first).isEqualTo(segmenter.segments());
        }
        return frames;
    }

    private static TestFrames.Flow flow(long seed, boolean v6, boolean tcp) {
        var flow = new TestFrames.Flow(new Random(seed), v6, tcp);
        if (tcp) {
            flow.tcpOptions = new byte[] {1, 1, 8, 10, 1, 2, 3, 4, 5, 6, 7, 8};
        }
        return flow;
    }

    private static List<byte[]> frames(TestFrames.Flow flow, int... payloads) {
        List<byte[]> frames = new ArrayList<>();
        for (int payload : payloads) {
            frames.add(flow.next(payload));
        }
        return frames;
    }

    @Test
    void joinsARunAndItsShorterEnd() {
        for (boolean v6 : new boolean[] {false, true}) {
            for (boolean tcp : new boolean[] {false, true}) {
                written.clear();
                joined.clear();
                List<byte[]> frames = frames(flow(1, v6, tcp), 1400, 1400, 1400, 999, 1400);
                writeAll(frames);
                assertThat(joined).containsExactly(4, 1);
                assertThat(cut()).containsExactlyElementsOf(frames);
            }
        }
    }

    /** The header that the kernel gets, read by its definition. */
    @Test
    void tellsTheKernelHowToCut() {
        writeAll(frames(flow(2, false, true), 1400, 1400, 100));
        ByteBuffer header = ByteBuffer.wrap(written.getFirst()).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(header.get(0)).as("needs checksum").isEqualTo((byte) 1);
        assertThat(header.get(1)).as("TCP over IPv4").isEqualTo((byte) 1);
        assertThat(header.getShort(2)).as("headers").isEqualTo((short) (14 + 20 + 32));
        assertThat(header.getShort(4)).as("segment").isEqualTo((short) 1400);
        assertThat(header.getShort(6)).as("checksum from").isEqualTo((short) 34);
        assertThat(header.getShort(8)).as("checksum at").isEqualTo((short) 16);
        byte[] frame = Arrays.copyOfRange(written.getFirst(), HEADER, written.getFirst().length);
        ByteBuffer read = ByteBuffer.wrap(frame);
        assertThat(read.getShort(16) & 0xffff).isEqualTo(frame.length - 14);
        assertThat(ChecksumTest.plainSum(frame, 14, 20)).isEqualTo(0xffff);
        ByteBuffer pseudo = ByteBuffer.allocate(12).put(frame, 26, 8).putShort((short) 6);
        pseudo.putShort((short) (frame.length - 34));
        assertThat(read.getShort(50) & 0xffff).isEqualTo(ChecksumTest.plainSum(pseudo.array(), 0, 12));

        written.clear();
        writeAll(frames(flow(2, true, false), 200, 200));
        header = ByteBuffer.wrap(written.getFirst()).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(header.get(1)).as("UDP").isEqualTo((byte) 5);
        assertThat(header.getShort(6)).isEqualTo((short) 54);
        assertThat(header.getShort(8)).isEqualTo((short) 6);
        assertThat(ByteBuffer.wrap(written.getFirst()).getShort(HEADER + 14 + 4))
                .isEqualTo((short) 408);
        assertThat(ByteBuffer.wrap(written.getFirst()).getShort(HEADER + 54 + 4))
                .isEqualTo((short) 408);
    }

    /** Changes one thing of the second of three frames: nothing is joined across it. */
    private void assertSplits(boolean v6, boolean tcp, Consumer<TestFrames.Flow> change) {
        written.clear();
        joined.clear();
        var flow = flow(3, v6, tcp);
        List<byte[]> frames = frames(flow, 500);
        change.accept(flow);
        frames.add(flow.next(500));
        writeAll(frames);
        assertThat(joined).containsExactly(1, 1);
        assertThat(written)
                .allSatisfy(each -> assertThat(Arrays.copyOf(each, HEADER)).containsOnly(0));
        assertThat(cut()).containsExactlyElementsOf(frames);
    }

    @Test
    void joinsNothingThatDiffers() {
        for (boolean v6 : new boolean[] {false, true}) {
            for (boolean tcp : new boolean[] {false, true}) {
                assertSplits(v6, tcp, flow -> flow.tos = 1);
                assertSplits(v6, tcp, flow -> flow.tos = 3);
                assertSplits(v6, tcp, flow -> flow.ttl = 63);
            }
            assertSplits(v6, true, flow -> flow.sequence++);
            assertSplits(v6, true, flow -> flow.sequence -= 500);
            assertSplits(v6, true, flow -> flow.acknowledged++);
            assertSplits(v6, true, flow -> flow.window++);
            assertSplits(v6, true, flow -> flow.tcpOptions = new byte[] {1, 1, 8, 10, 1, 2, 3, 5, 5, 6, 7, 8});
            assertSplits(v6, true, flow -> flow.tcpOptions = new byte[0]);
            for (int flags : new int[] {0x11, 0x12, 0x14, 0x30, 0x50, 0x90, 0x00, 0x08}) {
                assertSplits(v6, true, flow -> flow.flags = flags);
            }
        }
        for (boolean tcp : new boolean[] {false, true}) {
            assertSplits(false, tcp, flow -> flow.id += 1);
            assertSplits(false, tcp, flow -> flow.fragmentField = 0);
            assertSplits(false, tcp, flow -> flow.fragmentField = 0x2000);
            assertSplits(false, tcp, flow -> flow.fragmentField = 0x0001);
            assertSplits(false, tcp, flow -> flow.ipOptions = new byte[] {1, 1, 1, 0});
        }
    }

    @Test
    void framesWithAVlanTagPassUnjoinedAndDisturbNothing() {
        List<byte[]> plain = frames(flow(3, false, true), 500, 500);
        var tagged = flow(3, false, true);
        tagged.vlan = 7;
        List<byte[]> other = frames(tagged, 500, 500);
        writeAll(List.of(plain.get(0), other.get(0), plain.get(1), other.get(1)));
        assertThat(joined).containsExactly(1, 1, 2);
        assertThat(cut()).containsExactly(other.get(0), other.get(1), plain.get(0), plain.get(1));
    }

    @Test
    void pushEndsASuperFrame() {
        var flow = flow(4, false, true);
        List<byte[]> frames = frames(flow, 1000, 1000);
        flow.flags = 0x18;
        frames.add(flow.next(1000));
        frames.add(flow.next(1000));
        flow.flags = 0x10;
        frames.add(flow.next(1000));
        writeAll(frames);
        assertThat(joined).containsExactly(3, 1, 1);
        assertThat(cut()).containsExactlyElementsOf(frames);
    }

    @Test
    void aWrongChecksumGoesOnAloneAndUnchanged() {
        for (boolean v6 : new boolean[] {false, true}) {
            for (boolean tcp : new boolean[] {false, true}) {
                for (int bad = 0; bad < 3; bad++) {
                    written.clear();
                    joined.clear();
                    List<byte[]> frames = frames(flow(5, v6, tcp), 700, 700, 700);
                    frames.set(bad, TestFrames.broken(frames.get(bad), 400));
                    writeAll(frames);
                    assertThat(joined).hasSize(bad == 1 ? 3 : 2);
                    assertThat(cut()).containsExactlyElementsOf(frames);
                }
            }
        }
        written.clear();
        List<byte[]> frames = frames(flow(5, false, true), 700, 700);
        frames.set(1, TestFrames.broken(frames.get(1), 24)); // the sum of the IP header
        writeAll(frames);
        assertThat(written).hasSize(2);
        assertThat(cut()).containsExactlyElementsOf(frames);
    }

    @Test
    void padsAndDatagramsWithoutChecksumAreLeftAlone() {
        List<byte[]> frames = frames(flow(6, false, false), 20, 20);
        frames.replaceAll(frame -> Arrays.copyOf(frame, 64));
        List<byte[]> unsummed = frames(flow(7, false, false), 20, 20);
        unsummed.forEach(frame -> Arrays.fill(frame, 40, 42, (byte) 0));
        frames.addAll(unsummed);
        writeAll(frames);
        assertThat(joined).containsExactly(1, 1, 1, 1);
        assertThat(cut()).containsExactlyElementsOf(frames);
    }

    @Test
    void identificationsThatStayTheSameAreJoinedWhereTheyMeanNothing() {
        var flow = flow(8, false, false);
        flow.idStep = 0;
        writeAll(frames(flow, 300, 300, 300));
        assertThat(joined).containsExactly(3);
        joined.clear();
        flow.fragmentField = 0;
        writeAll(frames(flow, 300, 300, 300));
        assertThat(joined).containsExactly(1, 1, 1);
    }

    @Test
    void neverExceedsAnIpPacketOrTheDatagramsOfARun() {
        for (boolean v6 : new boolean[] {false, true}) {
            written.clear();
            joined.clear();
            var flow = flow(9, v6, true);
            List<byte[]> frames = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                frames.add(flow.next(1400));
            }
            writeAll(frames);
            assertThat(joined).startsWith(46, 46);
            assertThat(written).allSatisfy(each -> assertThat(each.length).isLessThanOrEqualTo(HEADER + 14 + 65_535));
            assertThat(cut()).containsExactlyElementsOf(frames);
        }
        written.clear();
        joined.clear();
        var datagrams = flow(9, false, false);
        List<byte[]> frames = new ArrayList<>();
        for (int i = 0; i < 130; i++) {
            frames.add(datagrams.next(1));
        }
        writeAll(frames);
        assertThat(joined).containsExactly(64, 64, 2);
        assertThat(cut()).containsExactlyElementsOf(frames);
    }

    @Test
    void joinsOnlyWhatWasGranted() {
        var none = new Joiner(memory, false, false, this::keep);
        for (byte[] frame : frames(flow(10, false, true), 500, 500)) {
            none.write(frame, 0, frame.length);
        }
        for (byte[] frame : frames(flow(10, false, false), 500, 500)) {
            none.write(frame, 0, frame.length);
        }
        assertThat(joined).containsExactly(1, 1, 1, 1);
    }

    @Test
    void tellsWhenTheSinkRefuses() {
        var refusing = new Joiner(memory, true, true, (from, bytes, frames) -> -5);
        byte[] other = new byte[60];
        assertThat(refusing.write(other, 0, 60)).isNegative();
        var flow = flow(11, false, true);
        byte[] frame = flow.next(500);
        assertThat(refusing.write(frame, 0, frame.length)).isZero();
        flow.flags = 0x18;
        frame = flow.next(500);
        assertThat(refusing.write(frame, 0, frame.length)).isNegative();
    }

    /** Many flows mixed at random, with everything that must not be joined among them. */
    @Test
    void cuttingUndoesJoiningOnRandomTraffic() {
        int runs = 0;
        for (long seed = 1; seed <= 60; seed++) {
            written.clear();
            joined.clear();
            var random = new Random(seed);
            List<TestFrames.Flow> flows = new ArrayList<>();
            List<List<byte[]>> sent = new ArrayList<>();
            int flowCount = 1 + random.nextInt(12);
            for (int i = 0; i < flowCount; i++) {
                var flow = new TestFrames.Flow(random, random.nextBoolean(), random.nextInt(4) > 0);
                flow.tcpOptions = new byte[4 * random.nextInt(11)];
                random.nextBytes(flow.tcpOptions);
                flow.vlan = random.nextInt(10) == 0 ? random.nextInt(4096) : -1;
                flow.ipOptions = new byte[random.nextInt(10) == 0 ? 4 : 0];
                flow.tos = random.nextInt(256);
                flows.add(flow);
                sent.add(new ArrayList<>());
            }
            int usual = 1 + random.nextInt(2700);
            for (int i = 0; i < 200; i++) {
                int which = random.nextInt(flowCount);
                TestFrames.Flow flow = flows.get(which);
                for (int burst = random.nextInt(20); burst >= 0; burst--) {
                    disturb(flow, random);
                    int payload = random.nextInt(8) > 0 ? usual : random.nextInt(usual + 100);
                    byte[] frame = flow.next(payload);
                    if (random.nextInt(30) == 0) {
                        // Anywhere behind the ports: with another address it would be of another flow.
                        frame = TestFrames.broken(frame, frame.length - 1 - random.nextInt(payload + 4));
                    }
                    sent.get(which).add(frame);
                    write(frame);
                    flow.flags = 0x10;
                    flow.fragmentField = 0x4000;
                }
                if (random.nextInt(40) == 0) {
                    joiner.flush();
                }
            }
            joiner.flush();
            List<byte[]> out = cut();
            assertThat(out).hasSize(sent.stream().mapToInt(List::size).sum());
            // Every flow's frames are there, unchanged and in order: each is found by looking on from the last.
            for (List<byte[]> frames : sent) {
                int at = 0;
                for (byte[] frame : frames) {
                    while (at < out.size() && !Arrays.equals(out.get(at), frame)) {
                        at++;
                    }
                    assertThat(at).as("seed %s", seed).isLessThan(out.size());
                    at++;
                }
            }
            runs += (int) joined.stream().filter(count -> count > 1).count();
        }
        assertThat(runs).as("the traffic was of a kind that is joined").isGreaterThan(2_000);
    }

    private static void disturb(TestFrames.Flow flow, Random random) {
        switch (random.nextInt(40)) {
            case 0 -> flow.sequence += random.nextInt(3000) - 1500;
            case 1 -> flow.acknowledged++;
            case 2 -> flow.window++;
            case 3 -> flow.flags = random.nextInt(256);
            case 4 -> flow.tos ^= 3;
            case 5 -> flow.fragmentField = random.nextInt(65_536);
            case 6 -> flow.id += random.nextInt(3);
            case 7, 8 -> flow.flags = 0x18;
            case 9 -> flow.ttl = 1 + random.nextInt(255);
            default -> {}
        }
    }

    /** The compilers need some rounds before the memory accesses allocate nothing; then it must stay so. */
    @Test
    void allocatesNothingInTheSteadyState() {
        var thread = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        List<byte[]> frames = new ArrayList<>();
        for (boolean v6 : new boolean[] {false, true}) {
            for (boolean tcp : new boolean[] {false, true}) {
                frames.addAll(frames(flow(17, v6, tcp), 900, 900, 900));
            }
        }
        var segmenter = new Segmenter();
        var batch = new PacketBatch(4, 10_018);
        var passing = new Joiner(memory, true, true, (from, bytes, count) -> {
            batch.clear();
            return segmenter.take(from, bytes, batch) ? 0 : -1;
        });
        int rounds = 5_000;
        double leastPerRound = Double.MAX_VALUE;
        for (int trial = 0; trial < 60 && leastPerRound > 1; trial++) {
            long before = thread.getCurrentThreadAllocatedBytes();
            for (int round = 0; round < rounds; round++) {
                for (int i = 0; i < frames.size(); i++) {
                    byte[] frame = frames.get(i);
                    passing.write(frame, 0, frame.length);
                }
                passing.flush();
            }
            double perRound = (double) (thread.getCurrentThreadAllocatedBytes() - before) / rounds;
            leastPerRound = Math.min(leastPerRound, perRound);
        }
        assertThat(batch.count()).as("three segments of the last flow").isEqualTo(3);
        assertThat(leastPerRound).isLessThan(1);
    }

    /** A super-frame as the kernel gives it, here by hand. */
    private static byte[] superFrame(int kind, int segmentBytes, int transport, byte[] frame) {
        ByteBuffer all = ByteBuffer.allocate(HEADER + frame.length).order(ByteOrder.LITTLE_ENDIAN);
        int field = (kind & 0x7f) == 5 ? 6 : 16;
        all.put((byte) 1).put((byte) kind).putShort((short) 0).putShort((short) segmentBytes);
        all.putShort((short) transport).putShort((short) field).put(frame);
        return all.array();
    }

    @Test
    void marksStayOnTheSegmentsTheyBelongTo() {
        var flow = flow(12, false, true);
        flow.flags = 0x10 | 0x80 | 0x40 | 0x08 | 0x01; // ACK, CWR, ECE, PSH, FIN
        written.add(superFrame(0x81, 1000, 34, flow.next(2500)));
        List<byte[]> out = cut();
        assertThat(out).extracting(frame -> frame[34 + 13] & 0xff).containsExactly(0xd0, 0x50, 0x59);
        assertThat(out).extracting(frame -> frame.length).containsExactly(1066, 1066, 566);
        assertIntact(out, 14, 20, false, 6);
    }

    @Test
    void cutsBehindVlanTagsAndIpOptions() {
        var tagged = flow(13, false, true);
        tagged.vlan = 9;
        tagged.ipOptions = new byte[] {1, 1, 1, 0};
        written.add(superFrame(1, 1000, 18 + 24, tagged.next(2001)));
        List<byte[]> out = cut();
        assertThat(out).hasSize(3);
        assertIntact(out, 18, 24, false, 6);
        written.clear();
        var six = flow(14, true, false);
        six.vlan = 9;
        written.add(superFrame(5, 512, 58, six.next(1024)));
        out = cut();
        assertThat(out).hasSize(2);
        assertIntact(out, 18, 40, true, 17);
    }

    private static void assertIntact(List<byte[]> frames, int ip, int ipBytes, boolean v6, int protocol) {
        assertThat(frames).allSatisfy(frame -> {
            ByteBuffer read = ByteBuffer.wrap(frame);
            if (v6) {
                assertThat(read.getShort(ip + 4) & 0xffff).isEqualTo(frame.length - ip - 40);
            } else {
                assertThat(read.getShort(ip + 2) & 0xffff).isEqualTo(frame.length - ip);
                assertThat(ChecksumTest.plainSum(frame, ip, ipBytes)).isEqualTo(0xffff);
            }
            assertThat(TestFrames.transportSum(frame, ip, ipBytes, v6, protocol))
                    .isEqualTo(0xffff);
        });
    }

    @Test
    void completesTheChecksumOfAnOrdinaryFrame() {
        byte[] whole = flow(15, true, false).next(333);
        byte[] partial = whole.clone();
        ByteBuffer pseudo =
                ByteBuffer.allocate(40).put(whole, 22, 32).putInt(341).putInt(17);
        ByteBuffer.wrap(partial).putShort(60, (short) ChecksumTest.plainSum(pseudo.array(), 0, 40));
        byte[] given = superFrame(5, 0, 54, partial);
        given[1] = 0;
        written.add(given);
        assertThat(cut()).containsExactly(whole);
    }

    @Test
    void refusesWhatMakesNoSense() {
        var random = new Random(16);
        var segmenter = new Segmenter();
        var batch = new PacketBatch(64, 2000);
        byte[] good = superFrame(1, 1000, 34, flow(16, false, true).next(2500));
        MemorySegment source = Arena.ofAuto().allocate(70_000);
        assertThat(refused(segmenter, source, good, batch)).isFalse();
        assertThat(refused(segmenter, source, Arrays.copyOf(good, 60), batch)).isTrue();
        assertThat(refused(segmenter, source, new byte[0], batch)).isTrue();
        byte[] longer = superFrame(1, 1980, 34, flow(16, false, true).next(2500));
        assertThat(refused(segmenter, source, longer, batch))
                .as("segments past the slots")
                .isTrue();
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = Arrays.copyOf(good, random.nextInt(good.length + 1));
            for (int change = random.nextInt(4); change > 0 && bytes.length > 0; change--) {
                bytes[random.nextInt(Math.min(bytes.length, 80))] = (byte) random.nextInt();
            }
            refused(segmenter, source, bytes, batch);
        }
    }

    private static boolean refused(Segmenter segmenter, MemorySegment source, byte[] bytes, PacketBatch batch) {
        MemorySegment.copy(MemorySegment.ofArray(bytes), 0, source, 0, bytes.length);
        batch.clear();
        boolean taken = segmenter.take(source, bytes.length, batch);
        segmenter.clear();
        assertThat(segmenter.pending()).isFalse();
        return !taken;
    }
}
