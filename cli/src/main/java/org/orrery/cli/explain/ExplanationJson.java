// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.explain;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.orrery.cli.api.Json;
import org.orrery.core.rules.FilterTrace;
import org.orrery.core.rules.RuleText;
import org.orrery.core.rules.TableTrace;
import org.orrery.core.value.Hex;

/** Explanations for programs. */
public final class ExplanationJson {
    private final RuleText rules;

    public ExplanationJson(RuleText rules) {
        this.rules = rules;
    }

    /** The frame, each decision rule by rule, and the end. */
    public Json of(Explanation explanation) {
        return Json.object(Map.of(
                "frame", Json.of(explanation.frame().text()),
                "bytes", Json.of(explanation.frame().payload().length),
                "decisions",
                        Json.array(explanation.passes().stream().map(this::pass).toList()),
                "verdict", Json.of(name(explanation.end().fate())),
                "by", Json.of(name(explanation.decisive().role())),
                "because", Json.of(new ExplanationText(rules, Paint.PLAIN).verdict(explanation)),
                "redirectTo", address(explanation.end().redirectTo()),
                "copies", copies(explanation.end().copies())));
    }

    private Json pass(Explanation.Pass pass) {
        FilterTrace trace = pass.trace();
        Map<String, Json> members = new LinkedHashMap<>();
        members.put("role", Json.of(name(pass.role())));
        members.put("at", address(pass.at()));
        members.put("direction", Json.of(trace.inbound() ? "inbound" : "outbound"));
        members.put("verdict", Json.of(name(trace.verdict())));
        members.put("redirectTo", address(trace.redirectTo()));
        members.put("copies", copies(trace.copies()));
        members.put("grantedBy", trace.grantedBy() == null ? Json.none() : id(trace.grantedBy()));
        List<Json> tables = new ArrayList<>();
        tables.add(table("network", Json.none(), trace.base()));
        trace.capabilities().forEach(each -> tables.add(table("capability", id(each.id()), each.trace())));
        members.put("tables", Json.array(tables));
        return Json.object(members);
    }

    private Json table(String kind, Json id, TableTrace trace) {
        List<Json> steps = new ArrayList<>();
        for (List<TableTrace.Step> statement : Statements.of(trace)) {
            for (TableTrace.Step step : statement) {
                steps.add(Json.object(Map.of(
                        "index", Json.of(step.index()),
                        "text",
                                Json.of(
                                        step.rule().action()
                                                ? rules.words(step.rule())
                                                : rules.match(step.rule(), step.equals(statement.getFirst()))),
                        "statement",
                                Json.of(rules.statement(statement.stream()
                                        .map(TableTrace.Step::rule)
                                        .toList())),
                        "outcome", Json.of(name(step.outcome())),
                        "reason", Json.of(step.reason()))));
            }
        }
        return Json.object(Map.of(
                "table", Json.of(kind),
                "id", id,
                "verdict", Json.of(name(trace.verdict())),
                "decidedBy", trace.decidedBy() < 0 ? Json.none() : Json.of(trace.decidedBy()),
                "rules", Json.array(steps)));
    }

    private static Json copies(List<FilterTrace.Copy> copies) {
        return Json.array(copies.stream()
                .map(copy -> Json.object(Map.of(
                        "to", address(copy.to()),
                        "bytes", Json.of(copy.length()),
                        "watched", Json.of(copy.watched()))))
                .toList());
    }

    private static Json address(long bits) {
        return bits == 0 ? Json.none() : Json.of(Hex.of(bits, 10));
    }

    private static Json id(int id) {
        return Json.of(Integer.toUnsignedLong(id));
    }

    static String name(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
