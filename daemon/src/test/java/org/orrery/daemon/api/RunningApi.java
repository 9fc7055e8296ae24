// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.api;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.orrery.daemon.home.HomeException;
import org.orrery.daemon.home.HomeFolder;
import org.orrery.daemon.home.LocalConfigFile;

/** An API server over a fake node on a lane of its own. */
final class RunningApi implements AutoCloseable {
    static final String TOKEN = "r4bbitholer4bbitholer4bb";
    static final String METRICS_TOKEN = "m3tricsm3tricsm3tricsm3t";
    static final long NOW_MILLIS = 1795307614951L;

    static {
        // Read by the server once in a process: short, so that a test can wait for it, and long enough for every other
        // one.
        System.setProperty("sun.net.httpserver.maxReqTime", "6");
    }

    final FakeNode node = new FakeNode();
    final ExecutorService lane = Executors.newSingleThreadExecutor();
    final HomeFolder home;
    final LocalConfigFile localConfig;
    final ApiServer server;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    RunningApi(Path folder) throws IOException, HomeException {
        this(folder, Duration.ofSeconds(15));
    }

    RunningApi(Path folder, Duration patience) throws IOException, HomeException {
        this(folder, patience, 0, HttpServer::create);
    }

    RunningApi(Path folder, Duration patience, int port, ApiServer.Binder binder) throws IOException, HomeException {
        home = HomeFolder.open(folder);
        localConfig = home.localConfig();
        InstantSource clock = InstantSource.fixed(Instant.ofEpochMilli(NOW_MILLIS));
        ApiSetup setup = new ApiSetup(
                port, TOKEN, METRICS_TOKEN, localConfig, Path.of("/var/lib/zerotier-one"), clock, patience);
        server = new ApiServer(setup, node, this::offer, binder);
    }

    private boolean offer(Runnable command) {
        try {
            lane.execute(command);
            return true;
        } catch (RejectedExecutionException ended) {
            return false;
        }
    }

    URI at(String path) {
        return URI.create("http://127.0.0.1:" + server.port() + path);
    }

    HttpResponse<String> get(String path) {
        return send(HttpRequest.newBuilder(at(path)).header("X-ZT1-Auth", TOKEN));
    }

    HttpResponse<String> post(String path, String body) {
        return send("POST", path, body);
    }

    HttpResponse<String> delete(String path) {
        return send("DELETE", path, "");
    }

    HttpResponse<String> send(String method, String path, String body) {
        HttpRequest.BodyPublisher publisher = body.isEmpty()
                ? HttpRequest.BodyPublishers.noBody()
                : HttpRequest.BodyPublishers.ofString(body, StandardCharsets.UTF_8);
        return send(HttpRequest.newBuilder(at(path)).header("X-ZT1-Auth", TOKEN).method(method, publisher));
    }

    HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return client.send(request.timeout(Duration.ofSeconds(20)).build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException failure) {
            throw new java.io.UncheckedIOException(failure);
        } catch (InterruptedException stopping) {
            throw new IllegalStateException(stopping);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        lane.shutdownNow();
        client.close();
        home.close();
    }
}
