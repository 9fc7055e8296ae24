// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.command;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.orrery.cli.api.Arguments;
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
    static final class Create extends WorldCommand implements Runnable {
        /** JSON numbers are exact up to here. */
        private static final long ID_MAX = 1L << 53;

        @Option(
                names = "--out",
                paramLabel = "FILE",
                description = "Where the planet goes (default: ${DEFAULT-VALUE}).")
        private Path out = Path.of("planet");

        @Option(
                names = "--id",
                paramLabel = "ID",
                description = "Number of the planet, decimal or 0x and hex (default: random).")
        private @Nullable String id;

        @Override
        public void run() {
            make(WorldType.PLANET, out, id != null, _ -> newId());
            terminal()
                    .complain("Put " + out + " as 'planet' into the home folder of every node, before it starts."
                            + " Keep " + keyName(out) + ": only it can sign the next revision.");
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
                WorldCommand.print(terminal(), World.builtIn());
                terminal().complain("That is the built-in one: there is no readable " + wanted + ".");
                return;
            }
            World world = content == null ? null : WorldCommand.read(content);
            if (world == null) {
                throw new Trouble(wanted + (content == null ? " cannot be read." : " is neither a planet nor a moon."));
            }
            WorldCommand.print(terminal(), world);
            Optional.of(world)
                    .filter(shown -> !shown.signedBy(shown.updatesSignedBy()))
                    .ifPresent(
                            _ -> terminal()
                                    .line(
                                            "  not signed by its own key: an update whose signer only the revision before names"));
        }
    }
}
