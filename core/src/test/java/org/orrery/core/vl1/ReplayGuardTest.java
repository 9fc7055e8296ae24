// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.orrery.core.crypto.SharedKey;
import org.orrery.core.verb.Features;
import org.orrery.core.vl1.ReplayGuard.Place;

class ReplayGuardTest {
    private static final long ADA = 0x2020202020L;
    private static final int LANES = 3;

    private final SharedKey key = SharedKey.of(new byte[SharedKey.BYTES]);
    private static final long OUR_LIFE = 77;

    private final Random random = new Random(1);
    private final PacketNumbers numbers = life();
    private final ReplayGuard guard = new ReplayGuard(key, ADA, LANES);

    private PacketNumbers life() {
        return new PacketNumbers(key, ADA, LANES, random, 0);
    }

    private static Features told(PacketNumbers numbers) {
        return numbers.features(0, true);
    }

    /** She answers what was asked a round trip before. */
    private boolean answered(PacketNumbers now, long askedMillis) {
        return answered(told(now), askedMillis);
    }

    private boolean answered(@Nullable Features features, long askedMillis) {
        return !guard.outdated(features, askedMillis) && guard.answered(features, OUR_LIFE, askedMillis + 20);
    }

    @Test
    void everyIdIsAnother() {
        Set<Long> ids = new HashSet<>();
        for (PacketNumbers each : List.of(numbers, life(), life())) {
            for (int i = 0; i < 3_000; i++) {
                assertThat(ids.add(each.nextId(i % LANES))).isTrue();
            }
        }
    }

    @Test
    void whoTellsNoSessionIsNotGuardedAgainst() {
        assertThat(guard.take(1, 5)).isEqualTo(Place.NEW);
        assertThat(guard.take(1, 5)).as("before anything is known").isEqualTo(Place.OLD);
        assertThat(answered((Features) null, 10)).isFalse();
        assertThat(answered(new Features(Features.PREFERS_SALSA), 30)).isFalse();
        assertThat(guard.take(1, 5)).isEqualTo(Place.NEW);
        assertThat(guard.guards()).isFalse();
    }

    @Test
    void refusesWhatCameBeforeOnAnyLane() {
        answered(numbers, 0);
        assertThat(guard.guards()).isTrue();
        for (int lane = 0; lane < LANES; lane++) {
            long first = numbers.nextId(lane);
            long second = numbers.nextId(lane);
            assertThat(guard.take(1, second)).isEqualTo(Place.NEW);
            assertThat(guard.take(1, first)).isEqualTo(Place.NEW);
            assertThat(guard.take(1, first)).isEqualTo(Place.OLD);
            assertThat(guard.take(1, second)).isEqualTo(Place.OLD);
        }
    }

    @Test
    void ofASessionFromBeforeOurLifeWhatWasSentCountsAsCome() {
        numbers.peerLives(OUR_LIFE - 1, true, 0);
        long recorded = numbers.nextId(1);
        assertThat(guard.take(1, recorded)).as("nobody can tell").isEqualTo(Place.NEW);
        long underWay = numbers.nextId(1);
        answered(numbers, 0);
        assertThat(guard.take(1, recorded)).isEqualTo(Place.OLD);
        assertThat(guard.take(1, underWay)).as("or a recording").isEqualTo(Place.OLD);
        assertThat(guard.take(1, numbers.nextId(1))).isEqualTo(Place.NEW);
    }

    @Test
    void ofASessionOfOurLifeOnlyWhatCameCountsAsCome() {
        numbers.peerLives(OUR_LIFE, false, 0);
        long came = numbers.nextId(1);
        assertThat(guard.take(1, came)).isEqualTo(Place.NEW);
        long underWay = numbers.nextId(2);
        answered(numbers, 0);
        assertThat(guard.take(1, came)).isEqualTo(Place.OLD);
        assertThat(guard.take(1, underWay)).isEqualTo(Place.NEW);
        assertThat(guard.take(1, underWay)).isEqualTo(Place.OLD);
    }

    @Test
    void anotherLifeOfThePeerGetsAnotherSession() {
        long first = told(numbers).session();
        numbers.peerLives(1, false, 5_000);
        assertThat(told(numbers).session()).as("begun for it").isEqualTo(first);
        assertThat(told(numbers).receiverLife()).isEqualTo(1);
        numbers.peerLives(2, false, 6_000);
        assertThat(told(numbers).session()).as("that may be a recording").isEqualTo(first);
        numbers.peerLives(2, true, 6_000);
        assertThat(told(numbers).session()).isNotEqualTo(first);
        assertThat(told(numbers).receiverLife()).isEqualTo(2);
        assertThat(told(numbers).life()).isEqualTo(numbers.life());
        assertThat(told(numbers).last()).containsExactly(0L, 0L, 0L);
    }

    @Test
    void aSessionThatWasLongInUseIsForNoLife() {
        long first = told(numbers).session();
        numbers.peerLives(1, false, 5_001);
        assertThat(told(numbers).session()).isNotEqualTo(first);
    }

