// SPDX-License-Identifier: Apache-2.0
package org.orrery.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.orrery.cli.lab.Lab;
import org.orrery.cli.lab.LabHost;
import org.orrery.cli.lab.LabNode;
import org.orrery.cli.lab.Ping;

/**
 * A third host gets a copy of every datagram from one running node to another, and sends all of them again, from its own
 * address. The kernel of the receiver counts the pings that come out of the virtual network.
 */
@Tag("root")
@ExtendWith(RootOnly.class)
final class ReplayTest {
    private static final int RECORDER_PORT = 7_777;
    private static final int PINGS = 20;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private Lab lab;
    private LabNode sender;
    private LabNode receiver;
    private LabHost thief;
    private DatagramChannel recorder;
    private String address;

    @BeforeEach
    void meet() throws Exception {
        lab = TestIdentities.openLab(3);
        sender = lab.node(1);
        receiver = lab.node(2);
        thief = lab.host(3);
        sender.start();
        receiver.start();
        String network = sender.makeNetwork(Networks.settings("replay", false, 52));
        for (LabNode node : List.of(sender, receiver)) {
            node.join(network);
            node.awaitAddresses(network, PATIENCE);
        }
        address = receiver.awaitIp4(network, PATIENCE);
        Ping.untilAnswer(sender.host(), address, PATIENCE);
        recorder = thief.inside(() -> DatagramChannel.open().bind(new InetSocketAddress(RECORDER_PORT)));
        recorder.configureBlocking(false);
        nft(thief, "add table ip replay");
        nft(thief, "add chain ip replay in { type nat hook prerouting priority -100; }");
        nft(thief, "add rule ip replay in udp dport " + Lab.PORT + " redirect to :" + RECORDER_PORT);
        nft(sender.host(), "add table ip replay");
        nft(sender.host(), "add chain ip replay out { type filter hook output priority 0; }");
    }

    @AfterEach
    void takeAway() throws Exception {
        if (recorder != null) {
            recorder.close();
        }
        lab.close();
    }

    private static void nft(LabHost host, String command) throws Exception {
        host.output("nft", command);
    }

    private List<ByteBuffer> record() throws Exception {
        String rule = "ip daddr " + receiver.host().ip4() + " udp dport " + Lab.PORT + " dup to " + thief.ip4();
        nft(sender.host(), "add rule ip replay out " + rule);
        List<ByteBuffer> recordings = new ArrayList<>();
        Ping.of(sender.host(), address, PINGS / 2, 100);
        Ping.of(sender.host(), address, PINGS / 2, 2_500); // in pieces
        nft(sender.host(), "flush chain ip replay out");
        TimeUnit.MILLISECONDS.sleep(200);
        var buffer = ByteBuffer.allocate(2_000);
        while (recorder.receive(buffer) != null) {
            buffer.flip();
            recordings.add(ByteBuffer.allocate(buffer.remaining()).put(buffer).flip());
            buffer.clear();
        }
        assertThat(recordings).as("datagrams from one to the other").hasSizeGreaterThanOrEqualTo(PINGS);
        return recordings;
    }

    /** Echo requests that the receiver's kernel got, over whatever interface. */
    private long echoes() throws Exception {
        List<String> lines =
                receiver.host().inside(() -> Files.readAllLines(Path.of("/proc/thread-self/net/snmp"))).stream()
                        .filter(line -> line.startsWith("Icmp: "))
                        .toList();
        int column = List.of(lines.getFirst().split(" ")).indexOf("InEchos");
        return Long.parseLong(lines.get(1).split(" ")[column]);
    }

    private long refused() throws Exception {
        return receiver.ask("/status").at("orrery").at("packets").at("REPLAYED").integer();
    }

    private void sendAgain(List<ByteBuffer> recordings) throws IOException, InterruptedException {
        for (ByteBuffer each : recordings) {
            recorder.send(
                    each.duplicate(), new InetSocketAddress(receiver.host().ip4(), Lab.PORT));
            TimeUnit.MILLISECONDS.sleep(1);
        }
        TimeUnit.MILLISECONDS.sleep(500);
    }

    @Test
    void takesNoRecordingWhenItComesNorAfterARestartOfEither() throws Exception {
        long genuine = echoes();
        List<ByteBuffer> recordings = record();
        assertThat(echoes() - genuine).as("counted as they should").isEqualTo(PINGS);

        long before = echoes();
        long refusedBefore = refused();
        sendAgain(recordings);
        sendAgain(recordings);
        assertThat(echoes()).as("pings out of recordings").isEqualTo(before);
        assertThat(refused() - refusedBefore).isGreaterThanOrEqualTo(2 * PINGS);

        receiver.stop();
        receiver.start();
        sendAgain(recordings);
        assertThat(echoes()).as("after a restart of the receiver").isEqualTo(before);
        Ping.untilAnswer(sender.host(), address, PATIENCE);

        sender.stop();
        sender.start();
        Ping.untilAnswer(sender.host(), address, PATIENCE);
        before = echoes();
        sendAgain(recordings);
        assertThat(echoes()).as("after a restart of the sender").isEqualTo(before);
        assertThat(refused()).isGreaterThanOrEqualTo(PINGS);
    }
}
