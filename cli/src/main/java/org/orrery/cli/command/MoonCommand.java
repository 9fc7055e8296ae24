// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.command;

import java.nio.file.Path;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.orrery.cli.IdtoolMain;
import org.orrery.cli.api.Arguments;
import org.orrery.cli.api.Json;
import org.orrery.cli.api.LocalApi;
import org.orrery.cli.api.LocalApi.Answer;
import org.orrery.core.value.Hex;
import org.orrery.core.world.World;
import org.orrery.core.world.WorldType;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code orrery moon}: roots of one's own beside those of the planet. */
@Command(
        name = "moon",
        description = "Make moons, and follow them: roots of your own beside those of the planet.",
        subcommands = {
            MoonCommand.Create.class,
            MoonCommand.Sign.class,
            MoonCommand.Orbit.class,
            MoonCommand.Deorbit.class,
            MoonCommand.Show.class
        },
        footer = {
            "",
            "To run a moon: make it on one of its roots, orbit its file there, then orbit it anywhere else by its number",
            "and the address of that root.",
            "",
            "Example:",
            "  orrery moon create --root identity.public=203.0.113.5/9993 --out my.moon",
            "  orrery moon orbit my.moon              (on each root)",
            "  orrery moon orbit 74374e3803 74374e3803   (anywhere else)"
        })
final class MoonCommand extends GroupCommand {
    private static String id(String text) {
        if (!text.matches("[0-9a-fA-F]{10,16}")) {
            throw new Trouble("'" + text + "' is not the number of a moon: 10 to 16 hex digits.");
        }
        return Hex.of(Long.parseUnsignedLong(text, 16), 16);
    }

    /** {@code orrery moon create}. */
    @Command(
            name = "create",
            description = {
                "Make and sign a moon. Its number is the address of its first root.",
                "The key that signs it, and must sign every later one, is read from the key file, or made and written"
                        + " there: keep it."
            },
            footer = {
                "",
                "Examples:",
                "  orrery moon create --root identity.public=203.0.113.5/9993 --out my.moon",
                "  orrery moon create --update --root identity.public=203.0.113.6/9993 --out my.moon"
            })
    static final class Create extends WorldCommand implements Runnable {
        @Option(names = "--out", paramLabel = "FILE", description = "Where the moon goes (default: ${DEFAULT-VALUE}).")
        private Path out = Path.of("my.moon");

        @Override
        public void run() {
            World moon = make(
                    WorldType.MOON,
                    out,
                    false,
                    roots -> roots.getFirst().identity().address().bits());
            String seed = moon.roots().getFirst().identity().address().toString();
            terminal()
                    .complain("On each root: orrery moon orbit " + out + ". Anywhere else: orrery moon orbit "
                            + Hex.of(moon.id(), 10) + " " + seed + ". Keep " + keyName(out)
                            + ": only it can sign the next revision.");
        }
    }

    /** {@code orrery moon sign}. */
    @Command(
            name = "sign",
            description = "Sign a template that 'orrery-idtool initmoon' made, as 'genmoon' does.",
            footer = {"", "Example:", "  orrery moon sign moon.json"})
    static final class Sign extends Context implements Runnable {
        @Parameters(paramLabel = "TEMPLATE", description = "JSON with the roots and the signing key.")
        private String template = "";

        @Override
        public void run() {
            if (IdtoolMain.run(terminal(), "genmoon", template) != 0) {
                throw new Trouble("Nothing was signed.");
            }
        }
    }

    /** {@code orrery moon orbit}. */
    @Command(
            name = "orbit",
            description = "Follow a moon: by its file, or by its number and the address of one of its roots.",
            footer = {
                "",
                "Examples:",
                "  orrery moon orbit my.moon",
                "  orrery moon orbit 74374e3803 74374e3803",
                "",
                "A file of a newer revision replaces the one in force at once."
            })
    static final class Orbit extends Context implements Runnable {
        @Mixin
        private final NodeOptions node = new NodeOptions();

        @Parameters(index = "0", paramLabel = "FILE|NUMBER", description = "A moon file, or a moon's number in hex.")
        private String moon = "";

        @Parameters(
                index = "1",
                arity = "0..1",
                paramLabel = "ROOT",
                description = "The address of a root of it, which tells the rest.")
        private @Nullable String seed;

        @Override
        public void run() {
            if (seed == null) {
                orbitFile();
                return;
            }
            String id = id(moon);
            if (!seed.matches("[0-9a-fA-F]{10}")) {
                throw new Trouble("'" + seed + "' is not a node's address: 10 hex digits.");
            }
            Answer answer = post(api(node), "/moon/" + id, Json.object(Map.of("seed", Json.of(seed))));
            boolean waiting = json(answer).at("waiting").isTrue();
            terminal()
                    .line(
                            waiting
                                    ? "waiting for moon " + id + " from " + seed + "; see 'orrery moon list'"
                                    : "orbiting moon " + id);
        }

        private void orbitFile() {
            byte[] content = Arguments.content(terminal().folder(), moon);
            World world = content == null ? null : WorldCommand.read(content);
            if (world == null || world.type() != WorldType.MOON) {
                throw new Trouble(
                        moon + (content == null ? " cannot be read." : " is not a moon."),
                        "To orbit by number, name a root of the moon, too: orrery moon orbit NUMBER ROOT");
            }
            String id = Hex.of(world.id(), 16);
            post(
                    api(node),
                    "/moon/" + id,
                    Json.object(Map.of("world", Json.of(HexFormat.of().formatHex(content)))));
            terminal().line("orbiting moon " + id);
        }
    }

    /** {@code orrery moon deorbit}. */
    @Command(
            name = "deorbit",
            description = "Follow a moon no longer, and forget it.",
            footer = {"", "Example:", "  orrery moon deorbit 74374e3803"})
    static final class Deorbit extends Context implements Runnable {
        @Mixin
        private final NodeOptions node = new NodeOptions();

        @Parameters(paramLabel = "NUMBER", description = "The moon's number in hex.")
        private String moon = "";

        @Override
        public void run() {
            String id = id(moon);
            LocalApi api = api(node);
            delete(api, "/moon/" + id);
            terminal().line("left moon " + id);
        }
    }

    /** {@code orrery moon list}. */
    @Command(
            name = "list",
            description = "Show the moons that this machine's node follows.",
            footer = {"", "Example:", "  orrery moon list"})
    static final class Show extends Context implements Runnable {
        @Mixin
        private final NodeOptions node = new NodeOptions();

        @Override
        public void run() {
            List<Json> moons = json(get(api(node), "/moon")).items();
            if (moons.isEmpty()) {
                terminal().line("No moons. Follow one: orrery moon orbit NUMBER ROOT");
            }
            for (Json moon : moons) {
                terminal()
                        .line("moon " + moon.at("id").text() + ", revision of "
                                + Instant.ofEpochMilli(moon.at("timestamp").integer()));
                for (Json root : moon.at("roots").items()) {
                    String identity = root.at("identity").text();
                    List<String> endpoints = root.at("stableEndpoints").items().stream()
                            .map(Json::text)
                            .toList();
                    terminal()
                            .line("  root " + identity.substring(0, Math.min(10, identity.length()))
                                    + (endpoints.isEmpty() ? "" : " at " + String.join(", ", endpoints)));
                }
            }
        }
    }
}
