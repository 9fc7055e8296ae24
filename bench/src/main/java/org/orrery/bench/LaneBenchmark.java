// SPDX-License-Identifier: Apache-2.0
package org.orrery.bench;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * A frame from one node's interface to another's, through both data lanes: rules, sealing, pieces, opening, rules. Half of
 * the frames go there, half back; the wire is a copy in memory.
 */
@State(Scope.Thread)
@SuppressWarnings("NullAway.Init") // what prepares is called first
public class LaneBenchmark {
    /** Of the Ethernet frame. */
    @Param({"64", "1400", "2814"})
    int bytes;

    @Param({"1", "3"})
    int suite;

    private LanePair pair;

    public LaneBenchmark() {}

    @Setup
    public void prepare() {
        Vectors.prepare();
        pair = new LanePair(suite, bytes);
    }

    @Benchmark
    @OperationsPerInvocation(2)
    public long lane() {
        return pair.thereAndBack();
    }
}
