// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.rules;

import org.jspecify.annotations.Nullable;
import org.orrery.core.rules.FilterSide.HeldCapability;

/**
 * What a network decides about one frame, and what has to be sent because of it. Reused: each decision overwrites it. One
 * thread.
 */
public final class FilterDecision {
    /** Copies per frame: one by the capability that let it through, one by the network's own table. */
    public static final int COPIES_MAX = 2;

    private final long[] copyTo = new long[COPIES_MAX];
    private final int[] copyLength = new int[COPIES_MAX];
    private final boolean[] copyWatched = new boolean[COPIES_MAX];
    private final int[] copyRule = new int[COPIES_MAX];
    private final @Nullable HeldCapability[] copyCapability = new @Nullable HeldCapability[COPIES_MAX];

    Verdict verdict = Verdict.DROP;
    boolean inbound;
    long redirectTo;
    int copyCount;
    int rule;

    @Nullable
    HeldCapability capability;

    public FilterDecision() {}

    void reset(boolean inbound) {
        this.verdict = Verdict.DROP;
        this.inbound = inbound;
        this.redirectTo = 0;
        this.copyCount = 0;
        this.rule = FilterResult.END;
        this.capability = null;
    }

    /**
     * Stands for a decision made before about the same flow: those have no copies, and who let it pass is no longer told.
     */
    public void repeat(boolean inbound, Verdict verdict, int rule) {
        reset(inbound);
        this.verdict = verdict;
        this.rule = rule;
    }

    void addCopy(FilterResult result, @Nullable HeldCapability by) {
        copyRule[copyCount] = result.copyRule();
        copyCapability[copyCount] = by;
        copyTo[copyCount] = result.copyTo();
        copyLength[copyCount] = result.copyLength();
        copyWatched[copyCount] = result.copyWatched();
        copyCount++;
    }

    /** DROP, ACCEPT or SUPER_ACCEPT. DROP with a redirection means that the frame goes there and nowhere else. */
    public Verdict verdict() {
        return verdict;
    }

    /** Address bits of the member that gets the frame instead, 0 for none. */
    public long redirectTo() {
        return redirectTo;
    }

    /** The flags byte of the extended frame that carries a redirected frame. */
    public int redirectFlags() {
        return inbound ? 0x0a : 0x04;
    }

    /** Copies to send, 0 to {@link #COPIES_MAX}, in the order of their indices. */
    public int copyCount() {
        return copyCount;
    }

    /** Address bits of the member that gets copy {@code index}. */
    public long copyTo(int index) {
        return copyTo[index];
    }

    /** Payload bytes of copy {@code index}. */
    public int copyLength(int index) {
        return copyLength[index];
    }

    /** The flags byte of the extended frame that carries copy {@code index}. */
    public int copyFlags(int index) {
        if (copyWatched[index]) {
            return inbound ? 0x1c : 0x16;
        }
        return inbound ? 0x08 : 0x02;
    }

    /** Whether a capability let the frame through, rather than the network's own table. */
    public boolean byCapability() {
        return capability != null;
    }

    /** The ID of that capability; valid with {@link #byCapability}. */
    public int capability() {
        return capability == null ? 0 : capability.id();
    }

    /** That capability, or null. */
    @Nullable
    HeldCapability held() {
        return capability;
    }

    /**
     * Index of the rule that decided, in the capability's table or else in the network's; {@link FilterResult#END} if
     * the frame was dropped because no rule decided.
     */
    public int rule() {
        return rule;
    }

    /** Index of the rule that chose copy {@code index}. */
    int copyRule(int index) {
        return copyRule[index];
    }

    /** The capability whose rule that is; null for the network's table. */
    @Nullable
    HeldCapability copyCapability(int index) {
        return copyCapability[index];
    }
}
