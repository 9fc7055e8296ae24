// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.orrery.core.value.IpScope;

final class AddressPoolTest {
    @ParameterizedTest
    @CsvSource({
        "10.1.2.0/24, 10.1.2.1, 10.1.2.254, 10.1.2.0/24",
        "10.1.2.77/24, 10.1.2.1, 10.1.2.254, 10.1.2.0/24",
        "192.168.0.0/30, 192.168.0.1, 192.168.0.2, 192.168.0.0/30",
        "10.1.2.10-10.1.2.99, 10.1.2.10, 10.1.2.99, 10.1.2.0/25",
        "10.1.2.1-10.1.2.254, 10.1.2.1, 10.1.2.254, 10.1.2.0/24",
        "10.1.2.0-10.1.2.255, 10.1.2.0, 10.1.2.255, 10.1.0.0/22",
        "fd00:1::/64, fd00:1::1, fd00:1::ffff:ffff:ffff:fffe, fd00:1::/64",
        "fd00::1-fd00::20, fd00::1, fd00::20, fd00::/122"
    })
    void readsNetworksAndRanges(String text, String first, String last, String route) {
        AddressPool pool = AddressPool.parse(text);
        assertThat(pool.first()).hasToString(first);
        assertThat(pool.last()).hasToString(last);
        assertThat(pool.route()).hasToString(route);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "10.1.2.0", "10.1.2.0/31", "10.1.2.9-10.1.2.1", "10.1.2.1-fd00::1", "a-b", "10.1.2.0/33"})
    void refusesTheRest(String text) {
        assertThatThrownBy(() -> AddressPool.parse(text))
                .isInstanceOf(Trouble.class)
                .hasMessageContaining("not a pool");
    }

    @Test
    void picksPrivateNetworksAtRandom() {
        var random = new Random(1);
        for (int i = 0; i < 1000; i++) {
            AddressPool pool = AddressPool.random(random);
            assertThat(pool.route().bits()).isEqualTo(24);
            assertThat(pool.first().scope()).isEqualTo(IpScope.PRIVATE);
            assertThat(pool.route().contains(pool.first())).isTrue();
            assertThat(pool.route().contains(pool.last())).isTrue();
        }
    }
}
