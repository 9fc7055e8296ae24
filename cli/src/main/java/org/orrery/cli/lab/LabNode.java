// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.lab;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.orrery.cli.api.Home;
import org.orrery.cli.api.Json;
import org.orrery.cli.api.LocalApi;
import org.orrery.cli.api.LocalApi.Answer;
import org.orrery.core.crypto.SecretIdentity;

/** A node on a host: a home folder, and the process that runs in it while it runs. One thread at a time. */
public final class LabNode {
    private static final Duration START_PATIENCE = Duration.ofSeconds(60);

    /** Longer than a node takes that ends itself because something hangs. */
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(45);

    private static final Duration BUSY_PATIENCE = Duration.ofSeconds(20);
    private static final Duration BUSY_PAUSE = Duration.ofMillis(200);
    private static final int LOG_LINES = 30;
    private static final int BUSY = 503;
    private static final int UNKNOWN = 404;

    /** As the launcher starts a command that asks one thing. */
    static final List<String> SHORT_OPTIONS =
            List.of("-XX:+UseSerialGC", "-XX:-UsePerfData", "-XX:TieredStopAtLevel=1", "-Xmx256m");

    private static final Json CONFINED = Json.object(Map.of(
            "settings",
            Json.object(Map.of(
                    "portMappingEnabled", Json.of(false),
                    "softwareUpdate", Json.of("disable"),
                    "allowSecondaryPort", Json.of(false),
                    "allowTcpFallbackRelay", Json.of(false)))));

    private final Lab lab;
    private final LabHost host;
    private final NodeProgram program;
    private final Path home;
    private final String address;
    private @Nullable Process process;

    LabNode(Lab lab, LabHost host, NodeProgram program, Path home, SecretIdentity identity) throws IOException {
        this.lab = lab;
        this.host = host;
        this.program = program;
        this.home = home;
        this.address = identity.identity().address().toString();
        Files.writeString(home.resolve("identity.secret"), identity.secretText());
        Files.writeString(home.resolve("identity.public"), identity.identity().toString());
    }

    public LabHost host() {
        return host;
    }

    public Path home() {
        return home;
    }

    /** The node's address, ten hex digits. */
    public String address() {
        return address;
    }

    /** Lets the node use nothing but the laboratory from its next start on: no other ports, no ways out. */
    public void confine() throws IOException {
        Files.writeString(home.resolve("local.conf"), CONFINED.indented());
    }

    /** Replaces the node's {@code local.conf}. */
    public void configure(Json settings) throws IOException {
        Files.writeString(
                home.resolve("local.conf"),
                Json.object(Map.of("settings", settings)).indented());
    }

    /** Starts the node; returns when its API answers. */
    public void start() throws Exception {
        launch();
        awaitApi();
    }

