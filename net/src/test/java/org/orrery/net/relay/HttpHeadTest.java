// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class HttpHeadTest {
    private static HttpHead read(String text) throws IOException {
        return HttpHead.read(new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n\n", "\r\n\r\n"})
    void anEmptyHeadIsNone(String text) {
        assertThatThrownBy(() -> read(text))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessage("empty HTTP head");
    }

    @Test
    void joinsFieldsOfOneName() throws Exception {
        HttpHead head = read("HTTP/1.1 101 Yes\r\nUpgrade: a\r\nupgrade:b\n\r\nrest");
        assertThat(head.status()).isEqualTo(101);
        assertThat(head.has("upgrade", "B")).isTrue();
        assertThat(head.field("upgrade")).isEqualTo("a, b");
    }
}
