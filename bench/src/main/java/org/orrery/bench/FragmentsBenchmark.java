// SPDX-License-Identifier: Apache-2.0
package org.orrery.bench;

import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.orrery.core.value.DropReason;
import org.orrery.core.verb.Verb;
import org.orrery.core.wire.Fragments;
import org.orrery.core.wire.PacketHeader;
import org.orrery.core.wire.Reassembler;

/** Putting the pieces of a packet together, in order; each packet has an ID of its own. */
@State(Scope.Thread)
public class FragmentsBenchmark {
    private static final int DATAGRAM_BYTES = 1_432;
    private static final long ORIGIN = 7;

    @Param({"2838", "9900"})
    int bytes;

    private final Reassembler reassembler = new Reassembler();
    private final List<byte[]> pieces = new ArrayList<>();
    private long id;

    public FragmentsBenchmark() {}

    @Setup
    public void prepare() {
        var packet = new byte[bytes];
        PacketHeader.write(packet, 0, 0, 0x1122334455L, 0x66778899aaL, Verb.FRAME.id());
        PacketHeader.setFragmented(packet, 0, true);
        int size = Fragments.equalSize(bytes, DATAGRAM_BYTES);
        for (int i = 0; i < Fragments.pieces(bytes, DATAGRAM_BYTES); i++) {
            var piece = new byte[DATAGRAM_BYTES];
            int length = Fragments.write(i, packet, 0, bytes, size, piece, 0);
            pieces.add(java.util.Arrays.copyOf(piece, length));
        }
    }

    @Benchmark
    public byte[] reassembly() {
        id++;
        DropReason last = DropReason.NONE;
        for (int i = 0; i < pieces.size(); i++) {
            byte[] piece = pieces.get(i);
            PacketHeader.setId(piece, 0, id); // All pieces have it first.
            last = i == 0
                    ? reassembler.head(1_000, piece, 0, piece.length, ORIGIN)
                    : reassembler.fragment(1_000, piece, 0, piece.length, ORIGIN);
        }
        if (last != DropReason.NONE || reassembler.packetBytes() != bytes) {
            throw new IllegalStateException("the pieces gave " + last);
        }
        return reassembler.packet();
    }
}
