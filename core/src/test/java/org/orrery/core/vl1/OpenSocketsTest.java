// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;

/** Which sockets there are, and which of them are for everybody. */
class OpenSocketsTest {
    private static final LocalSocket FOUR = new LocalSocket(1, new Endpoint(Ip.v4(10, 0, 0, 1), 9_993));
    private static final LocalSocket SIX = new LocalSocket(2, new Endpoint(Ip.v6(0x20010db8L << 32, 1), 9_993));
    private static final LocalSocket FOUND = new LocalSocket(3, new Endpoint(Ip.v4(10, 0, 0, 1), 20_000));

    private final OpenSockets sockets = new OpenSockets();

    @Test
    void saysWhetherAnyCameOrWent() {
        assertThat(sockets.replace(List.of(FOUR, SIX))).isTrue();
        assertThat(sockets.replace(List.of(SIX, FOUR))).isFalse();
        assertThat(sockets.has(1)).isTrue();
        assertThat(sockets.replace(List.of(SIX))).isTrue();
        assertThat(sockets.has(1)).isFalse();
    }

    @Test
    void whatASearchFoundIsForOnePeer() {
        sockets.replace(List.of(FOUR, SIX));
        sockets.addFound(FOUND);
        assertThat(sockets.all()).containsExactly(FOUR, SIX, FOUND);
        assertThat(sockets.ordinary()).containsExactly(FOUR, SIX);
        assertThat(sockets.ordinary(false)).containsExactly(FOUR);
        assertThat(sockets.ordinary(true)).containsExactly(SIX);
        assertThat(sockets.found()).containsExactly(3);

        sockets.replace(List.of(FOUR, FOUND));
        assertThat(sockets.ordinary()).as("whoever lists them all").containsExactly(FOUR);
        sockets.removeFound(3);
        assertThat(sockets.all()).containsExactly(FOUR);
        assertThat(sockets.found()).isEmpty();
        assertThat(sockets.has(3)).isFalse();
    }
}
