// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1.bond;

import java.util.List;

/**
 * Which of several paths carries which packet, for data lanes. The control lane publishes another one when paths come or
 * go. Nothing here allocates; two lanes that count at the same time lose a count and nothing else.
 */
public final class Spread<P extends BondedPath> {
    /** Flows are told apart by so many places; flows on one place travel together. */
    static final int FLOWS = 1_024;

    private final BondPolicy policy;
    private final List<P> paths;
    private final int packetsPerLink;
    private final byte[] assigned;
    private final long[] usedMillis;
    private int turn;

    /** @param paths at least one, at most 127 */
    Spread(BondPolicy policy, List<P> paths, int packetsPerLink, byte[] assigned, long[] usedMillis) {
        this.policy = policy;
        this.paths = List.copyOf(paths);
        this.packetsPerLink = packetsPerLink;
        this.assigned = assigned;
        this.usedMillis = usedMillis;
    }

    /** Any lane: whether {@link #choose} looks at the flow. */
    public boolean byFlow() {
        return policy.byFlow();
    }

    /** Any lane: whether each packet may go another way than the one before, and the choice is to be made for each. */
    public boolean byPacket() {
        return policy == BondPolicy.BALANCE_RR;
    }

    /** Any lane: whether frames go over all {@link #paths}. */
    public boolean everywhere() {
        return policy == BondPolicy.BROADCAST;
    }

    /** Any lane. */
    public List<P> paths() {
        return paths;
    }

    /** Any lane: the path for the next packet, or for the packet of {@code flow}. */
    public P choose(int flow, long nowMillis) {
        if (policy.byFlow()) {
            int place = place(flow);
            usedMillis[place] = nowMillis;
            return paths.get(assigned[place]);
        }
        return policy == BondPolicy.BALANCE_RR
                ? paths.get(Integer.remainderUnsigned(Integer.divideUnsigned(turn++, packetsPerLink), paths.size()))
                : paths.getFirst();
    }

    static int place(int flow) {
        return flow * 0x9e3779b1 >>> 22;
    }
}
