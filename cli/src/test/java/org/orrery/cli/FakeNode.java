// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/** Answers as a node's local API does, from prepared texts, and remembers what it was asked. */
public final class FakeNode implements AutoCloseable {
    public static final String TOKEN = "0123456789abcdefghijklmn";

    private record Answer(int status, String body) {}

    private final CountDownLatch closed = new CountDownLatch(1);

    private final HttpServer server;
    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();

    public FakeNode() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::handle);
        server.start();
    }

    /** Prepares the answer to {@code request}, a method and a path. */
    public FakeNode answer(String request, int status, String body) {
        answers.put(request, new Answer(status, body));
        return this;
    }

    public FakeNode answer(String request, String body) {
        return answer(request, 200, body);
    }

    /** Prepares an answer to a GET of {@code path} that begins with {@code bytes} and then neither goes on nor ends. */
    public FakeNode endless(String path, byte[] bytes) {
        server.createContext(path, exchange -> {
            try (exchange) {
                exchange.sendResponseHeaders(200, 0);
                exchange.getResponseBody().write(bytes);
                exchange.getResponseBody().flush();
                closed.await();
            } catch (InterruptedException stopping) {
                Thread.currentThread().interrupt();
            }
        });
        return this;
    }

    /** Makes {@code folder} look like the home of this node. */
    public Path home(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("zerotier-one.port"), Integer.toString(port()));
        Files.writeString(folder.resolve("authtoken.secret"), TOKEN + "\n");
        return folder;
    }

    public int port() {
        return server.getAddress().getPort();
    }

    /** Method, path and body of every request so far. */
    public List<String> requests() {
        return List.copyOf(requests);
    }

    private void handle(HttpExchange exchange) {
        try (exchange) {
            String request =
                    exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath();
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            requests.add((request + " " + body).strip());
            boolean known = TOKEN.equals(exchange.getRequestHeaders().getFirst("X-ZT1-Auth"));
            Answer answer = known ? answers.getOrDefault(request, new Answer(404, "")) : new Answer(401, "{}");
            byte[] bytes = answer.body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(answer.status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
    }
}