    @Test
    void nothingIsTakenOfWhoIsKnownToNumberUntilItAnswers() {
        guard.await();
        long recorded = numbers.nextId(1);
        assertThat(guard.take(1, recorded)).isEqualTo(Place.NOWHERE);
        assertThat(guard.guards()).isFalse();
        assertThat(guard.numbers()).isTrue();
        assertThat(answered(numbers, 0)).isTrue();
        assertThat(guard.take(1, recorded)).isEqualTo(Place.OLD);
        assertThat(guard.take(1, numbers.nextId(1))).isEqualTo(Place.NEW);
    }

    @Test
    void whoWasKnownToNumberMayHaveBecomeAnotherProgram() {
        guard.await();
        assertThat(answered((Features) null, 0)).isTrue();
        assertThat(guard.take(1, 5)).isEqualTo(Place.NEW);
        assertThat(guard.numbers()).isFalse();
    }

    @Test
    void allOfANewSessionHasAPlaceOnceItIsTold() {
        answered(numbers, 0);
        long old = numbers.nextId(1);
        PacketNumbers next = life();
        long early = next.nextId(1);
        assertThat(guard.take(1, early)).isEqualTo(Place.NOWHERE);
        assertThat(guard.agrees(told(next))).isFalse();
        assertThat(answered(next, 100)).isTrue();
        assertThat(guard.agrees(told(next))).isTrue();
        assertThat(guard.take(1, early)).isEqualTo(Place.NEW);
        assertThat(guard.take(1, early)).isEqualTo(Place.OLD);
        assertThat(guard.take(1, old)).as("of the session that is over").isEqualTo(Place.NOWHERE);
    }

    @Test
    void anAnswerFromBeforeASessionDoesNotEndIt() {
        answered(numbers, 0);
        PacketNumbers next = life();
        answered(next, 100);
        long recorded = next.nextId(1);
        guard.take(1, recorded);
        assertThat(answered(told(numbers), 50)).isFalse();
        assertThat(answered((Features) null, 50)).isFalse();
        assertThat(guard.take(1, recorded)).isEqualTo(Place.OLD);
        assertThat(guard.take(1, next.nextId(1))).isEqualTo(Place.NEW);
    }

    @Test
    void whoNumbersNoMoreIsBelievedIfItAnswers() {
        answered(numbers, 0);
        assertThat(guard.agrees(null)).isFalse();
        assertThat(answered((Features) null, 100)).isTrue();
        assertThat(guard.take(1, 5)).isEqualTo(Place.NEW);
    }

    @Test
    void asksHowFarTheSenderIsAfterMuchWasLost() {
        answered(numbers, 0);
        guard.take(1, numbers.nextId(2));
        for (long i = 0; i < ReplayWindow.AHEAD_MAX; i++) {
            numbers.nextId(2);
        }
        long id = numbers.nextId(2);
        assertThat(guard.take(1, id)).isEqualTo(Place.NOWHERE);
        assertThat(answered(numbers, 100)).isTrue();
        assertThat(guard.take(1, id)).isEqualTo(Place.NEW);
    }

    @Test
    void ofMoreThanItRemembersAllThatWasSentCountsAsCome() {
        numbers.peerLives(OUR_LIFE, false, 0);
        long first = numbers.nextId(1);
        guard.take(1, first);
        for (int i = 0; i < 64; i++) {
            guard.take(1, numbers.nextId(1));
        }
        answered(numbers, 0);
        assertThat(guard.take(1, first)).as("it was forgotten").isEqualTo(Place.OLD);
        assertThat(guard.take(1, numbers.nextId(1))).isEqualTo(Place.NEW);
    }

    @Test
    void whoBeginsToNumberIsNotBelievedAboutBefore() {
        answered(new Features(Features.PREFERS_SALSA), 0);
        numbers.peerLives(OUR_LIFE, false, 0);
        long taken = numbers.nextId(1);
        assertThat(guard.take(1, taken)).isEqualTo(Place.NEW);
        answered(numbers, 100);
        assertThat(guard.take(1, taken)).isEqualTo(Place.OLD);
        assertThat(guard.take(1, numbers.nextId(1))).isEqualTo(Place.NEW);
    }

    @Test
    void whoNeverAnsweredIsToBeAsked() {
        assertThat(guard.agrees(null)).isFalse();
        answered((Features) null, 0);
        assertThat(guard.agrees(null)).isTrue();
    }

    @Test
    void theControlLanesAnswersMayComeLateByAsMuchAsFrames() {
        answered(numbers, 0);
        long answer = numbers.nextId(0);
        for (int i = 0; i < ReplayWindow.SPAN - 16; i++) {
            guard.take(1, numbers.nextId(0));
        }
        assertThat(guard.take(1, answer)).isEqualTo(Place.NEW);
    }

    @Test
    void lanesThatWereNotToldOfHaveNoPlace() {
        answered(new PacketNumbers(key, ADA, 1, new Random(1), 0), 0);
        assertThat(guard.take(1, numbers.nextId(2))).isEqualTo(Place.NOWHERE);
    }
}
