// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said to proxies, byte by byte, and what their answers mean. */
final class ProxyHandshakeTest {
    private final ByteArrayOutputStream sent = new ByteArrayOutputStream();

    private void connect(String proxy, String host, byte[] answers) throws IOException {
        ProxyHandshake.connect(
                ProxyAddress.parse(proxy).orElseThrow(), host, 443, new ByteArrayInputStream(answers), sent);
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text.replace(" ", ""));
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    @Test
    void asksAnHttpProxyWithItsLogin() throws Exception {
        connect("http://me:p%40ss@proxy.example:3128", "203.0.113.5", text("HTTP/1.1 200 OK\r\nX: y\r\n\r\n"));
        assertThat(sent.toString(StandardCharsets.ISO_8859_1))
                .isEqualTo(String.join(
                        "\r\n",
                        "CONNECT 203.0.113.5:443 HTTP/1.1",
                        "Host: 203.0.113.5:443",
                        "Proxy-Authorization: Basic bWU6cEBzcw==",
                        "",
                        ""));
    }

    @Test
    void leavesWhatFollowsUnread() throws Exception {
        var in = new ByteArrayInputStream(text("HTTP/1.0 200 Connection established\r\n\r\nMORE"));
        ProxyHandshake.connect(ProxyAddress.parse("http://p:1").orElseThrow(), "2001:db8::1", 443, in, sent);
        assertThat(in.readAllBytes()).isEqualTo(text("MORE"));
        assertThat(sent.toString(StandardCharsets.ISO_8859_1)).startsWith("CONNECT [2001:db8::1]:443 ");
    }

    @ParameterizedTest
    @CsvSource({
        "http://p:1, HTTP/1.1 407 No, the proxy wants a user and password",
        "http://a:b@p:1, HTTP/1.1 407 No, the proxy does not take this user and password",
        "http://p:1, HTTP/1.1 403 Forbidden, the proxy does not connect: status 403",
        "http://p:1, SSH-2.0-x, the proxy does not connect: it does not speak HTTP"
    })
    void tellsWhyAnHttpProxyDoesNot(String proxy, String line, String reason) {
        assertThatThrownBy(() -> connect(proxy, "203.0.113.5", text(line + "\r\n\r\n")))
                .hasMessage(reason);
    }

    @Test
    void asksASocksProxy() throws Exception {
        connect("socks5://p:1080", "203.0.113.5", hex("05 00  05 00 00 01 00000000 0000"));
        assertThat(sent.toByteArray()).isEqualTo(hex("05 01 00  05 01 00 01 cb007105 01bb"));
    }

    @Test
    void asksASocksProxyWithItsLoginAndByName() throws Exception {
        connect("socks5://me:pw@p:1080", "relay.ex", hex("05 02  01 00  05 00 00 03 02 6162 0000"));
        assertThat(sent.toByteArray())
                .isEqualTo(hex("05 02 00 02  01 02 6d65 02 7077  05 01 00 03 08 72656c61792e6578 01bb"));
    }

    @ParameterizedTest
    @CsvSource({
        "socks5://p:1, 05 ff, the proxy wants a user and password",
        "socks5://a:b@p:1, 05 02 01 01, the proxy does not take this user and password",
        "socks5://p:1, 05 00 05 02 00 01, the proxy does not connect: forbidden by its rules",
        "socks5://p:1, 05 00 05 05 00 01, the proxy does not connect: connection refused",
        "socks5://p:1, 04 5a, the proxy does not speak SOCKS version 5",
        "socks5://p:1, 05, the proxy ended the connection"
    })
    void tellsWhyASocksProxyDoesNot(String proxy, String answers, String reason) {
        assertThatThrownBy(() -> connect(proxy, "203.0.113.5", hex(answers))).hasMessage(reason);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "proxy:3128",
                "https://proxy:3128",
                "http://proxy",
                "http://proxy:0",
                "http://proxy:3128/path",
                "socks4://proxy:1080",
                "http://:secret@proxy:3128",
                "http://a b:1",
                ""
            })
    void refusesWhatIsNoProxy(String text) {
        assertThat(ProxyAddress.parse(text)).isEmpty();
    }

    @Test
    void aProxyInPrintHasNoPassword() {
        assertThat(ProxyAddress.parse("socks5://me:secret@[2001:db8::1]:1080").orElseThrow())
                .hasToString("socks5://me@[2001:db8::1]:1080");
    }

    @Test
    void readsAddressesOfTlsRelays() {
        assertThat(RelayAddress.Tls.parse("wss://relay.example", java.util.Optional.empty())
                        .orElseThrow())
                .hasToString("wss://relay.example:443/");
        assertThat(RelayAddress.Tls.parse("wss://[2001:db8::1]:8443/a/b?c", java.util.Optional.empty())
                        .orElseThrow())
                .hasToString("wss://[2001:db8::1]:8443/a/b?c");
        for (String bad :
                new String[] {"relay.example", "https://relay.example", "wss://u@relay", "wss://", "wss://r:0"}) {
            assertThat(RelayAddress.Tls.parse(bad, java.util.Optional.empty()))
                    .as(bad)
                    .isEmpty();
        }
    }

    @Test
    void readsFingerprintsAsToolsPrintThem() {
        String colons = "AB:" + "01:".repeat(30) + "CD";
        assertThat(Fingerprint.parse(colons).orElseThrow()).hasToString(colons);
        assertThat(Fingerprint.parse(colons.replace(":", "").toLowerCase(java.util.Locale.ROOT)))
                .isEqualTo(Fingerprint.parse(colons));
        assertThat(Fingerprint.parse("AB:CD")).isEmpty();
    }
}
