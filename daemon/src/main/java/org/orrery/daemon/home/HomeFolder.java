// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.home;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.orrery.core.crypto.SecretIdentity;
import org.orrery.core.node.StateKind;
import org.orrery.core.value.Hex;
import org.orrery.core.value.NetworkId;

/**
 * A home folder that this process holds alone. Read at start; afterwards one thread at a time writes to it. Messages
 * about files that were set aside go to the log.
 */
public final class HomeFolder implements AutoCloseable {
    /** Files here are some KB; ten times the largest that the protocol allows (a configuration of 409,600 bytes). */
    private static final int FILE_BYTES_MAX = 4 << 20;

    /** Joined networks: each has an interface, and a host has few hundred. More files are not read. */
    public static final int NETWORKS_MAX = 4096;

    /** How long a peer that was not seen stays on disk. */
    private static final Duration PEER_LIFE = Duration.ofDays(30);

    private static final String PORT_FILE = "zerotier-one.port";
    private static final String PID_FILE = "zerotier-one.pid";
    private static final String NETWORKS = "networks.d";
    private static final String PEERS = "peers.d";
    private static final String MOONS = "moons.d";

    /** In place of a configuration that is not known. */
    private static final byte[] JOINED = {'\n'};

    private static final Logger LOG = System.getLogger("org.orrery.daemon.home");

    private final Path path;
    private final HomeLock lock;

    private HomeFolder(Path path, HomeLock lock) {
        this.path = path;
        this.lock = lock;
    }

    /**
     * Creates the folder if it is missing and takes it for this process until {@link #close}.
     *
     * @throws HomeException if it is in use, or holds what this service cannot work with
     * @throws IOException if the system refuses
     */
    public static HomeFolder open(Path folder) throws IOException, HomeException {
        Path path = folder.toAbsolutePath().normalize();
        try {
            AtomicFiles.createFolders(path, Mode.READABLE);
        } catch (IOException failure) {
            throw new HomeException(path, "cannot be created", failure);
        }
        if (Files.exists(path.resolve("controller.db"))) {
            throw new HomeException(
                    path.resolve("controller.db"),
                    "a controller database of before 1.2, which has to be migrated first");
        }
        HomeLock lock = HomeLock.take(path);
        try {
            refuseOtherService(path);
            HomeFolder home = new HomeFolder(path, lock);
            home.prepare();
            return home;
        } catch (IOException | HomeException | RuntimeException failure) {
            lock.close();
            throw failure;
        }
    }

    /** The original service takes no lock; its pid file is all there is to see. */
    private static void refuseOtherService(Path home) throws IOException, HomeException {
        String text = text(home.resolve(PID_FILE)).orElse("");
        if (!text.matches("[0-9]{1,18}")
                || Long.parseLong(text) == ProcessHandle.current().pid()) {
            return;
        }
        boolean running = ProcessHandle.of(Long.parseLong(text))
                .flatMap(process -> process.info().command())
                .filter(command -> Path.of(command).endsWith("zerotier-one"))
                .isPresent();
        if (running) {
            throw new HomeException(home, "in use by zerotier-one, process " + text);
        }
    }

    private void prepare() throws IOException {
        for (String name : List.of("identity.secret", "authtoken.secret", "metricstoken.secret")) {
            if (Files.exists(path.resolve(name))) {
                Mode.SECRET.restrict(path.resolve(name));
            }
        }
        AtomicFiles.createFolders(path.resolve(NETWORKS), Mode.READABLE);
        AtomicFiles.createFolders(path.resolve(PEERS), Mode.SECRET);
        for (Path folder : List.of(path, path.resolve(NETWORKS), path.resolve(PEERS), path.resolve(MOONS))) {
            AtomicFiles.sweep(folder);
        }
    }

    /** Absolute. */
    public Path path() {
        return path;
    }

    /** Where the controller keeps its records unless {@code local.conf} names another folder; made by its owner. */
    public Path controllerFolder() {
        return path.resolve("controller.d");
    }

