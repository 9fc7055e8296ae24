// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.orrery.cli.api.Home;
import org.orrery.core.crypto.SecretIdentity;
import org.orrery.core.crypto.SignatureKeyPair;
import org.orrery.core.value.Endpoint;
import org.orrery.core.world.World;
import org.orrery.core.world.WorldType;

/**
 * Hosts on a switch, each a network namespace with the addresses 10.77.0.N (or another net's) and fd77::N, and a node on each. The node of
 * host 1 is the root of their own planet. Nothing reaches the networks of the machine itself.
 *
 * <p>Closing ends all processes in the namespaces and removes these and all files; it also happens when the JVM is asked
 * to end. What a laboratory left whose JVM was killed is removed by the next one. Any thread.
 */
public final class Lab implements AutoCloseable {
    /** The port of each node. */
    public static final int PORT = 9993;

    /** Each host's way to the switch. */
    public static final String DEVICE = "eth0";

    /** The second way of hosts that have two. */
    public static final String SECOND_DEVICE = "eth1";

    /** A host's way to a host behind it. */
    public static final String BEHIND_DEVICE = "behind0";

    /** The way between a host and its router. */
    public static final String INSIDE_DEVICE = "lan0";

    private static final String PREFIX = "orrery-lab-";
    private static final Pattern NAMESPACE = Pattern.compile(PREFIX + "([0-9]+)-\\S+");
    private static final Path TUN = Path.of("/dev/net/tun");
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(8);
    private static final int POLL_MILLIS = 20;
    private static final int DELETIONS = 100;

    private final String prefix;
    private final Path folder;
    private final String bridge;
    private final List<LabHost> hosts = new ArrayList<>();
    private final List<LabNode> nodes = new ArrayList<>();
    private final List<String> namespaces = new ArrayList<>();

    /** Held while something is made that closing has to take away again. */
    private final ReentrantLock making = new ReentrantLock();

    private final Thread atExit = new Thread(this::closeQuietly, "orrery-lab-close");
    private volatile boolean closed;
    private static volatile boolean jvmEnds;

    private Lab() throws IOException {
        prefix = PREFIX + ProcessHandle.current().pid() + "-"
                + HexFormat.of().toHexDigits((short) new SecureRandom().nextInt());
        bridge = prefix + "-switch";
        folder = Files.createTempDirectory(prefix + "-");
    }

    /** What this machine or user lacks, a sentence for a person with the remedy; empty if a laboratory can be built. */
    public static Optional<String> missing() {
        if (!System.getProperty("os.name", "").equals("Linux")) {
            return Optional.of("needs Linux: it builds network namespaces");
        }
        if (!Home.isRoot()) {
            return Optional.of("needs root and /dev/net/tun: run it with sudo");
        }
        if (!Files.isReadable(TUN)) {
            return Optional.of("needs root and /dev/net/tun, and there is no " + TUN
                    + ": load it (modprobe tun), or give it to the container (--device /dev/net/tun)");
        }
        if (!Programs.has("ip")) {
            return Optional.of("needs the program ip (Debian: apt-get install iproute2)");
        }
        if (!Programs.has("ping")) {
            return Optional.of("needs the program ping (Debian: apt-get install iputils-ping)");
        }
        return Optional.empty();
    }

    /** Builds hosts and prepares a node with a new identity on each; none runs yet. */
    public static Lab open(int hostCount) throws IOException, InterruptedException {
        return open(LabPlan.ofNodes(hostCount));
    }

    /** Builds hosts and, if the plan has programs, prepares a node with a new identity on each; none runs yet. */
    public static Lab open(LabPlan plan) throws IOException, InterruptedException {
        refuseIfMissing();
        var secure = new SecureRandom();
        int threads = Runtime.getRuntime().availableProcessors();
        List<SecretIdentity> identities = new ArrayList<>();
        for (int i = 0; i < plan.programs().size(); i++) {
            identities.add(SecretIdentity.generate(secure, threads));
        }
        return open(plan, identities);
    }

    /** Builds a host for each identity, which are closed here, and prepares a node with it; none runs yet. */
    public static Lab open(List<SecretIdentity> identities) throws IOException, InterruptedException {
        return open(LabPlan.ofNodes(identities.size()), identities);
    }

