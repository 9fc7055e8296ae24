// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;
import org.orrery.core.wire.PacketHeader;

class DoubtfulTest {
    private final Doubtful doubtful = new Doubtful();

    private static Inbound packet(long source, long arrivedMillis) {
        var bytes = new byte[PacketHeader.BYTES];
        PacketHeader.write(bytes, 0, 1, 2, source, 0);
        return new Inbound(1, new Endpoint(Ip.v4(1, 2, 3, 4), 9993), bytes, null, arrivedMillis);
    }

    @Test
    void releasesThoseOfOnePeerInOrder() {
        Inbound first = packet(1, 0);
        Inbound second = packet(1, 1);
        doubtful.hold(first, 0);
        doubtful.hold(packet(2, 0), 0);
        doubtful.hold(second, 1);
        assertThat(doubtful.release(1)).containsExactly(first, second);
        assertThat(doubtful.release(1)).isEmpty();
        assertThat(doubtful.size()).isEqualTo(1);
    }

    @Test
    void isBoundedForEachPeerAndInAll() {
        for (int i = 0; i < Doubtful.OF_ONE_PEER_MAX; i++) {
            assertThat(doubtful.hold(packet(1, 0), 0)).isZero();
        }
        assertThat(doubtful.hold(packet(1, 0), 0)).as("counted as gone").isEqualTo(1);
        int gone = 0;
        for (int i = 0; i < Doubtful.PACKETS_MAX; i++) {
            gone += doubtful.hold(packet(100 + i, 0), 0);
        }
        assertThat(gone).isEqualTo(Doubtful.OF_ONE_PEER_MAX);
        assertThat(doubtful.size()).isEqualTo(Doubtful.PACKETS_MAX);
    }

    @Test
    void givesUpWhatWaitedTooLong() {
        doubtful.hold(packet(1, 0), 0);
        doubtful.hold(packet(1, 1_000), 1_000);
        assertThat(doubtful.expire(Doubtful.PATIENCE_MILLIS - 1)).isZero();
        assertThat(doubtful.expire(Doubtful.PATIENCE_MILLIS)).isEqualTo(1);
        assertThat(doubtful.size()).isEqualTo(1);
    }
}
