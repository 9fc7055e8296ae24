// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.orrery.cli.api.Arguments;
import org.orrery.cli.api.SecretFiles;
import org.orrery.core.crypto.Identity;
import org.orrery.core.crypto.SignatureKeyPair;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Hex;
import org.orrery.core.wire.WireReader;
import org.orrery.core.world.World;
import org.orrery.core.world.WorldType;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code orrery planet}: own roots. */
@Command(
        name = "planet",
        description = "Make and show planets: the signed lists of roots that a set of nodes relies on.",
        subcommands = {PlanetCommand.Create.class, PlanetCommand.Show.class},
        footer = {
            "",
            "To run on own roots: make an identity for each root (orrery identity new), make a planet that names them,",
            "and put the planet file as 'planet' into the home folder of every node before it starts.",
            "",
            "Example:",
            "  orrery planet create --root root1.secret=203.0.113.5/9993,2001:db8::5/9993 --out planet"
        })
final class PlanetCommand extends GroupCommand {
    /** Reads one whole world; null if it is none. */
    static @Nullable World read(byte[] content) {
        var in = new WireReader(content, 0, content.length);
        World world = World.read(in);
        return world != null && in.intact() && in.remaining() == 0 ? world : null;
    }

    /** {@code orrery planet create}. */
    @Command(
            name = "create",
            description = {
                "Make and sign a planet.",
                "The key that signs it, and must sign every later one, is read from the key file, or made and written"
                        + " there: keep it."
            },
            footer = {
                "",
                "Examples:",
                "  orrery planet create --root root1.secret=203.0.113.5/9993 --out planet",
                "  orrery planet create --update --root root1.secret=203.0.113.6/9993 --out planet"
            })
    static final class Create extends Context implements Runnable {
        /** JSON numbers are exact up to here. */
        private static final long ID_MAX = 1L << 53;

        @Option(
                names = "--root",
                required = true,
                paramLabel = "IDENTITY=IP/PORT,...",
                description = "A root: its identity (text or file) and where it is reached. One to four roots.")
        private List<String> roots = new ArrayList<>();

        @Option(
                names = "--out",
                paramLabel = "FILE",
                description = "Where the planet goes (default: ${DEFAULT-VALUE}).")
        private Path out = Path.of("planet");

        @Option(
                names = "--key",
                paramLabel = "FILE",
                description = "The signing key (default: the planet's name with .key behind it).")
        private @Nullable Path key;

        @Option(
                names = "--id",
                paramLabel = "ID",
                description = "Number of the planet, decimal or 0x and hex (default: random).")
        private @Nullable String id;

        @Option(names = "--update", description = "Replace the planet in the file by its next revision.")
        private boolean update;

        @Override
        public void run() {
            Path planetFile = terminal().folder().resolve(out);
            Path keyFile = terminal().folder().resolve(key != null ? key : Path.of(out + ".key"));
            List<World.Root> named = roots.stream().map(this::root).toList();
            if (named.size() > World.ROOTS_MAX) {
                throw new Trouble("A planet has at most " + World.ROOTS_MAX + " roots.");
            }
            World before = update ? existing(planetFile) : null;
            if (!update && Files.exists(planetFile)) {
                throw new Trouble(
                        out + " exists and is not overwritten.",
                        "--update makes the next revision of it; --out names another file.");
            }
            try (SignatureKeyPair signer = signer(keyFile)) {
                if (before != null && !before.updatesSignedBy().equals(signer.publicKey())) {
                    throw new Trouble(
                            "The key in " + keyFile + " is not the one that must sign updates of " + out + ".",
                            "Nodes that have the planet would not take the new one. Name the right key: --key FILE");
                }
                long now = terminal().clockMillis().getAsLong();
                long revision = before == null ? now : Math.max(now, before.timestampMillis() + 1);
                long number = before == null ? newId() : before.id();
                World planet = World.create(WorldType.PLANET, number, revision, named, signer.publicKey(), signer);
                replace(planetFile, planet.bytes());
                print(this, planet);
                terminal()
                        .complain("Put " + out + " as 'planet' into the home folder of every node, before it starts."
                                + " Keep " + keyFile + ": only it can sign the next revision.");
            } catch (IOException failure) {
                throw new Trouble("Cannot write: " + failure.getMessage());
            }
        }

