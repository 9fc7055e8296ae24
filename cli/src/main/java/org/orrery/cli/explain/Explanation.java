// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.explain;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.orrery.core.rules.FilterFrame;
import org.orrery.core.rules.FilterScope;
import org.orrery.core.rules.FilterSide;
import org.orrery.core.rules.FilterTrace;
import org.orrery.core.rules.RuleDialect;
import org.orrery.core.rules.RuleText;
import org.orrery.core.rules.Verdict;
import org.orrery.core.value.Address;
import org.orrery.core.value.Mac;
import org.orrery.core.value.NetworkId;

/**
 * What sender, receiver and third members decide about one frame. Immutable.
 *
 * @param passes in the order in which they are made
 * @param end what becomes of the frame
 */
public record Explanation(DescribedFrame frame, List<Pass> passes, End end) {
    /** Who decides in a pass. */
    public enum Role {
        /** The sender, before a multicast has a recipient. */
        SENDER_TO_ALL,
        SENDER,
        RECEIVER,
        /** A member that a copy or the frame itself is sent to instead. */
        THIRD
    }

    /**
     * One decision.
     *
     * @param at address bits of the member that decides
     */
    public record Pass(Role role, long at, FilterTrace trace) {}

    /** What becomes of the frame. */
    public enum Fate {
        ACCEPT,
        DROP,
        REDIRECT
    }

    /**
     * The end of the frame's way.
     *
     * @param by the pass that decided, an index into the passes
     * @param redirectTo address bits; 0 unless it is redirected
     * @param copies all that are sent, by either side
     */
    public record End(Fate fate, int by, long redirectTo, List<FilterTrace.Copy> copies) {}

    public Explanation {
        passes = List.copyOf(passes);
    }

    /**
     * What frames are judged in.
     *
     * @param networkFlags of the configuration: {@code 0x04} and {@code 0x08} count
     * @param strangers whether the sender does not know yet what the receiver holds
     * @param seed of the rules that match at random
     */
    public record Setting(
            RuleBook book,
            NetworkId network,
            long networkFlags,
            Party sender,
            Party receiver,
            boolean strangers,
            RuleDialect dialect,
            long seed) {
        Explanation explain(DescribedFrame frame) {
            return new Run(this, frame).explain();
        }
    }

    /** Follows a frame. */
    public static Explanation of(Setting setting, DescribedFrame frame) {
        return setting.explain(frame);
    }

    private static final class Run {
        private final Setting setting;
        private final DescribedFrame frame;
        private final FilterTrace.Rules rules;
        private final Random random;
        private final List<Pass> passes = new ArrayList<>();
        private final List<FilterTrace.Copy> copies = new ArrayList<>();

        Run(Setting setting, DescribedFrame frame) {
            this.setting = setting;
            this.frame = frame;
            this.rules =
                    new FilterTrace.Rules(setting.book.rules(), setting.dialect, new RuleText(setting.book.names()));
            this.random = new Random(setting.seed);
        }

        Explanation explain() {
            long from = setting.sender.address();
            long to = setting.receiver.address();
            long destination = mac(frame.destinationMac(), to);
            FilterSide receiver = setting.strangers ? FilterSide.UNKNOWN : setting.receiver.side();
            boolean multicast = Mac.multicast(destination);
            if (multicast) {
                FilterTrace all = outbound(Role.SENDER_TO_ALL, 0, FilterSide.UNKNOWN, false);
                if (!all.verdict().passes()) {
                    return ended(all);
                }
            }
            FilterTrace sent = outbound(Role.SENDER, to, receiver, multicast);
            if (!sent.verdict().passes()) {
                return ended(sent);
            }
            FilterTrace received = inbound(Role.RECEIVER, setting.receiver, setting.sender, from);
            return ended(received);
        }

        private Explanation ended(FilterTrace last) {
            int by = passes.size() - 1;
            List<Pass> decided = List.copyOf(passes);
            for (Pass pass : decided) {
                for (FilterTrace.Copy copy : pass.trace().copies()) {
                    copies.add(copy);
                    third(copy.to(), pass);
                }
            }
            long redirectTo = last.redirectTo();
            if (redirectTo != 0) {
                third(redirectTo, decided.getLast());
            }
            Fate fate = redirectTo != 0 ? Fate.REDIRECT : last.verdict().passes() ? Fate.ACCEPT : Fate.DROP;
            return new Explanation(frame, passes, new End(fate, by, redirectTo, List.copyOf(copies)));
        }

        /** What a third member does with what {@code forwarding} sends it. */
        private void third(long at, Pass forwarding) {
            Party forwarder = forwarding.at() == setting.sender.address() ? setting.sender : setting.receiver;
            inbound(Role.THIRD, Party.unknown(at), forwarder, forwarder.address());
        }

        private FilterTrace outbound(Role role, long to, FilterSide remote, boolean noCopies) {
            FilterTrace trace = FilterTrace.of(
                    rules,
                    setting.sender.held(setting.book),
                    scope(setting.sender),
                    remote,
                    filterFrame(setting.sender.address(), to, false),
                    noCopies,
                    random);
            passes.add(new Pass(role, setting.sender.address(), trace));
            return trace;
        }

        private FilterTrace inbound(Role role, Party at, Party sender, long from) {
            FilterTrace trace = FilterTrace.of(
                    rules,
                    sender.held(setting.book),
                    scope(at),
                    sender.side(),
                    filterFrame(from, at.address(), true),
                    false,
                    random);
            passes.add(new Pass(role, at.address(), trace));
            return trace;
        }

        private FilterScope scope(Party self) {
            return FilterScope.of(
                    setting.network, new Address(self.address()), self.side(), setting.networkFlags, self.owned());
        }

        private FilterFrame filterFrame(long from, long to, boolean inbound) {
            byte[] payload = frame.payload();
            return new FilterFrame()
                    .set(
                            payload,
                            0,
                            payload.length,
                            frame.etherType(),
                            0,
                            mac(frame.sourceMac(), setting.sender.address()),
                            mac(frame.destinationMac(), setting.receiver.address()),
                            from,
                            to,
                            inbound);
        }

        private long mac(@Nullable Long given, long address) {
            return given != null ? given : Mac.derive(address, setting.network.bits());
        }
    }

    /** The pass that decided what becomes of the frame. */
    public Pass decisive() {
        return passes.get(end.by());
    }

    /** Whether the pass lets the frame in although it is addressed to somebody else. */
    static boolean special(Pass pass) {
        return pass.trace().verdict() == Verdict.SUPER_ACCEPT;
    }
}
