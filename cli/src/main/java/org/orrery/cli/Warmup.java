// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.orrery.cli.api.Terminal;
import org.orrery.cli.command.RootCommand;

/**
 * Run once by the build, not by a user: goes through the short commands, so that the JVM can record which classes they
 * load and map them from an archive later.
 */
public final class Warmup {
    private static final byte[] ANSWER =
            ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n[]").getBytes(StandardCharsets.US_ASCII);

    private Warmup() {}

    public static void main(String[] arguments) throws IOException {
        var nowhere = new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);
        var terminal = new Terminal("warmup", Map.of(), Path.of(""), System::currentTimeMillis, nowhere, nowhere);
        try (var server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread.ofPlatform().daemon().start(() -> serve(server));
            String port = Integer.toString(server.getLocalPort());
            for (String command : new String[] {"info", "listnetworks", "listpeers"}) {
                CliMain.run(terminal, "-p" + port, "-Tx", command);
            }
            for (String command : new String[] {"status", "networks", "peers"}) {
                RootCommand.run(terminal, OneMain.STARTER, command, "-p", port, "--token", "x");
            }
            RootCommand.run(terminal, OneMain.STARTER, "network", "list", "-p", port, "--token", "x");
            RootCommand.run(terminal, OneMain.STARTER, "--help");
        }
    }

    private static void serve(ServerSocket server) {
        while (!server.isClosed()) {
            try (var connection = server.accept()) {
                connection.getInputStream().read(new byte[1024]);
                connection.getOutputStream().write(ANSWER);
            } catch (IOException closed) {
                return;
            }
        }
    }
}
