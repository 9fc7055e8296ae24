// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.api;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.orrery.core.value.Prefix;
import org.orrery.daemon.RecentEvents;
import org.orrery.daemon.json.Json;

/**
 * The API on its port. It listens on this host's own addresses only, unless {@code allowManagementFrom} names networks:
 * then on all, and each request's source is looked at. Any thread.
 */
public final class ApiServer implements AutoCloseable {
    private static final int BACKLOG = 64;

    /** Time to take an answer. The server's own limit would end streams too. */
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(60);

    /** What is shorter fits the buffers of any connection. */
    private static final int WATCHED_BYTES = 16 * 1024;

    /** Clients take some 8 KB of headers. */
    private static final int NOTES_MAX = 16;

    private static final int NOTE_LENGTH_MAX = 240;
    private static final Logger LOG = System.getLogger("org.orrery.daemon.api");

    static {
        // The server reads these once; they bound what slow or many clients can hold. Seconds, except for counts.
        Map.of(
                        "sun.net.httpserver.maxReqTime", "30",
                        "sun.net.httpserver.idleInterval", "30",
                        "sun.net.httpserver.maxReqHeaderSize", "65536",
                        "jdk.httpserver.maxConnections", "256",
                        // Without it every small answer waits for the client's delayed acknowledgement.
                        "sun.net.httpserver.nodelay", "true")
                .forEach((name, value) -> {
                    if (System.getProperty(name) == null) {
                        System.setProperty(name, value);
                    }
                });
    }

    /** Makes a server on an address. */
    interface Binder {
        HttpServer bind(InetSocketAddress address, int backlog) throws IOException;
    }

