// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.SecureRandom;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class IdentitySearchTest {
    @Test
    void makesValidIdentitiesThatSignAndAgree() {
        try (SecretIdentity one = SecretIdentity.generate(new SecureRandom(), 2);
                SecretIdentity two = SecretIdentity.generate(new SecureRandom(), 1)) {
            assertThat(one.identity().valid()).isTrue();
            assertThat(two.identity().valid()).isTrue();
            assertThat(one.identity()).isNotEqualTo(two.identity());
            byte[] message = {1, 2, 3};
            assertThat(one.identity().verify(message, one.sign(message))).isTrue();
            try (SharedKey here = Objects.requireNonNull(one.agree(two.identity()));
                    SharedKey there = Objects.requireNonNull(two.agree(one.identity()))) {
                assertThat(here.borrowed()).isEqualTo(there.borrowed());
            }
            try (SecretIdentity again = SecretIdentity.parse(one.secretText()).orElseThrow()) {
                assertThat(again.identity()).isEqualTo(one.identity());
            }
        }
    }

    @Test
    void oneThreadAndOneSeedGiveOneIdentity() {
        try (SecretIdentity one = SecretIdentity.generate(new Random(61), 1);
                SecretIdentity two = SecretIdentity.generate(new Random(61), 1);
                SecretIdentity other = SecretIdentity.generate(new Random(62), 1)) {
            assertThat(one.secretText()).isEqualTo(two.secretText());
            assertThat(one.secretText()).isNotEqualTo(other.secretText());
        }
    }

    @Test
    void stopsWhenTheCallerIsInterrupted() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> SecretIdentity.generate(new Random(63), 1)).isInstanceOf(IllegalStateException.class);
        assertThat(Thread.interrupted()).isTrue();
        assertThatThrownBy(() -> SecretIdentity.generate(new Random(63), 0))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
