// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.bench;

import java.io.IOException;
import java.util.List;
import org.orrery.cli.lab.Lab;
import org.orrery.cli.lab.LabHost;

/**
 * Two nodes of one virtual network, running. Closing takes them and their hosts away.
 *
 * @param rootPids of whatever passes traffic on between them; empty if nothing does
 */
public record Pair(Lab lab, End left, End right, List<Long> rootPids) implements AutoCloseable {
    /**
     * One of the two.
     *
     * @param address in the virtual network
     * @param pid of its node's process
     */
    public record End(LabHost host, String address, long pid) {}

    List<Long> pids() {
        return List.of(left.pid, right.pid);
    }

    @Override
    public void close() throws IOException {
        lab.close();
    }
}
