// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl2;

import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.orrery.core.rules.FilterDecision;
import org.orrery.core.rules.FilterFrame;
import org.orrery.core.rules.FilterResult;
import org.orrery.core.rules.FilterSide;
import org.orrery.core.rules.Verdict;

/** Runs frames through a network's rules. Each lane has its own: the scratch objects make a verdict cost no allocation. */
public final class Judge {
    private final FilterFrame frame = new FilterFrame();
    private final FilterResult scratch = new FilterResult();
    private final FilterDecision decision = new FilterDecision();
    private final RandomGenerator random;

    /** @param random for rules that match at random */
    public Judge(RandomGenerator random) {
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
        frame.set(payload, offset, length, etherType, 0, sourceMac, destinationMac, from, view.self(), true);
        return view.filter().decide(frame, side(member), false, random, scratch, decision);
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
        frame.set(payload, offset, length, etherType, 0, sourceMac, destinationMac, view.self(), to, false);
        return view.filter().decide(frame, side(member), again, random, scratch, decision);
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
