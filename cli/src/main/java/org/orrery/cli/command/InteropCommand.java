// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.command;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.orrery.cli.interop.Cast;
import org.orrery.cli.interop.Player;
import org.orrery.cli.interop.Scenario;
import org.orrery.cli.interop.Scenarios;
import org.orrery.cli.interop.Stage;
import org.orrery.cli.interop.nat.NatCast;
import org.orrery.cli.interop.nat.NatScenario;
import org.orrery.cli.interop.nat.NatStage;
import org.orrery.cli.lab.Lab;
import org.orrery.cli.lab.LabClosedException;
import org.orrery.cli.lab.NodeProgram;
import org.orrery.cli.lab.Programs;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code orrery interop}. */
@Command(
        name = "interop",
        description = {
            "Show what works between this build and a zerotier-one, in all roles, on this one machine.",
            "Each folder that holds a zerotier-one is a reference. With none, this build plays all roles. All of it is"
                    + " taken away again, and nothing leaves the machine."
        },
        footer = {
            "",
            "Needs root, /dev/net/tun and the programs ip, ping and nft.",
            "",
            "Examples:",
            "  sudo orrery interop /opt/zerotier/1.14.2",
            "  sudo orrery interop /opt/zerotier/1.14.2 /opt/zerotier/1.2.0 --only bridge",
            "  sudo orrery interop --nat /opt/zerotier/1.14.2 --only symmetric"
        })
final class InteropCommand extends Context implements Callable<Integer> {
    private static final int INTERRUPTED = 130;

    @Parameters(paramLabel = "DIR", arity = "0..*", description = "Folders that hold a zerotier-one.")
    private List<Path> folders = new ArrayList<>();

    @Option(
            names = "--only",
            paramLabel = "TEXT",
            description = "Only scenarios whose name contains this. May be given several times.")
    private List<String> only = new ArrayList<>();

    @Option(
            names = "--cast",
            paramLabel = "N",
            description =
                    "Only the cast with this number, counted from 1 as they are shown. May be given several times.")
    private List<Integer> numbers = new ArrayList<>();

    @Option(
            names = "--nat",
            description = "Two members behind routers of several kinds instead: which pairs get a direct path.")
    private boolean nat;

    @Override
    public Integer call() throws Exception {
        Optional<String> missing = Lab.missing().or(InteropCommand::withoutNft);
        if (missing.isPresent()) {
            throw new Trouble("The laboratory " + missing.get() + ".");
        }
        List<Scenario> scenarios = nat ? List.of() : chosen(Scenarios.all(), Scenario::name);
        List<NatScenario> pairs = nat ? chosen(NatScenario.all(), NatScenario::name) : List.of();
        List<Player> references = new ArrayList<>();
        for (Path given : folders) {
            Path folder = terminal().folder().resolve(given);
            if (!NodeProgram.isIn(folder)) {
                throw new Trouble(folder + " holds no zerotier-one that can be run.");
            }
            references.add(Player.in(folder));
        }
        try {
            if (nat) {
                return playPairs(numbered(NatCast.with(references), NatCast::name), pairs);
            }
            List<Cast> casts = references.isEmpty() ? List.of(Cast.ownAlone()) : Cast.with(references);
            return play(numbered(casts, Cast::name), scenarios);
        } catch (LabClosedException interrupted) {
            return INTERRUPTED;
        } catch (IOException failure) {
            if (Lab.jvmEnds()) {
                return INTERRUPTED;
            }
            throw new Trouble("The laboratory failed: " + failure.getMessage());
        }
    }

    private <T> List<T> chosen(List<T> all, Function<T, String> name) {
        List<T> chosen = all.stream()
                .filter(each -> only.isEmpty() || only.stream().anyMatch(name.apply(each)::contains))
                .toList();
        if (chosen.isEmpty()) {
            throw new Trouble("No scenario has '" + String.join("' or '", only) + "' in its name. There are:\n  "
                    + String.join("\n  ", all.stream().map(name).toList()));
        }
        return chosen;
    }

    private static Optional<String> withoutNft() {
        return Programs.has("nft")
                ? Optional.empty()
                : Optional.of("needs the program nft (Debian: apt-get install nftables)");
    }

    private int play(Map<String, Cast> casts, List<Scenario> scenarios) throws Exception {
        int failed = 0;
        int played = 0;
        for (Map.Entry<String, Cast> entry : casts.entrySet()) {
            terminal().line(entry.getKey());
            Cast cast = entry.getValue();
            try (Stage stage = Stage.open(cast)) {
                for (Scenario scenario : scenarios) {
                    Optional<String> beyond = scenario.beyond(cast);
                    if (beyond.isPresent()) {
                        terminal().line("  --    " + scenario.name() + ": " + beyond.get());
                        continue;
                    }
                    played++;
                    failed += played(scenario.name(), () -> scenario.play(stage), stage::closed) ? 0 : 1;
                }
            }
        }
        return sum(played, failed);
    }

    private int playPairs(Map<String, NatCast> casts, List<NatScenario> pairs) throws Exception {
        int failed = 0;
        for (Map.Entry<String, NatCast> cast : casts.entrySet()) {
            terminal().line(cast.getKey());
            try (NatStage stage = NatStage.open(cast.getValue())) {
                for (NatScenario pair : pairs) {
                    failed += played(pair.name(), () -> pair.play(stage).words(), stage::closed) ? 0 : 1;
                }
            }
        }
        return sum(casts.size() * pairs.size(), failed);
    }

    private int sum(int played, int failed) {
        terminal().line(failed == 0 ? "All " + played + " passed." : failed + " of " + played + " failed.");
        return failed == 0 ? 0 : 1;
    }

    /** The casts that were asked for, by what is shown of them. */
    private <T> Map<String, T> numbered(List<T> casts, Function<T, String> name) {
        Map<String, T> all = new LinkedHashMap<>();
        for (T cast : casts) {
            all.put("Cast " + (all.size() + 1) + ": " + name.apply(cast), cast);
        }
        for (int number : numbers) {
            if (number < 1 || number > casts.size()) {
                throw new Trouble("There is no cast " + number + ". There "
                        + (casts.size() == 1 ? "is one" : "are " + casts.size())
                        + ":\n  "
                        + String.join("\n  ", all.keySet()));
            }
        }
        if (!numbers.isEmpty()) {
            all.values().removeIf(cast -> !numbers.contains(casts.indexOf(cast) + 1));
        }
        return all;
    }

    private boolean played(String name, Callable<String> scenario, BooleanSupplier closed) throws Exception {
        long begin = System.nanoTime();
        String result;
        boolean passed;
        try {
            result = scenario.call();
            passed = true;
        } catch (LabClosedException interrupted) {
            throw interrupted;
        } catch (IOException failure) {
            if (closed.getAsBoolean()) {
                throw failure;
            }
            result = failure.getMessage();
            passed = false;
        }
        Duration taken = Duration.ofNanos(System.nanoTime() - begin);
        terminal()
                .line((passed ? "  ok    " : "  FAIL  ") + name + ": " + result
                        + String.format(Locale.ROOT, "  [%.0f s]", taken.toMillis() / 1e3));
        terminal().out().flush();
        return passed;
    }
}
