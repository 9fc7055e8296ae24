// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.orrery.cli.lab.Lab;
import org.orrery.cli.lab.LabHost;
import org.orrery.cli.lab.Programs;

/** Nebula with its default cipher and MTU; the first host is lighthouse and relay. */
record NebulaKind() implements Kind {
    private static final int PORT = 4242;

    @Override
    public String name() {
        return "nebula";
    }

    @Override
    public Optional<String> missing() {
        return VpnLab.missing("nebula", "nebula").or(() -> VpnLab.missing("nebula-cert", "nebula"));
    }

    @Override
    public boolean relays() {
        return true;
    }

    @Override
    public Pair open(boolean relayed) throws Exception {
        return VpnLab.open(3, lab -> {
            Path folder = Files.createDirectory(lab.file("nebula"));
            Path authority = folder.resolve("ca.crt");
            Path authorityKey = folder.resolve("ca.key");
            Programs.output(List.of(
                    "nebula-cert", "ca", "-name", "bench", "-out-crt", "" + authority, "-out-key", "" + authorityKey));
            LabHost root = lab.host(1);
            LabHost left = lab.host(2);
            LabHost right = lab.host(3);
            lab.isolate(left, relayed);
            lab.isolate(right, relayed);
            Process passing = start(lab, root, folder);
            Process first = start(lab, left, folder);
            Process second = start(lab, right, folder);
            return new Pair(lab, VpnLab.end(left, first), VpnLab.end(right, second), List.of(passing.pid()));
        });
    }

    private static Process start(Lab lab, LabHost host, Path folder) throws IOException, InterruptedException {
        String name = "host" + host.number();
        Path config = folder.resolve(name + ".yml");
        Programs.output(List.of(
                "nebula-cert",
                "sign",
                "-ca-crt",
                folder.resolve("ca.crt").toString(),
                "-ca-key",
                folder.resolve("ca.key").toString(),
                "-name",
                name,
                "-ip",
                VpnLab.address(host) + "/24",
                "-out-crt",
                folder.resolve(name + ".crt").toString(),
                "-out-key",
                folder.resolve(name + ".key").toString()));
        Files.writeString(config, config(lab, host, folder.resolve(name).toString(), folder.resolve("ca.crt")));
        return VpnLab.start(lab, host, folder.resolve(name + ".log"), List.of("nebula", "-config", config.toString()));
    }

    private static String config(Lab lab, LabHost host, String own, Path authority) {
        LabHost root = lab.host(1);
        boolean isRoot = host.equals(root);
        String known = isRoot ? "{}" : "{\"%s\": [\"%s:%d\"]}".formatted(VpnLab.address(root), root.ip4(), PORT);
        String others = isRoot ? "[]" : "[\"%s\"]".formatted(VpnLab.address(root));
        return """
                pki: {ca: %s, cert: %s.crt, key: %s.key}
                static_host_map: %s
                lighthouse: {am_lighthouse: %b, interval: 5, hosts: %s}
                listen: {host: 0.0.0.0, port: %d}
                punchy: {punch: true}
                relay: {am_relay: %b, use_relays: true, relays: %s}
                tun: {dev: nebula1}
                logging: {level: warning}
                firewall:
                  outbound: [{port: any, proto: any, host: any}]
                  inbound: [{port: any, proto: any, host: any}]
                """.formatted(authority, own, own, known, isRoot, others, PORT, isRoot, others);
    }
}
