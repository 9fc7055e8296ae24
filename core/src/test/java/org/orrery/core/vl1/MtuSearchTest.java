// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** One search, asked every 50 ms as in use, over a way that the test describes. */
class MtuSearchTest {
    private static final int FULL = 1_432;
    private static final int LOOK_MILLIS = 50;
    private static final int ROUND_TRIP_MILLIS = 40;
    private static final int HOUR_MILLIS = 3_600_000;
    private static final MtuSearch.Pace ORRERY = new MtuSearch.Pace(60, 340, false);
    private static final MtuSearch.Pace NEW = new MtuSearch.Pace(200, 340, false);
    private static final MtuSearch.Pace SLOW = new MtuSearch.Pace(1_100, 1_100, true);

    private final MtuSearch search = new MtuSearch();
    private final List<Integer> asked = new ArrayList<>();
    private long now = 1_000_000;

    /** Which questions come back. */
    private interface Way {
        boolean passes(int length);
    }

    private record Answer(int length, long atMillis) {}

    private final List<Answer> underWay = new ArrayList<>();

    private void pass(long millis, MtuSearch.Pace pace, Way way) {
        for (long end = now + millis; now < end; now += LOOK_MILLIS) {
            underWay.removeIf(answer -> {
                boolean here = now - answer.atMillis >= 0;
                if (here) {
                    search.answered(answer.length, now);
                }
                return here;
            });
            int bytes = search.next(FULL, pace, now);
            if (bytes > 0) {
                asked.add(bytes);
                if (way.passes(bytes)) {
                    underWay.add(new Answer(bytes, now + ROUND_TRIP_MILLIS));
                }
            }
        }
    }

    @Test
    void whatPassesIsAskedOnceInAWhile() {
        pass(9_000, ORRERY, _ -> true);
        assertThat(asked).containsExactly(FULL, FULL, FULL);
        assertThat(search.bytes()).isEqualTo(MtuSearch.UNLIMITED);
    }

    @Test
    void aLimitIsFoundAndTheFullLengthAskedForOnceMoreBeforeItHolds() {
        pass(2_000, ORRERY, length -> length <= 1_252);
        assertThat(asked).containsExactly(FULL, FULL, 1_340, 1_220, 1_000, 540, FULL);
        assertThat(search.bytes()).isEqualTo(1_220);
    }

    @Test
    void aLimitThatIsGoneIsGivenUpAfterSeconds() {
        pass(2_000, ORRERY, length -> length <= 1_252);
        pass(10_000, ORRERY, _ -> true);
        assertThat(search.bytes()).isEqualTo(FULL);
    }

    @Test
    void anAnswerThatComesTooLateIsProofAllTheSame() {
        pass(2_000, ORRERY, length -> length <= 1_252);
        assertThat(search.bytes()).isEqualTo(1_220);
        search.answered(1_220, now);
        assertThat(search.bytes()).as("what is known already").isEqualTo(1_220);
        search.answered(FULL, now);
        assertThat(search.bytes()).isEqualTo(FULL);
    }

    @Test
    void whereNothingComesBackNothingIsConcluded() {
        pass(60_000, ORRERY, _ -> false);
        assertThat(search.bytes()).isEqualTo(MtuSearch.UNLIMITED);
    }

    @Test
    void aLossOfTwoInARowLowersNothing() {
        int[] count = {0};
        pass(9_000, ORRERY, _ -> ++count[0] > 2);
        assertThat(search.bytes()).isEqualTo(MtuSearch.UNLIMITED);
    }

    @Test
    void slowPeersAreAskedOnceASecondAndTheSameIsFound() {
        List<Long> times = new ArrayList<>();
        pass(12_000, SLOW, length -> {
            times.add(now);
            return length <= 600;
        });
        for (int i = 1; i < times.size(); i++) {
            assertThat(times.get(i) - times.get(i - 1)).isGreaterThanOrEqualTo(1_100);
        }
        assertThat(search.bytes()).isEqualTo(540);
    }

    /** Each question and each answer is lost with 2 %, in an hour of use, on 50 ways. */
    @Test
    void chanceAloneLowersTheLimitHardlyEver() {
        for (MtuSearch.Pace pace : List.of(ORRERY, NEW, SLOW)) {
            int lowered = 0;
            for (int seed = 0; seed < 50; seed++) {
                var one = new MtuSearchTest();
                var random = new Random(seed);
                int[] known = {MtuSearch.UNLIMITED};
                int[] count = {0};
                one.pass(HOUR_MILLIS, pace, _ -> {
                    count[0] += one.search.bytes() < known[0] && one.search.bytes() < FULL ? 1 : 0;
                    known[0] = one.search.bytes();
                    return random.nextDouble() < 0.98 * 0.98;
                });
                lowered += count[0];
            }
            assertThat(lowered).as("in 50 hours at %s", pace).isLessThanOrEqualTo(12);
        }
    }

    @Test
    void isWantedOnlyWhileLongPacketsAreSent() {
        assertThat(search.wanted(now)).isFalse();
        search.noteLong();
        assertThat(search.wanted(now)).isTrue();
        assertThat(search.wanted(now + 1_999)).isTrue();
        assertThat(search.wanted(now + 2_000)).isFalse();
        search.noteLong();
        assertThat(search.wanted(now + 3_000)).isTrue();
        assertThat(search.next(FULL, ORRERY, now + 3_000)).isEqualTo(FULL);
        assertThat(search.wanted(now + 6_000)).as("a search is ended").isTrue();
    }
}
