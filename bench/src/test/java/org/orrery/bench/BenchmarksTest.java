// SPDX-License-Identifier: Apache-2.0
package org.orrery.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.orrery.bench.Benchmarks.Effort;
import org.orrery.bench.Benchmarks.Score;

class BenchmarksTest {
    @Test
    void eachRunsAndFindsSomething(@TempDir Path folder) throws Exception {
        Path json = folder.resolve("report.json");
        List<String> told = new ArrayList<>();

        List<Score> scores = Benchmarks.run(Benchmarks.names(), Effort.TRY, json, told::add, told::add);

        assertThat(told).isEqualTo(Benchmarks.names());
        assertThat(scores).extracting(Score::name).containsAll(Benchmarks.names());
        assertThat(scores).allSatisfy(score -> assertThat(score.nanos()).isPositive());
        assertThat(Files.readString(json)).contains("org.orrery.bench.LaneBenchmark.lane");
    }

    @Test
    void runsOnlyWhatIsNamed() throws Exception {
        List<Score> scores = Benchmarks.run(List.of("header"), Effort.TRY, null, name -> {}, text -> {});

        assertThat(scores).extracting(Score::name).containsExactly("header");
    }

    @Test
    void runsBesideOthersAndSaysSo() throws Exception {
        List<String> told = new ArrayList<>();
        // Held here, or by somebody else already.
        try (RunLock taken = RunLock.take(RunLock.USUAL)) {
            assertThat(taken.channel()).as("the lock can be looked at").isNotNull();
            assertThat(Benchmarks.run(List.of("header"), Effort.QUICK, null, name -> {}, told::add))
                    .extracting(Score::name)
                    .containsExactly("header");
        }
        assertThat(told).singleElement().asString().contains("at the same time");
    }

    @Test
    void aLaneCarriesEveryFrameBothWaysWithEitherSuite() {
        for (int suite : new int[] {1, 3}) {
            var pair = new LanePair(suite, 2814);
            assertThat(pair.thereAndBack()).isEqualTo(2);
            assertThat(pair.thereAndBack()).isEqualTo(4);
        }
    }
}
