// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1.bond;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.HexFormat;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Reports about packets, and what is computed from them. */
final class LinkMeterTest {
    private static final long NOW = 1_795_000_000_000L;

    @Test
    void writesRecordsInLittleEndianAndOnlyOfOddPackets() {
        var meter = new LinkMeter(NOW);
        meter.arrived(0x0102030405060709L, NOW);
        meter.arrived(0x0102030405060708L, NOW);
        meter.arrived(0xf0e0d0c0b0a09081L, NOW + 100);
        assertThat(HexFormat.of().formatHex(meter.report(NOW + 0x1234)))
                .isEqualTo("0907060504030201" + "3412" + "8190a0b0c0d0e0f0" + "d011");
        assertThat(meter.report(NOW + 0x1234)).isEmpty();
    }

    @Test
    void measuresHalfOfWhatIsLeftOfTheRoundTrip() {
        var random = new SplittableRandom(1);
        var ours = new LinkMeter(NOW);
        var theirs = new LinkMeter(NOW);
        for (int i = 0; i < 50; i++) {
            long id = random.nextLong() | 1;
            long sentAt = NOW + i * 40;
            ours.sent(id, sentAt);
            theirs.arrived(id, sentAt + 30 + i % 2 * 4);
        }
        assertThat(ours.latencyMillis()).isNegative();
        byte[] report = theirs.report(NOW + 3_000);
        assertThat(report).hasSize(50 * LinkMeter.RECORD_BYTES);
        ours.told(report, 0, report.length, NOW + 3_030);
        // 30 ms or 34 ms there, 30 ms back.
        assertThat(ours.latencyMillis()).isCloseTo(31, within(0.2));
        assertThat(ours.jitterMillis()).isCloseTo(1, within(0.01));
        ours.told(report, 0, report.length, NOW + 9_000);
        assertThat(ours.latencyMillis()).as("a report counts once").isCloseTo(31, within(0.2));
    }

    @Test
    void whatWasNeverSentAndBrokenRecordsChangeNothing() {
        var meter = new LinkMeter(NOW);
        byte[] bytes = new byte[1_400];
        for (int length = 0; length <= bytes.length; length++) {
            meter.told(bytes, 0, length, NOW);
        }
        assertThat(meter.latencyMillis()).isNegative();
        assertThat(meter.jitterMillis()).isZero();
    }

    @Test
    void reportsSoonAtFirstThenInIntervalsAndWhenThereIsMuch() {
        var meter = new LinkMeter(NOW);
        assertThat(meter.reportDue(10_000, NOW + 60_000)).as("nothing came").isFalse();
        meter.arrived(1, NOW);
        assertThat(meter.reportDue(10_000, NOW + 999)).isFalse();
        assertThat(meter.reportDue(10_000, NOW + 1_000)).isTrue();
        meter.report(NOW + 1_000);
        meter.arrived(3, NOW + 1_000);
        assertThat(meter.reportDue(10_000, NOW + 10_999)).isFalse();
        assertThat(meter.reportDue(10_000, NOW + 11_000)).isTrue();
        for (int i = 0; i < 1_000; i++) {
            meter.arrived(2L * i + 1, NOW + 1_001);
        }
        assertThat(meter.reportDue(10_000, NOW + 1_001)).isTrue();
        assertThat(meter.report(NOW + 1_001)).hasSize(1_400);
    }

    @Test
    void aCopyIsKnownAndNothingElse() {
        var random = new SplittableRandom(2);
        var copies = new Duplicates();
        int early = 0;
        for (int i = 0; i < 1_000; i++) {
            long id = random.nextLong();
            assertThat(copies.again(id)).isFalse();
            for (int k = 0; k < 100; k++) {
                assertThat(copies.again(random.nextLong())).isFalse();
            }
            early += copies.again(id) ? 0 : 1;
        }
        assertThat(early).as("of 1,000 copies a hundred packets late").isLessThan(20);
    }
}
