// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.lab;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.orrery.net.linux.NetworkNamespace;

/**
 * A host of the laboratory.
 *
 * @param name of its network namespace
 * @param number from 1
 * @param net the first three numbers of its address, with a dot behind each
 */
public record LabHost(String name, int number, String net) {
    LabHost(String name, int number) {
        this(name, number, LabPlan.PRIVATE_NET);
    }

    /** Its address on the switch. */
    public String ip4() {
        return net + number;
    }

    /** Its other address on the switch. */
    public String ip6() {
        return "fd77::" + number;
    }

    /** A command line that runs on the host; the process that runs it becomes the program. */
    List<String> command(List<String> command) {
        List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", name));
        all.addAll(command);
        return all;
    }

    /** Runs a program on the host, at most for a minute. */
    public ProgramResult run(String... command) throws IOException, InterruptedException {
        return Programs.run(command(List.of(command)));
    }

    /** Runs a program on the host, at most for so long. */
    public ProgramResult run(Duration patience, List<String> command) throws IOException, InterruptedException {
        return Programs.run(command(command), patience);
    }

    /** Runs a program on the host that is expected to succeed; answers what it printed. */
    public String output(String... command) throws IOException, InterruptedException {
        return Programs.output(command(List.of(command)));
    }

    /** Runs code of this process on the host: the sockets it opens are the host's. */
    public <T> T inside(Callable<T> body) throws Exception {
        return new NetworkNamespace(name).call(body);
    }
}
