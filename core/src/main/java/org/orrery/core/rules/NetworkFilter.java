// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.rules;

import java.util.List;
import java.util.random.RandomGenerator;
import org.orrery.core.rules.FilterSide.HeldCapability;

/**
 * The whole filter of one network: its table, then capabilities. Immutable, published to the lanes as one snapshot; the
 * objects passed to {@link #decide} are a lane's own.
 */
public final class NetworkFilter {
    /** So few are asked as quickly as a verdict is remembered. */
    private static final int RULES_CHEAP = 6;

    private final CompiledRules base;
    private final FilterScope scope;
    private final long serial = Serials.next();
    private final int baseRules;
    private final boolean baseDependsOnEachPacket;
    private final boolean dependsOnEachPacket;
    private final boolean outboundWorthKeeping;
    private final boolean acceptsAll;

    /**
     * @param base the network's table
     * @param scope what the rules are evaluated in, this node's own credentials included
     */
    public NetworkFilter(CompiledRules base, FilterScope scope) {
        this.base = base;
        this.scope = scope;
        baseRules = base.table().size();
        baseDependsOnEachPacket = base.dependsOnEachPacket();
        dependsOnEachPacket = baseDependsOnEachPacket || scope.own().dependsOnEachPacket();
        acceptsAll = base.acceptsAll();
        outboundWorthKeeping = !dependsOnEachPacket && baseRules + scope.own().capabilityRules() > RULES_CHEAP;
    }

    /** The network's table. */
    public CompiledRules base() {
        return base;
    }

    /** What the rules are evaluated in, this node's own credentials included. */
    public FilterScope scope() {
        return scope;
    }

    /** Tells this filter from every other, whatever it holds. */
    long serial() {
        return serial;
    }

    /** Whether the first rule of the network's table lets every frame through: no other is ever asked. */
    public boolean acceptsAll() {
        return acceptsAll;
    }

    /** Whether verdicts of this filter hold for all packets of a flow, and take longer to find than to remember. */
    boolean worthKeeping(boolean inbound, FilterSide remote) {
        if (!inbound) {
            return outboundWorthKeeping;
        }
        return !baseDependsOnEachPacket
                && !remote.dependsOnEachPacket()
                && baseRules + remote.capabilityRules() > RULES_CHEAP;
    }

    /**
     * Decides about a frame. Outbound the network's table and then this node's capabilities are asked, inbound the table
     * and then those of the sender. The first table that lets the frame pass decides; a DROP of the network's own table is
     * final, one in a capability is not. Allocates nothing.
     *
     * @param remote what is known of the other side
     * @param noCopies suppresses outbound copies, for the pass that is made once per recipient of a multicast
     * @param scratch overwritten
     * @param out overwritten with the decision; its verdict is returned too
     */
    public Verdict decide(
            FilterFrame frame,
            FilterSide remote,
            boolean noCopies,
            RandomGenerator random,
            FilterResult scratch,
            FilterDecision out) {
        boolean inbound = frame.inbound();
        boolean copies = inbound || !noCopies;
        out.reset(inbound);
        Verdict verdict = base.evaluate(frame, scope, remote, random, scratch);
        out.rule = scratch.rule();
        if (verdict == Verdict.DROP) {
            return Verdict.DROP;
        }
        if (verdict != Verdict.NO_MATCH) {
            if (copies && scratch.copyTo() != 0) {
                out.addCopy(scratch, null);
            }
            return conclude(verdict, scratch, out);
        }
        // The copy that the table chose on its way is sent last, if a capability accepts.
        long baseCopyTo = scratch.copyTo();
        int baseCopyLength = scratch.copyLength();
        boolean baseCopyWatched = scratch.copyWatched();
        int baseCopyRule = scratch.copyRule();
        out.rule = FilterResult.END; // also after BREAK: what decides then is that nobody lets it pass
        List<HeldCapability> capabilities = (inbound ? remote : scope.own()).capabilities();
        for (int i = 0; i < capabilities.size(); i++) {
            HeldCapability held = capabilities.get(i);
            verdict = held.rules().evaluate(frame, scope, remote, random, scratch);
            if (!verdict.passes()) {
                continue;
            }
            if (copies && scratch.copyTo() != 0) {
                out.addCopy(scratch, held);
            }
            out.capability = held;
            out.rule = scratch.rule();
            conclude(verdict, scratch, out);
            if (copies && baseCopyTo != 0) {
                scratch.copyTo = baseCopyTo;
                scratch.copyLength = baseCopyLength;
                scratch.copyWatched = baseCopyWatched;
                scratch.copyRule = baseCopyRule;
                out.addCopy(scratch, null);
            }
            return out.verdict;
        }
        return Verdict.DROP;
    }

    /**
     * Whether outbound packets of one flow may get different verdicts: {@link CompiledRules#dependsOnEachPacket} of the
     * network's table or of a capability of this node.
     */
    public boolean dependsOnEachPacket() {
        return dependsOnEachPacket;
    }

    private static Verdict conclude(Verdict verdict, FilterResult result, FilterDecision out) {
        if (verdict == Verdict.REDIRECT) {
            out.redirectTo = result.destination();
            out.verdict = Verdict.DROP;
        } else {
            // Outbound both kinds of accepting mean the same.
            out.verdict = out.inbound ? verdict : Verdict.ACCEPT;
        }
        return out.verdict;
    }
}
