// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.command;

import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.orrery.cli.DaemonStarter;
import org.orrery.cli.api.Terminal;
import org.orrery.cli.rules.RulesCommand;
import org.orrery.cli.sim.SimCommand;
import org.orrery.core.node.Version;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;

/** {@code orrery}. */
@Command(
        name = "orrery",
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        versionProvider = RootCommand.VersionText.class,
        synopsisSubcommandLabel = "COMMAND",
        usageHelpAutoWidth = true)
public final class RootCommand implements Context.Holder, Runnable {
    private static final String PROGRAM_VERSION = "0.1.0";

    /** In the order of the help. */
    private static final Map<String, Supplier<Context>> COMMANDS = new LinkedHashMap<>();

    static {
        COMMANDS.put("up", UpCommand::new);
        COMMANDS.put("status", StatusCommand::new);
        COMMANDS.put("join", JoinCommand::new);
        COMMANDS.put("leave", LeaveCommand::new);
        COMMANDS.put("networks", NetworksCommand::new);
        COMMANDS.put("peers", PeersCommand::new);
        COMMANDS.put("netcheck", NetcheckCommand::new);
        COMMANDS.put("ping", PingCommand::new);
        COMMANDS.put("trace", TraceCommand::new);
        COMMANDS.put("events", EventsCommand::new);
        COMMANDS.put("drops", DropsCommand::new);
        COMMANDS.put("config", ConfigCommand::new);
        COMMANDS.put("network", NetworkCommand::new);
        COMMANDS.put("member", MemberCommand::new);
        COMMANDS.put("rules", RulesCommand::new);
        COMMANDS.put("observe", ObserveCommand::new);
        COMMANDS.put("planet", PlanetCommand::new);
        COMMANDS.put("moon", MoonCommand::new);
        COMMANDS.put("identity", IdentityCommand::new);
        COMMANDS.put("tcp-relay", TcpRelayCommand::new);
        COMMANDS.put("demo", DemoCommand::new);
        COMMANDS.put("bench", BenchCommand::new);
        COMMANDS.put("sim", SimCommand::new);
        COMMANDS.put("interop", InteropCommand::new);
        COMMANDS.put("completion", CompletionCommand::new);
    }

    private final Terminal terminal;
    private final DaemonStarter starter;

    private RootCommand(Terminal terminal, DaemonStarter starter) {
        this.terminal = terminal;
        this.starter = starter;
    }

    /** Runs a command; the exit code: 0 done, 1 not done, 2 not understood. */
    public static int run(Terminal terminal, DaemonStarter starter, String... arguments) {
        String first = arguments.length == 0 ? "" : arguments[0];
        // The parser looks at every field of every command it knows, which takes longer than most commands: where the
        // first word is a command, it gets to know that one.
        boolean one = COMMANDS.containsKey(first);
        return commandLine(terminal, starter, one ? List.of(first) : COMMANDS.keySet())
                .execute(arguments);
    }

    /** The parser with all commands. */
    static CommandLine commandLine(Terminal terminal, DaemonStarter starter) {
        return commandLine(terminal, starter, COMMANDS.keySet());
    }

    private static CommandLine commandLine(Terminal terminal, DaemonStarter starter, Collection<String> names) {
        var line = new CommandLine(new RootCommand(terminal, starter));
        names.forEach(name -> line.addSubcommand(
                name, Objects.requireNonNull(COMMANDS.get(name)).get()));
        line.getCommandSpec()
                .usageMessage()
                .description("A planetary Ethernet switch: join, make and run virtual networks.")
                .footer(
                        "",
                        "In a checkout also: build (build now), check (run every test).",
                        "",
                        "First steps:",
                        "  sudo orrery up                             start this machine's node",
                        "  orrery network create home                 make a network; prints its ID",
                        "  orrery join 8056c2e21c000001               join a network, here or elsewhere",
                        "  orrery member authorize NETWORK ADDRESS    let a machine in",
                        "",
                        "'orrery COMMAND --help' explains a command.");
        line.setOut(writer(terminal.out()));
        line.setErr(writer(terminal.err()));
        line.setExecutionExceptionHandler((failure, _, _) -> {
            if (!(failure instanceof Trouble trouble)) {
                throw failure;
            }
            terminal.complain(String.valueOf(trouble.getMessage()));
            trouble.remedies().forEach(terminal::complain);
            return 1;
        });
        line.setParameterExceptionHandler((failure, _) -> notUnderstood(terminal, failure));
        return line;
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8), true);
    }

    private static int notUnderstood(Terminal terminal, ParameterException failure) {
        terminal.complain(String.valueOf(failure.getMessage()));
        var spelled = new StringWriter();
        if (CommandLine.UnmatchedArgumentException.printSuggestions(failure, new PrintWriter(spelled, true))) {
            terminal.complain(spelled.toString().strip());
        }
        terminal.complain("See: " + failure.getCommandLine().getCommandSpec().qualifiedName() + " --help");
        return 2;
    }

    @Override
    public Terminal terminal() {
        return terminal;
    }

    @Override
    public DaemonStarter starter() {
        return starter;
    }

    /** Without a command: the help. */
    @Override
    public void run() {
        commandLine(terminal, starter).usage(terminal.out());
    }

    /** Both numbers: the program's, and the one it goes by among other nodes. */
    static final class VersionText implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"orrery " + PROGRAM_VERSION + ", compatible with ZeroTier One " + Version.COMPATIBLE};
        }
    }
}
