// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.orrery.daemon.engine.FallbackPolicy.State;

/** The policy, looked at four times a second as the control lane does. */
final class FallbackPolicyTest {
    private static final long STEP_MILLIS = 250;
    private static final long START = 1_000_000;
    private static final long NEVER = Long.MIN_VALUE / 2;

    private final FallbackPolicy policy = new FallbackPolicy(START);
    private long now = START;
    private int asked;

    /** Goes on for so long, with somebody heard all the time or at {@code heardMillis} last. */
    private void run(long millis, boolean hearing, long heardMillis) {
        long end = now + millis;
        while (now < end) {
            now += STEP_MILLIS;
            if (policy.look(hearing ? now : heardMillis, now)) {
                asked++;
            }
        }
    }

    /** Runs until the state changes; answers how long that took. */
    private long untilChange(boolean hearing, long heardMillis) {
        State before = policy.state();
        long begin = now;
        while (policy.state() == before && now - begin < 600_000) {
            run(STEP_MILLIS, hearing, heardMillis);
        }
        return now - begin;
    }

    @Test
    void asksNobodyWhileUdpPasses() {
        run(600_000, true, 0);
        assertThat(policy.state()).isEqualTo(State.UDP);
        assertThat(asked).isZero();
    }

    @Test
    void takesTheTunnelWithinSevenSecondsOfSilenceAfterThreeQuestions() {
        run(60_000, true, 0);
        assertThat(untilChange(false, now)).isBetween(7_000L, 7_500L);
        assertThat(policy.state()).isEqualTo(State.TUNNEL);
        assertThat(asked).isGreaterThanOrEqualTo(3);
    }

    @Test
    void takesTheTunnelAsSoonAfterAStartWithoutUdp() {
        assertThat(untilChange(false, NEVER)).isBetween(7_000L, 7_500L);
        assertThat(policy.state()).isEqualTo(State.TUNNEL);
    }

    @Test
    void asksBeforeItBelievesTheSilenceOfASleep() {
        run(60_000, true, 0);
        long slept = now;
        now += 3_600_000;
        assertThat(untilChange(false, slept)).isGreaterThanOrEqualTo(2_500);
        assertThat(asked).isGreaterThanOrEqualTo(3);
    }

    @Test
    void oneAnswerEndsTheDoubt() {
        run(60_000, true, 0);
        run(6_000, false, now);
        assertThat(policy.state()).isEqualTo(State.UDP);
        run(STEP_MILLIS, true, 0);
        run(3_000, false, now);
        assertThat(policy.state()).isEqualTo(State.UDP);
        assertThat(policy.questions()).isZero();
    }

    @Test
    void leavesTheTunnelOnceUdpAnswersForThreeSecondsAndListensForTwentyMore() {
        untilChange(false, NEVER);
        run(60_000, false, NEVER);
        assertThat(policy.state()).isEqualTo(State.TUNNEL);

        assertThat(untilChange(true, 0)).isBetween(3_000L, 3_500L);
        assertThat(policy.state()).isEqualTo(State.LEAVING);
        assertThat(untilChange(true, 0)).isBetween(20_000L, 20_500L);
        assertThat(policy.state()).isEqualTo(State.UDP);
    }

    @Test
    void aSingleAnswerIsNotEnoughToLeave() {
        untilChange(false, NEVER);
        for (int i = 0; i < 10; i++) {
            run(STEP_MILLIS, true, 0);
            run(10_000, false, now);
        }
        assertThat(policy.state()).isEqualTo(State.TUNNEL);
    }

    @Test
    void takesTheTunnelAgainIfUdpFailsWhileItLeaves() {
        untilChange(false, NEVER);
        untilChange(true, 0);
        assertThat(policy.state()).isEqualTo(State.LEAVING);
        assertThat(untilChange(false, now)).isBetween(7_000L, 7_500L);
        assertThat(policy.state()).isEqualTo(State.TUNNEL);
    }

    @Test
    void asksOverUdpAllTheTimeWhileTheTunnelIsInUse() {
        untilChange(false, NEVER);
        asked = 0;
        run(60_000, false, NEVER);
        assertThat(asked).isBetween(55, 61);
    }
}
