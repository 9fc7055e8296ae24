// SPDX-License-Identifier: Apache-2.0
package org.orrery.it;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;
import org.orrery.cli.lab.LabHost;

/**
 * A host that sends datagrams from addresses that it has no right to, {@link #SOURCES} of them spread over as many address
 * ranges, at a steady rate.
 */
final class Flood implements AutoCloseable {
    /** More file descriptors are not to be had everywhere. */
    private static final int SOURCES = 512;

    private static final String RANGES = "100.64.0.0/10";
    private static final long TURN_NANOS = 1_000_000;
    private static final int BURSTS_PER_SECOND = 20;

    private final List<DatagramChannel> channels = new ArrayList<>();

    /** @param victim to which the addresses are made to seem possible, so that its kernel lets them in */
    Flood(LabHost attacker, LabHost victim) throws Exception {
        attacker.output("ip", "route", "add", "local", RANGES, "dev", "lo");
        victim.output("ip", "route", "add", RANGES, "via", attacker.ip4());
        attacker.inside(() -> {
            for (int i = 0; i < SOURCES; i++) {
                DatagramChannel channel = DatagramChannel.open(java.net.StandardProtocolFamily.INET);
                channels.add(channel);
                channel.configureBlocking(false);
                channel.bind(new InetSocketAddress("100." + (64 + i % 64) + "." + (i >> 6) + ".9", 0));
            }
            return channels;
        });
    }

    /**
     * Sends {@code packets}, so many a second; answers how many of them the kernel took. What was not sent in time is not
     * made up for at once: that would be a burst and no rate.
     */
    int send(InetSocketAddress to, int packets, int perSecond, IntFunction<byte[]> packet) throws IOException {
        int taken = 0;
        int sent = 0;
        long began = System.nanoTime();
        int burst = Math.max(1, perSecond / BURSTS_PER_SECOND);
        while (sent < packets) {
            long due = Math.min(packets, (System.nanoTime() - began) * perSecond / 1_000_000_000L + 1);
            due = Math.min(due, sent + burst);
            for (; sent < due; sent++) {
                taken += channels.get(sent % SOURCES).send(ByteBuffer.wrap(packet.apply(sent)), to) > 0 ? 1 : 0;
            }
            LockSupport.parkNanos(TURN_NANOS);
        }
        return taken;
    }

    @Override
    public void close() throws IOException {
        for (DatagramChannel channel : channels) {
            channel.close();
        }
    }
}
