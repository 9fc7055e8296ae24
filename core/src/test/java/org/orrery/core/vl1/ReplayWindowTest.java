// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.orrery.core.vl1.ReplayGuard.Place;

class ReplayWindowTest {
    private static final int SPAN = ReplayWindow.SPAN;

    private final ReplayWindow window = new ReplayWindow(SPAN, 0, 0);

    @Test
    void aWiderOneTakesOverWithWhatCame() {
        var narrow = new ReplayWindow(SPAN, 10, 10);
        for (int number = 1_000; number <= 5_000; number += 2) {
            assertThat(narrow.take(number)).isEqualTo(Place.NEW);
        }
        var wide = new ReplayWindow(ReplayWindow.BONDED_SPAN, narrow);
        assertThat(narrow.take(5_001)).as("by a lane that has not noticed").isEqualTo(Place.NEW);
        assertThat(wide.take(5_001)).isEqualTo(Place.OLD);
        assertThat(wide.take(5_000)).isEqualTo(Place.OLD);
        assertThat(wide.take(4_999)).isEqualTo(Place.NEW);
        assertThat(wide.take(4_999)).isEqualTo(Place.OLD);
        assertThat(wide.take(1_001)).as("too old to tell").isEqualTo(Place.OLD);
        assertThat(wide.take(60_000)).isEqualTo(Place.NEW);
        for (int number = 5_002; number < 60_000; number += 7) {
            assertThat(wide.take(number)).isEqualTo(Place.NEW);
            assertThat(wide.take(number)).isEqualTo(Place.OLD);
        }
    }

    @Test
    void takesEachNumberOnce() {
        for (long number = 1; number <= 3 * SPAN; number++) {
            assertThat(window.take(number)).isEqualTo(Place.NEW);
            assertThat(window.take(number)).isEqualTo(Place.OLD);
        }
        for (long number = 0; number <= 3 * SPAN; number++) {
            assertThat(window.take(number)).as("%d", number).isEqualTo(Place.OLD);
        }
    }

    @Test
    void takesWhatWasOvertakenByLessThanTheSpan() {
        window.take(SPAN - 1);
        for (long number = SPAN - 2; number > 0; number--) {
            assertThat(window.take(number)).as("%d", number).isEqualTo(Place.NEW);
        }
    }

    @Test
    void takesNothingThatWasOvertakenByTheSpanInALine() {
        for (long number = 2; number <= SPAN + 16; number++) {
            window.take(number);
        }
        assertThat(window.take(1)).isEqualTo(Place.OLD);
    }

    @Test
    void takesNothingUpToTheFloorAndNothingFarAhead() {
        var later = new ReplayWindow(SPAN, 1_000, 1_000_000);
        assertThat(later.take(1_000)).isEqualTo(Place.OLD);
        assertThat(later.take(1_001)).isEqualTo(Place.NEW);
        long limit = 1_000_000 + ReplayWindow.AHEAD_MAX;
        assertThat(later.take(limit + 1)).isEqualTo(Place.NOWHERE);
        assertThat(later.take(limit)).isEqualTo(Place.NEW);
        assertThat(later.take(limit + 1)).as("counted from the newest").isEqualTo(Place.NEW);
        later.told(1L << 40);
        assertThat(later.take((1L << 40) + 5)).isEqualTo(Place.NEW);
        assertThat(later.take(limit + 2)).as("skipped, not come").isEqualTo(Place.NEW);
    }

    @Test
    void worksToTheEndOfItsNumbers() {
        long end = 1L << 52;
        var late = new ReplayWindow(SPAN, 0, end - 5 * SPAN);
        for (long number = end - 2 * SPAN; number < end; number++) {
            assertThat(late.take(number)).isEqualTo(Place.NEW);
            assertThat(late.take(number)).isEqualTo(Place.OLD);
        }
        assertThat(late.take(end - 2 * SPAN)).isEqualTo(Place.OLD);
        assertThat(late.take(end - 2 * SPAN + 15)).isEqualTo(Place.OLD);
    }

    /** In any order that stays within the span nothing is refused once, and everything twice. */
    @Test
    void agreesWithASetUnderLossDisorderAndRepetition() {
        for (int seed = 1; seed <= 20; seed++) {
            var random = new Random(seed);
            var small = new ReplayWindow(512, 0, 0);
            Set<Long> came = new HashSet<>();
            long base = 1;
            for (int i = 0; i < 50_000; i++) {
                base += random.nextInt(3);
                long number = base + random.nextInt(256);
                boolean before = !came.add(number);
                assertThat(small.take(number)).isEqualTo(before ? Place.OLD : Place.NEW);
                long old = 1 + random.nextLong(number);
                if (came.contains(old)) {
                    assertThat(small.take(old)).as("seed %d, %d", seed, old).isEqualTo(Place.OLD);
                }
            }
        }
    }

    @Test
    void takesEachNumberInOneLaneOnly() throws InterruptedException {
        int numbers = 200_000;
        var taken = new AtomicInteger[numbers + 1];
        for (int i = 0; i <= numbers; i++) {
            taken[i] = new AtomicInteger();
        }
        List<Thread> lanes = IntStream.range(0, 3)
                .mapToObj(_ -> Thread.ofPlatform().start(() -> {
                    for (int number = 1; number <= numbers; number++) {
                        if (window.take(number) == Place.NEW) {
                            taken[number].incrementAndGet();
                        }
                    }
                }))
                .toList();
        for (Thread lane : lanes) {
            lane.join();
        }
        for (int number = 1; number <= numbers; number++) {
            assertThat(taken[number].get()).as("%d", number).isEqualTo(1);
        }
    }
}
