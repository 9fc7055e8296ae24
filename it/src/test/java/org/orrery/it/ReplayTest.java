// SPDX-License-Identifier: Apache-2.0
package org.orrery.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
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
 * address. The kernel of the receiver counts the pings of the recorded sizes that come out of the virtual network.
 */
@Tag("root")
@ExtendWith(RootOnly.class)
final class ReplayTest {
    private static final int RECORDER_PORT = 7_777;
    private static final int PINGS = 20;
    private static final int SHORT = 100;
    private static final int LONG = 2_500; // in pieces

    /** Of an IP header and one of ICMP. */
    private static final int HEADERS = 28;

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private Lab lab;
    private LabNode sender;
    private LabNode receiver;
    private LabHost thief;
    private DatagramChannel recorder;
    private String network;
    private String address;

    @BeforeEach
    void meet() throws Exception {
        lab = TestIdentities.openLab(3);
        sender = lab.node(1);
        receiver = lab.node(2);
        thief = lab.host(3);
        for (LabNode node : List.of(sender, receiver)) {
            // What goes over IPv6 is not recorded, and which of the two is preferred only milliseconds decide.
            node.host().output("ip", "-6", "addr", "flush", "dev", Lab.DEVICE);
            node.start();
        }
        network = sender.makeNetwork(Networks.settings("replay", false, 52));
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
        nft(receiver.host(), "add table ip replay");
        nft(receiver.host(), "add chain ip replay in { type filter hook input priority 0; }");
        String sizes = "{ " + (SHORT + HEADERS) + ", " + (LONG + HEADERS) + " }";
        nft(receiver.host(), "add rule ip replay in icmp type echo-request ip length " + sizes + " counter");
    }

    @AfterEach
    void takeAway() throws Exception {
        if (recorder != null) {
            recorder.close();
        }
        if (lab != null) {
            lab.close();
        }
    }

    private static void nft(LabHost host, String command) throws Exception {
        host.output("nft", command);
    }

    private List<ByteBuffer> record() throws Exception {
        String rule = "ip daddr " + receiver.host().ip4() + " udp dport " + Lab.PORT + " dup to " + thief.ip4();
        nft(sender.host(), "add rule ip replay out " + rule);
        List<ByteBuffer> recordings = new ArrayList<>();
        for (int bytes : new int[] {SHORT, LONG}) {
            Ping ping = Ping.of(sender.host(), address, PINGS / 2, bytes);
            assertThat(ping.complete()).as(ping.output()).isTrue();
        }
        // The copies are in the recorder's socket: what was answered had left, and the wire has no delay.
        nft(sender.host(), "flush chain ip replay out");
        var buffer = ByteBuffer.allocate(2_000);
        while (recorder.receive(buffer) != null) {
            buffer.flip();
            recordings.add(ByteBuffer.allocate(buffer.remaining()).put(buffer).flip());
            buffer.clear();
        }
        assertThat(recordings).as("datagrams from one to the other").hasSizeGreaterThanOrEqualTo(PINGS);
        return recordings;
    }

    /** Echo requests of the recorded sizes that the receiver's kernel got, over whatever interface. */
    private long echoes() throws Exception {
        String rules = receiver.host().output("nft", "list", "table", "ip", "replay");
        return Long.parseLong(rules.replaceAll("(?s).* packets ([0-9]+) .*", "$1"));
    }

    /** As {@link #echoes}, once none come any more. */
    private long settled() throws Exception {
        var before = new AtomicLong(-1);
        return Lab.await("no more echo requests", PATIENCE, () -> {
            long now = echoes();
            boolean more = before.getAndSet(now) != now;
            TimeUnit.MILLISECONDS.sleep(500);
            return more ? Optional.empty() : Optional.of(now);
        });
    }

    private long dropped(String reason) throws Exception {
        return receiver.ask("/status").at("orrery").at("packets").at(reason).integer(0);
    }

    private static void await(String what, Callable<Boolean> question) throws Exception {
        Lab.await(what, PATIENCE, () -> question.call() ? Optional.of(true) : Optional.empty());
    }

    /** Returns once the receiver has looked at all of them: at what the same socket sent after them. */
    private void sendAgain(List<ByteBuffer> recordings) throws Exception {
        var to = new InetSocketAddress(receiver.host().ip4(), Lab.PORT);
        for (ByteBuffer each : recordings) {
            recorder.send(each.duplicate(), to);
            TimeUnit.MILLISECONDS.sleep(1);
        }
        long before = dropped("TOO_SHORT");
        await("the receiver has come to the end of the recordings", () -> {
            recorder.send(ByteBuffer.allocate(5), to);
            return dropped("TOO_SHORT") > before;
        });
    }

    private void awaitRefused(long before, int least) throws Exception {
        await("recordings are refused", () -> dropped("REPLAYED") - before >= least);
    }

    @Test
    void takesNoRecordingWhenItComesNorAfterARestartOfEither() throws Exception {
        List<ByteBuffer> recordings = record();
        long echoes = settled();
        assertThat(echoes).as("counted as they should").isGreaterThanOrEqualTo(PINGS);

        long refused = dropped("REPLAYED");
        sendAgain(recordings);
        sendAgain(recordings);
        awaitRefused(refused, 2 * PINGS);
        assertThat(echoes()).as("pings out of recordings").isEqualTo(echoes);

        receiver.stop();
        receiver.start();
        receiver.awaitAddresses(network, PATIENCE); // else they might be refused for want of a network
        sendAgain(recordings);
        Ping.untilAnswer(sender.host(), address, PATIENCE);
        sendAgain(recordings);
        awaitRefused(0, 2 * PINGS); // the first ones had to wait for the sender
        assertThat(echoes()).as("after a restart of the receiver").isEqualTo(echoes);

        sender.stop();
        sender.start();
        Ping.untilAnswer(sender.host(), address, PATIENCE);
        refused = dropped("REPLAYED");
        sendAgain(recordings);
        awaitRefused(refused, PINGS);
        assertThat(echoes()).as("after a restart of the sender").isEqualTo(echoes);
    }
}