    private final Binder binder;
    private final Gate gate;
    private final Gate metricsGate;
    private final Endpoints endpoints;
    private final ObservedStream observed;
    private final RequestBody bodies = new RequestBody();
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("api-", 0).factory());
    private final int port;
    private List<HttpServer> servers = List.of();
    private boolean everywhere;
    private List<Prefix> allowed;
    private boolean lost;
    private boolean closed;

    ApiServer(ApiSetup setup, NodeControl node, ControlLane lane, Binder binder) throws IOException {
        this.binder = binder;
        List<Prefix> networks = setup.localConfig().current().settings().allowManagementFrom();
        this.gate = new Gate(setup.token(), networks);
        this.metricsGate = new Gate(setup.metricsToken(), List.of());
        var questions = new Questions(node, lane, setup.patience());
        this.observed = new ObservedStream(node.observers(), questions, setup.clock());
        this.endpoints = new Endpoints(
                questions,
                new Diagnostics(questions, RecentEvents.ofProcess()),
                setup.localConfig(),
                setup.home(),
                setup.clock());
        this.allowed = List.copyOf(networks);
        this.everywhere = !networks.isEmpty();
        try {
            this.servers = listen(setup.port(), everywhere);
        } catch (IOException | RuntimeException failure) {
            threads.shutdownNow();
            throw failure;
        }
        this.port = servers.getFirst().getAddress().getPort();
    }

    /**
     * Starts to answer.
     *
     * @throws IOException if the port is taken
     */
    public static ApiServer start(ApiSetup setup, NodeControl node, ControlLane lane) throws IOException {
        return new ApiServer(setup, node, lane, HttpServer::create);
    }

    /** The port listened on. */
    public int port() {
        return port;
    }

    /**
     * Follows {@code allowManagementFrom}. To be called now and then, also if it did not change: the port is closed for a
     * moment when it is to be opened otherwise, and if somebody takes it in that moment, a later call listens again. A port
     * that cannot be opened wider stays on loopback until the networks change. What fails is logged, once.
     */
    public synchronized void allowFrom(List<Prefix> networks) {
        gate.allowFrom(networks);
        boolean changed = !networks.equals(allowed);
        allowed = List.copyOf(networks);
        boolean wanted = !networks.isEmpty();
        if (closed || (!servers.isEmpty() && (wanted == everywhere || !changed))) {
            return;
        }
        // The system does not let one port be open on all addresses and on one of them at a time.
        servers.forEach(server -> server.stop(0));
        servers = List.of();
        String reason = relisten(wanted);
        if (!reason.isEmpty() && wanted && relisten(false).isEmpty()) {
            LOG.log(Level.WARNING, "api.not_opened port=" + port + " reason=" + reason);
        } else if (!reason.isEmpty() && !lost) {
            LOG.log(Level.ERROR, "api.not_listening port=" + port + " reason=" + reason);
        }
        lost = servers.isEmpty();
    }

    /** Answers why not, or an empty text. */
    private String relisten(boolean onAll) {
        try {
            servers = listen(port, onAll);
            everywhere = onAll;
            return "";
        } catch (IOException refused) {
            return String.valueOf(refused.getMessage());
        }
    }

    private List<HttpServer> listen(int wantedPort, boolean onAll) throws IOException {
        List<HttpServer> started = new ArrayList<>();
        if (onAll) {
            started.add(serve(new InetSocketAddress(wantedPort)));
        } else {
            HttpServer first = serve(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), wantedPort));
            started.add(first);
            int common = first.getAddress().getPort();
            try {
                started.add(serve(new InetSocketAddress(InetAddress.ofLiteral("::1"), common)));
            } catch (IOException noIpv6) {
                LOG.log(Level.INFO, "api.without_ipv6 port=" + common + " reason=" + noIpv6.getMessage());
            }
        }
        LOG.log(
                Level.INFO,
                "api.listening port=" + started.getFirst().getAddress().getPort() + " on="
                        + (onAll ? "all" : "loopback"));
        return started;
    }

    private HttpServer serve(InetSocketAddress address) throws IOException {
        HttpServer server;
        try {
            server = binder.bind(address, BACKLOG);
        } catch (IOException failure) {
            throw new IOException(
                    "cannot bind to local control interface port " + address.getPort() + ": " + failure.getMessage(),
                    failure);
        }
        server.createContext("/", this::handle);
        server.setExecutor(threads);
        server.start();
        return server;
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            Request request = Request.of(exchange.getRequestMethod(), exchange.getRequestURI());
            if (ObservedStream.wanted(request) && admitted(exchange, request)) {
                observed.answer(exchange, request);
                return;
            }
            ApiAnswer answer = answer(exchange, request);
            Optional<String> callback = request.callback().filter(name -> answer.json());
            send(exchange, callback.map(answer::asCallOf).orElse(answer));
        }
    }

    private ApiAnswer answer(HttpExchange exchange, Request request) throws IOException {
        if (!admitted(exchange, request)) {
            return ApiAnswer.json(401, Json.object());
        }
        try {
            if (!request.post()) {
                return endpoints.answer(request, new byte[0]);
            }
            Headers headers = exchange.getRequestHeaders();
            try (RequestBody.Held body =
                    bodies.read(Optional.ofNullable(headers.getFirst("Content-Length")), exchange.getRequestBody())) {
                return endpoints.answer(request, body.bytes());
            }
        } catch (RequestBody.Refused refused) {
            return ApiAnswer.empty(refused.status());
        } catch (NodeUnavailable busy) {
            return ApiAnswer.error(503, String.valueOf(busy.getMessage()));
        } catch (Questions.FailedException failure) {
            return failed(request, failure.reason());
        } catch (RuntimeException failure) {
            return failed(request, failure);
        }
    }

    private boolean admitted(HttpExchange exchange, Request request) {
        return (Endpoints.fromAnywhere(request)
                        || gate.admits(exchange.getRemoteAddress().getAddress()))
                && known(exchange, request);
    }

    private boolean known(HttpExchange exchange, Request request) {
        Headers headers = exchange.getRequestHeaders();
        return Endpoints.open(request)
                || knowsToken(gate, headers, request)
                || (Endpoints.fromAnywhere(request) && knowsToken(metricsGate, headers, request));
    }

    private static boolean knowsToken(Gate gate, Headers headers, Request request) {
        return gate.knowsToken(headers.getFirst("X-ZT1-Auth"), request.query(), headers.getFirst("Authorization"));
    }

    private static ApiAnswer failed(Request request, Throwable cause) {
        LOG.log(Level.ERROR, "api.failed path=/" + String.join("/", request.path()), cause);
        String message = cause.getMessage();
        return ApiAnswer.error(500, message == null ? cause.getClass().getSimpleName() : message);
    }

    private static void send(HttpExchange exchange, ApiAnswer answer) throws IOException {
        byte[] body = answer.body();
        Headers headers = exchange.getResponseHeaders();
        headers.set("Cache-Control", "no-cache");
        for (String note :
                answer.notes().subList(0, Math.min(NOTES_MAX, answer.notes().size()))) {
            headers.add("X-Orrery-Note", headerText(note));
        }
        answer.contentType().ifPresent(type -> headers.set("Content-Type", type));
        if (exchange.getRequestMethod().equals("HEAD")) {
            headers.set("Accept-Ranges", "bytes");
            headers.set("Content-Length", Integer.toString(body.length));
            exchange.sendResponseHeaders(answer.status(), -1);
            return;
        }
        exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
        if (body.length > 0) {
            Thread watch =
                    body.length < WATCHED_BYTES ? null : Thread.ofVirtual().start(() -> closeLate(exchange));
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(body);
            } finally {
                if (watch != null) {
                    watch.interrupt();
                }
            }
        }
    }

    private static void closeLate(HttpExchange exchange) {
        try {
            Thread.sleep(ANSWER_LIMIT);
            exchange.close();
        } catch (InterruptedException taken) {
            // as it should be
        }
    }

    private static String headerText(String text) {
        String printable = text.replaceAll("[^ -~]", "?");
        return printable.substring(0, Math.min(NOTE_LENGTH_MAX, printable.length()));
    }

    /** Stops listening and drops open requests. */
    @Override
    public synchronized void close() {
        closed = true;
        servers.forEach(server -> server.stop(0));
        servers = List.of();
        threads.shutdownNow();
    }
}