    /** Throws {@link LabClosedException} if the JVM is asked to end meanwhile. */
    private static Lab open(LabPlan plan, List<SecretIdentity> identities) throws IOException, InterruptedException {
        refuseIfMissing();
        removeLeftovers();
        var lab = new Lab();
        try {
            Runtime.getRuntime().addShutdownHook(lab.atExit);
            lab.build(plan, identities);
            return lab;
        } catch (IOException | InterruptedException | RuntimeException | Error failure) {
            boolean endedByOther = lab.closed;
            lab.close();
            if (endedByOther) {
                throw new LabClosedException();
            }
            throw failure;
        } finally {
            identities.forEach(SecretIdentity::close);
        }
    }

    private static void refuseIfMissing() throws LabException {
        Optional<String> missing = missing();
        if (missing.isPresent()) {
            throw new LabException(missing.get());
        }
    }

    private void build(LabPlan plan, List<SecretIdentity> identities) throws IOException, InterruptedException {
        addNamespace(bridge);
        ip("-n", bridge, "link", "add", "br0", "type", "bridge", "mcast_snooping", "0");
        ip("-n", bridge, "link", "set", "br0", "up");
        for (int i = 1; i <= plan.hosts(); i++) {
            hosts.add(plug(new LabHost(prefix + "-" + i, i, plan.net()), plan.ip6()));
        }
        if (identities.isEmpty()) {
            return;
        }
        byte[] planet = planet(identities.getFirst(), plan.ip6());
        for (int i = 0; i < identities.size(); i++) {
            Path home = Files.createDirectory(folder.resolve("node" + (i + 1)));
            Files.write(home.resolve("planet"), planet);
            nodes.add(new LabNode(this, hosts.get(i), plan.programs().get(i), home, identities.get(i)));
        }
    }

    private LabHost plug(LabHost host, boolean ip6) throws IOException, InterruptedException {
        addNamespace(host.name());
        String port = port(host);
        ip("-n", bridge, "link", "add", port, "type", "veth", "peer", "name", DEVICE, "netns", host.name());
        ip("-n", bridge, "link", "set", port, "master", "br0");
        ip("-n", bridge, "link", "set", port, "up");
        ip("-n", host.name(), "addr", "add", host.ip4() + "/24", "dev", DEVICE);
        if (ip6) {
            ip("-n", host.name(), "addr", "add", host.ip6() + "/64", "dev", DEVICE, "nodad");
        }
        ip("-n", host.name(), "link", "set", DEVICE, "up");
        return host;
    }

    /**
     * A further host without a node and without an address, plugged into {@code host} alone: its {@link #DEVICE} is the
     * other end of {@link #BEHIND_DEVICE} there. Deleting that one frees the name for another.
     */
    public LabHost behind(LabHost host) throws IOException, InterruptedException {
        var foreign = new LabHost(host.name() + "-behind" + namespaces.size(), 0);
        addNamespace(foreign.name());
        ip(
                "-n",
                host.name(),
                "link",
                "add",
                BEHIND_DEVICE,
                "type",
                "veth",
                "peer",
                "name",
                DEVICE,
                "netns",
                foreign.name());
        ip("-n", host.name(), "link", "set", BEHIND_DEVICE, "up");
        ip("-n", foreign.name(), "link", "set", DEVICE, "up");
        return foreign;
    }

    /** A switch of their own for these hosts, on which they have the addresses 10.78.0.N, too. Once in a laboratory. */
    public void secondSwitch(List<LabHost> among) throws IOException, InterruptedException {
        ip("-n", bridge, "link", "add", "br1", "type", "bridge", "mcast_snooping", "0");
        ip("-n", bridge, "link", "set", "br1", "up");
        for (LabHost host : among) {
            String port = "second" + host.number();
            ip("-n", bridge, "link", "add", port, "type", "veth", "peer", "name", SECOND_DEVICE, "netns", host.name());
            ip("-n", bridge, "link", "set", port, "master", "br1");
            ip("-n", bridge, "link", "set", port, "up");
            ip("-n", host.name(), "addr", "add", "10.78.0." + host.number() + "/24", "dev", SECOND_DEVICE);
            ip("-n", host.name(), "link", "set", SECOND_DEVICE, "up");
        }
    }

