// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl2;

import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.orrery.core.rules.FilterDecision;
import org.orrery.core.rules.FilterFrame;
import org.orrery.core.rules.FilterResult;
import org.orrery.core.rules.FilterSide;
import org.orrery.core.rules.NetworkFilter;
import org.orrery.core.rules.RuleCounters;
import org.orrery.core.rules.RuleTable;
import org.orrery.core.rules.Verdict;
import org.orrery.core.rules.VerdictCache;

/**
 * Runs frames through a network's rules, or remembers what they said of the same flow, and counts which rule decided. Each
 * lane has its own: the scratch objects make a verdict cost no allocation.
 */
public final class Judge {
    private static final int FIRST_RULE = 0;

    private final FilterFrame frame = new FilterFrame();
    private final FilterResult scratch = new FilterResult();
    private final FilterDecision decision = new FilterDecision();
    private final VerdictCache known = new VerdictCache();
    private final int lane;
    private final RandomGenerator random;
    private final RecentFlows inbound = new RecentFlows();
    private final RecentFlows outbound = new RecentFlows();
    private boolean holdsForFlow;
    private int slot;
    private @Nullable View lastView;

    /**
     * @param lane its number; 0 is the control lane, which carries out what a decision asks for beside its verdict. The
     *     others hand such frames over without counting them: they are judged and counted there.
     * @param random for rules that match at random
     */
    public Judge(int lane, RandomGenerator random) {
        this.lane = lane;
        this.random = random;
    }

    /** The verdict on a frame from {@code member}, which is at {@code from}. */
    public Verdict inbound(
            View view,
            @Nullable Member member,
            long from,
            long sourceMac,
            long destinationMac,
            int etherType,
            byte[] payload,
            int offset,
            int length) {
        NetworkFilter filter = view.filter();
        FilterSide side = side(member);
        LastFlow flow = inbound.of(etherType, payload, offset, length);
        if (flow.continuedBy(filter, side, from, sourceMac, destinationMac, etherType, payload, offset, length)) {
            return again(view, true, flow.slot());
        }
        frame.set(payload, offset, length, etherType, 0, sourceMac, destinationMac, from, view.self(), true);
        Verdict verdict = decide(view, side, false);
        if (verdict == Verdict.ACCEPT && holdsForFlow) {
            flow.remember(filter, side, from, sourceMac, destinationMac, etherType, payload, offset, length, slot);
        }
        return verdict;
    }

    /**
     * The verdict on a frame of the local interface towards member {@code to}, 0 for none in particular.
     *
     * @param again whether this frame was already judged without a recipient, so that its copies are on their way
     */
    public Verdict outbound(
            View view,
            @Nullable Member member,
            long to,
            long sourceMac,
            long destinationMac,
            int etherType,
            byte[] payload,
            int offset,
            int length,
            boolean again) {
        NetworkFilter filter = view.filter();
        FilterSide side = side(member);
        LastFlow flow = outbound.of(etherType, payload, offset, length);
        if (flow.continuedBy(filter, side, to, sourceMac, destinationMac, etherType, payload, offset, length)) {
            return again(view, false, flow.slot());
        }
        frame.set(payload, offset, length, etherType, 0, sourceMac, destinationMac, view.self(), to, false);
        Verdict verdict = decide(view, side, again);
        if (verdict == Verdict.ACCEPT && holdsForFlow) {
            flow.remember(filter, side, to, sourceMac, destinationMac, etherType, payload, offset, length, slot);
        }
        return verdict;
    }

    private Verdict again(View view, boolean inbound, int known) {
        slot = known;
        decision.repeat(inbound, Verdict.ACCEPT, view.counters().baseRule(known));
        view.counters().count(lane, known);
        return Verdict.ACCEPT;
    }

    private Verdict decide(View view, FilterSide remote, boolean again) {
        lastView = view;
        holdsForFlow = false;
        RuleCounters counters = view.counters();
        if (view.filter().acceptsAll()) {
            slot = FIRST_RULE;
            decision.repeat(frame.inbound(), Verdict.ACCEPT, FIRST_RULE);
            counters.count(lane, FIRST_RULE);
            return Verdict.ACCEPT;
        }
        if (known.find(view.filter(), remote, frame)) {
            slot = known.slot();
            decision.repeat(frame.inbound(), known.verdict(), counters.baseRule(slot));
            counters.count(lane, slot);
            holdsForFlow = true;
            return known.verdict();
        }
        Verdict verdict = view.filter().decide(frame, remote, again, random, scratch, decision);
        slot = counters.slot(decision);
        if (!sideEffects()) {
            counters.count(lane, slot);
            if (!again) {
                known.keep(verdict, slot);
                holdsForFlow = known.kept();
            }
        } else if (lane == 0) {
            counters.count(lane, slot);
            counters.countCopies(lane, decision);
        }
        return verdict;
    }

    /** Counts the last verdict once more: it was applied to a further frame that need not be judged. */
    public void countAgain(View view, int slot) {
        view.counters().count(lane, slot);
    }

    /** Counts the last verdict, which was about no copies, no more: the frame goes where it will be judged again. */
    public void takeBack(View view) {
        view.counters().takeBack(lane, slot);
    }

    /** What {@link #countAgain} takes to count the last verdict. */
    public int slot() {
        return slot;
    }

    /**
     * The frame that was put to the rules last; its bytes are still the caller's. After one that continued a flow it is an
     * earlier one.
     */
    public FilterFrame frame() {
        return frame;
    }

    /** Number of the network that judged last; 0 before the first time. */
    public long network() {
        return lastView == null ? 0 : lastView.config().network().bits();
    }

    /** The table of that network. */
    public @Nullable RuleTable table() {
        return lastView == null ? null : lastView.counters().base();
    }

    /** Details of the last verdict; overwritten by the next. */
    public FilterDecision decision() {
        return decision;
    }

    /** Whether the last verdict asks for copies or another destination. */
    public boolean sideEffects() {
        return decision.copyCount() > 0 || decision.redirectTo() != 0;
    }

    private static FilterSide side(@Nullable Member member) {
        return member == null ? FilterSide.UNKNOWN : member.side();
    }
}
