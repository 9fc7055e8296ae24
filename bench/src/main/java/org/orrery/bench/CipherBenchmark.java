// SPDX-License-Identifier: Apache-2.0
package org.orrery.bench;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.orrery.core.crypto.PacketCipher;
import org.orrery.core.crypto.SharedKey;
import org.orrery.core.verb.Verb;
import org.orrery.core.wire.PacketHeader;

/** Sealing and opening one packet in place. Opening begins with a copy of the sealed packet. */
@State(Scope.Thread)
@SuppressWarnings("NullAway.Init") // what prepares is called first
public class CipherBenchmark {
    /** Of the whole packet. */
    @Param({"64", "1400", "2800"})
    int bytes;

    @Param({"1", "3"})
    int suite;

    private PacketCipher cipher;
    private byte[] packet;
    private byte[] sealed;

    public CipherBenchmark() {}

    @Setup
    public void prepare() {
        Vectors.prepare();
        var key = new byte[SharedKey.BYTES];
        for (int i = 0; i < key.length; i++) {
            key[i] = (byte) i;
        }
        cipher = new PacketCipher(SharedKey.of(key));
        packet = new byte[bytes];
        PacketHeader.write(packet, 0, 0x0123456789abcdefL, 0x1122334455L, 0x66778899aaL, Verb.FRAME.id());
        sealed = packet.clone();
        cipher.seal(suite, sealed, 0, bytes);
    }

    @Benchmark
    public byte[] seal() {
        cipher.seal(suite, packet, 0, bytes);
        return packet;
    }

    @Benchmark
    public byte[] open() {
        System.arraycopy(sealed, 0, packet, 0, bytes);
        if (!cipher.open(packet, 0, bytes)) {
            throw new IllegalStateException("a sealed packet did not open");
        }
        return packet;
    }
}
