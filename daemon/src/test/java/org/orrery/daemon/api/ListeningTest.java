// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.orrery.core.value.Prefix;
import org.orrery.daemon.RecentEvents;

/** On which addresses the API listens, and what becomes of it when somebody takes the port meanwhile. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ListeningTest {
    /** Below those that systems give to whoever wants any: nobody takes one by chance while it is closed for a moment. */
    private static final int QUIET_PORT_MIN = 20_000;

    private static final int QUIET_PORTS = 10_000;
    private static final int TRIES = 50;
    private static final int PATIENCE_SECONDS = 30;
    private static final List<Prefix> ELSEWHERE = List.of(FakeNode.prefix("203.0.113.0/24"));

    @TempDir
    private Path folder;

    /** Where others take the port as soon as the server has let go of it; none usually. */
    private Optional<InetAddress> wanted = Optional.empty();

    private final List<ServerSocket> takers = new ArrayList<>();
    private final long before = RecentEvents.ofProcess().last();
    private RunningApi api;

    @BeforeEach
    void start() throws Exception {
        var random = new Random();
        IOException last = new IOException();
        for (int i = 0; i < TRIES && api == null; i++) {
            try {
                int port = QUIET_PORT_MIN + random.nextInt(QUIET_PORTS);
                api = new RunningApi(folder.resolve("home" + i), Duration.ofSeconds(15), port, this::bind);
            } catch (IOException taken) {
                last = taken;
            }
        }
        if (api == null) {
            throw last;
        }
    }

    @AfterEach
    void stop() throws Exception {
        giveBack();
        api.close();
    }

    private HttpServer bind(InetSocketAddress address, int backlog) throws IOException {
        if (wanted.isPresent() && takers.isEmpty()) {
            takers.add(new ServerSocket(api.server.port(), 1, wanted.get()));
        }
        return HttpServer.create(address, backlog);
    }

    private void giveBack() throws IOException {
        wanted = Optional.empty();
        for (ServerSocket taker : takers) {
            taker.close();
        }
        takers.clear();
    }

    private List<String> told(String event) {
        return RecentEvents.ofProcess().after(before).stream()
                .map(RecentEvents.Event::line)
                .filter(line -> line.startsWith(event + " port=" + api.server.port() + " "))
                .toList();
    }

    /** As the node does every ten seconds, until it is answered. */
    private void allow(List<Prefix> networks, HttpRequest.Builder request, int status) throws Exception {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (true) {
            api.server.allowFrom(networks);
            try {
                assertThat(api.send(request.copy()).statusCode()).isEqualTo(status);
                return;
            } catch (java.io.UncheckedIOException refused) {
                if (System.nanoTime() > until) {
                    throw refused;
                }
                Thread.sleep(100);
            }
        }
    }

    private HttpRequest.Builder status(String host) {
        return HttpRequest.newBuilder(URI.create("http://" + host + ":" + api.server.port() + "/status"))
                .header("X-ZT1-Auth", RunningApi.TOKEN);
    }

    private static String otherAddress() throws IOException {
        Optional<InetAddress> other = NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(address -> address instanceof Inet4Address && !address.isLoopbackAddress())
                .findFirst();
        assertThat(other)
                .as("this host has an address besides loopback, which the test needs")
                .isPresent();
        return other.get().getHostAddress();
    }

    @Test
    void listensOnLoopbackOnlyUntilNetworksAreAllowed() throws Exception {
        String host = otherAddress();
        HttpRequest.Builder remote = status(host);
        assertThatThrownBy(() -> api.send(remote.copy())).hasRootCauseInstanceOf(IOException.class);

        allow(ELSEWHERE, remote, 401);
        allow(List.of(FakeNode.prefix(host)), remote, 200);
        assertThat(api.get("/status").statusCode()).isEqualTo(200);

        allow(List.of(), status("127.0.0.1"), 200);
        assertThatThrownBy(() -> api.send(remote.copy())).hasRootCauseInstanceOf(IOException.class);
    }

    @Test
    void listensAgainOnceThePortIsFreeAndSaysOnceThatItIsNot() throws Exception {
        wanted = Optional.of(InetAddress.ofLiteral("127.0.0.1"));
        api.server.allowFrom(ELSEWHERE);
        api.server.allowFrom(ELSEWHERE);
        api.server.allowFrom(List.of());
        api.server.allowFrom(ELSEWHERE);
        assertThat(takers).hasSize(1);
        assertThat(told("api.not_listening")).hasSize(1).first().asString().contains("in use");
        assertThat(told("api.listening")).hasSize(1);

        giveBack();
        allow(ELSEWHERE, status(otherAddress()), 401);
        assertThat(api.get("/status").statusCode()).isEqualTo(200);
        assertThat(told("api.listening")).last().asString().endsWith(" on=all");

        wanted = Optional.of(InetAddress.ofLiteral("127.0.0.1"));
        api.server.allowFrom(List.of());
        assertThat(told("api.not_listening")).as("lost once more").hasSize(2);
        giveBack();
        allow(List.of(), status("127.0.0.1"), 200);
        assertThat(told("api.listening")).last().asString().endsWith(" on=loopback");
    }

    @Test
    void staysOnLoopbackWhereItCannotBeOpenedWiderUntilTheNetworksChange() throws Exception {
        String host = otherAddress();
        wanted = Optional.of(InetAddress.ofLiteral(host));
        api.server.allowFrom(ELSEWHERE);
        assertThat(api.get("/status").statusCode()).isEqualTo(200);
        assertThat(told("api.not_opened")).hasSize(1).first().asString().contains("in use");
        assertThat(told("api.listening")).hasSize(2).last().asString().endsWith(" on=loopback");

        api.server.allowFrom(ELSEWHERE);
        assertThat(told("api.listening"))
                .as("requests under way are left alone")
                .hasSize(2);
        assertThat(told("api.not_opened")).hasSize(1);

        giveBack();
        api.server.allowFrom(List.of());
        allow(ELSEWHERE, status(host), 401);
        assertThat(told("api.not_listening")).isEmpty();
    }

    @Test
    void staysClosed() throws Exception {
        int port = api.server.port();
        api.server.close();
        api.server.allowFrom(ELSEWHERE);
        assertThat(told("api.listening")).hasSize(1);
        assertThat(api.server.port()).isEqualTo(port);
    }
}
