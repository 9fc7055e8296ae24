// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;

/** Both transports through both kinds of proxy, over real connections. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ThroughProxyTest {
    private static final RelayCertificate CERTIFICATE =
            RelayCertificate.selfSigned("relay.test", new SecureRandom(), Instant.EPOCH);

    private RelayServer relay;
    private ServerSocket proxy;

    @BeforeEach
    void open() throws IOException {
        var anywhere = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        relay = RelayServer.start(
                List.of(new RelayServer.Listener(anywhere, true, true)), CERTIFICATE, RelayLimits.PUBLIC, _ -> {});
        proxy = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(() -> {
            while (!proxy.isClosed()) {
                try {
                    Socket client = proxy.accept();
                    Thread.ofVirtual().start(() -> serve(client));
                } catch (IOException closed) {
                    return;
                }
            }
        });
    }

    @AfterEach
    void close() throws IOException {
        proxy.close();
        relay.close();
    }

    /** A proxy that lets one user in and connects to the relay whatever it is asked for by number. */
    private void serve(Socket client) {
        try (client;
                var onward = new Socket()) {
            InputStream in = client.getInputStream();
            int first = in.read();
            if (first == 5) {
                in.readNBytes(in.read());
                client.getOutputStream().write(new byte[] {5, 2});
                in.read();
                String user = new String(in.readNBytes(in.read()), StandardCharsets.UTF_8);
                String password = new String(in.readNBytes(in.read()), StandardCharsets.UTF_8);
                boolean good = user.equals("me") && password.equals("p@ss");
                client.getOutputStream().write(new byte[] {1, (byte) (good ? 0 : 1)});
                if (!good) {
                    return;
                }
                byte[] request = in.readNBytes(10);
                int port = (request[8] & 0xff) << 8 | request[9] & 0xff;
                onward.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                client.getOutputStream().write(new byte[] {5, 0, 0, 1, 0, 0, 0, 0, 0, 0});
            } else {
                HttpHead head = HttpHead.read(in);
                String login = Base64.getEncoder().encodeToString("me:p@ss".getBytes(StandardCharsets.UTF_8));
                if (!head.field("proxy-authorization").equals("Basic " + login)) {
                    client.getOutputStream().write("HTTP/1.1 407 No\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                    return;
                }
                String target = head.firstLine().split(" ")[1];
                int port = Integer.parseInt(target.substring(target.lastIndexOf(':') + 1));
                onward.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                client.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            }
            Thread back = Thread.ofVirtual().start(() -> {
                try (onward) {
                    onward.getInputStream().transferTo(client.getOutputStream());
                } catch (IOException over) {
                    // One end went.
                }
            });
            in.transferTo(onward.getOutputStream());
            back.interrupt();
        } catch (IOException over) {
            // One end went.
        }
    }

    private RelayLink link(String kind, String password, boolean tls) {
        int port = relay.addresses().getFirst().getPort();
        RelayAddress address = tls
                ? new RelayAddress.Tls("127.0.0.1", port, "/", Optional.of(CERTIFICATE.fingerprint()))
                : new RelayAddress.Plain(new Endpoint(Ip.v4(127, 0, 0, 1), port));
        return new RelayLink(
                address, ProxyAddress.parse(kind + "://me:" + password + "@127.0.0.1:" + proxy.getLocalPort()));
    }

    @ParameterizedTest
    @CsvSource({"http, false", "http, true", "socks5, false", "socks5, true"})
    void theRelayIsReached(String kind, boolean tls) throws Exception {
        try (RelayLink link = link(kind, "p%40ss", tls)) {
            MessageStream stream = link.connect();
            byte[] message = new byte[40];
            RelayMessages.writeHeader(new Endpoint(Ip.v4(10, 0, 0, 1), 9993), message, 0);
            stream.write(message, 0, message.length);
            stream.flush();
            for (int i = 0; i < 3_000 && relay.counts().getOrDefault(RelayCount.OUT_NOT_A_PACKET, 0L) == 0; i++) {
                Thread.sleep(10);
            }
            assertThat(relay.counts()).containsEntry(RelayCount.OUT_NOT_A_PACKET, 1L);
        }
    }

    @ParameterizedTest
    @CsvSource({"http", "socks5"})
    void aWrongPasswordIsTold(String kind) {
        try (RelayLink link = link(kind, "wrong", false)) {
            assertThatThrownBy(link::connect).hasMessage("the proxy does not take this user and password");
        }
    }
}
