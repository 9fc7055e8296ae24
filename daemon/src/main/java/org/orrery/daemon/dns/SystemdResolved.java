// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.dns;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Gives systemd-resolved the name servers of an interface through its own program {@code resolvectl}, which is installed
 * wherever the service is. Names of the network's domain, and no others, are then asked there. The service forgets all of it
 * when the interface goes, so nothing is left of a process that was killed.
 */
final class SystemdResolved {
    static final String NAME = "systemd-resolved";

    private static final String PROGRAM = "resolvectl";
    private static final int TEXT_MAX = 4096;

    private final ResolverPaths paths;
    private final Duration patience;

    /** @param patience how long one call of the program may take */
    SystemdResolved(ResolverPaths paths, Duration patience) {
        this.paths = paths;
        this.patience = patience;
    }

    private Optional<Path> program() {
        return paths.programs().stream()
                .map(folder -> folder.resolve(PROGRAM))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** Whether programs on this host ask it: it has its folder, and {@code resolv.conf} is its own or names it. */
    boolean inCharge() {
        if (program().isEmpty() || !Files.isDirectory(paths.resolved())) {
            return false;
        }
        try {
            if (paths.resolvConf().toRealPath().startsWith(paths.resolved().toRealPath())) {
                return true;
            }
            List<String> servers = ResolvConfText.words(
                    Files.readString(paths.resolvConf(), StandardCharsets.ISO_8859_1), "nameserver");
            return !servers.isEmpty()
                    && servers.stream().allMatch(each -> each.equals("127.0.0.53") || each.equals("127.0.0.54"));
        } catch (IOException unreadable) {
            return false;
        }
    }

    /** Sets the servers of an interface, in place of those set before. */
    void apply(NetworkDns dns) throws IOException {
        List<String> servers = new ArrayList<>(List.of("dns", dns.device()));
        dns.servers().forEach(server -> servers.add(server.toString()));
        run(servers);
        List<String> domains = new ArrayList<>(List.of("domain", dns.device(), dns.domain()));
        if (dns.everything()) {
            domains.add("~.");
        }
        run(domains);
        run(List.of("default-route", dns.device(), dns.everything() ? "yes" : "no"));
    }

    /** Takes back what was set for an interface; one that is gone is fine. */
    void revert(String device) throws IOException {
        if (Files.exists(paths.devices().resolve(device))) {
            run(List.of("revert", device));
        }
    }

    /** Whether what was set for an interface is no longer there: somebody took it back, or the service lost it. */
    boolean forgot(String device) {
        try {
            String index = Files.readString(paths.devices().resolve(device).resolve("ifindex"))
                    .strip();
            return !Files.exists(paths.resolved().resolve("netif").resolve(index));
        } catch (IOException gone) {
            return false;
        }
    }

    private void run(List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(program()
                .orElseThrow(() -> new IOException(PROGRAM + " is gone"))
                .toString());
        command.addAll(arguments);
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectInput(Path.of("/dev/null").toFile())
                .start();
        try {
            byte[] said = new byte[0];
            boolean ended = process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
            if (ended) {
                said = process.getInputStream().readNBytes(TEXT_MAX);
                if (process.exitValue() == 0) {
                    return;
                }
            }
            String text = new String(said, StandardCharsets.UTF_8).strip().replaceAll("\\s+", " ");
            throw new IOException(PROGRAM + " " + String.join(" ", arguments) + ": "
                    + (ended ? text : "no answer within " + patience.toSeconds() + " s"));
        } catch (InterruptedException impatient) {
            Thread.currentThread().interrupt();
            throw new IOException(PROGRAM + ": interrupted", impatient);
        } finally {
            process.destroyForcibly();
        }
    }
}