    /** Starts the node and waits for nothing. */
    void launch() throws IOException {
        process = lab.start(new ProcessBuilder(host.command(program.command(home)))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(logFile().toFile())));
    }

    void awaitApi() throws Exception {
        try {
            Lab.await("the API of node " + address + " answers", START_PATIENCE, () -> {
                if (process == null || !process.isAlive()) {
                    throw new LabException("node " + address + " ended");
                }
                return answering() ? Optional.of(true) : Optional.empty();
            });
        } catch (LabException failure) {
            throw new LabException(failure.getMessage() + ":\n" + log());
        }
    }

    private boolean answering() throws Exception {
        Home folder = new Home(home);
        return folder.port() != null
                && folder.token(Map.of()) != null
                && get("/status").ok();
    }

    /** Starts a second process in the same home folder and waits for its end, which is expected. */
    public ProgramResult startAgain() throws IOException, InterruptedException {
        return Programs.run(host.command(program.command(home)));
    }

    /** Runs {@code orrery-cli} on the host, pointed at this node. */
    public ProgramResult cli(String... arguments) throws IOException, InterruptedException {
        List<String> command = NodeProgram.java(SHORT_OPTIONS, "org.orrery.cli.CliMain");
        command.add("-D" + home);
        command.addAll(List.of(arguments));
        return Programs.run(host.command(command));
    }

    /** Runs {@code orrery} on the host; commands about a node take its home folder by {@code --home}. */
    public ProgramResult orrery(String... arguments) throws IOException, InterruptedException {
        List<String> command = NodeProgram.java(SHORT_OPTIONS, "org.orrery.cli.Orrery");
        command.addAll(List.of(arguments));
        return Programs.run(host.command(command));
    }

    private Path logFile() {
        return home.resolveSibling(home.getFileName() + ".log");
    }

    /** The end of what the node has printed. */
    public String log() throws IOException {
        return Files.exists(logFile()) ? Lab.tail(Files.readString(logFile()), LOG_LINES) : "";
    }

    /** How much the node has printed so far, for {@link #logged}. */
    public long logBytes() throws IOException {
        return Files.exists(logFile()) ? Files.size(logFile()) : 0;
    }

    /** Whether the node has printed {@code text} behind the first {@code bytes}. */
    public boolean logged(String text, long bytes) throws IOException {
        byte[] all = Files.readAllBytes(logFile());
        int from = (int) Math.min(bytes, all.length);
        return new String(all, from, all.length - from, StandardCharsets.UTF_8).contains(text);
    }

    public boolean runs() {
        return process != null && process.isAlive();
    }

    /** Stops the node as init systems do; its exit status. */
    public int stop() throws IOException, InterruptedException {
        Process running = running();
        running.destroy();
        if (!running.waitFor(STOP_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new LabException("the node did not stop:\n" + log());
        }
        return running.exitValue();
    }

    /** Ends the node without a word of warning. */
    public void kill() throws IOException, InterruptedException {
        running().destroyForcibly().waitFor();
    }

    /** The number of the process that runs the node. */
    public long pid() throws LabException {
        return running().pid();
    }

    private Process running() throws LabException {
        Process running = process;
        if (running == null || !running.isAlive()) {
            throw new LabException("node " + address + " does not run");
        }
        return running;
    }

    void askToStop() {
        if (process != null) {
            process.destroy();
        }
    }

    void awaitEnd(long deadlineNanos) {
        Process running = process;
        if (running == null) {
            return;
        }
        try {
            long left = Math.max(0, deadlineNanos - System.nanoTime());
            if (!running.waitFor(left, TimeUnit.NANOSECONDS)) {
                running.destroyForcibly().waitFor(STOP_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException impatient) {
            running.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    // ---- Its API --------------------------------------------------------------------------------------------------

    public Answer get(String path) throws Exception {
        return host.inside(() -> api().get(path));
    }

    public Answer post(String path, Json body) throws Exception {
        return host.inside(() -> api().post(path, body));
    }

    public Answer delete(String path) throws Exception {
        return host.inside(() -> api().delete(path));
    }

    private LocalApi api() throws LabException {
        String token = new Home(home).token(Map.of());
        if (token == null) {
            throw new LabException("node " + address + " has no token yet");
        }
        return new LocalApi("127.0.0.1", Lab.PORT, token);
    }

    /** The answer to a question that must be answered well, be it after a while. */
    public Json ask(String path) throws Exception {
        return checked("GET " + path, answer(path));
    }

    /** A node with much to do says that it has no time; the question does no harm a second time. */
    private Answer answer(String path) throws Exception {
        long deadline = System.nanoTime() + BUSY_PATIENCE.toNanos();
        while (true) {
            Answer answer = get(path);
            if (answer.status() != BUSY || System.nanoTime() - deadline > 0) {
                return answer;
            }
            Thread.sleep(BUSY_PAUSE);
        }
    }

    /** The answer to a change that must be accepted. */
    public Json change(String path, Json body) throws Exception {
        return checked("POST " + path, post(path, body));
    }

    private Json checked(String what, Answer answer) throws LabException {
        if (!answer.ok()) {
            throw new LabException(what + " at node " + address + ": status " + answer.status() + " " + answer.body());
        }
        return Json.parseOrNull(answer.body());
    }

    /** Waits until a root answers the node; a root itself is on-line at once. */
    public void awaitOnline() throws Exception {
        Lab.await(
                "node " + address + " is on-line",
                START_PATIENCE,
                () -> ask("/status").at("online").isTrue() ? Optional.of(true) : Optional.empty());
    }

    // ---- What tests and the demonstration ask it ------------------------------------------------------------------

    /** Makes a network on the node's controller; its ID. */
    public String makeNetwork(Json settings) throws Exception {
        return change("/controller/network/" + address + "______", settings)
                .at("id")
                .text();
    }

    public void join(String network) throws Exception {
        change("/network/" + network, Json.object(Map.of()));
    }

    /** Lets a node into a network of this controller, or no longer. */
    public void authorize(String network, LabNode member, boolean authorized) throws Exception {
        change(
                "/controller/network/" + network + "/member/" + member.address(),
                Json.object(Map.of("authorized", Json.of(authorized))));
    }

    /** Waits until the node has what the controller gave it; its assigned addresses without their prefix lengths. */
    public List<String> awaitAddresses(String network, Duration limit) throws Exception {
        return Lab.await("node " + address + " has addresses in network " + network, limit, () -> {
            Json joined = ask("/network/" + network);
            List<String> addresses = joined.at("assignedAddresses").items().stream()
                    .map(each -> each.text().replaceFirst("/.*", ""))
                    .toList();
            boolean ready = joined.at("status").text().equals("OK") && !addresses.isEmpty();
            return ready ? Optional.of(addresses) : Optional.empty();
        });
    }

    /** The node's first IPv4 address in a network, once it has one. */
    public String awaitIp4(String network, Duration limit) throws Exception {
        return awaitAddresses(network, limit).stream()
                .filter(each -> !each.contains(":"))
                .findFirst()
                .orElseThrow(() -> new LabException("node " + address + " has no IPv4 address in network " + network));
    }

    /** What the node says of another; JSON's null if it does not know it. */
    public Json peer(LabNode other) throws Exception {
        String path = "/peer/" + other.address();
        Answer answer = answer(path);
        return answer.status() == UNKNOWN ? Json.none() : checked("GET " + path, answer);
    }

    /** Where the node sends what is for {@code other}, as IP/PORT; empty while that is relayed. */
    public Optional<String> directPath(LabNode other) throws Exception {
        return peer(other).at("paths").items().stream()
                .filter(path ->
                        path.at("active").isTrue() && path.at("preferred").isTrue())
                .map(path -> path.at("address").text())
                .findFirst();
    }
}
