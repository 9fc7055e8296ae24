// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.rules;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.orrery.core.rules.MatchFinding.Answer;
import org.orrery.core.value.Hex;

/**
 * The way of one frame through one table, rule by rule: what {@link CompiledRules} decides, and why. Made for people;
 * it allocates as it likes. Immutable.
 *
 * @param steps one for each rule of the table, in order
 * @param verdict as {@link CompiledRules#evaluate} answers
 * @param decidedBy index of the rule that ended the table, -1 if none did
 * @param destination address bits of where the frame goes; another than before only with {@link Verdict#REDIRECT}
 * @param copyTo address bits of the member that gets a copy, 0 for none
 * @param copyLength payload bytes of the copy
 * @param copyWatched whether it is a watched one
 */
public record TableTrace(
        List<Step> steps,
        Verdict verdict,
        int decidedBy,
        long destination,
        long copyTo,
        int copyLength,
        boolean copyWatched) {
    /** What became of one rule. */
    public enum Outcome {
        /** A match that holds, NOT considered. */
        HOLDS,
        /** A match that does not hold, NOT considered. */
        FAILS,
        /** A match that was not looked at, because one before it failed already. */
        NOT_LOOKED_AT,
        /** An action that was taken. */
        TAKEN,
        /** An action whose matches do not hold. */
        NOT_TAKEN,
        /** An action that was taken and changes nothing for this frame here. */
        WITHOUT_EFFECT,
        /** A rule behind the one that decided. */
        NOT_REACHED
    }

    /**
     * One rule.
     *
     * @param reason what in the frame or the members made it so; empty where there is nothing to say
     */
    public record Step(int index, Rule rule, Outcome outcome, String reason) {}

    public TableTrace {
        steps = List.copyOf(steps);
    }

    /**
     * Evaluates a table.
     *
     * @param remote what is known of the other side
     * @param random asked exactly as often as the compiled table does
     */
    public static TableTrace of(
            RuleTable table,
            RuleDialect dialect,
            FilterFrame frame,
            FilterScope scope,
            FilterSide remote,
            RandomGenerator random,
            RuleText text) {
        var matches = new MatchInterpreter(frame, scope, remote, random, dialect, text);
        return new Run(matches, frame, scope, dialect == RuleDialect.PROTOCOL_12).run(table.rules());
    }

    private static final class Run {
        private final MatchInterpreter matches;
        private final FilterFrame frame;
        private final FilterScope scope;
        private final boolean newer;
        private final List<Step> steps = new ArrayList<>();
        private boolean holds = true;
        private boolean superAccept;
        private boolean skipDrop;
        private Verdict verdict = Verdict.NO_MATCH;
        private int decidedBy = -1;
        private long destination;
        private long copyTo;
        private int copyLength;
        private boolean copyWatched;

        Run(MatchInterpreter matches, FilterFrame frame, FilterScope scope, boolean newer) {
            this.matches = matches;
            this.frame = frame;
            this.scope = scope;
            this.newer = newer;
            this.destination = frame.destination();
        }

        TableTrace run(List<Rule> rules) {
            for (int i = 0; i < rules.size(); i++) {
                Rule rule = rules.get(i);
                if (decidedBy >= 0) {
                    steps.add(new Step(i, rule, Outcome.NOT_REACHED, ""));
                } else if (rule.action()) {
                    action(i, rule);
                } else {
                    match(i, rule);
                }
            }
            return new TableTrace(steps, verdict, decidedBy, destination, copyTo, copyLength, copyWatched);
        }

        private void match(int i, Rule rule) {
            if (!holds && !rule.or()) {
                steps.add(new Step(i, rule, Outcome.NOT_LOOKED_AT, ""));
                return;
            }
            MatchFinding found = matches.find(rule, superAccept);
            boolean result = result(found.answer(), rule.not());
            skipDrop |= newer && found.answer() == Answer.LEFT_TO_OTHER_SIDE;
            String remark = "";
            if (newer && rule.not()) {
                remark = switch (found.answer()) {
                    case NOT_APPLICABLE -> "; NOT does not turn what does not apply into a match";
                    case YES_DESPITE_NOT -> "; NOT is ignored where no code is compared";
                    default -> "";
                };
            }
            if (rule.or() && holds && !result) {
                remark += "; what stands before the OR holds";
            }
            steps.add(new Step(i, rule, result ? Outcome.HOLDS : Outcome.FAILS, found.seen() + remark));
            holds = rule.or() ? holds || result : holds && result;
        }

        private boolean result(Answer answer, boolean not) {
            if (!newer) {
                return (answer != Answer.NO && answer != Answer.NOT_APPLICABLE) != not;
            }
            return switch (answer) {
                case NO -> not;
                case YES -> !not;
                case NOT_APPLICABLE -> false;
                case LEFT_TO_OTHER_SIDE, YES_DESPITE_NOT -> true;
            };
        }

        private void action(int i, Rule rule) {
            RuleType type = rule.type();
            boolean aims = type == RuleType.TEE || type == RuleType.WATCH || type == RuleType.REDIRECT;
            long target = type != null && aims ? rule.bits(type, 0) : 0;
            if (!holds) {
                holds = true;
                boolean forUs = aims && frame.inbound() && target == scope.self();
                superAccept |= forUs;
                String reason = forUs ? "it names this node: a later accept lets the frame in whoever it is for" : "";
                steps.add(new Step(i, rule, Outcome.NOT_TAKEN, reason));
            } else if (type == null || (!newer && type == RuleType.PRIORITY)) {
                steps.add(new Step(i, rule, Outcome.WITHOUT_EFFECT, "nobody knows this action"));
            } else if (aims) {
                aim(i, rule, type, target);
            } else if (type == RuleType.DROP && skipDrop) {
                skipDrop = false;
                steps.add(new Step(i, rule, Outcome.WITHOUT_EFFECT, "spared once: a tag was not known here"));
            } else {
                verdict = switch (type) {
                    case DROP -> Verdict.DROP;
                    case ACCEPT -> superAccept ? Verdict.SUPER_ACCEPT : Verdict.ACCEPT;
                    case PRIORITY -> Verdict.ACCEPT;
                    default -> Verdict.NO_MATCH;
                };
                ends(i, rule, type == RuleType.BREAK ? "the rest of this table is left out" : "");
            }
        }

        private void aim(int i, Rule rule, RuleType type, long target) {
            if (target == frame.source()) {
                steps.add(new Step(i, rule, Outcome.WITHOUT_EFFECT, "the frame comes from there"));
            } else if (target == scope.self() && !frame.inbound()) {
                steps.add(new Step(i, rule, Outcome.WITHOUT_EFFECT, "it names the sender itself"));
            } else if (target == scope.self()) {
                verdict = Verdict.SUPER_ACCEPT;
                ends(i, rule, "it names this node, which lets the frame in whoever it is for");
            } else if (target == destination) {
                steps.add(new Step(i, rule, Outcome.WITHOUT_EFFECT, "the frame goes there anyway"));
            } else if (type == RuleType.REDIRECT) {
                destination = target;
                verdict = Verdict.REDIRECT;
                ends(i, rule, "");
            } else {
                int length = (int) rule.bits(type, 2);
                String replaces = copyTo == 0 ? "" : "; the copy to " + Hex.of(copyTo, 10) + " is given up";
                copyTo = target;
                copyLength = length == 0 ? frame.length() : Math.min(frame.length(), length);
                copyWatched = type == RuleType.WATCH;
                steps.add(new Step(
                        i, rule, Outcome.TAKEN, "a copy of " + copyLength + " bytes, if the frame passes" + replaces));
            }
        }

        private void ends(int i, Rule rule, String reason) {
            decidedBy = i;
            steps.add(new Step(i, rule, Outcome.TAKEN, reason));
        }
    }
}