    /**
     * The node's identity, made and written at the first start. {@code secure} must be a cryptographic source. Whether
     * the address belongs to the key is only looked at if {@code identity.public} does not repeat the identity; a caller
     * in a hurry that wants to be sure asks {@code valid} later.
     *
     * @throws HomeException if there is one that cannot be used; it is left as it is
     */
    public SecretIdentity identity(RandomGenerator secure, int threads) throws IOException, HomeException {
        Path file = path.resolve("identity.secret");
        Optional<String> text = text(file);
        SecretIdentity identity;
        if (text.isPresent()) {
            identity = SecretIdentity.parse(text.get())
                    .orElseThrow(() -> new HomeException(
                            file, "not an identity; restore it, or move it away together with identity.public"));
            // Proving an address takes half a second in a fresh process. A start that wrote identity.public did it.
            boolean provenBefore = text(path.resolve("identity.public"))
                    .filter(identity.identity().toString()::equalsIgnoreCase)
                    .isPresent();
            if (!provenBefore && !identity.identity().valid()) {
                identity.close();
                throw unproven();
            }
        } else {
            identity = SecretIdentity.generate(secure, threads);
            AtomicFiles.replace(file, Mode.SECRET, bytes(identity.secretText()));
            LOG.log(
                    Level.INFO,
                    "identity.created address=" + identity.identity().address());
        }
        try {
            publish(identity.identity().toString());
        } catch (IOException | RuntimeException failure) {
            identity.close();
            throw failure;
        }
        return identity;
    }

    /** What to tell if the node's identity turns out not to be {@link org.orrery.core.crypto.Identity#valid}. */
    public HomeException unproven() {
        return new HomeException(path.resolve("identity.secret"), "the address does not belong to the key");
    }

    private void publish(String identity) throws IOException {
        Path file = path.resolve("identity.public");
        Optional<String> old = text(file);
        if (old.isPresent() && !old.get().equalsIgnoreCase(identity)) {
            setAside(file, "does not belong to identity.secret");
        }
        if (old.isEmpty() || !old.get().equalsIgnoreCase(identity)) {
            AtomicFiles.replace(file, Mode.READABLE, bytes(identity));
        }
    }

    /**
     * The token that callers of the API have to show, without surrounding white space; made at the first start. An
     * empty file would let everybody in, so it is set aside and a token is made.
     */
    public String authToken(RandomGenerator secure) throws IOException {
        return token("authtoken.secret", secure);
    }

    /** The token that suffices for reading metrics, and for nothing else; kept and made like {@link #authToken}. */
    public String metricsToken(RandomGenerator secure) throws IOException {
        return token("metricstoken.secret", secure);
    }

    private String token(String name, RandomGenerator secure) throws IOException {
        Path file = path.resolve(name);
        Optional<String> text = text(file);
        if (text.isPresent() && !text.get().isEmpty()) {
            return text.get();
        }
        if (text.isPresent()) {
            setAside(file, "holds no token");
        }
        String token = AuthToken.create(secure);
        // No line end: tools send the content as it is.
        AtomicFiles.replace(file, Mode.SECRET, bytes(token));
        return token;
    }

    /** Tells tools where the API is. */
    public void writePort(int port) throws IOException {
        AtomicFiles.replace(path.resolve(PORT_FILE), Mode.READABLE, bytes(Integer.toString(port)));
    }

    /** Tells init scripts which process this is; removed by {@link #close}. */
    public void writePid() throws IOException {
        AtomicFiles.replace(
                path.resolve(PID_FILE),
                Mode.READABLE,
                bytes(Long.toString(ProcessHandle.current().pid())));
    }

    /** {@code local.conf} of this folder, read now. */
    public LocalConfigFile localConfig() throws IOException, HomeException {
        return LocalConfigFile.open(path.resolve("local.conf"));
    }

    /**
     * The planet definition that was put here or last accepted, as {@code reader} understands it. It is to be taken
     * before the built-in one, which then replaces it by the ordinary rule only: that is how own root sets work.
     *
     * @param reader answers nothing for what is no planet
     * @throws HomeException if there is a file and it is no planet: going on with the built-in roots would send this
     *     node to strangers
     */
    public <T> Optional<T> planet(Function<byte[], Optional<T>> reader) throws IOException, HomeException {
        Path file = file(StateKind.PLANET, 0);
        Optional<byte[]> content = AtomicFiles.read(file, FILE_BYTES_MAX);
        if (content.isEmpty()) {
            return Optional.empty();
        }
        Optional<T> planet = reader.apply(content.get());
        if (planet.isEmpty()) {
            throw new HomeException(
                    file, "not a planet definition; restore it, or move it away to use the built-in roots");
        }
        return planet;
    }

