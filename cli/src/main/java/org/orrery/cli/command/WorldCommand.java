// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import org.orrery.cli.api.Arguments;
import org.orrery.cli.api.SecretFiles;
import org.orrery.cli.api.Terminal;
import org.orrery.core.crypto.Identity;
import org.orrery.core.crypto.SignatureKeyPair;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Hex;
import org.orrery.core.wire.WireReader;
import org.orrery.core.world.World;
import org.orrery.core.world.WorldType;
import org.orrery.daemon.home.AtomicFiles;
import picocli.CommandLine.Option;

/** What making a planet and making a moon have in common: roots in, a signed file and its key out. */
abstract class WorldCommand extends Context {
    @Option(
            names = "--root",
            required = true,
            paramLabel = "IDENTITY=IP/PORT,...",
            description = "A root: its identity (text or file) and where it is reached. One to four roots.")
    private List<String> roots = new ArrayList<>();

    @Option(
            names = "--key",
            paramLabel = "FILE",
            description = "The signing key (default: the name of the result with .key behind it).")
    private @Nullable Path key;

    @Option(names = "--update", description = "Replace what is in the file by its next revision.")
    private boolean update;

    /** Reads one whole world; null if it is none. */
    static @Nullable World read(byte[] content) {
        var in = new WireReader(content, 0, content.length);
        World world = World.read(in);
        return world != null && in.intact() && in.remaining() == 0 ? world : null;
    }

    Path keyName(Path out) {
        return key != null ? key : Path.of(out + ".key");
    }

    static String noun(WorldType type) {
        return type == WorldType.MOON ? "moon" : "planet";
    }

    List<World.Root> roots(WorldType type) {
        List<World.Root> named = roots.stream().map(this::root).toList();
        if (named.size() > World.ROOTS_MAX) {
            throw new Trouble("A " + noun(type) + " has at most " + World.ROOTS_MAX + " roots.");
        }
        return named;
    }

    /**
     * Makes, signs, writes and prints it.
     *
     * @param newId its number, if it is not an update; of its roots
     */
    World make(WorldType type, Path out, boolean idGiven, ToLongFunction<List<World.Root>> newId) {
        Path file = terminal().folder().resolve(out);
        Path keyFile = terminal().folder().resolve(keyName(out));
        List<World.Root> named = roots(type);
        World before = update ? existing(file, type, idGiven) : null;
        if (!update && Files.exists(file)) {
            throw new Trouble(
                    out + " exists and is not overwritten.",
                    "--update makes the next revision of it; --out names another file.");
        }
        try (SignatureKeyPair signer = signer(keyFile, type)) {
            if (before != null && !before.updatesSignedBy().equals(signer.publicKey())) {
                throw new Trouble(
                        "The key in " + keyFile + " is not the one that must sign updates of " + out + ".",
                        "Nodes that have the " + noun(type) + " would not take the new one. Name the right key:"
                                + " --key FILE");
            }
            long now = terminal().clockMillis().getAsLong();
            long revision = before == null ? now : Math.max(now, before.timestampMillis() + 1);
            long number = before == null ? newId.applyAsLong(named) : before.id();
            World world = World.create(type, number, revision, named, signer.publicKey(), signer);
            AtomicFiles.replaceReadable(file, world.bytes());
            print(terminal(), world);
            return world;
        } catch (IOException failure) {
            throw new Trouble("Cannot write: " + failure.getMessage());
        }
    }

    private World existing(Path file, WorldType type, boolean idGiven) {
        byte[] content = Arguments.content(terminal().folder(), file.toString());
        World before = content == null ? null : read(content);
        if (before == null || before.type() != type) {
            throw new Trouble(file + " is not a " + noun(type) + " that could be updated.", "Leave --update out.");
        }
        if (idGiven) {
            throw new Trouble("--update keeps the " + noun(type) + "'s number; leave --id out.");
        }
        return before;
    }

    private SignatureKeyPair signer(Path keyFile, WorldType type) throws IOException {
        if (Files.exists(keyFile)) {
            return Arguments.text(terminal().folder(), keyFile.toString())
                    .flatMap(SignatureKeyPair::parse)
                    .orElseThrow(() -> new Trouble(keyFile + " holds no signing key (128 hex digits)."));
        }
        if (update) {
            throw new Trouble("There is no " + keyFile + ".", "Name the " + noun(type) + "'s signing key: --key FILE");
        }
        SignatureKeyPair made = SignatureKeyPair.generate(new SecureRandom());
        SecretFiles.write(keyFile, made.secretText());
        terminal().complain("Made the signing key " + keyFile + ".");
        return made;
    }

    private World.Root root(String text) {
        int equals = text.lastIndexOf('=');
        if (equals < 0) {
            throw new Trouble(
                    "'" + text + "' is not a root.", "Write IDENTITY=IP/PORT, as in root1.secret=203.0.113.5/9993");
        }
        Identity identity = IdentityCommand.identity(terminal(), text.substring(0, equals));
        if (!identity.valid()) {
            throw new Trouble("The identity of " + identity.address() + " is not valid.");
        }
        List<Endpoint> endpoints = new ArrayList<>();
        for (String part : text.substring(equals + 1).split(",")) {
            endpoints.add(Endpoint.parse(part)
                    .orElseThrow(() -> new Trouble("'" + part + "' is not IP/PORT, as in 203.0.113.5/9993.")));
        }
        if (endpoints.size() > World.ENDPOINTS_MAX) {
            throw new Trouble("A root has at most " + World.ENDPOINTS_MAX + " endpoints.");
        }
        return new World.Root(identity, endpoints);
    }

    static void print(Terminal terminal, World world) {
        terminal.line((world.type() == WorldType.MOON ? "moon " : "planet ") + Long.toUnsignedString(world.id())
                + " (0x" + Hex.of(world.id(), 16) + "), revision of " + Instant.ofEpochMilli(world.timestampMillis()));
        for (World.Root root : world.roots()) {
            terminal.line("  root " + root.identity().address() + " at "
                    + String.join(
                            ", ",
                            root.endpoints().stream().map(Endpoint::toString).toList()));
        }
    }
}
