// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.capture;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class ObserversTest {
    private static final long NETWORK = 0x8056c2e21c000001L;
    private static final Duration AT_ONCE = Duration.ZERO;

    private final Observers observers = new Observers(InstantSource.fixed(Instant.ofEpochSecond(5, 7)));

    private void frame(long network, int length) {
        observers.frame(
                network, 0x1122334455L, 2, 0x020000000001L, 0x020000000002L, 0x0800, new byte[length + 3], 3, length);
    }

    @Test
    void keepsFramesOfTheNetworkForWhoWatchesIt() throws InterruptedException {
        frame(NETWORK, 60);
        try (Observers.Subscription one = observers.subscribe(NETWORK).orElseThrow();
                Observers.Subscription other = observers.subscribe(NETWORK + 1).orElseThrow()) {
            frame(NETWORK, 60);
            Observers.Frame frame = Objects.requireNonNull(one.take(AT_ONCE));
            assertThat(frame.timeNanos()).isEqualTo(5_000_000_007L);
            assertThat(frame.from()).isEqualTo(0x1122334455L);
            assertThat(frame.bytes()).hasSize(74).startsWith(2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0);
            assertThat(one.take(AT_ONCE)).isNull();
            assertThat(other.take(AT_ONCE)).isNull();
            assertThat(one.received()).isEqualTo(1);
        }
        assertThat(observers.count()).isZero();
    }

    @Test
    void whoIsSlowLosesFramesAndIsToldHowMany() throws InterruptedException {
        try (Observers.Subscription slow = observers.subscribe(NETWORK).orElseThrow()) {
            int sent = 5_000;
            for (int i = 0; i < sent; i++) {
                frame(NETWORK, 1_500);
            }
            List<Observers.Frame> got = new ArrayList<>();
            for (Observers.Frame each = slow.take(AT_ONCE); each != null; each = slow.take(AT_ONCE)) {
                got.add(each);
            }
            assertThat(got.size()).isBetween(2_000, 4_000);
            assertThat(slow.received()).isEqualTo(sent);
            assertThat(slow.lost()).isEqualTo(sent - got.size());
            frame(NETWORK, 1_500);
            assertThat(Objects.requireNonNull(slow.take(AT_ONCE)).lostBefore()).isEqualTo(slow.lost());
            frame(NETWORK, 1_500);
            assertThat(Objects.requireNonNull(slow.take(AT_ONCE)).lostBefore()).isZero();
        }
    }

    @Test
    void thereIsRoomForAFew() {
        List<Observers.Subscription> all = new ArrayList<>();
        for (int i = 0; i < Observers.OBSERVERS_MAX; i++) {
            all.add(observers.subscribe(NETWORK).orElseThrow());
        }
        assertThat(observers.subscribe(NETWORK)).isEmpty();
        all.getFirst().close();
        assertThat(observers.subscribe(NETWORK)).isPresent();
    }
}
