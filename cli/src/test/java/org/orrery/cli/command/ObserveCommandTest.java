// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.orrery.cli.Captured;
import org.orrery.cli.FakeNode;
import org.orrery.cli.api.Json;
import org.orrery.daemon.capture.PcapngWriter;
import org.orrery.daemon.capture.PcapngWriter.Direction;

/** {@code orrery observe} beside a node that sends one frame, a part of something, and is silent from then on. */
class ObserveCommandTest {
    private static final String NETWORK = "74374e38035262aa";
    private static final byte[] FRAME =
            HexFormat.of().parseHex("ffffffffffff" + "020000000001" + "88cc" + "0102030405");

    /** Less than the command bears. */
    private static final Duration SILENCE = Duration.ofSeconds(20);

    @TempDir
    private Path folder;

    private FakeNode node;
    private Captured captured;
    private byte[] stream;

    @BeforeEach
    void start() throws IOException {
        var bytes = new ByteArrayOutputStream();
        new PcapngWriter(bytes, "a program", NETWORK, "what it is", 10_014)
                .frame(
                        Captured.NOW_MILLIS * 1_000_000L,
                        FRAME,
                        0,
                        FRAME.length,
                        FRAME.length,
                        Direction.INBOUND,
                        "tee outbound by 66778899aa",
                        0);
        stream = bytes.toByteArray();
        bytes.writeBytes(new byte[] {0, 0, 0, 5, 0, 0, 0, 32, 1, 2}); // and a block that is cut off
        node = new FakeNode().endless("/network/" + NETWORK + "/observed", bytes.toByteArray());
        node.home(folder.resolve("home"));
        captured = new Captured(folder);
    }

    @AfterEach
    void stop() {
        node.close();
    }

    private Duration timeOf(String... arguments) {
        long begin = System.nanoTime();
        assertThat(RootCommand.run(captured.terminal(), (home, port, anyUser) -> 5, arguments))
                .isZero();
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    @Test
    void endsAsToldThoughTheNodeSaysNothing() {
        assertThat(timeOf("observe", NETWORK, "--json", "--for", "5")).isLessThan(SILENCE);
        Json flow = Json.parseOrNull(captured.out().strip());
        assertThat(flow.at("seen").text()).isEqualTo("tee outbound by 66778899aa");
        assertThat(flow.at("packets").integer()).isOne();
    }

    @Test
    void writesWholeBlocksBeforeItEnds() throws IOException {
        Path file = folder.resolve("observed.pcapng");
        assertThat(timeOf("observe", NETWORK, "--pcapng", "" + file, "--for", "5"))
                .isLessThan(SILENCE);
        assertThat(Files.readAllBytes(file)).isEqualTo(stream);
    }
}