    /**
     * A network to join at start.
     *
     * @param configuration the last one received, absent while there is none
     */
    public record SavedNetwork<T>(NetworkId id, Optional<T> configuration) {}

    /**
     * The networks joined, by ID. A configuration that {@code reader} refuses is set aside; the network stays joined
     * and asks its controller again.
     */
    public <T> List<SavedNetwork<T>> networks(Function<byte[], Optional<T>> reader) throws IOException {
        List<SavedNetwork<T>> found = new ArrayList<>();
        for (Path file : files(path.resolve(NETWORKS), "[0-9a-f]{16}\\.conf", NETWORKS_MAX)) {
            String name = file.getFileName().toString();
            NetworkId id = NetworkId.parse(name.substring(0, 16)).orElseThrow();
            Optional<byte[]> content = AtomicFiles.read(file, FILE_BYTES_MAX);
            if (content.isEmpty() || new String(content.get(), StandardCharsets.ISO_8859_1).isBlank()) {
                found.add(new SavedNetwork<>(id, Optional.empty()));
                continue;
            }
            Optional<T> configuration = reader.apply(content.get());
            if (configuration.isEmpty()) {
                setAside(file, "not a network configuration");
                save(StateKind.NETWORK_CONFIG, id.bits(), JOINED);
            }
            found.add(new SavedNetwork<>(id, configuration));
        }
        found.sort(Comparator.comparing(SavedNetwork::id));
        return found;
    }

    /** Has {@link #networks} find a network from now on, whether or not there is a configuration; on disk when this returns. */
    public void keepJoined(NetworkId network) throws IOException {
        if (load(StateKind.NETWORK_CONFIG, network.bits()).isEmpty()) {
            save(StateKind.NETWORK_CONFIG, network.bits(), JOINED);
        }
    }

    /** What a person allowed {@code network} to do here; the defaults if nothing was said. */
    public NetworkSettings settings(NetworkId network) throws IOException {
        Path file = settingsFile(network);
        Optional<String> text = text(file);
        if (text.isEmpty()) {
            return NetworkSettings.DEFAULT;
        }
        NetworkSettings.Reading reading = NetworkSettings.read(text.get());
        for (String fault : reading.faults()) {
            LOG.log(Level.WARNING, "home.fault file=" + file + " fault=" + fault);
        }
        return reading.settings();
    }

    /** Keeps {@code settings}. A file that could only be read in part is set aside first. */
    public void saveSettings(NetworkId network, NetworkSettings settings) throws IOException {
        Path file = settingsFile(network);
        Optional<String> old = text(file);
        if (old.isPresent() && !NetworkSettings.read(old.get()).faults().isEmpty()) {
            setAside(file, "could only be read in part");
        }
        AtomicFiles.replace(file, Mode.READABLE, bytes(settings.text()));
    }

    private Path settingsFile(NetworkId network) {
        return path.resolve(NETWORKS).resolve(network + ".local.conf");
    }

    /** Forgets a network that was left: its configuration and its settings. */
    public void forget(NetworkId network) throws IOException {
        delete(StateKind.NETWORK_CONFIG, network.bits());
        AtomicFiles.delete(settingsFile(network));
    }

    /**
     * The peers saved last, at most {@code count}, as {@code reader} understands them; what it refuses is skipped. Call
     * {@link #expirePeers} first.
     */
    public <T> List<T> peers(int count, Function<byte[], Optional<T>> reader) throws IOException {
        List<T> found = new ArrayList<>();
        for (Path file : peerFiles(count)) {
            AtomicFiles.read(file, FILE_BYTES_MAX).flatMap(reader).ifPresent(found::add);
        }
        return found;
    }

    /** Deletes peers that have not been saved for thirty days. To be called at start and every hour. */
    public void expirePeers(Instant now) throws IOException {
        FileTime oldest = FileTime.from(now.minus(PEER_LIFE));
        for (Path file : peerFiles(Integer.MAX_VALUE)) {
            if (Files.getLastModifiedTime(file).compareTo(oldest) < 0) {
                Files.deleteIfExists(file);
            }
        }
    }

    private List<Path> peerFiles(int count) throws IOException {
        return files(path.resolve(PEERS), "[0-9a-f]{10}\\.peer", count);
    }

