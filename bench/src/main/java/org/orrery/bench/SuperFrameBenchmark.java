// SPDX-License-Identifier: Apache-2.0
package org.orrery.bench;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.orrery.net.PacketBatch;
import org.orrery.net.superframe.Checksum;
import org.orrery.net.superframe.Joiner;
import org.orrery.net.superframe.OffloadHeader;
import org.orrery.net.superframe.Segmenter;

/** Super-frames of TCP over IPv4: the checksum of one frame, and all frames of a super-frame cut and joined again. */
public class SuperFrameBenchmark {
    private static final int ETHERNET = 14;
    private static final int IP = 20;
    private static final int TCP = 20;
    private static final int HEADERS = ETHERNET + IP + TCP;

    public SuperFrameBenchmark() {}

    /** What is summed. */
    @State(Scope.Thread)
    public static class Summed {
        @Param({"64", "1400", "9000"})
        int bytes;

        byte[] data = {};

        public Summed() {}

        @Setup
        public void prepare() {
            data = new byte[bytes];
            for (int i = 0; i < bytes; i++) {
                data[i] = (byte) (i * 31);
            }
        }
    }

    /** A super-frame, and where its frames go. */
    @State(Scope.Thread)
    public static class SuperFrame {
        /** Payload of each frame; 2760 fills a frame of the usual MTU of a network. */
        @Param({"1360", "2760"})
        int segment;

        int frames;
        int bytes;
        int joinedBytes;
        int joinedFrames;
        final MemorySegment memory = Arena.ofAuto().allocate(1 << 16);
        final PacketBatch batch = new PacketBatch(64, 2814);
        final Segmenter segmenter = new Segmenter();
        final Joiner joiner = new Joiner(Arena.ofAuto().allocate(Joiner.MEMORY_BYTES), true, true, this::take);

        public SuperFrame() {}

        @Setup
        public void prepare() {
            frames = 64_000 / segment;
            int payload = frames * segment;
            bytes = OffloadHeader.BYTES + HEADERS + payload;
            ByteBuffer frame = ByteBuffer.allocate(HEADERS + payload);
            frame.putLong(0x0200_0000_0001_0200L).putInt(2).putShort((short) 0x0800);
            frame.put((byte) 0x45).put((byte) 0).putShort((short) (IP + TCP + payload));
            frame.putShort((short) 1)
                    .putShort((short) 0x4000)
                    .put((byte) 64)
                    .put((byte) 6)
                    .putShort((short) 0);
            frame.putInt(0x0a00_0001).putInt(0x0a00_0002);
            frame.putShort((short) 50_000).putShort((short) 443).putInt(1).putInt(1);
            frame.put((byte) 0x50).put((byte) 0x10).putShort((short) 500).putInt(0);
            OffloadHeader.write(
                    memory, OffloadHeader.NEEDS_CHECKSUM, OffloadHeader.KIND_TCP4, HEADERS, segment, ETHERNET + IP, 16);
            MemorySegment.copy(MemorySegment.ofArray(frame.array()), 0, memory, OffloadHeader.BYTES, frame.capacity());
            cut();
        }

        private int take(MemorySegment from, int length, int count) {
            joinedBytes = length;
            joinedFrames = count;
            return 0;
        }

        int cut() {
            batch.clear();
            if (!segmenter.take(memory, bytes, batch) || batch.count() != frames) {
                throw new IllegalStateException("cut into " + batch.count() + " frames instead of " + frames);
            }
            return frames;
        }
    }

    @Benchmark
    public int checksum(Summed summed) {
        return Checksum.sum(summed.data, 0, summed.bytes);
    }

    @Benchmark
    public int segment(SuperFrame whole) {
        return whole.cut();
    }

    @Benchmark
    public int join(SuperFrame whole) {
        PacketBatch batch = whole.batch;
        whole.joinedFrames = 0;
        for (int i = 0; i < batch.count(); i++) {
            whole.joiner.write(batch.bytes(), batch.offset(i), batch.length(i));
        }
        whole.joiner.flush();
        if (whole.joinedFrames != whole.frames || whole.joinedBytes != whole.bytes) {
            throw new IllegalStateException("joined " + whole.joinedFrames + " frames instead of " + whole.frames);
        }
        return whole.joinedBytes;
    }
}
