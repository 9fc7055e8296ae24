// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Frames and handshake of RFC 6455, with the examples of its text where it has some. */
final class WebSocketStreamTest {
    private final ByteArrayOutputStream sent = new ByteArrayOutputStream();

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text.replace(" ", ""));
    }

    private WebSocketStream client(String received) {
        return new WebSocketStream(new ByteArrayInputStream(hex(received)), sent, new Random(1));
    }

    private WebSocketStream server(String received) {
        return new WebSocketStream(new ByteArrayInputStream(hex(received)), sent, null);
    }

    private static byte[] message(MessageStream from) throws IOException {
        byte[] into = new byte[RelayMessages.BYTES_MAX];
        return Arrays.copyOf(into, from.read(into));
    }

    @Test
    void readsTheMaskedHelloOfTheRfcAsBinary() throws Exception {
        assertThat(message(server("82 85 37fa213d 7f9f4d5158"))).isEqualTo("Hello".getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void putsFragmentsTogetherAroundControlFrames() throws Exception {
        assertThat(message(client("02 03 48656c 89 00 80 02 6c6f"))).isEqualTo(hex("48656c6c6f"));
        assertThat(sent.toByteArray()[0]).isEqualTo((byte) 0x8a);
    }

    @Test
    void answersPingsWithTheirContent() throws Exception {
        WebSocketStream server = server("89 82 00000000 abcd 82 81 00000000 01");
        assertThat(message(server)).isEqualTo(hex("01"));
        assertThat(sent.toByteArray()).isEqualTo(hex("8a 02 abcd"));
    }

    @Test
    void answersACloseAndEnds() throws Exception {
        assertThat(server("88 82 00000000 03e8").read(new byte[RelayMessages.BYTES_MAX]))
                .isEqualTo(MessageStream.END);
        assertThat(sent.toByteArray()).isEqualTo(hex("88 02 03e8"));
    }

    @Test
    void whatOneEndWritesTheOtherReads() throws Exception {
        var random = new Random(7);
        for (int length : new int[] {0, 1, 125, 126, 127, 1_432, 65_000, RelayMessages.BYTES_MAX}) {
            if (length > RelayMessages.BYTES_MAX) {
                continue;
            }
            byte[] content = new byte[length];
            random.nextBytes(content);
            for (boolean fromClient : new boolean[] {true, false}) {
                sent.reset();
                WebSocketStream writer = fromClient ? client("") : server("");
                writer.write(content, 0, length);
                writer.flush();
                String wire = HexFormat.of().formatHex(sent.toByteArray());
                assertThat(message(fromClient ? server(wire) : client(wire))).isEqualTo(content);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "82 01 00", // not masked by a client
                "81 81 00000000 41", // text
                "c2 81 00000000 41", // an extension's bit
                "80 81 00000000 41", // continues nothing
                "02 81 00000000 41 82 81 00000000 41", // begins anew inside a message
                "09 80 00000000", // a ping in fragments
                "89 fe 0080", // a long ping
                "82 ff 0000000000100000 00000000", // a long message
                "82 ff ffffffffffffffff 00000000", // of negative length
                "83 80 00000000", // an unknown type
            })
    void framesAgainstTheRulesAreFaults(String wire) {
        assertThatThrownBy(() -> server(wire + "00".repeat(200)).read(new byte[RelayMessages.BYTES_MAX]))
                .isInstanceOf(MalformedMessageException.class);
    }

    @Test
    void everyTruncationIsAFaultOrTheEnd() {
        byte[] whole = hex("82 fe 0004 37fa213d 7f9f4d51");
        for (int length = 1; length < whole.length; length++) {
            String cut = HexFormat.of().formatHex(whole, 0, length);
            assertThatThrownBy(() -> server(cut).read(new byte[RelayMessages.BYTES_MAX]))
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void pingsWithoutEndAreAFault() {
        assertThatThrownBy(() -> server("89 80 00000000 ".repeat(1_001)).read(new byte[RelayMessages.BYTES_MAX]))
                .isInstanceOf(MalformedMessageException.class);
    }

    // ---- Handshake ------------------------------------------------------------------------------------------------

    private String answerTo(String request) {
        var in = new ByteArrayInputStream(request.replace("\n", "\r\n").getBytes(StandardCharsets.ISO_8859_1));
        try {
            WebSocketHandshake.answer(in, sent);
        } catch (IOException refused) {
            // What was answered is looked at.
        }
        return sent.toString(StandardCharsets.ISO_8859_1);
    }

    private static final String GOOD = """
            GET /any HTTP/1.1
            Host: relay.example
            Upgrade: websocket
            Connection: keep-alive, Upgrade
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
            Sec-WebSocket-Version: 13
            Sec-WebSocket-Protocol: orrery-relay-1

            """;

    @Test
    void theExampleOfTheRfcGetsItsAnswer() {
        assertThat(WebSocketHandshake.accept("dGhlIHNhbXBsZSBub25jZQ==")).isEqualTo("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        assertThat(answerTo(GOOD)).startsWith("HTTP/1.1 101 ").contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }

    @Test
    void otherRequestsAreRefusedWithTheirStatus() {
        assertThat(answerTo("GET / HTTP/1.1\nHost: relay.example\n\n")).startsWith("HTTP/1.1 404 ");
        sent.reset();
        assertThat(answerTo("POST / HTTP/1.1\nHost: relay.example\n\n")).startsWith("HTTP/1.1 405 ");
        sent.reset();
        assertThat(answerTo(GOOD.replace("Version: 13", "Version: 8"))).startsWith("HTTP/1.1 426 ");
        sent.reset();
        assertThat(answerTo(GOOD.replace("\n\n", "\nOrigin: https://page.example\n\n")))
                .startsWith("HTTP/1.1 403 ");
        sent.reset();
        assertThat(answerTo(GOOD.replace("dGhl", "x"))).startsWith("HTTP/1.1 400 ");
        sent.reset();
        assertThat(answerTo("nonsense\n\n")).startsWith("HTTP/1.1 400 ");
        sent.reset();
        assertThat(answerTo("GET / HTTP/1.1\nX: " + "y".repeat(9_000) + "\n\n")).isEmpty();
    }

    @Test
    void aClientTellsWhatAnsweredInsteadOfARelay() {
        var in = new ByteArrayInputStream("HTTP/1.1 502 Bad Gateway\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> WebSocketHandshake.ask(in, sent, "relay.example", "/", new Random(1)))
                .hasMessage("no relay there: it answered 'HTTP/1.1 502 Bad Gateway'");
    }
}
