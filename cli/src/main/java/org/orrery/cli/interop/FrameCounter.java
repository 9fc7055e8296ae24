// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.interop;

import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.orrery.cli.lab.LabException;
import org.orrery.cli.lab.LabHost;

/** Counts echo requests that arrive on an interface, whoever they are for. */
final class FrameCounter {
    private static final String TABLE = "interop";
    private static final Pattern PACKETS = Pattern.compile("counter packets (\\d+)");

    private final LabHost host;
    private final String device;
    private boolean made;

    FrameCounter(LabHost host, String device) {
        this.host = host;
        this.device = device;
    }

    /** Counts from zero what goes from one IPv4 address to another. */
    void count(String from, String to) throws IOException, InterruptedException {
        remove();
        host.output(
                "nft",
                "table netdev " + TABLE + " { chain in { type filter hook ingress device \"" + device
                        + "\" priority 0; ip saddr " + from + " ip daddr " + to
                        + " icmp type echo-request counter; }; }");
        made = true;
    }

    long read() throws IOException, InterruptedException {
        String shown = host.output("nft", "list", "table", "netdev", TABLE);
        Matcher packets = PACKETS.matcher(shown);
        if (!packets.find()) {
            throw new LabException("nft shows no counter: " + shown);
        }
        return Long.parseLong(packets.group(1));
    }

    void remove() throws IOException, InterruptedException {
        if (made) {
            host.output("nft", "delete", "table", "netdev", TABLE);
            made = false;
        }
    }
}
