// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.rules;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What one side decides about one frame, and why: the way through the network's table and the capabilities, as {@link
 * NetworkFilter#decide} goes. Immutable.
 *
 * @param inbound whether this is the receiver's decision
 * @param base the network's own table
 * @param capabilities those that were asked, in the order in which they were; none if the network's table decided
 * @param verdict DROP, ACCEPT or SUPER_ACCEPT
 * @param grantedBy ID of the capability that let the frame pass; null if the network's table decided, or nothing did
 * @param redirectTo address bits of the member that gets the frame instead, 0 for none
 * @param copies what others get beside
 */
public record FilterTrace(
        boolean inbound,
        TableTrace base,
        List<CapabilityTrace> capabilities,
        Verdict verdict,
        @Nullable Integer grantedBy,
        long redirectTo,
        List<Copy> copies) {
    /** A capability's ID and rules. */
    public record Capability(int id, RuleTable rules) {}

    /** One capability that was asked. */
    public record CapabilityTrace(int id, TableTrace trace) {}

    /**
     * A copy for a third member.
     *
     * @param to address bits
     * @param length payload bytes
     */
    public record Copy(long to, int length, boolean watched) {}

    /** Tables and names that decisions are explained with. */
    public record Rules(RuleTable base, RuleDialect dialect, RuleText text) {}

    public FilterTrace {
        capabilities = List.copyOf(capabilities);
        copies = List.copyOf(copies);
    }

    /**
     * Decides about a frame.
     *
     * @param held the sender's capabilities, as far as this side knows them
     * @param scope what the rules are evaluated in, this side's own credentials included
     * @param remote what is known of the other side
     * @param noCopies suppresses outbound copies, for the pass that is made once per recipient of a multicast
     */
    public static FilterTrace of(
            Rules rules,
            List<Capability> held,
            FilterScope scope,
            FilterSide remote,
            FilterFrame frame,
            boolean noCopies,
            RandomGenerator random) {
        boolean copies = frame.inbound() || !noCopies;
        TableTrace base = TableTrace.of(rules.base(), rules.dialect(), frame, scope, remote, random, rules.text());
        if (base.verdict() == Verdict.DROP) {
            return new FilterTrace(frame.inbound(), base, List.of(), Verdict.DROP, null, 0, List.of());
        }
        if (base.verdict() != Verdict.NO_MATCH) {
            return passed(frame, base, List.of(), null, base, copies ? copiesOf(base) : List.of());
        }
        List<CapabilityTrace> asked = new ArrayList<>();
        for (Capability capability : held.stream()
                .sorted(Comparator.comparingLong(each -> Integer.toUnsignedLong(each.id())))
                .toList()) {
            TableTrace trace =
                    TableTrace.of(capability.rules(), rules.dialect(), frame, scope, remote, random, rules.text());
            asked.add(new CapabilityTrace(capability.id(), trace));
            if (trace.verdict().passes()) {
                List<Copy> sent = new ArrayList<>(copies ? copiesOf(trace) : List.of());
                sent.addAll(copies ? copiesOf(base) : List.of());
                return passed(frame, base, asked, capability.id(), trace, sent);
            }
        }
        return new FilterTrace(frame.inbound(), base, asked, Verdict.DROP, null, 0, List.of());
    }

    private static FilterTrace passed(
            FilterFrame frame,
            TableTrace base,
            List<CapabilityTrace> asked,
            @Nullable Integer grantedBy,
            TableTrace deciding,
            List<Copy> copies) {
        boolean redirected = deciding.verdict() == Verdict.REDIRECT;
        Verdict verdict = redirected ? Verdict.DROP : frame.inbound() ? deciding.verdict() : Verdict.ACCEPT;
        return new FilterTrace(
                frame.inbound(), base, asked, verdict, grantedBy, redirected ? deciding.destination() : 0, copies);
    }

    private static List<Copy> copiesOf(TableTrace trace) {
        return trace.copyTo() == 0
                ? List.of()
                : List.of(new Copy(trace.copyTo(), trace.copyLength(), trace.copyWatched()));
    }
}
