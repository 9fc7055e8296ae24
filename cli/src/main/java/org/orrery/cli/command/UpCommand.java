// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.command;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.orrery.cli.api.Home;
import org.orrery.cli.api.Json;
import org.orrery.cli.api.LocalApi;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code orrery up}. */
@Command(
        name = "up",
        description = "Start this machine's node and keep it running in the foreground; Ctrl-C stops it.",
        footer = {
            "",
            "Root is needed to make network interfaces. A node of another user can still be a root or a controller.",
            "",
            "Examples:",
            "  sudo orrery up",
            "  orrery up --home /tmp/second --port 9994"
        })
final class UpCommand extends Context implements Callable<Integer> {
    private static final int POLL_MILLIS = 100;
    private static final int PATIENCE_MILLIS = 60_000;

    @Option(
            names = {"-D", "--home"},
            paramLabel = "FOLDER",
            description = "Home folder (default: ORRERY_HOME, else ZEROTIER_HOME; unset: /var/lib/orrery for root, else"
                    + " ~/.orrery).")
    private @Nullable Path home;

    @Option(
            names = {"-p", "--port"},
            paramLabel = "PORT",
            description = "Port for UDP and for the local API; 0 for any (default: 9993).")
    private @Nullable Integer port;

    @Override
    public Integer call() {
        Home own = home != null ? new Home(home) : Home.ofNode(terminal().environment());
        Path folder = terminal().folder().resolve(own.folder()).toAbsolutePath();
        if (port != null && (port < 0 || port > 0xffff)) {
            throw new Trouble("A port is a number from 0 to 65535.");
        }
        Json running = status(new Home(folder));
        if (running.present()) {
            throw new Trouble(
                    "Node " + running.at("address").text() + " is already running in " + folder + ".",
                    "Look at it: orrery status");
        }
        Thread.ofVirtual().start(() -> greet(new Home(folder)));
        OptionalInt wanted = port == null ? OptionalInt.empty() : OptionalInt.of(port);
        return holder().starter().run(Optional.of(folder), wanted, true);
    }

    /** Waits until the node answers, then says who it is and what to do. */
    private void greet(Home own) {
        long deadline = System.nanoTime() + PATIENCE_MILLIS * 1_000_000L;
        try {
            while (System.nanoTime() - deadline < 0) {
                Thread.sleep(POLL_MILLIS);
                Json status = status(own);
                if (status.present()) {
                    String address = status.at("address").text();
                    terminal().complain("Node " + address + " is up; its home is " + own.folder() + ".");
                    terminal().complain("In another terminal:");
                    String folder = own.folder()
                                    .equals(Home.ofClient(terminal().environment())
                                            .folder())
                            ? ""
                            : " --home " + own.folder();
                    terminal().complain("  orrery network create home" + folder + "    makes a network here");
                    terminal().complain("  orrery join NETWORK" + folder + "           joins one");
                    terminal().complain("  orrery status" + folder);
                    return;
                }
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private Json status(Home own) {
        Integer knownPort = own.port();
        String token = own.token(terminal().environment());
        if (knownPort == null || token == null) {
            return Json.none();
        }
        LocalApi.Answer answer = new LocalApi("127.0.0.1", knownPort, token).get("/status");
        return answer.ok() ? Json.parseOrNull(answer.body()) : Json.none();
    }
}
