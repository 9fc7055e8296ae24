// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.rules;

import java.util.List;
import java.util.random.RandomGenerator;
import org.orrery.core.rules.FilterSide.HeldCapability;

/**
 * The whole filter of one network: its table, then capabilities. Immutable, published to the lanes as one snapshot; the
 * objects passed to {@link #decide} are a lane's own.
 *
 * @param base the network's table
 * @param scope what the rules are evaluated in, this node's own credentials included
 */
public record NetworkFilter(CompiledRules base, FilterScope scope) {
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
        if (verdict == Verdict.DROP) {
            return Verdict.DROP;
        }
        if (verdict != Verdict.NO_MATCH) {
            if (copies && scratch.copyTo() != 0) {
                out.addCopy(scratch);
            }
            return conclude(verdict, scratch, out);
        }
        // The copy that the table chose on its way is sent last, if a capability accepts.
        long baseCopyTo = scratch.copyTo();
        int baseCopyLength = scratch.copyLength();
        boolean baseCopyWatched = scratch.copyWatched();
        List<HeldCapability> capabilities = (inbound ? remote : scope.own()).capabilities();
        for (int i = 0; i < capabilities.size(); i++) {
            HeldCapability held = capabilities.get(i);
            verdict = held.rules().evaluate(frame, scope, remote, random, scratch);
            if (!verdict.passes()) {
                continue;
            }
            if (copies && scratch.copyTo() != 0) {
                out.addCopy(scratch);
            }
            out.byCapability = true;
            out.capability = held.id();
            conclude(verdict, scratch, out);
            if (copies && baseCopyTo != 0) {
                scratch.copyTo = baseCopyTo;
                scratch.copyLength = baseCopyLength;
                scratch.copyWatched = baseCopyWatched;
                out.addCopy(scratch);
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
        if (base.dependsOnEachPacket()) {
            return true;
        }
        List<HeldCapability> capabilities = scope.own().capabilities();
        for (int i = 0; i < capabilities.size(); i++) {
            if (capabilities.get(i).rules().dependsOnEachPacket()) {
                return true;
            }
        }
        return false;
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
