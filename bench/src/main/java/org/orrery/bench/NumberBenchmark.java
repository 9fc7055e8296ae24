// SPDX-License-Identifier: Apache-2.0
package org.orrery.bench;

import java.security.SecureRandom;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.orrery.core.crypto.SecureGenerator;

/** What it costs to refuse packets that came before: {@code number} less {@code randomId}, which came first. */
@State(Scope.Thread)
@SuppressWarnings("NullAway.Init") // what prepares is called first
public class NumberBenchmark {
    private static final int SUITE = 1;
    private static final int FRAME_BYTES = 64;

    private LanePair pair;
    private SecureGenerator random;

    public NumberBenchmark() {}

    @Setup
    public void prepare() {
        pair = new LanePair(SUITE, FRAME_BYTES);
        random = new SecureGenerator(new SecureRandom());
    }

    /** One packet's ID made of its number by the sender, and the number taken by the receiver. */
    @Benchmark
    public long number() {
        return pair.number();
    }

    /** A packet ID as it is made without numbers. */
    @Benchmark
    public long randomId() {
        return random.nextLong();
    }
}
