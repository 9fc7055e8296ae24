// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** How the control lane ends. */
class ControlThreadTest {
    private static final long PATIENCE_MILLIS = 20_000;

    private final CountDownLatch failed = new CountDownLatch(1);
    private final ControlThread control = new ControlThread(new SteadyClock(), failed::countDown);
    private final AtomicInteger ended = new AtomicInteger();

    private void start() {
        control.start(new ControlThread.Timers() {
            @Override
            public long nextDeadlineMillis(long nowMillis) {
                return nowMillis + 1_000;
            }

            @Override
            public void tick(long nowMillis) {}
        });
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)).isTrue();
        } catch (InterruptedException impatient) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void theLastTaskRunsAfterAllOthers() {
        start();
        var before = new AtomicInteger();
        for (int i = 0; i < 1_000; i++) {
            assertThat(control.offer(before::incrementAndGet)).isTrue();
        }
        assertThat(control.stop(() -> ended.set(before.get()), PATIENCE_MILLIS)).isTrue();
        assertThat(ended).hasValue(1_000);
        assertThat(control.offer(() -> {})).isFalse();
    }

    @Test
    void saysThatTheLastTaskDidNotRun() {
        start();
        var release = new CountDownLatch(1);
        control.offer(() -> await(release));
        assertThat(control.stop(ended::incrementAndGet, 100)).isFalse();
        assertThat(ended).hasValue(0);
        release.countDown();
    }

    @Test
    void saysThatTheLastTaskDidNotEnd() {
        start();
        var release = new CountDownLatch(1);
        assertThat(control.stop(() -> await(release), 100)).isFalse();
        release.countDown();
    }

    @Test
    void waitsForRoomForTheLastTask() throws Exception {
        start();
        var release = new CountDownLatch(1);
        control.offer(() -> await(release));
        while (control.offer(() -> {})) {
            // until there is no room
        }
        Thread.ofVirtual().start(() -> {
            try {
                Thread.sleep(200);
            } catch (InterruptedException taken) {
                Thread.currentThread().interrupt();
            }
            release.countDown();
        });
        assertThat(control.stop(ended::incrementAndGet, PATIENCE_MILLIS)).isTrue();
        assertThat(ended).hasValue(1);
    }

    @Test
    void takesDownWhatALaneLeftThatABugEnded() {
        start();
        control.offer(() -> {
            throw new IllegalStateException("a bug, as this test wants it");
        });
        await(failed);
        assertThat(control.stop(ended::incrementAndGet, PATIENCE_MILLIS)).isTrue();
        assertThat(ended).hasValue(1);
    }

    @Test
    void takesDownWhatALaneLeftThatNeverBegan() {
        assertThat(control.stop(ended::incrementAndGet, PATIENCE_MILLIS)).isTrue();
        assertThat(ended).hasValue(1);
        assertThat(control.stop(
                        () -> {
                            throw new IllegalStateException("a bug, as this test wants it");
                        },
                        PATIENCE_MILLIS))
                .isFalse();
    }
}
