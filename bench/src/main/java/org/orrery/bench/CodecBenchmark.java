// SPDX-License-Identifier: Apache-2.0
package org.orrery.bench;

import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.orrery.core.value.Endpoint;
import org.orrery.core.verb.Hello;
import org.orrery.core.verb.Message;
import org.orrery.core.verb.PeerVersion;
import org.orrery.core.verb.Verb;
import org.orrery.core.wire.PacketHeader;
import org.orrery.core.wire.WireReader;
import org.orrery.core.wire.WireWriter;

/** Packet headers in place, and one message as a record: HELLO, which every meeting begins with. */
@State(Scope.Thread)
@SuppressWarnings("NullAway.Init") // what prepares is called first
public class CodecBenchmark {
    private static final int HELLO_BYTES_MAX = 1_400;

    private final byte[] packet = new byte[PacketHeader.BYTES];
    private Hello hello;
    private byte[] written;
    private long id;

    public CodecBenchmark() {}

    @Setup
    public void prepare() {
        hello = new Hello(
                new PeerVersion(12, 1, 14, 2),
                1_795_000_000_000L,
                Identities.first().identity(),
                Endpoint.parse("203.0.113.5/9993").orElseThrow(),
                1,
                2,
                List.of(),
                null);
        written = helloWrite();
    }

    @Benchmark
    public long header() {
        PacketHeader.write(packet, 0, id++, 0x1122334455L, 0x66778899aaL, Verb.FRAME.id());
        PacketHeader.setFragmented(packet, 0, true);
        PacketHeader.setHops(packet, 0, 1);
        return PacketHeader.id(packet, 0)
                ^ PacketHeader.destination(packet, 0)
                ^ PacketHeader.source(packet, 0)
                ^ PacketHeader.suite(packet, 0)
                ^ PacketHeader.verb(packet, 0)
                ^ PacketHeader.hops(packet, 0);
    }

    @Benchmark
    public byte[] helloWrite() {
        var out = new WireWriter(HELLO_BYTES_MAX);
        hello.write(out);
        return out.toByteArray();
    }

    @Benchmark
    public Message helloRead() {
        Message read = Message.read(Verb.HELLO.id(), new WireReader(written));
        if (read == null) {
            throw new IllegalStateException("a written HELLO did not read");
        }
        return read;
    }
}
