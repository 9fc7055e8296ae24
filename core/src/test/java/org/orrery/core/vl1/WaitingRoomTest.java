// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;

class WaitingRoomTest {
    private static final WaitingRoom.Outgoing NOTHING = (peer, now) -> {};

    private final WaitingRoom room = new WaitingRoom();
    private final List<Long> asked = new ArrayList<>();

    private static Inbound inbound(int bytes) {
        return new Inbound(1, new Endpoint(Ip.v4(1, 2, 3, 4), 9993), new byte[bytes], null, 0);
    }

    private List<Long> tick(long nowMillis) {
        asked.clear();
        room.tick(nowMillis, asked::add);
        return List.copyOf(asked);
    }

    @Test
    void asksAtOnceThenEveryHalfSecondAndGivesUpAfterFiveSeconds() {
        room.hold(5, NOTHING, 100, 0);
        assertThat(tick(0)).containsExactly(5L);
        assertThat(tick(499)).isEmpty();
        assertThat(tick(500)).containsExactly(5L);
        assertThat(room.timesAsked(5)).isEqualTo(2);
        assertThat(room.askNow(5, 700)).isFalse();
        assertThat(room.askNow(5, 1_000)).isTrue();
        assertThat(tick(4_999)).containsExactly(5L);
        assertThat(tick(5_000)).isEmpty();
        assertThat(room.waitsFor(5)).isFalse();
        assertThat(room.bytes()).isZero();
    }

    @Test
    void asksAgainAtOnceWhenThereIsABetterWayToAsk() {
        room.hold(5, NOTHING, 100, 0);
        tick(0);
        room.hurry();
        assertThat(tick(20)).containsExactly(5L);
    }

    @Test
    void releasesEachKindInItsOrder() {
        Inbound first = inbound(30);
        Inbound second = inbound(40);
        List<String> sent = new ArrayList<>();
        room.hold(5, (peer, now) -> sent.add("a"), 10, 0);
        room.hold(5, first, 0);
        room.hold(5, (peer, now) -> sent.add("b"), 10, 0);
        room.hold(5, second, 0);
        room.hold(6, NOTHING, 10, 0);
        assertThat(room.bytes()).isEqualTo(100);
        WaitingRoom.Released released = room.release(5);
        assertThat(released.incoming()).containsExactly(first, second);
        assertThat(released.outgoing()).hasSize(2);
        assertThat(room.bytes()).isEqualTo(10);
        assertThat(room.release(5).outgoing()).isEmpty();
    }

    @Test
    void keepsTheNewestOfOursAndTheOldestOfStrangers() {
        for (int i = 0; i < WaitingRoom.OUTGOING_MAX + 5; i++) {
            assertThat(room.hold(5, NOTHING, 100, i)).isTrue();
        }
        for (int i = 0; i < WaitingRoom.INCOMING_MAX; i++) {
            assertThat(room.hold(5, inbound(50), i)).isTrue();
        }
        assertThat(room.hold(5, inbound(50), 9)).isFalse();
        assertThat(room.bytes()).isEqualTo(WaitingRoom.OUTGOING_MAX * 100 + WaitingRoom.INCOMING_MAX * 50);
        assertThat(room.release(5).outgoing()).hasSize(WaitingRoom.OUTGOING_MAX);
    }

    @Test
    void strangersYieldToWhatWeWantToSend() {
        for (long address = 0; address < WaitingRoom.ADDRESSES_MAX; address++) {
            assertThat(room.hold(address, inbound(50), 0)).isTrue();
        }
        assertThat(room.hold(1_000, inbound(50), 0)).isFalse();
        assertThat(room.hold(1_000, NOTHING, 10, 0)).isTrue();
        assertThat(room.waitsFor(0)).isFalse();
        assertThat(room.addresses()).isEqualTo(WaitingRoom.ADDRESSES_MAX);
        for (long address = 2_000; room.hold(address, NOTHING, 10, 0); address++) {
            assertThat(room.addresses()).isLessThanOrEqualTo(WaitingRoom.ADDRESSES_MAX);
        }
        assertThat(room.waitsFor(1_000)).as("ours do not yield to ours").isTrue();
    }

    @Test
    void countsBytesAndRefusesStrangersPastTheLimit() {
        long address = 0;
        while (room.hold(address, inbound(10_000), 0)) {
            address += room.timesAsked(address) == 0 && room.bytes() % (8 * 10_000) == 0 ? 1 : 0;
        }
        assertThat(room.bytes())
                .isLessThanOrEqualTo(WaitingRoom.BYTES_MAX)
                .isGreaterThan(WaitingRoom.BYTES_MAX - 10_000);
        for (long ours = 0; ours < WaitingRoom.ADDRESSES_MAX; ours++) {
            for (int i = 0; i < 5; i++) {
                room.hold(ours, NOTHING, 10_000, 0);
            }
        }
        assertThat(room.bytes()).isLessThanOrEqualTo(WaitingRoom.BYTES_LIMIT);
        tick(5_000);
        assertThat(room.bytes()).isZero();
    }
}