        private static void replace(Path file, byte[] content) throws IOException {
            Path fresh = Path.of(file + ".new");
            Files.write(fresh, content);
            Files.move(
                    fresh,
                    file,
                    java.nio.file.StandardCopyOption.REPLACE_EXISTING,
                    java.nio.file.StandardCopyOption.ATOMIC_MOVE);
        }

        private World existing(Path planetFile) {
            byte[] content = Arguments.content(terminal().folder(), out.toString());
            World before = content == null ? null : read(content);
            if (before == null) {
                throw new Trouble(planetFile + " is not a planet that could be updated.", "Leave --update out.");
            }
            if (id != null) {
                throw new Trouble("--update keeps the planet's number; leave --id out.");
            }
            return before;
        }

        private SignatureKeyPair signer(Path keyFile) throws IOException {
            if (Files.exists(keyFile)) {
                return Arguments.text(terminal().folder(), keyFile.toString())
                        .flatMap(SignatureKeyPair::parse)
                        .orElseThrow(() -> new Trouble(keyFile + " holds no signing key (128 hex digits)."));
            }
            if (update) {
                throw new Trouble("There is no " + keyFile + ".", "Name the planet's signing key: --key FILE");
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

        private long newId() {
            if (id == null) {
                return new SecureRandom().nextLong(1, ID_MAX);
            }
            try {
                long number =
                        id.startsWith("0x") ? Long.parseUnsignedLong(id.substring(2), 16) : Long.parseUnsignedLong(id);
                if (number != 0) {
                    return number;
                }
            } catch (NumberFormatException other) {
                // Reported below, as zero is.
            }
            throw new Trouble("'" + id + "' is not a number of a planet: decimal, or 0x and hex digits; not zero.");
        }
    }

    private static void print(Context command, World world) {
        var terminal = command.terminal();
        terminal.line((world.type() == WorldType.MOON ? "moon " : "planet ") + Long.toUnsignedString(world.id())
                + " (0x" + Hex.of(world.id(), 16) + "), revision of " + Instant.ofEpochMilli(world.timestampMillis()));
        for (World.Root root : world.roots()) {
            terminal.line("  root " + root.identity().address() + " at "
                    + String.join(
                            ", ",
                            root.endpoints().stream().map(Endpoint::toString).toList()));
        }
    }

    /** {@code orrery planet show}. */
    @Command(
            name = "show",
            description = "Show a planet or moon file, or the planet of this machine's node.",
            footer = {"", "Example:", "  orrery planet show ./planet"})
    static final class Show extends Context implements Runnable {
        @Mixin
        private final NodeOptions node = new NodeOptions();

        @Parameters(paramLabel = "FILE", arity = "0..1", description = "A planet or moon file.")
        private @Nullable Path file;

        @Override
        public void run() {
            Path wanted = file != null ? file : home(node).folder().resolve("planet");
            byte[] content = Arguments.content(terminal().folder(), wanted.toString());
            if (content == null && file == null) {
                print(this, World.builtIn());
                terminal().complain("That is the built-in one: there is no readable " + wanted + ".");
                return;
            }
            World world = content == null ? null : read(content);
            if (world == null) {
                throw new Trouble(wanted + (content == null ? " cannot be read." : " is neither a planet nor a moon."));
            }
            print(this, world);
            Optional.of(world)
                    .filter(shown -> !shown.signedBy(shown.updatesSignedBy()))
                    .ifPresent(
                            _ -> terminal()
                                    .line(
                                            "  not signed by its own key: an update whose signer only the revision before names"));
        }
    }
}
