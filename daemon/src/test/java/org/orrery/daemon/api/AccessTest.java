// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.orrery.core.value.Prefix;

/** Who is let in, and what slow or huge requests get. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AccessTest {
    private static final String TOKEN = RunningApi.TOKEN;

    @TempDir
    private Path folder;

    private RunningApi api;

    @BeforeEach
    void start() throws Exception {
        api = new RunningApi(folder);
    }

    @AfterEach
    void stop() throws Exception {
        api.close();
    }

    /** {@code +} stands for the token, {@code -} for a wrong one, nothing for an absent one. */
    @ParameterizedTest
    @CsvSource({
        ",,,401",
        "+,,,200",
        "-,,,401",
        ",+,,200",
        ",-,,401",
        "-,+,,401",
        "+,-,,200",
        ",,Bearer +,200",
        ",,bEARER +,200",
        ",,Bearer -,401",
        ",,Bearer + x,401",
        ",,Basic +,401",
        ",,+,401",
        "-,,Bearer +,401",
        ",-,Bearer +,401",
    })
    void firstPlaceForTheTokenDecides(String header, String query, String authorization, int status) {
        String path = "/status" + (query == null ? "" : "?x=1&auth=" + real(query));
        HttpRequest.Builder request = HttpRequest.newBuilder(api.at(path));
        if (header != null) {
            request.header("x-zt1-AUTH", real(header));
        }
        if (authorization != null) {
            request.header("Authorization", real(authorization));
        }
        HttpResponse<String> answer = api.send(request);
        assertThat(answer.statusCode()).isEqualTo(status);
        if (status == 401) {
            assertThat(answer.body()).isEqualTo("{}");
            assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
        }
    }

    private static String real(String written) {
        return written.replace("+", TOKEN).replace("-", TOKEN.substring(1) + "x");
    }

    @Test
    void emptyTokenAndItsPartsAreRefused() {
        for (String wrong :
                new String[] {"", TOKEN.substring(0, 23), TOKEN + "a", TOKEN.toUpperCase(java.util.Locale.ROOT)}) {
            assertThat(api.send(HttpRequest.newBuilder(api.at("/status")).header("X-ZT1-Auth", wrong))
                            .statusCode())
                    .isEqualTo(401);
        }
        assertThatThrownBy(() -> new Gate("", List.of())).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void pathsAreToldApartOnlyAfterTheToken() {
        assertThat(api.send(HttpRequest.newBuilder(api.at("/nonsense"))).statusCode())
                .isEqualTo(401);
        assertThat(api.send(HttpRequest.newBuilder(api.at("/controller"))).statusCode())
                .isEqualTo(401);
        assertThat(api.node.controllerCalls).isEmpty();
    }

    @Test
    void healthNeedsNoToken() {
        assertThat(api.send(HttpRequest.newBuilder(api.at("/health"))).statusCode())
                .isEqualTo(200);
        assertThat(api.send(HttpRequest.newBuilder(api.at("/health/x"))).statusCode())
                .isEqualTo(401);
        assertThat(api.send(HttpRequest.newBuilder(api.at("/app/x"))).statusCode())
                .isEqualTo(404);
    }

    @Test
    void refusalIsWrappedForCallbacksToo() {
        HttpResponse<String> answer = api.send(HttpRequest.newBuilder(api.at("/status?jsonp=cb")));
        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.body()).isEqualTo("cb({});");
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/javascript");
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1,,true",
        "127.9.9.9,,true",
        "::1,,true",
        "10.1.2.3,,false",
        "fd00::5,,false",
        "10.1.2.3,10.1.2.0/24,true",
        "10.1.3.3,10.1.2.0/24,false",
        "10.1.2.3,10.1.2.9/24,true",
        "10.1.2.3,10.1.2.3,true",
        "10.1.2.4,10.1.2.3,false",
        "10.1.2.4,0.0.0.0/0,true",
        "fd00::5,0.0.0.0/0,false",
        "fd00::5,fd00::/64,true",
        "fd00:0:0:1::5,fd00::/64,false",
        "127.0.0.1,10.1.2.0/24,true",
    })
    void sourceDecidesFirst(String source, String network, boolean admitted) throws Exception {
        List<Prefix> networks =
                Optional.ofNullable(network).flatMap(Prefix::parse).stream().toList();
        assertThat(new Gate(TOKEN, networks).admits(InetAddress.ofLiteral(source)))
                .isEqualTo(admitted);
    }

    @Test
    void takenPortIsToldWithItsNumber() {
        ApiSetup setup = new ApiSetup(
                api.server.port(),
                TOKEN,
                RunningApi.METRICS_TOKEN,
                api.localConfig,
                folder,
                InstantSource.system(),
                Duration.ofSeconds(1));
        assertThatThrownBy(
                        () -> ApiServer.start(setup, api.node, command -> false).close())
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("cannot bind to local control interface port " + api.server.port());
        assertThat(setup.toString()).doesNotContain(TOKEN).doesNotContain(RunningApi.METRICS_TOKEN);
    }

    @Test
    void bodyPastTheMaximumIsRefusedBeforeItIsRead() throws Exception {
        try (Socket socket = connect()) {
            write(socket, head("POST", "/controller/network/x", "Content-Length: 67108865"));
            assertThat(firstLine(socket)).isEqualTo("HTTP/1.1 413 Request Entity Too Large");
        }
        assertThat(api.node.controllerCalls).isEmpty();
    }

    @Test
    void largeBodyIsTakenWithoutALimitForForms() {
        String name = "n".repeat(1 << 20);
        HttpResponse<String> answer = api.send(HttpRequest.newBuilder(api.at("/controller/network/x"))
                .header("X-ZT1-Auth", TOKEN)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString("{\"name\":\"" + name + "\"}")));
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(api.node.controllerCalls.getFirst()).hasSizeGreaterThan(1 << 20);
    }

    @Test
    void chunkedBodyIsBoundedToo() throws Exception {
        RequestBody bodies = new RequestBody();
        InputStream endless = new InputStream() {
            @Override
            public int read() {
                return ' ';
            }

            @Override
            public int read(byte[] into, int offset, int length) {
                return length;
            }
        };
        for (int round = 0; round < 3; round++) {
            // Repeated: each refusal has to give its part of the budget back.
            assertThatThrownBy(() -> bodies.read(Optional.empty(), endless).close())
                    .isInstanceOfSatisfying(
                            RequestBody.Refused.class,
                            refused -> assertThat(refused.status()).isEqualTo(413));
        }
    }

    @Test
    void postWithoutLengthCountsAsEmptyAtOnce() throws Exception {
        try (Socket socket = connect()) {
            // Who waited for a body would not answer at all: none comes, and no end of it.
            write(socket, head("POST", "/network/8056c2e21c000001", "X: y"));
            assertThat(firstLine(socket)).isEqualTo("HTTP/1.1 200 OK");
        }
        assertThat(api.node.networks).hasSize(2);
    }

    @Test
    void clientThatNeverFinishesItsRequestIsCutOff() throws Exception {
        try (Socket head = connect();
                Socket body = connect()) {
            write(head, "GET /status HTTP/1.1\r\nX-Slow: ");
            write(body, head("POST", "/network/8056c2e21c000001", "Content-Length: 10") + "{");
            assertThat(endOf(head)).isTrue();
            assertThat(endOf(body)).isTrue();
        }
        assertThat(api.get("/health").statusCode()).isEqualTo(200);
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), api.server.port());
        socket.setSoTimeout(30_000);
        return socket;
    }

    private static String head(String method, String path, String header) {
        return method + " " + path + " HTTP/1.1\r\nHost: x\r\nX-ZT1-Auth: " + TOKEN + "\r\n" + header + "\r\n\r\n";
    }

    private static void write(Socket socket, String text) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(text.getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }

    private static String firstLine(Socket socket) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = socket.getInputStream().read();
                c >= 0 && c != '\r';
                c = socket.getInputStream().read()) {
            line.append((char) c);
        }
        return line.toString();
    }

    /** Whether the other side ends the connection, with or without an answer. */
    private static boolean endOf(Socket socket) throws IOException {
        try {
            socket.getInputStream().readAllBytes();
            return true;
        } catch (SocketException reset) {
            return true;
        }
    }
}