    /** What is kept of one kind under one id. */
    public Optional<byte[]> load(StateKind kind, long id) throws IOException {
        return AtomicFiles.read(file(kind, id), FILE_BYTES_MAX);
    }

    /** Keeps {@code content}, in place of what was kept under the same kind and id. */
    public void save(StateKind kind, long id, byte[] content) throws IOException {
        Path file = file(kind, id);
        boolean secret = kind != StateKind.PLANET && kind != StateKind.MOON;
        switch (kind) {
            case PLANET -> {}
            case MOON -> AtomicFiles.createFolders(path.resolve(MOONS), Mode.READABLE);
            case NETWORK_CONFIG -> AtomicFiles.createFolders(path.resolve(NETWORKS), Mode.READABLE);
            case PEER -> AtomicFiles.createFolders(path.resolve(PEERS), Mode.SECRET);
        }
        AtomicFiles.replace(file, secret ? Mode.SECRET : Mode.READABLE, content);
    }

    /** Forgets what is kept; nothing kept is fine. */
    public void delete(StateKind kind, long id) throws IOException {
        AtomicFiles.delete(file(kind, id));
    }

    private Path file(StateKind kind, long id) {
        return switch (kind) {
            case PLANET -> path.resolve("planet");
            case MOON -> path.resolve(MOONS).resolve(Hex.of(id, 16) + ".moon");
            case NETWORK_CONFIG -> path.resolve(NETWORKS).resolve(Hex.of(id, 16) + ".conf");
            case PEER -> path.resolve(PEERS).resolve(Hex.of(id, 10) + ".peer");
        };
    }

    /** What was noted under a name, for a start after a crash. */
    public Optional<byte[]> note(String name) throws IOException {
        return AtomicFiles.read(path.resolve(name), FILE_BYTES_MAX);
    }

    /** Notes something that the next start has to know if this process is killed; on disk when this returns. */
    public void saveNote(String name, byte[] content) throws IOException {
        AtomicFiles.replace(path.resolve(name), Mode.SECRET, content);
    }

    /** Forgets a note; none is fine. */
    public void deleteNote(String name) throws IOException {
        AtomicFiles.delete(path.resolve(name));
    }

    /**
     * The moons to orbit, at most {@code count}, as {@code reader} understands them. A file that it refuses stays, is
     * reported and not used.
     */
    public <T> List<T> moons(int count, Function<byte[], Optional<T>> reader) throws IOException {
        List<T> found = new ArrayList<>();
        for (Path file : files(path.resolve(MOONS), "[0-9a-f]{16}\\.moon", count)) {
            Optional<T> moon = AtomicFiles.read(file, FILE_BYTES_MAX).flatMap(reader);
            if (moon.isEmpty()) {
                LOG.log(Level.WARNING, "home.fault file=" + file + " fault=not a moon definition");
            }
            moon.ifPresent(found::add);
        }
        return found;
    }

    /** Plain files in {@code folder} whose names match, the last written first, at most {@code count}. */
    private static List<Path> files(Path folder, String pattern, int count) throws IOException {
        record Found(Path file, FileTime written) {}
        List<Found> found = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            for (Path file : entries) {
                if (file.getFileName().toString().matches(pattern) && Files.isRegularFile(file)) {
                    found.add(new Found(file, Files.getLastModifiedTime(file)));
                }
            }
        } catch (java.nio.file.NoSuchFileException | NotDirectoryException none) {
            return List.of();
        }
        return found.stream()
                .sorted(Comparator.comparing(Found::written).reversed().thenComparing(Found::file))
                .limit(count)
                .map(Found::file)
                .toList();
    }

    private static void setAside(Path file, String fault) throws IOException {
        Path aside = AtomicFiles.setAside(file);
        LOG.log(Level.WARNING, "home.set_aside file=" + file + " now=" + aside + " fault=" + fault);
    }

    private static Optional<String> text(Path file) throws IOException {
        return AtomicFiles.read(file, FILE_BYTES_MAX)
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8)
                        .replace("\0", "")
                        .strip());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Removes the pid file and lets others have the folder. The port file stays, as tools expect. */
    @Override
    public void close() throws IOException {
        try {
            Path pid = path.resolve(PID_FILE);
            if (text(pid)
                    .equals(Optional.of(Long.toString(ProcessHandle.current().pid())))) {
                Files.deleteIfExists(pid);
            }
        } finally {
            lock.close();
        }
    }
}
