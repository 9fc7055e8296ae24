// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.orrery.cli.lab.Lab;
import org.orrery.cli.lab.LabHost;
import org.orrery.cli.lab.Programs;

/** Tinc with its defaults. */
record TincKind() implements Kind {
    @Override
    public String name() {
        return "tinc";
    }

    @Override
    public Optional<String> missing() {
        return VpnLab.missing("tincd", "tinc");
    }

    @Override
    public boolean relays() {
        return false;
    }

    @Override
    public Pair open(boolean relayed) throws Exception {
        return VpnLab.open(2, lab -> {
            LabHost left = lab.host(1);
            LabHost right = lab.host(2);
            Path leftFolder = prepare(lab, left, "");
            Path rightFolder = prepare(lab, right, "ConnectTo = " + name(left) + "\n");
            introduce(left, leftFolder, rightFolder);
            introduce(right, rightFolder, leftFolder);
            Process first = start(lab, left, leftFolder);
            Process second = start(lab, right, rightFolder);
            return new Pair(lab, VpnLab.end(left, first), VpnLab.end(right, second), List.of());
        });
    }

    private static String name(LabHost host) {
        return "host" + host.number();
    }

    private static Path prepare(Lab lab, LabHost host, String more) throws IOException, InterruptedException {
        Path folder = Files.createDirectory(lab.file("tinc" + host.number()));
        Path hosts = Files.createDirectory(folder.resolve("hosts"));
        Files.writeString(folder.resolve("tinc.conf"), "Name = " + name(host) + "\nAddressFamily = ipv4\n" + more);
        Files.writeString(
                hosts.resolve(name(host)), "Address = " + host.ip4() + "\nSubnet = " + VpnLab.address(host) + "/32\n");
        Path up = folder.resolve("tinc-up");
        Files.writeString(
                up,
                "#!/bin/sh\nip addr add " + VpnLab.address(host)
                        + "/24 dev \"$INTERFACE\"\nip link set \"$INTERFACE\" up\n");
        Files.setPosixFilePermissions(up, PosixFilePermissions.fromString("rwx------"));
        Programs.output(List.of("tincd", "-c", folder.toString(), "-K2048"));
        return folder;
    }

    private static void introduce(LabHost host, Path from, Path to) throws IOException {
        Path file = Path.of("hosts", name(host));
        Files.copy(from.resolve(file), to.resolve(file));
    }

    private static Process start(Lab lab, LabHost host, Path folder) throws IOException, InterruptedException {
        return VpnLab.start(
                lab,
                host,
                folder.resolve("log"),
                List.of("tincd", "-c", folder.toString(), "-D", "--pidfile=" + folder.resolve("pid")));
    }
}