    /**
     * Puts a router between a host and the switch. {@link #DEVICE}, without an address, and the plug are the router's then;
     * {@link #INSIDE_DEVICE} at both ends leads from the one to the other. The node of the host must not run.
     */
    public LabHost router(LabHost host) throws IOException, InterruptedException {
        var router = new LabHost(host.name() + "-router", host.number(), host.net());
        addNamespace(router.name());
        ip("-n", host.name(), "link", "set", DEVICE, "netns", router.name());
        ip(
                "-n",
                router.name(),
                "link",
                "add",
                INSIDE_DEVICE,
                "type",
                "veth",
                "peer",
                "name",
                INSIDE_DEVICE,
                "netns",
                host.name());
        ip("-n", router.name(), "link", "set", INSIDE_DEVICE, "up");
        ip("-n", router.name(), "link", "set", DEVICE, "up");
        ip("-n", host.name(), "link", "set", INSIDE_DEVICE, "up");
        return router;
    }

    private byte[] planet(SecretIdentity root, boolean ip6) {
        var secure = new SecureRandom();
        var endpoints = Stream.of(hosts.getFirst().ip4(), hosts.getFirst().ip6())
                .limit(ip6 ? 2 : 1)
                .map(ip -> Endpoint.parse(ip + "/" + PORT).orElseThrow())
                .toList();
        try (SignatureKeyPair signer = SignatureKeyPair.generate(secure)) {
            var roots = List.of(new World.Root(root.identity(), endpoints));
            long id = secure.nextLong(1, 1L << 53);
            return World.create(WorldType.PLANET, id, System.currentTimeMillis(), roots, signer.publicKey(), signer)
                    .bytes();
        }
    }

    /** Whether it is taken away, or is being so: whatever still works in it fails. */
    public boolean closed() {
        return closed;
    }

    /** Host {@code number}, from 1. */
    public LabHost host(int number) {
        return hosts.get(number - 1);
    }

    /** The switch itself: a namespace with the bridge {@code br0}, which host N is plugged into as {@code portN}. */
    public LabHost hub() {
        return new LabHost(bridge, 0);
    }

    /** A file that goes away with the laboratory. */
    public Path file(String name) {
        return folder.resolve(name);
    }

    /** The node of host {@code number}, from 1; that one is the root. */
    public LabNode node(int number) {
        return nodes.get(number - 1);
    }

    /** Starts all nodes; returns when all are on-line. */
    public void start() throws Exception {
        for (LabNode node : nodes) {
            node.launch();
        }
        for (LabNode node : nodes) {
            node.awaitApi();
        }
        for (LabNode node : nodes) {
            node.awaitOnline();
        }
    }

    /**
     * Sets whether hosts may be cut off from each other: two hosts that are both isolated cannot reach one another, but
     * all others reach both.
     */
    public void isolate(LabHost host, boolean isolated) throws IOException, InterruptedException {
        ip("-n", bridge, "link", "set", port(host), "type", "bridge_slave", "isolated", isolated ? "on" : "off");
    }

    private static String port(LabHost host) {
        return "port" + host.number();
    }

    private void addNamespace(String name) throws IOException, InterruptedException {
        making.lock();
        try {
            refuseIfClosed();
            ip("netns", "add", name);
            namespaces.add(name);
        } finally {
            making.unlock();
        }
        ip("-n", name, "link", "set", "lo", "up");
    }

    /** Starts a process that closing will end. */
    Process start(ProcessBuilder builder) throws IOException {
        making.lock();
        try {
            refuseIfClosed();
            return builder.start();
        } finally {
            making.unlock();
        }
    }

    /** Starts a program on a host; closing the laboratory ends it if it has not. What it prints is thrown away. */
    public Process start(LabHost host, String... command) throws IOException {
        return start(host, ProcessBuilder.Redirect.DISCARD, List.of(command));
    }

    /** Starts a program on a host; closing the laboratory ends it if it has not. What it prints goes to a file. */
    public Process start(LabHost host, Path log, List<String> command) throws IOException {
        return start(host, ProcessBuilder.Redirect.appendTo(log.toFile()), command);
    }

    /** Starts {@code orrery} on a host; closing the laboratory ends it if it has not. What it prints goes to a file. */
    public Process startOrrery(LabHost host, Path log, String... arguments) throws IOException {
        List<String> command = NodeProgram.java(LabNode.SHORT_OPTIONS, "org.orrery.cli.Orrery");
        command.addAll(List.of(arguments));
        return start(host, log, command);
    }

    private Process start(LabHost host, ProcessBuilder.Redirect output, List<String> command) throws IOException {
        return start(new ProcessBuilder(host.command(command))
                .redirectErrorStream(true)
                .redirectOutput(output));
    }

    private void refuseIfClosed() throws LabClosedException {
        if (closed) {
            throw new LabClosedException();
        }
    }

