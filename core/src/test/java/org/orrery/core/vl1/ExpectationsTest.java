// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.orrery.core.verb.Verb;

class ExpectationsTest {
    private static final long PEER = 0x1122334455L;

    private final Expectations expectations = new Expectations();

    @Test
    void expectsAnswersFromWhoWasAskedToWhatWasAsked() {
        expectations.expect(77, PEER, Verb.WHOIS, 1, null, 1_000);
        assertThat(expectations.expected(77, PEER, Verb.WHOIS, 1_500)).isTrue();
        assertThat(expectations.expected(77, PEER, Verb.WHOIS, 1_600))
                .as("one request may be answered more than once")
                .isTrue();
        assertThat(expectations.expected(78, PEER, Verb.WHOIS, 1_500)).isFalse();
        assertThat(expectations.expected(77, PEER + 1, Verb.WHOIS, 1_500)).isFalse();
        assertThat(expectations.expected(77, PEER, Verb.HELLO, 1_500)).isFalse();
    }

    @Test
    void forgetsAfterThirtySeconds() {
        expectations.expect(77, PEER, Verb.ECHO, 1, null, 1_000);
        assertThat(expectations.expected(77, PEER, Verb.ECHO, 31_000)).isTrue();
        assertThat(expectations.expected(77, PEER, Verb.ECHO, 31_001)).isFalse();
    }

    @Test
    void dropsTheOldestWhenFull() {
        for (long id = 0; id <= Expectations.EXPECTATIONS_MAX; id++) {
            expectations.expect(id, PEER, Verb.ECHO, 1, null, 0);
        }
        assertThat(expectations.size()).isEqualTo(Expectations.EXPECTATIONS_MAX);
        assertThat(expectations.expected(0, PEER, Verb.ECHO, 0)).isFalse();
        assertThat(expectations.expected(1, PEER, Verb.ECHO, 0)).isTrue();
        assertThat(expectations.expected(Expectations.EXPECTATIONS_MAX, PEER, Verb.ECHO, 0))
                .isTrue();
    }
}
