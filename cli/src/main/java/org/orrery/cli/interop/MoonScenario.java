// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.interop;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.orrery.cli.api.Json;
import org.orrery.cli.interop.Stage.Joined;
import org.orrery.cli.lab.Lab;
import org.orrery.cli.lab.LabException;
import org.orrery.cli.lab.LabNode;

/**
 * The controller becomes the root of a moon, made by this build. Members orbit it; then the root that relays between two of
 * them dies, and the other one takes over.
 */
final class MoonScenario implements Scenario {
    /** Members of other implementations that reach the root already greet it, and hear of the moon, once a minute. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** The goal is 2 s; the rest is for a machine that has other things to do. */
    private static final Duration SOON = Duration.ofSeconds(6);

    private static final Duration WATCH = Duration.ofSeconds(12);

    @Override
    public String name() {
        return "a moon is orbited, and the root that relays dies";
    }

    @Override
    public String play(Stage stage) throws Exception {
        LabNode moon = stage.controller();
        Path definition = define(stage, moon);
        String id = "000000" + moon.address();
        StringBuilder said = new StringBuilder();
        Joined network = stage.network(Map.of());
        try {
            for (int i = 0; i < Cast.MEMBERS; i++) {
                LabNode member = stage.member(i);
                if (stage.cast().members().get(i).old()) {
                    // It asks a root for a moon only with its first words to it, and these have been spoken.
                    lay(definition, member, moon);
                }
                long begin = System.nanoTime();
                member.change("/moon/" + moon.address(), Json.object(Map.of("seed", Json.of(moon.address()))));
                Duration shown = Lab.await(
                        stage.label(i) + " shows the moon's root",
                        PATIENCE,
                        () -> member.peer(moon).at("role").text().equals("MOON")
                                ? Optional.of(Duration.ofNanos(System.nanoTime() - begin))
                                : Optional.empty());
                said.append(i == 0 ? "" : ", ")
                        .append(stage.label(i))
                        .append(' ')
                        .append(Stage.seconds(shown));
            }
            return "role after " + said + "; " + relays(stage, network);
        } finally {
            for (int i = 0; i < Cast.MEMBERS; i++) {
                stage.member(i).delete("/moon/" + moon.address());
            }
            moon.delete("/moon/" + id);
            Files.deleteIfExists(moon.home().resolve("moons.d").resolve(id + ".moon"));
            Files.deleteIfExists(definition);
            stage.leave(network.id());
        }
    }

    /** Makes the moon and lays it down by hand in its root's folder, where it counts from the next start on. */
    private static Path define(Stage stage, LabNode moon) throws Exception {
        Path definition = stage.lab().file("interop.moon");
        Files.deleteIfExists(definition);
        String root = moon.home().resolve("identity.public") + "=" + moon.host().ip4() + "/" + Lab.PORT;
        var made = moon.orrery("moon", "create", "--root", root, "--out", definition.toString());
        if (made.status() != 0) {
            throw new LabException("orrery moon create: " + made.output());
        }
        lay(definition, moon, moon);
        moon.stop();
        moon.start();
        return definition;
    }

    private static void lay(Path definition, LabNode node, LabNode moon) throws Exception {
        Path folder = Files.createDirectories(node.home().resolve("moons.d"));
        Files.copy(
                definition, folder.resolve("000000" + moon.address() + ".moon"), StandardCopyOption.REPLACE_EXISTING);
    }

    /** Kills the root that relays what a member of this build sends to another one. */
    private static String relays(Stage stage, Joined network) throws Exception {
        int own = stage.cast().members().getFirst().own() ? 0 : 1;
        int other = 1 - own;
        Lab lab = stage.lab();
        LabNode sender = stage.member(own);
        stage.awaitPing(own, network.of(other), PATIENCE);
        var counter = new FrameCounter(stage.member(other).host(), stage.device(other, network.id()));
        counter.count(network.of(own), network.of(other));
        for (int member : List.of(own, other)) {
            lab.isolate(stage.member(member).host(), true);
        }
        Process pings = lab.start(sender.host(), "ping", "-n", "-i", "0.1", network.of(other));
        LabNode killed = null;
        try {
            Lab.await(
                    "requests are relayed",
                    PATIENCE,
                    () -> Optional.of(relay(sender, stage.member(other))).filter(text -> !text.isEmpty()));
            long before = counter.read();
            Lab.await(
                    "relayed requests arrive",
                    SOON,
                    () -> Optional.of(counter.read()).filter(now -> now > before));
            LabNode planet = lab.node(1);
            boolean overMoon =
                    relay(sender, stage.member(other)).equals(stage.controller().address());
            LabNode carrier = overMoon ? stage.controller() : planet;
            LabNode spare = overMoon ? planet : stage.controller();
            boolean replaced = reaches(sender, spare, stage.member(other));
            LabNode dying = replaced ? carrier : spare;
            dying.kill();
            killed = dying;
            Duration longest = longestGap(counter, WATCH);
            if (longest.compareTo(SOON) > 0) {
                throw new LabException("for " + Stage.seconds(longest) + " nothing arrived after the death of a root");
            }
            return (replaced
                            ? "the root that relayed was killed"
                            : "only the " + (overMoon ? "moon" : "planet") + "'s root reached " + stage.label(other)
                                    + ", the other one was killed")
                    + ": nothing arrived for " + Stage.seconds(longest);
        } finally {
            pings.destroy();
            if (killed != null) {
                killed.start();
            }
            for (int member : List.of(own, other)) {
                lab.isolate(stage.member(member).host(), false);
            }
            counter.remove();
        }
    }

    /**
     * Whether it could take the other one's place: roots of other implementations that were started anew do not know, for
     * minutes, members of other implementations.
     */
    private static boolean reaches(LabNode sender, LabNode root, LabNode receiver) throws Exception {
        String home = sender.home().toString();
        var asked = sender.orrery(
                "ping", receiver.address(), "--via", root.address(), "-c", "3", "--timeout", "1", "--home", home);
        return asked.status() == 0;
    }

    private static String relay(LabNode sender, LabNode peer) throws Exception {
        return sender.peer(peer).at("orrery").at("relay").text();
    }

    /** The longest time without a new frame, looked at for so long. */
    private static Duration longestGap(FrameCounter counter, Duration time) throws Exception {
        long begin = System.nanoTime();
        long last = begin;
        long longest = 0;
        long seen = counter.read();
        while (System.nanoTime() - begin < time.toNanos()) {
            Thread.sleep(50);
            long now = counter.read();
            if (now != seen) {
                longest = Math.max(longest, System.nanoTime() - last);
                last = System.nanoTime();
                seen = now;
            }
        }
        return Duration.ofNanos(Math.max(longest, System.nanoTime() - last));
    }
}
