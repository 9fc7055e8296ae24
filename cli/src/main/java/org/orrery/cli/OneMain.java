// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.orrery.cli.api.Home;
import org.orrery.cli.api.Terminal;
import org.orrery.core.node.Version;
import org.orrery.daemon.DaemonOptions;
import org.orrery.daemon.engine.Daemon;

/** {@code orrery-one}: takes the arguments of {@code zerotier-one} and is the node. */
public final class OneMain {
    /** The node program. */
    static final DaemonStarter STARTER =
            (home, port, anyUser) -> Daemon.run(new DaemonOptions(home, port, anyUser, true), System.err, _ -> {});

    private final Terminal terminal;
    private final DaemonStarter starter;
    private final boolean root;

    private OneMain(Terminal terminal, DaemonStarter starter, boolean root) {
        this.terminal = terminal;
        this.starter = starter;
        this.root = root;
    }

    public static void main(String[] arguments) {
        Terminal terminal = Terminal.ofProcess("orrery-one");
        terminal.exit(run(terminal, STARTER, Home.isRoot(), arguments));
    }

    /** The exit code. */
    static int run(Terminal terminal, DaemonStarter starter, boolean root, String... arguments) {
        return new OneMain(terminal, starter, root).run(arguments);
    }

    private int run(String[] arguments) {
        Optional<Path> home = Optional.empty();
        OptionalInt port = OptionalInt.empty();
        boolean anyUser = false;
        boolean detach = false;
        for (int i = 0; i < arguments.length; i++) {
            String argument = arguments[i];
            if (!argument.startsWith("-")) {
                if (home.isPresent()) {
                    return help(0);
                }
                home = Optional.of(Path.of(argument));
                continue;
            }
            String value = argument.length() > 2 ? argument.substring(2) : "";
            switch (argument.length() > 1 ? argument.charAt(1) : '?') {
                case 'U' -> anyUser = true;
                case 'd' -> detach = true;
                case 'v' -> {
                    terminal.line(Version.COMPATIBLE.toString());
                    return 0;
                }
                case 'p' -> {
                    port = OptionalInt.of(leadingNumber(value));
                    if (port.getAsInt() > 0xffff) {
                        return help(1);
                    }
                }
                case 'i' -> {
                    return value.isEmpty() ? IdtoolMain.run(terminal, rest(arguments, i)) : help(0);
                }
                case 'q' -> {
                    return value.isEmpty() ? CliMain.run(terminal, arguments) : help(0);
                }
                default -> {
                    return help(0);
                }
            }
        }
        if (!anyUser && !root) {
            terminal.complain(terminal.program() + ": must be run as root (uid 0)");
            return 1;
        }
        return detach ? detach() : starter.run(home.or(this::usualHome), port, anyUser);
    }

    private Optional<Path> usualHome() {
        return Optional.of(Home.ofNode(terminal.environment()).folder());
    }

    /** Leading digits, zero if there are none, and more than any port if there are too many. */
    private static int leadingNumber(String text) {
        int end = 0;
        while (end < text.length() && Character.isDigit(text.charAt(end))) {
            end++;
        }
        String digits = text.substring(0, end);
        return digits.isEmpty() ? 0 : digits.length() > 9 ? Integer.MAX_VALUE : Integer.parseInt(digits);
    }

    private static String[] rest(String[] arguments, int after) {
        return List.of(arguments).subList(after + 1, arguments.length).toArray(String[]::new);
    }

    /** A JVM cannot fork: starts the same command again without the switch, and leaves it alone. */
    private int detach() {
        ProcessHandle.Info self = ProcessHandle.current().info();
        if (self.command().isEmpty() || self.arguments().isEmpty()) {
            terminal.complain(terminal.program() + ": cannot find its own command line for -d");
            return 1;
        }
        List<String> command = new ArrayList<>(List.of(self.command().get()));
        for (String argument : self.arguments().get()) {
            if (!argument.equals("-d")) {
                command.add(argument);
            }
        }
        try {
            new ProcessBuilder(command)
                    .redirectInput(Redirect.INHERIT)
                    .redirectOutput(Redirect.INHERIT)
                    .redirectError(Redirect.INHERIT)
                    .start();
            return 0;
        } catch (IOException failure) {
            terminal.complain(terminal.program() + ": " + failure.getMessage());
            return 1;
        }
    }

    private int help(int code) {
        terminal.out().print("""
                Orrery, compatible with ZeroTier One version %s
                Usage: %s [-switches] [home folder]

                Without a folder: ORRERY_HOME, else ZEROTIER_HOME, else /var/lib/orrery (~/.orrery if not root).

                Available switches (a value follows its letter directly, as in -p9993):
                  -h              this text
                  -v              the version
                  -U              do not insist on root
                  -p<port>        port for UDP and the local API, 0 for any (default 9993)
                  -d              start in the background
                  -i              be orrery-idtool: its arguments follow
                  -q              be orrery-cli
                """.formatted(Version.COMPATIBLE, terminal.program()));
        return code;
    }
}
