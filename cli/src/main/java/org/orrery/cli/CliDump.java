// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.orrery.cli.api.Json;
import org.orrery.cli.api.LocalApi;
import org.orrery.cli.api.LocalApi.Answer;
import org.orrery.cli.api.SecretFiles;
import org.orrery.cli.api.Terminal;
import org.orrery.daemon.home.LocalConfig;

/**
 * The {@code dump} command: a report about the node and its host, in a text file to hand to somebody who helps. It is for
 * its owner to hand out: nobody else may read it here.
 */
final class CliDump {
    private static final String FILE = "zerotier_dump.txt";

    private final Terminal terminal;
    private final LocalApi api;
    private final Path home;
    private final StringBuilder report = new StringBuilder();

    CliDump(Terminal terminal, LocalApi api, Path home) {
        this.terminal = terminal;
        this.api = api;
        this.home = home;
    }

    /** The exit code. */
    int run() {
        Answer status = api.get("/status");
        if (status.status() == 0) {
            return CliCommands.noConnection(terminal, api, status);
        }
        report.append("platform: ").append(System.getProperty("os.name")).append('\n');
        report.append("zerotier version: ")
                .append(Json.parseOrNull(status.body()).at("version").text())
                .append("\n\n");
        section("status", status.body());
        section("networks", api.get("/network").body());
        section("peers", api.get("/peer").body());
        section("local.conf", localConf());
        try {
            section("Network Interfaces", "");
            interfaces();
            Path file = terminal.file(FILE).toAbsolutePath();
            SecretFiles.write(file, report.toString());
            terminal.line("Writing dump to: " + file);
            return 0;
        } catch (IOException failure) {
            terminal.complain("Could not write " + FILE + ": " + failure.getMessage());
            return 1;
        }
    }

    private void section(String title, String content) {
        report.append(title).append('\n').repeat('-', title.length()).append('\n');
        report.append(content).append(content.isEmpty() ? "" : "\n\n");
    }

    /** As the node shows it, without the password of a proxy: the report goes to somebody else. */
    private String localConf() {
        Answer shown = api.get("/config");
        String text = shown.ok() ? shown.body().strip() : fromFile();
        return text.isEmpty() || text.equals("{}") ? "None Present" : text;
    }

    /** For a node that does not say it. */
    private String fromFile() {
        try {
            return LocalConfig.parse(Files.readAllBytes(home.resolve("local.conf")))
                    .shown()
                    .toString();
        } catch (NoSuchFileException absent) {
            return "";
        } catch (IOException unreadable) {
            return "(cannot be read)";
        } catch (org.orrery.daemon.json.Json.SyntaxException fault) {
            return "(not a JSON object)"; // The message may quote from it.
        }
    }

    private void interfaces() throws SocketException {
        int number = 0;
        for (NetworkInterface each : NetworkInterface.networkInterfaces().toList()) {
            List<InetAddress> addresses = each.getInterfaceAddresses().stream()
                    .map(InterfaceAddress::getAddress)
                    .toList();
            boolean hasV4 = addresses.stream().anyMatch(address -> address.getAddress().length == 4);
            if (each.isLoopback() || !hasV4) {
                continue;
            }
            byte[] mac = each.getHardwareAddress();
            report.append("Interface ").append(number++).append("\n-----------\n");
            report.append("Name: ").append(each.getName()).append('\n');
            report.append("MTU: ").append(each.getMTU()).append('\n');
            report.append("MAC: ")
                    .append(mac == null ? "" : HexFormat.ofDelimiter(":").formatHex(mac))
                    .append('\n');
            report.append("Addresses: \n");
            addresses.forEach(address -> report.append(address.getHostAddress()).append('\n'));
            report.append('\n');
        }
    }
}
