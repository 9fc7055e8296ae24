// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.rules;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.orrery.core.rules.FilterSide.HeldCapability;

/**
 * How often each rule of a network decided about a frame, as long as the network has this table. Each lane counts in
 * longs of its own, without synchronization; whoever reads adds them up and may miss the last few.
 *
 * <p>What can be counted has a slot: the rules of the network's table in order, then its end (no rule decided, which
 * drops), then the rules of each capability that ever let a frame through.
 */
public final class RuleCounters {
    /** Lanes of a node, the control lane included. */
    public static final int LANES_MAX = 64;

    /** Capabilities told apart, each with up to 64 rules; what further ones let pass is counted in one sum. */
    static final int CAPABILITIES_MAX = 128;

    private final RuleTable base;
    private final AtomicReferenceArray<long[]> lanes = new AtomicReferenceArray<>(LANES_MAX);

    /** Replaced, never changed. */
    private final AtomicReference<Block[]> blocks = new AtomicReference<>(new Block[0]);

    private record Block(int id, RuleTable table, int contentHash, int start) {}

    /** One rule and how often it decided. Tee and watch rules count when their copy is sent. */
    public record Count(Rule rule, long times) {}

    /** The rules of one capability. */
    public record OfCapability(int id, List<Count> rules) {
        public OfCapability {
            rules = List.copyOf(rules);
        }
    }

    /**
     * All counts at one moment.
     *
     * @param end frames that no rule decided about, and that were dropped for that
     * @param capabilities ascending by ID, those that let something through
     * @param otherCapabilities frames let through by capabilities beyond those that are told apart
     */
    public record Snapshot(List<Count> base, long end, List<OfCapability> capabilities, long otherCapabilities) {
        public Snapshot {
            base = List.copyOf(base);
            capabilities = List.copyOf(capabilities);
        }
    }

    public RuleCounters(RuleTable base) {
        this.base = base;
    }

    /** The table whose rules are counted. */
    public RuleTable base() {
        return base;
    }

    /** The slot of what decided. Any lane. */
    public int slot(FilterDecision decision) {
        HeldCapability held = decision.held();
        return held == null ? slot(decision.rule()) : slot(held, decision.rule());
    }

    private int slot(int rule) {
        return rule == FilterResult.END ? base.size() : rule;
    }

    /** The rule of the network's table that a slot belongs to; {@link FilterResult#END} for every other slot. */
    public int baseRule(int slot) {
        return slot < base.size() ? slot : FilterResult.END;
    }

    private int slot(HeldCapability held, int rule) {
        int hash = held.rules().contentHash();
        while (true) {
            Block[] known = blocks.get();
            int start = start(known, held, hash);
            if (start >= 0) {
                return start + rule;
            }
            // Another lane may be adding one as well.
            blocks.compareAndSet(known, longer(known, held, hash));
        }
    }

    /** Negative if it is not among them yet. */
    private int start(Block[] known, HeldCapability held, int hash) {
        for (Block block : known) {
            if (block.id == held.id() && block.contentHash == hash) {
                return block.start;
            }
        }
        if (known.length == CAPABILITIES_MAX) {
            // Slots that all the rest share, as many as a capability has rules.
            return base.size() + 1;
        }
        return -1;
    }

    private Block[] longer(Block[] known, HeldCapability held, int hash) {
        int start = known.length == 0
                ? base.size() + 1 + RuleTable.CAPABILITY_RULES_MAX
                : known[known.length - 1].start + known[known.length - 1].table.size();
        Block[] longer = Arrays.copyOf(known, known.length + 1);
        longer[known.length] = new Block(held.id(), held.rules().table(), hash, start);
        return longer;
    }

    /** Counts one decision. Only the lane itself calls this with its number. */
    public void count(int lane, int slot) {
        long[] mine = lanes.getPlain(lane);
        if (mine == null || slot >= mine.length) {
            mine = grow(lane, mine, slot);
        }
        mine[slot]++;
    }

    /** Takes back what {@link #count} did last with these numbers. */
    public void takeBack(int lane, int slot) {
        long[] mine = lanes.getPlain(lane);
        if (mine != null) {
            mine[slot]--;
        }
    }

    private long[] grow(int lane, long @org.jspecify.annotations.Nullable [] before, int slot) {
        int length = Math.max(base.size() + 1, slot + 1 + (before == null ? 0 : RuleTable.CAPABILITY_RULES_MAX));
        long[] longer = before == null ? new long[length] : Arrays.copyOf(before, length);
        lanes.setRelease(lane, longer);
        return longer;
    }

    /** Counts the rules that chose the copies of a decision. */
    public void countCopies(int lane, FilterDecision decision) {
        for (int i = 0; i < decision.copyCount(); i++) {
            HeldCapability held = decision.copyCapability(i);
            count(lane, held == null ? slot(decision.copyRule(i)) : slot(held, decision.copyRule(i)));
        }
    }

    /** Any thread. */
    public Snapshot snapshot() {
        Block[] known = blocks.get();
        int end = base.size();
        List<OfCapability> capabilities = new ArrayList<>();
        for (Block block : known) {
            capabilities.add(new OfCapability(block.id, counts(block.table, block.start)));
        }
        capabilities.sort(java.util.Comparator.comparingLong(each -> Integer.toUnsignedLong(each.id())));
        long others = 0;
        for (int i = 0; i < RuleTable.CAPABILITY_RULES_MAX; i++) {
            others += sum(end + 1 + i);
        }
        return new Snapshot(counts(base, 0), sum(end), capabilities, others);
    }

    private List<Count> counts(RuleTable table, int start) {
        List<Count> counts = new ArrayList<>();
        for (int i = 0; i < table.size(); i++) {
            counts.add(new Count(table.rules().get(i), sum(start + i)));
        }
        return counts;
    }

    private long sum(int slot) {
        long sum = 0;
        for (int lane = 0; lane < LANES_MAX; lane++) {
            long[] each = lanes.getAcquire(lane);
            sum += each == null || slot >= each.length ? 0 : each[slot];
        }
        return sum;
    }
}
