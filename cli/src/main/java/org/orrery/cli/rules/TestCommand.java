// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.rules;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.orrery.cli.api.Json;
import org.orrery.cli.command.Context;
import org.orrery.cli.command.Trouble;
import org.orrery.cli.explain.ExplanationJson;
import org.orrery.cli.explain.ExplanationText;
import org.orrery.cli.explain.FaultException;
import org.orrery.cli.explain.Paint;
import org.orrery.cli.explain.RuleTests;
import org.orrery.core.rules.RuleText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code orrery rules test}. */
@Command(
        name = "test",
        description = {
            "Compare what rules decide with what a file expects; for CI.",
            "The exit code is 0 if all is as expected, 1 if not, and then each line that failed is explained."
        },
        footer = {
            "",
            "The file, a line each ('#' begins a comment):",
            "  rules office.rules                 the rules, relative to this file",
            "  network 8056c2e21c000001           only for rules about MACs and derived addresses",
            "  member web 1111111111 tags role=server capabilities http owns 10.1.1.2",
            "  member laptop                      all but the name may be left out",
            "  accept from laptop to web tcp 10.1.1.3:50000 > 10.1.1.2:80 syn",
            "  drop from web to laptop tcp 10.1.1.2:50000 > 10.1.1.3:22 syn",
            "  tee 2222222222 from laptop to web udp 10.1.1.3:53 > 10.1.1.2:53",
            "  redirect 2222222222 from laptop to web icmp 10.1.1.3 > 10.1.1.2",
            "'watch' is as 'tee'. 'first' behind the verdict means the first frame between the two.",
            "Frames are described as for 'orrery rules explain'.",
            "",
            "Examples:",
            "  orrery rules test office.test",
            "  orrery rules test office.test --tap"
        })
final class TestCommand extends Context implements Callable<Integer> {
    private static final int BYTES_MAX = 16 * 1024 * 1024;

    @Parameters(paramLabel = "FILE", description = "What is expected.")
    private String file = "";

    @Option(
            names = {"-j", "--json"},
            description = "Print each test with its explanation as JSON.")
    private boolean json;

    @Option(names = "--tap", description = "Print in the Test Anything Protocol, version 13.")
    private boolean tap;

    @Override
    public Integer call() {
        String text = new String(RuleSource.bytes(terminal(), file, BYTES_MAX), StandardCharsets.UTF_8);
        Path folder = file.equals("-") ? null : Path.of(file).getParent();
        List<RuleTests.Outcome> outcomes;
        try {
            outcomes = RuleTests.run(file, text, name -> {
                var book = RuleSource.file(
                        terminal(), folder == null ? name : folder.resolve(name).toString());
                book.notes().forEach(note -> terminal().complain("note: " + note));
                return book;
            });
        } catch (FaultException fault) {
            throw new Trouble(fault.sentence() + ".");
        }
        long failed = outcomes.stream().filter(outcome -> !outcome.passed()).count();
        if (json) {
            terminal().line(report(outcomes, failed).indented());
        } else if (tap) {
            tap(outcomes);
        } else {
            print(outcomes, failed);
        }
        return failed == 0 ? 0 : 1;
    }

    private void print(List<RuleTests.Outcome> outcomes, long failed) {
        for (RuleTests.Outcome outcome : outcomes) {
            if (!outcome.passed()) {
                terminal().line("FAILED " + file + ":" + outcome.line() + ": " + outcome.text());
                words(outcome, Paint.of(terminal().environment()))
                        .lines(outcome.explanation(), outcome.setting())
                        .forEach(line -> terminal().line(line.isEmpty() ? "" : "    " + line));
                terminal().line("");
            }
        }
        terminal()
                .line((outcomes.size() - failed) + " of " + outcomes.size() + " as expected"
                        + (failed == 0 ? "" : ", " + failed + " not"));
    }

    private void tap(List<RuleTests.Outcome> outcomes) {
        terminal().line("TAP version 13");
        terminal().line("1.." + outcomes.size());
        for (int i = 0; i < outcomes.size(); i++) {
            RuleTests.Outcome outcome = outcomes.get(i);
            terminal()
                    .line((outcome.passed() ? "ok " : "not ok ") + (i + 1) + " - line " + outcome.line() + ": "
                            + outcome.text().replace("#", "\\#"));
            if (!outcome.passed()) {
                terminal().line("# " + words(outcome, Paint.PLAIN).verdict(outcome.explanation()));
            }
        }
    }

    private static ExplanationText words(RuleTests.Outcome outcome, Paint paint) {
        return new ExplanationText(new RuleText(outcome.setting().book().names()), paint);
    }

    private Json report(List<RuleTests.Outcome> outcomes, long failed) {
        List<Json> tests = new ArrayList<>();
        for (RuleTests.Outcome outcome : outcomes) {
            var words = new RuleText(outcome.setting().book().names());
            tests.add(Json.object(Map.of(
                    "file", Json.of(file),
                    "line", Json.of(outcome.line()),
                    "name", Json.of(outcome.text()),
                    "passed", Json.of(outcome.passed()),
                    "explanation", new ExplanationJson(words).of(outcome.explanation()))));
        }
        return Json.object(Map.of(
                "tests", Json.array(tests),
                "passed", Json.of(outcomes.size() - failed),
                "failed", Json.of(failed)));
    }
}
