// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.orrery.cli.bench.Pair.End;
import org.orrery.cli.lab.Lab;
import org.orrery.cli.lab.LabException;
import org.orrery.cli.lab.LabHost;
import org.orrery.cli.lab.LabPlan;
import org.orrery.cli.lab.Ping;
import org.orrery.cli.lab.Programs;

/** What the programs that have no local API share: hosts without nodes, and processes that are started on them. */
final class VpnLab {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private VpnLab() {}

    static Optional<String> missing(String program, String debianPackage) {
        return Programs.has(program)
                ? Optional.empty()
                : Optional.of("there is no " + program + " (Debian: apt-get install " + debianPackage + ")");
    }

    /** Hosts, with the direct way between the second and the third blocked if so wanted. */
    interface Setting {
        Pair in(Lab lab) throws Exception;
    }

    static Pair open(int hosts, Setting setting) throws Exception {
        Lab lab = Lab.open(new LabPlan(hosts, List.of(), false));
        try {
            Pair pair = setting.in(lab);
            Ping.untilAnswer(pair.left().host(), pair.right().address(), PATIENCE);
            return pair;
        } catch (Exception failure) {
            lab.close();
            throw failure;
        }
    }

    /** Of the virtual network. */
    static String address(LabHost host) {
        return "10.144.0." + host.number();
    }

    static End end(LabHost host, Process process) {
        return new End(host, address(host), process.pid());
    }

    /** Starts a program that stays; if it ended at once, that is said with what it printed. */
    static Process start(Lab lab, LabHost host, Path log, List<String> command)
            throws IOException, InterruptedException {
        Process process = lab.start(host, log, command);
        if (process.waitFor(Duration.ofMillis(300))) {
            throw new LabException("'" + String.join(" ", command) + "' ended: "
                    + java.nio.file.Files.readString(log).strip());
        }
        return process;
    }
}
