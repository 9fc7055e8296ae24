// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.orrery.cli.api.Home;
import org.orrery.cli.api.LocalApi;
import org.orrery.cli.api.Terminal;
import org.orrery.core.node.Version;

/** {@code orrery-cli}: takes the arguments of {@code zerotier-cli} and prints what that prints, for scripts that know it. */
public final class CliMain {
    private static final int USAGE = 2;

    private final Terminal terminal;

    private CliMain(Terminal terminal) {
        this.terminal = terminal;
    }

    public static void main(String[] arguments) {
        Terminal terminal = Terminal.ofProcess("orrery-cli");
        terminal.exit(run(terminal, arguments));
    }

    /** The exit code. */
    static int run(Terminal terminal, String... arguments) {
        return new CliMain(terminal).run(arguments);
    }

    private int run(String[] arguments) {
        List<String> words = new ArrayList<>();
        boolean json = false;
        int port = 0;
        String host = "127.0.0.1";
        String token = null;
        Home home = Home.ofClient(terminal.environment());
        for (String argument : arguments) {
            if (!argument.startsWith("-")) {
                words.add(argument);
                continue;
            }
            char letter = argument.length() > 1 ? argument.charAt(1) : 'h';
            String value = argument.length() > 2 ? argument.substring(2) : "";
            switch (letter) {
                case 'q' -> {}
                case 'j' -> {
                    if (!value.isEmpty()) {
                        return help(1);
                    }
                    json = true;
                }
                case 'v' -> {
                    if (!value.isEmpty()) {
                        return help(1);
                    }
                    terminal.line(Version.COMPATIBLE.toString());
                    return 0;
                }
                case 'p' -> {
                    port = number(value);
                    if (port <= 0 || port > 0xffff) {
                        return help(1);
                    }
                }
                case 'D', 'H', 'T' -> {
                    if (value.isEmpty()) {
                        return help(1);
                    }
                    switch (letter) {
                        case 'D' -> home = new Home(Path.of(value));
                        case 'H' -> host = value;
                        default -> token = value;
                    }
                }
                default -> {
                    return help(0);
                }
            }
        }
        return call(home, host, port, token, json, words);
    }

    private int call(Home home, String host, int port, @Nullable String token, boolean json, List<String> words) {
        Path folder = terminal.folder().resolve(home.folder());
        Home resolved = new Home(folder);
        Integer foundPort = port != 0 ? Integer.valueOf(port) : resolved.port();
        if (foundPort == null) {
            terminal.complain(
                    terminal.program() + ": missing port and zerotier-one.port not found in " + home.folder());
            return USAGE;
        }
        String foundToken = token != null ? token : resolved.token(terminal.environment());
        if (foundToken == null) {
            terminal.complain(terminal.program() + ": authtoken.secret not found or readable in " + home.folder()
                    + " (try again as root)");
            return USAGE;
        }
        var api = new LocalApi(host, foundPort, foundToken);
        return new CliCommands(terminal, api, folder, json, words).run();
    }

    private static int number(String digits) {
        try {
            return Integer.parseInt(digits);
        } catch (NumberFormatException other) {
            return -1;
        }
    }

    private int help(int code) {
        terminal.out().print(helpText(terminal));
        return code;
    }

    static String helpText(Terminal terminal) {
        return """
                Orrery, compatible with ZeroTier One version %s
                Usage: %s [-switches] <command or /path> [<arguments>]

                Switches (a value follows its letter directly, as in -p9993):
                  -h              this text
                  -v              the version
                  -j              print JSON where there is a choice
                  -D<folder>      home folder of the node, for its port and token
                  -p<port>        port of the node's API
                  -T<token>       token of the node's API
                  -H<ip>          address of the node's API (default 127.0.0.1)

                Commands:
                  info                          one line about this node; also: status
                  listpeers                     peers, one a line
                  peers                         peers, as a table
                  listnetworks                  networks joined
                  join <network>                join a network
                  leave <network>               leave a network
                  set <network> <name>=<value>  allowManaged, allowGlobal, allowDefault, allowDNS
                  get <network> <name>          one property; also ip, ip4, ip6, ip6plane, ip6prefix
                  listmoons                     moons followed
                  orbit <world> <seed>          follow a moon
                  deorbit <world>               stop following it
                  bond list                     bonds; also: listbonds
                  bond <peer> show              one bond in full
                  bond <peer> rotate            use the bond's next link
                  bond setmtu <mtu> <interface> <ip>
                  dump                          write a report to zerotier_dump.txt

                A first word that starts with / is fetched from the API as it is.
                """.formatted(Version.COMPATIBLE, terminal.program());
    }
}
