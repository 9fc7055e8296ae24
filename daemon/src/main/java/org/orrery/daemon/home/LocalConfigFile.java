// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.home;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.orrery.daemon.json.Json;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code local.conf} on disk and in memory. A fault in the file stops a start, but not a running service: it goes on
 * with what it had and says so once. Any thread.
 */
public final class LocalConfigFile {
    private static final int FILE_BYTES_MAX = 16 << 20;
    private static final int INDENT_SPACES = 4;
    private static final Logger LOG = System.getLogger("org.orrery.daemon.home");

    private final Path file;
    private final ReentrantLock lock = new ReentrantLock();
    private final LocalConfig started;
    private volatile LocalConfig current;
    private volatile EffectiveConfig.Start start = new EffectiveConfig.Start(0, OptionalInt.empty());
    private LocalConfig applied;
    private Set<String> told = Set.of();
    private volatile String lastFault = "";

    private LocalConfigFile(Path file, LocalConfig config) {
        this.file = file;
        this.started = config;
        this.current = config;
        this.applied = config;
    }

    static LocalConfigFile open(Path file) throws IOException, HomeException {
        LocalConfig config;
        try {
            config = read(file).orElse(LocalConfig.EMPTY).with(trustedPaths(file));
        } catch (Json.SyntaxException fault) {
            throw new HomeException(file, String.valueOf(fault.getMessage()));
        }
        LocalConfigFile opened = new LocalConfigFile(file, config);
        opened.report(config);
        return opened;
    }

    /** Says how the service was started, for {@link #effective}. */
    public void startedWith(EffectiveConfig.Start start) {
        this.start = start;
    }

    public Path file() {
        return file;
    }

    /** Every setting, with where it comes from and what waits for a restart. */
    public EffectiveConfig effective() {
        return EffectiveConfig.of(current, started, start, lastFault);
    }

    /** What holds now. */
    public LocalConfig current() {
        return current;
    }

    /**
     * Looks whether there is something new to apply, from the file or from {@link #change}. To be called every ten
     * seconds. A file that was removed, or that cannot be read, changes nothing.
     *
     * @return what to apply now, absent if nothing changed since the last call
     */
    public Optional<LocalConfig> check() {
        lock.lock();
        try {
            reload();
            if (current.sameAs(applied)) {
                return Optional.empty();
            }
            applied = current;
            return Optional.of(applied);
        } finally {
            lock.unlock();
        }
    }

    private void reload() {
        String fault = "";
        try {
            TrustedPaths old = trustedPaths(file);
            Optional<LocalConfig> read = Optional.of(read(file).orElse(current).with(old));
            if (read.isPresent() && !read.get().sameAs(current)) {
                current = read.get();
                LOG.log(Level.INFO, "config.reloaded file=" + file);
                report(current);
                effective().settings().forEach(this::reportRestart);
            }
        } catch (IOException | Json.SyntaxException failure) {
            fault = String.valueOf(failure.getMessage());
            if (!fault.equals(lastFault)) {
                LOG.log(Level.ERROR, "config.kept file=" + file + " fault=" + fault);
            }
        }
        lastFault = fault;
    }

    /**
     * Sets members of {@code settings} and writes the file; {@link #check} then reports the change. A file that cannot
     * be read is set aside first, so that its writer finds the edit again. A proxy as {@link LocalConfig#shown} has it
     * changes nothing: whoever sends back what was read does not mean to take the password away. A file with a password
     * is written for its owner alone.
     */
    public void change(ObjectNode members) throws IOException {
        lock.lock();
        try {
            try {
                Optional<LocalConfig> onDisk = read(file);
                current = onDisk.orElse(current);
            } catch (Json.SyntaxException fault) {
                Path aside = AtomicFiles.setAside(file);
                LOG.log(
                        Level.WARNING,
                        "home.set_aside file=" + file + " now=" + aside + " fault=" + fault.getMessage());
            }
            ObjectNode json = current.json();
            JsonNode old = json.get("settings");
            ObjectNode settings = old instanceof ObjectNode object ? object : Json.object();
            settings.setAll(withoutShownProxy(members, current));
            json.set("settings", settings);
            byte[] content = Json.indented(json, INDENT_SPACES);
            LocalConfig changed = LocalConfigReader.read(json, Json.places(content));
            AtomicFiles.replace(file, changed.secret() ? Mode.SECRET : Mode.READABLE, content);
            current = changed.with(trustedPaths(file));
            report(current);
        } finally {
            lock.unlock();
        }
    }

    private static ObjectNode withoutShownProxy(ObjectNode members, LocalConfig current) {
        ObjectNode meant = members.deepCopy();
        JsonNode shown = current.shown().at("/settings/" + LocalConfig.PROXY);
        if (shown.equals(meant.get(LocalConfig.PROXY))) {
            meant.remove(LocalConfig.PROXY);
        }
        return meant;
    }

    private void reportRestart(EffectiveConfig.Entry entry) {
        entry.inForce()
                .ifPresent(old -> LOG.log(
                        Level.WARNING,
                        "config.restart_needed setting=" + entry.name() + " in_force=" + old + " wanted="
                                + entry.value()));
    }

    private void report(LocalConfig config) throws IOException {
        List<LocalConfig.Problem> problems = new ArrayList<>(config.problems());
        if (config.secret() && Mode.SECRET.exceededBy(file)) {
            problems.add(new LocalConfig.Problem(
                    "settings." + LocalConfig.PROXY,
                    "others on this host can read the password: chmod 600 " + file,
                    0,
                    0));
        }
        for (LocalConfig.Problem problem : problems) {
            if (!told.contains(problem.toString())) {
                LOG.log(
                        Level.WARNING,
                        "config.problem file=" + file + " at=" + problem.at() + " text=" + problem.place()
                                + problem.text());
            }
        }
        told = problems.stream().map(LocalConfig.Problem::toString).collect(Collectors.toUnmodifiableSet());
    }

    private static Optional<LocalConfig> read(Path file) throws IOException, Json.SyntaxException {
        Optional<byte[]> content = AtomicFiles.read(file, FILE_BYTES_MAX);
        if (content.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(LocalConfig.parse(content.get()));
    }

    private static TrustedPaths trustedPaths(Path file) throws IOException {
        Optional<byte[]> content = AtomicFiles.read(file.resolveSibling(TrustedPaths.FILE), FILE_BYTES_MAX);
        return content.map(bytes -> TrustedPaths.read(new String(bytes, StandardCharsets.UTF_8)))
                .orElse(TrustedPaths.NONE);
    }
}
