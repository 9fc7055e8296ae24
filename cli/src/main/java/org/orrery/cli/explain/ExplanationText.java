// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.explain;

import java.util.ArrayList;
import java.util.List;
import org.orrery.core.rules.FilterTrace;
import org.orrery.core.rules.RuleText;
import org.orrery.core.rules.TableTrace;
import org.orrery.core.rules.TableTrace.Outcome;
import org.orrery.core.rules.TableTrace.Step;
import org.orrery.core.rules.Verdict;
import org.orrery.core.value.Hex;

/** Writes explanations for people. */
public final class ExplanationText {
    /** What is longer goes on without alignment. */
    private static final int COLUMN_MAX = 60;

    private final RuleText rules;
    private final Paint paint;

    public ExplanationText(RuleText rules, Paint paint) {
        this.rules = rules;
        this.paint = paint;
    }

    /** All of it, line by line. */
    public List<String> lines(Explanation explanation, Explanation.Setting setting) {
        List<String> lines = new ArrayList<>();
        DescribedFrame frame = explanation.frame();
        lines.add("frame     " + frame.text() + " (" + frame.payload().length + " bytes)");
        lines.add("sender    " + member(setting.sender()));
        lines.add("receiver  " + member(setting.receiver()));
        for (Explanation.Pass pass : explanation.passes()) {
            lines.add("");
            lines.addAll(pass(pass));
        }
        lines.add("");
        lines.add(paint.heading("verdict") + "   " + coloured(explanation));
        explanation.end().copies().forEach(copy -> lines.add("          " + copy(copy)));
        return lines;
    }

    private String member(Party party) {
        return Hex.of(party.address(), 10) + "  " + party.credentials(rules.names());
    }

    private List<String> pass(Explanation.Pass pass) {
        List<String> lines = new ArrayList<>();
        String who = paint.heading(title(pass));
        FilterTrace trace = pass.trace();
        lines.add(who + ", rules of the network");
        table(lines, trace.base());
        for (FilterTrace.CapabilityTrace capability : trace.capabilities()) {
            lines.add(who + ", capability " + rules.names().capability(capability.id())
                    + (trace.inbound() ? " of the sender" : ""));
            table(lines, capability.trace());
        }
        String decides = "  => " + outcome(pass) + ": " + because(trace);
        lines.add(trace.verdict().passes() ? paint.good(decides) : paint.bad(decides));
        return lines;
    }

    static String title(Explanation.Pass pass) {
        return switch (pass.role()) {
            case SENDER_TO_ALL -> "SENDER before recipients are known";
            case SENDER -> "SENDER";
            case RECEIVER -> "RECEIVER";
            case THIRD -> "THIRD MEMBER " + Hex.of(pass.at(), 10);
        };
    }

    private static String outcome(Explanation.Pass pass) {
        FilterTrace trace = pass.trace();
        if (trace.redirectTo() != 0) {
            return "redirected to " + Hex.of(trace.redirectTo(), 10);
        }
        if (!trace.verdict().passes()) {
            return "dropped";
        }
        return trace.verdict() == Verdict.SUPER_ACCEPT ? "accepted whoever it is for" : "accepted";
    }

    /** What made one side decide. */
    private String because(FilterTrace trace) {
        if (trace.grantedBy() != null) {
            FilterTrace.CapabilityTrace granting = trace.capabilities().getLast();
            return "capability " + rules.names().capability(granting.id()) + ", " + by(granting.trace());
        }
        if (trace.base().verdict() != Verdict.NO_MATCH) {
            return by(trace.base());
        }
        String where = trace.base().decidedBy() < 0
                ? "no rule of the network takes it"
                : by(trace.base()) + " leaves it to capabilities";
        return where
                + (trace.capabilities().isEmpty()
                        ? ", and the sender has no capability"
                        : ", and no capability accepts it");
    }

    private String by(TableTrace trace) {
        for (List<Step> statement : Statements.of(trace)) {
            if (statement.getLast().index() == trace.decidedBy()) {
                return "rule " + trace.decidedBy() + ", '"
                        + rules.statement(statement.stream().map(Step::rule).toList()) + "'";
            }
        }
        return "";
    }

    private void table(List<String> lines, TableTrace trace) {
        if (trace.steps().isEmpty()) {
            lines.add("  (no rules)");
        }
        List<List<Step>> statements = Statements.of(trace);
        int width = 0;
        int digits = Integer.toString(Math.max(0, trace.steps().size() - 1)).length();
        for (List<Step> statement : statements) {
            for (Step step : shown(statement)) {
                width = Math.max(width, match(step, statement).length() + 4);
            }
            width = Math.max(width, text(statement).length());
        }
        width = Math.min(width, COLUMN_MAX);
        for (List<Step> statement : statements) {
            Step last = statement.getLast();
            lines.add(
                    "  " + number(last.index(), digits) + "  " + padded(text(statement), width) + "  " + action(last));
            for (Step step : shown(statement)) {
                lines.add("  " + " ".repeat(digits) + "    "
                        + padded(number(step.index(), digits) + " " + match(step, statement), width - 2) + "  "
                        + verdict(step));
            }
        }
    }

    private static List<Step> shown(List<Step> statement) {
        return statement.getLast().outcome() == Outcome.NOT_REACHED
                ? List.of()
                : statement.stream().filter(step -> !step.rule().action()).toList();
    }

    private String text(List<Step> statement) {
        return rules.statement(statement.stream().map(Step::rule).toList());
    }

    private String match(Step step, List<Step> statement) {
        return rules.match(step.rule(), step.equals(statement.getFirst()));
    }

    private static String number(int index, int digits) {
        String text = Integer.toString(index);
        return " ".repeat(digits - text.length()) + text;
    }

    private static String padded(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }

    private String action(Step step) {
        String reason = step.reason().isEmpty() ? "" : ": " + step.reason();
        return switch (step.outcome()) {
            case TAKEN -> paint.heading("TAKEN") + reason;
            case WITHOUT_EFFECT -> paint.other("without effect") + reason;
            case NOT_TAKEN -> "not taken" + reason;
            case NOT_REACHED -> paint.faint("not reached");
            case HOLDS, FAILS, NOT_LOOKED_AT -> "decides nothing: no action follows";
        };
    }

    private String verdict(Step step) {
        return switch (step.outcome()) {
            case HOLDS -> paint.good("yes") + "  " + step.reason();
            case FAILS -> paint.bad("no") + "   " + step.reason();
            default -> paint.faint("-    not looked at");
        };
    }

    /** The end in one line: {@code drop by the receiver: rule 3, 'drop ...;'}. */
    public String verdict(Explanation explanation) {
        Explanation.Pass pass = explanation.decisive();
        String who = pass.role() == Explanation.Role.RECEIVER ? "the receiver" : "the sender";
        String why = because(pass.trace());
        return switch (explanation.end().fate()) {
            case ACCEPT -> "accept: " + why;
            case DROP -> "drop by " + who + ": " + why;
            case REDIRECT -> "redirect to " + Hex.of(explanation.end().redirectTo(), 10) + " by " + who + ": " + why;
        };
    }

    private String coloured(Explanation explanation) {
        String text = verdict(explanation);
        return switch (explanation.end().fate()) {
            case ACCEPT -> paint.good(text);
            case DROP -> paint.bad(text);
            case REDIRECT -> paint.other(text);
        };
    }

    private static String copy(FilterTrace.Copy copy) {
        return (copy.watched() ? "watched copy of " : "copy of ") + copy.length() + " bytes to "
                + Hex.of(copy.to(), 10);
    }
}
