// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.linux;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.orrery.core.value.Mac;
import org.orrery.core.value.Prefix;
import org.orrery.net.Offloads;
import org.orrery.net.PacketBatch;
import org.orrery.net.Poller;
import org.orrery.net.Ports;
import org.orrery.net.TapPort;

/** Two hosts (namespaces), each with a device, and a thread that is the wire between them; they know each other. */
final class TwoHosts implements AutoCloseable {
    final Namespace near = new Namespace();
    final Namespace far = new Namespace();
    final Ports nearPorts;
    final Ports farPorts;
    final TapPort left;
    final TapPort right;

    /** Frames that continued a flow, as the wire saw them. */
    final AtomicLong continued = new AtomicLong();

    private final AtomicBoolean stop = new AtomicBoolean();
    private final Poller poller;
    private final Thread wire;

    TwoHosts(Offloads offloads, int mtu) throws Exception {
        nearPorts = near.call(() -> new LinuxPorts(offloads));
        farPorts = far.call(() -> new LinuxPorts(offloads));
        left = near.call(() -> nearPorts.openTap("ztnear", new Mac(0x3200_0000_0001L), mtu));
        right = far.call(() -> farPorts.openTap("ztfar", new Mac(0x3200_0000_0002L), mtu));
        for (TapPort tap : new TapPort[] {left, right}) {
            int number = tap.equals(left) ? 1 : 2;
            tap.addAddress(Prefix.parse("10.147.20." + number + "/24").orElseThrow());
            tap.addAddress(Prefix.parse("fd00::" + number + "/64").orElseThrow());
        }
        poller = nearPorts.openPoller();
        poller.add(left);
        poller.add(right);
        wire = Thread.ofPlatform().name("wire").start(this::carry);
        try {
            for (String other : new String[] {"10.147.20.2", "fd00::2"}) {
                near.awaitAnswer(other);
            }
        } catch (Exception failure) {
            close();
            throw failure;
        }
    }

    private void carry() {
        var batch = new PacketBatch(256, TapPort.FRAME_BYTES_MAX, 32, 200_000);
        while (!stop.get()) {
            int ready = poller.await(1000);
            for (int i = 0; i < ready; i++) {
                TapPort from = (TapPort) poller.ready(i);
                TapPort to = from.equals(left) ? right : left;
                batch.clear();
                from.read(batch);
                for (int f = 0; f < batch.count(); f++) {
                    continued.addAndGet(batch.continuesFlow(f) ? 1 : 0);
                    to.write(batch.bytes(), batch.offset(f), batch.length(f));
                }
                to.flush();
            }
        }
    }

    @Override
    public void close() {
        stop.set(true);
        poller.wake();
        try {
            wire.join();
        } catch (InterruptedException impatient) {
            Thread.currentThread().interrupt();
        }
        poller.close();
        left.close();
        right.close();
        nearPorts.close();
        farPorts.close();
        near.close();
        far.close();
    }
}
