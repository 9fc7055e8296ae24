// SPDX-License-Identifier: Apache-2.0
package org.orrery.sim;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.orrery.core.value.NetworkId;

/** Many nodes on one machine: all join one network, then the members of each group talk to one another. */
public final class Crowd {
    /** As many members as there are identities for, beside roots and controller. */
    public static final int NODES_MAX = 1_000;

    private static final int ROOTS = 3;
    private static final int PINGS = 3;
    private static final long STARTS_MILLIS = 5;
    private static final long JOIN_LIMIT_MILLIS = 120_000;
    private static final long MESH_LIMIT_MILLIS = 60_000;
    private static final long MINUTE_MILLIS = 60_000;

    private Crowd() {}

    /**
     * What it took. Virtual times are of the nodes, the others of this machine; the simulated internet's own work is in
     * them.
     *
     * @param pairs ordered pairs of members of one group
     * @param answered pairs of which a ping was answered
     * @param direct pairs with a direct path in the end
     * @param joinMillis virtual: from the first start until all were configured, those that start late included
     * @param meshMillis virtual: from the first ping until all pairs had an answer
     * @param joinCpuMillis until all were configured
     * @param meshCpuMillis from then until all pairs had an answer
     * @param heapBytesPerNode what is kept of the heap in the end, over all nodes
     * @param idleCpuMillisPerNode for each node and virtual minute, with paths to the group kept and no traffic
     * @param datagramsPerNode that each node sent in this minute
     * @param faults what was wrong; empty if nothing was
     */
    public record Report(
            long seed,
            int nodes,
            int groupSize,
            int pairs,
            int answered,
            int direct,
            long joinMillis,
            long meshMillis,
            long joinCpuMillis,
            long meshCpuMillis,
            long heapBytesPerNode,
            double idleCpuMillisPerNode,
            double datagramsPerNode,
            List<String> faults) {
        public Report {
            faults = List.copyOf(faults);
        }
    }

    /**
     * @param nodes members, up to {@link #NODES_MAX}
     * @param groupSize members that talk to one another
     * @param progress told a few words at each step
     */
    public static Report run(long seed, int nodes, int groupSize, Consumer<String> progress) {
        if (nodes < 2 || nodes > NODES_MAX || groupSize < 2) {
            throw new IllegalArgumentException("2 to " + NODES_MAX + " nodes in groups of 2 and more");
        }
        long heapBefore = heapBytes();
        long cpu = cpuNanos();
        var lab = new Lab(seed, ROOTS);
        NetworkId network = lab.controller.network(1, true);
        progress.accept("Starting " + nodes + " nodes ...");
        List<SimHost> members = new ArrayList<>();
        for (int i = 0; i < nodes; i++) {
            SimHost member = lab.member(i + 1);
            members.add(member);
            member.start();
            member.join(network);
            lab.internet.runFor(STARTS_MILLIS);
        }
        lab.join(network, members, JOIN_LIMIT_MILLIS);
        final long joinMillis = lab.internet.ageMillis();
        final long joinCpu = (cpuNanos() - cpu) / 1_000_000;
        progress.accept(
                "All have joined after " + joinMillis + " ms of their time; meshing groups of " + groupSize + " ...");

        cpu = cpuNanos();
        long began = lab.internet.nowMillis();
        List<Ping> pings = new ArrayList<>();
        List<SimHost[]> pairs = new ArrayList<>();
        for (int first = 0; first < nodes; first += groupSize) {
            List<SimHost> group = members.subList(first, Math.min(nodes, first + groupSize));
            for (SimHost from : group) {
                for (SimHost to : group) {
                    if (from != to) {
                        pings.add(lab.ping(network, from, to, PINGS, 1_000));
                        pairs.add(new SimHost[] {from, to});
                    }
                }
            }
        }
        lab.internet.runUntil(() -> pings.stream().allMatch(ping -> ping.received() > 0), MESH_LIMIT_MILLIS);
        final long meshMillis = lab.internet.nowMillis() - began;
        final long meshCpu = (cpuNanos() - cpu) / 1_000_000;
        lab.internet.runFor(10_000);
        int answered = (int) pings.stream().filter(ping -> ping.received() > 0).count();
        int direct =
                (int) pairs.stream().filter(pair -> pair[0].direct(pair[1])).count();

        progress.accept("Letting a minute pass ...");
        long sent = lab.internet.counts().sent();
        cpu = cpuNanos();
        lab.internet.runFor(MINUTE_MILLIS);
        double idleCpu = (cpuNanos() - cpu) / 1e6 / nodes;
        double datagrams = (double) (lab.internet.counts().sent() - sent) / nodes;
        pings.clear();
        List<String> faults = new ArrayList<>(lab.internet.faults());
        long heap = heapBytes() - heapBefore;
        return new Report(
                seed,
                nodes,
                groupSize,
                pairs.size(),
                answered,
                direct,
                joinMillis,
                meshMillis,
                joinCpu,
                meshCpu,
                // Asked of the hosts once more, so that they are not gone before.
                heap / lab.internet.hosts().size(),
                idleCpu,
                datagrams,
                faults);
    }

    private static long heapBytes() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    /** Of this thread, which does all there is to do. */
    private static long cpuNanos() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        return threads.isCurrentThreadCpuTimeSupported() ? threads.getCurrentThreadCpuTime() : System.nanoTime();
    }
}