    private static String ip(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("ip"));
        command.addAll(List.of(arguments));
        return Programs.output(command);
    }

    /**
     * Asks again and again until there is an answer.
     *
     * @param what is waited for, for the message if it does not come in time
     */
    public static <T> T await(String what, Duration limit, Callable<Optional<T>> question) throws Exception {
        long deadline = System.nanoTime() + limit.toNanos();
        while (true) {
            Optional<T> answer = question.call();
            if (answer.isPresent()) {
                return answer.get();
            }
            if (System.nanoTime() - deadline > 0) {
                throw new LabException("not within " + limit.toMillis() + " ms: " + what);
            }
            Thread.sleep(POLL_MILLIS);
        }
    }

    /** Does something meanwhile, on a thread that does not keep the JVM alive. */
    public static <T> CompletableFuture<T> background(Callable<T> body) {
        var result = new CompletableFuture<T>();
        Thread.ofPlatform().daemon().name("lab").start(() -> {
            try {
                result.complete(body.call());
            } catch (Exception failure) {
                result.completeExceptionally(failure);
            }
        });
        return result;
    }

    // ---- Taking it away -------------------------------------------------------------------------------------------

    @Override
    public void close() throws IOException {
        making.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            nodes.forEach(LabNode::askToStop);
            long deadline = System.nanoTime() + STOP_PATIENCE.toNanos();
            nodes.forEach(node -> node.awaitEnd(deadline));
            takeAway();
        } catch (InterruptedException impatient) {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted while closing; the next laboratory removes what is left");
        } finally {
            making.unlock();
        }
        forgetHook();
    }

    /** What cannot be removed does not keep the rest. */
    private void takeAway() throws IOException, InterruptedException {
        IOException failure = null;
        for (String namespace : namespaces.reversed()) {
            try {
                remove(namespace);
            } catch (IOException refused) {
                failure = failure == null ? refused : failure;
            }
        }
        delete(folder);
        if (failure != null) {
            throw failure;
        }
    }

    /** Whether the JVM was asked to end while there was a laboratory: what fails then is no news. */
    public static boolean jvmEnds() {
        return jvmEnds;
    }

    private void closeQuietly() {
        jvmEnds = true;
        try {
            close();
        } catch (IOException failure) {
            System.err.println("orrery: " + failure.getMessage());
        }
    }

    private void forgetHook() {
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException alreadyEnding) {
            // Then it is the hook that closes, or it finds nothing to do.
        }
    }

    /** Ends what runs in a namespace and removes it. */
    private static void remove(String namespace) throws IOException, InterruptedException {
        for (String pid : ip("netns", "pids", namespace).split("\\s+")) {
            if (!pid.isEmpty()) {
                ProcessHandle.of(Long.parseLong(pid)).ifPresent(Lab::kill);
            }
        }
        ip("netns", "del", namespace);
    }

    /** Ends a process, and gives it a moment to let go of its files. */
    private static void kill(ProcessHandle process) {
        process.destroyForcibly();
        try {
            process.onExit().get(STOP_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException impatient) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException stays) {
            // The kernel ends it when it can.
        }
    }

    private static void removeLeftovers() throws IOException, InterruptedException {
        for (String line : ip("netns", "list").split("\n")) {
            Matcher name = NAMESPACE.matcher(line.split(" ")[0]);
            if (name.matches()
                    && ProcessHandle.of(Long.parseLong(name.group(1))).isEmpty()) {
                try {
                    remove(name.group());
                } catch (LabException other) {
                    // Somebody else was faster, or it is not ours to remove: no reason not to build a new one.
                }
            }
        }
    }

    /** Again and again, for a process that ends may still make or remove a file. */
    private static void delete(Path folder) throws IOException, InterruptedException {
        for (int left = DELETIONS; ; left--) {
            try {
                deleteOnce(folder);
                return;
            } catch (DirectoryNotEmptyException | UncheckedIOException changing) {
                if (left == 1) {
                    throw new LabException("cannot delete " + folder + ": " + changing.getMessage());
                }
                Thread.sleep(POLL_MILLIS);
            }
        }
    }

    private static void deleteOnce(Path folder) throws IOException {
        try (Stream<Path> content = Files.walk(folder)) {
            for (Path file : content.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (NoSuchFileException gone) {
            // With all that was in it.
        }
    }

    /** The lines at the end of a text. */
    static String tail(@Nullable String text, int lines) {
        List<String> all = text == null ? List.of() : text.lines().toList();
        return String.join("\n", all.subList(Math.max(0, all.size() - lines), all.size()));
    }
}
