// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.portmap;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.orrery.core.value.Ip;

/** Finds the router of this host's IPv4 default route from the kernel's table; nothing on systems without that file. */
public final class DefaultGateways {
    private static final Path TABLE = Path.of("/proc/net/route");
    private static final int UP_AND_GATEWAY = 3;

    private DefaultGateways() {}

    /** @param skippedDevices whose routes do not count: the node's own virtual interfaces */
    public static Optional<Gateway> find(Collection<String> skippedDevices) {
        if (!Files.isReadable(TABLE)) {
            return Optional.empty();
        }
        try {
            return router(Files.readAllLines(TABLE), skippedDevices).flatMap(DefaultGateways::towards);
        } catch (IOException unreadable) {
            return Optional.empty();
        }
    }

    /** The next hop of the default route with the lowest metric. Numbers in the table are little-endian hex digits. */
    static Optional<Ip> router(List<String> lines, Collection<String> skippedDevices) {
        Ip best = null;
        long bestMetric = Long.MAX_VALUE;
        for (String line : lines) {
            String[] fields = line.strip().split("\\s+");
            if (fields.length < 8 || !fields[1].equals("00000000") || !fields[7].equals("00000000")) {
                continue;
            }
            try {
                int flags = Integer.parseInt(fields[3], 16);
                long metric = Long.parseLong(fields[6]);
                if ((flags & UP_AND_GATEWAY) == UP_AND_GATEWAY
                        && metric < bestMetric
                        && !skippedDevices.contains(fields[0])) {
                    best = Ip.v4(Integer.reverseBytes(Integer.parseUnsignedInt(fields[2], 16)));
                    bestMetric = metric;
                }
            } catch (NumberFormatException otherKind) {
                // No route that we understand.
            }
        }
        return Optional.ofNullable(best);
    }

    private static Optional<Gateway> towards(Ip router) {
        try (var socket = new DatagramSocket()) {
            // Sends nothing: it only has the system choose the way.
            socket.connect(new InetSocketAddress(InetAddress.getByAddress(router.bytes()), 9));
            byte[] local = socket.getLocalAddress().getAddress();
            return local.length == 4 ? Optional.of(new Gateway(router, Ip.of(local, 0, false))) : Optional.empty();
        } catch (IOException | java.io.UncheckedIOException unreachable) {
            return Optional.empty();
        }
    }
}
