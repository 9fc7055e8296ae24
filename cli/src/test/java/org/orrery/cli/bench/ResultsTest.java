// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.orrery.cli.Captured;
import org.orrery.cli.api.Json;

class ResultsTest {
    private static final Figure TCP = Measurement.TCP1.figures().getFirst();
    private static final Figure CPU = Measurement.TCP1.figures().getLast();

    private final Circumstances circumstances = new Circumstances(
            Instant.parse("2026-11-24T12:00:00Z"),
            "orrery bench net --runs 3",
            2,
            "X <1> & Y",
            "Linux",
            "JVM",
            "in turn");

    /** Orrery in three runs, the other with one that failed. */
    private static Results results() {
        var results = new Results(List.of("Orrery", "other", "absent"), List.of(Measurement.TCP1));
        for (double value : new double[] {900, 1_000, 1_200}) {
            results.add(TCP, "Orrery", value);
            results.add(CPU, "Orrery", 2);
        }
        results.add(TCP, "other", 1_000);
        results.addFailure(TCP, "other");
        results.add(TCP, "other", 600);
        return results;
    }

    private String table(Results results) {
        var captured = new Captured(Path.of("."));
        ResultText.print(captured.terminal(), results, circumstances);
        return captured.out();
    }

    @Test
    void medianLeastAndMost() {
        assertThat(results().series(TCP, "Orrery"))
                .returns(1_000.0, Series::median)
                .returns(900.0, Series::least)
                .returns(1_200.0, Series::most);
        assertThat(results().series(TCP, "other").median()).isEqualTo(800);
    }

    @Test
    void ratiosAreOfTheSameRunAndLeaveFailuresOut() {
        assertThat(results().ratio(TCP, "other").byRun()).containsExactly(0.9, 2.0);
        assertThat(results().ratio(CPU, "other").isEmpty()).isTrue();
    }

    @Test
    void theTableShowsMediansRatiosAndRuns() {
        assertThat(table(results()))
                .containsPattern("FIGURE +UNIT +BETTER +ORRERY +OTHER +RATIO +RUNS\n")
                .containsPattern("TCP, 1 stream +Mbit/s +more +1000 \\(900 to 1200\\) +800 \\(600 to 1000\\)"
                        + " +1\\.45 \\(0\\.900 to 2\\.00\\) +3 and 2\n")
                .containsPattern("TCP, 1 stream: CPU +s/GB +less +2\\.00 \\(2\\.00 to 2\\.00\\) +- +- +3 and 0\n")
                .endsWith("2 processors (X <1> & Y), Linux, JVM\n2026-11-24T12:00:00Z, orrery bench net --runs 3\n");
    }

    @Test
    void theTableLeavesOutKindsOfWhichNothingIsKnown() {
        assertThat(table(results())).doesNotContainIgnoringCase("absent");
    }

    @Test
    void aSingleKindHasNoRatio() {
        var results = new Results(List.of("Orrery"), List.of(Measurement.TCP1));
        results.add(TCP, "Orrery", 12.345);

        assertThat(table(results)).contains("FIGURE", "12.3").doesNotContain("RATIO");
    }

    @Test
    void valuesHaveThreeDigitsThatCount() {
        assertThat(List.of(1234.5, 99.96, 9.876, 0.12345, 0.0))
                .extracting(Figure::shown)
                .containsExactly("1235", "100.0", "9.88", "0.123", "0");
    }

    @Test
    void theJsonHasEveryRunAndWhereItWasFound() throws Exception {
        Json json = Json.parse(ResultText.json(results(), circumstances).indented());

        assertThat(json.at("commandLine").text()).isEqualTo("orrery bench net --runs 3");
        assertThat(json.at("date").text()).isEqualTo("2026-11-24T12:00:00Z");
        assertThat(json.at("processors").integer()).isEqualTo(2);
        assertThat(json.at("method").text()).isEqualTo("in turn");
        Json tcp = json.at("figures").items().getFirst();
        assertThat(tcp.at("id").text()).isEqualTo("tcp1");
        assertThat(tcp.at("values").at("Orrery").at("median").real()).isEqualTo(1_000);
        assertThat(tcp.at("values").at("other").at("runs").items())
                .containsExactly(new Json.Real(1_000), Json.none(), new Json.Real(600));
        assertThat(tcp.at("ratios").at("other").at("most").real()).isEqualTo(2);
        assertThat(tcp.at("ratios").members()).doesNotContainKey("Orrery");
    }

    @Test
    void theChartIsWellFormedAndDrawsABarForEachKindAndFigure() throws Exception {
        String svg = BarChart.svg(results(), circumstances);

        var document = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
        assertThat(document.getDocumentElement().getTagName()).isEqualTo("svg");
        // Two in the legend, two for throughput, one for the processor.
        assertThat(document.getElementsByTagName("rect").getLength()).isEqualTo(5);
        assertThat(svg)
                .contains("prefers-color-scheme: dark", ">TCP, 1 stream<", ">1000<", ">800<", "X &lt;1&gt; &amp; Y");
        assertThat(svg).contains("width=\"366.7\""); // 1000 of 1200, which has 440.
    }
}
