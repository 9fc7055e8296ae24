// SPDX-License-Identifier: Apache-2.0
package org.orrery.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;

class PacketBatchTest {
    private static final Endpoint PEER = new Endpoint(Ip.v4(10, 0, 0, 1), 9993);

    @Test
    void entriesNeverOverlapAndKeepTheirHeadroom() {
        var random = new Random(2);
        var batch = new PacketBatch(32, 100, 13);
        assertThat(batch.headroomBytes()).isEqualTo(16);
        for (int round = 0; round < 50; round++) {
            batch.clear();
            int end = 0;
            while (!batch.full()) {
                int length = random.nextInt(101);
                int at = batch.claim();
                assertThat(at - batch.headroomBytes()).isGreaterThanOrEqualTo(end);
                assertThat(at + batch.slotBytes()).isLessThanOrEqualTo(batch.bytes().length);
                batch.commit(length, PEER);
                assertThat(batch.offset(batch.count() - 1)).isEqualTo(at);
                assertThat(batch.length(batch.count() - 1)).isEqualTo(length);
                assertThat(batch.peer(batch.count() - 1)).isSameAs(PEER);
                end = at + length;
            }
            assertThat(batch.count()).isEqualTo(32);
        }
    }

    @Test
    void refusesMoreThanItHolds() {
        var batch = new PacketBatch(1, 10);
        assertThatThrownBy(() -> batch.commit(11, null)).isInstanceOf(IllegalStateException.class);
        batch.commit(10, null);
        assertThatThrownBy(batch::claim).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> batch.commit(1, null)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> batch.offset(1)).isInstanceOf(IndexOutOfBoundsException.class);
        batch.clear();
        assertThatThrownBy(() -> batch.length(0)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThat(batch.full()).isFalse();
    }
}
