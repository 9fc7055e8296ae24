// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.command;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.orrery.cli.api.Json;
import org.orrery.cli.api.LocalApi;
import org.orrery.cli.api.Table;
import org.orrery.cli.capture.CaptureReader;
import org.orrery.cli.capture.CapturedPacket;
import org.orrery.cli.observe.Flow;
import org.orrery.cli.observe.FlowTable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code orrery observe}. */
@Command(
        name = "observe",
        description = {
            "Show what the rules of a network send to this node: copies of 'tee' and 'watch', and what 'redirect' brings.",
            "Shows flows, now and then while they change and at the end. Ends with Ctrl-C, or by itself as told."
        },
        footer = {
            "",
            "Examples:",
            "  orrery observe NETWORK",
            "  orrery observe NETWORK --json --every 60 >> flows.jsonl",
            "  orrery observe NETWORK --pcapng - | tcpdump -n -r -",
            "  orrery observe NETWORK --pcapng - | wireshark -k -i -"
        })
final class ObserveCommand extends Context implements Runnable {
    /** The node says something every few seconds, frames or not. */
    private static final Duration SILENCE_MAX = Duration.ofSeconds(30);

    private static final int COPY_BYTES = 64 * 1024;
    private static final int BLOCK_HEAD_BYTES = 8;

    @Mixin
    private final NodeOptions node = new NodeOptions();

    @Parameters(paramLabel = "NETWORK", description = "Network ID, 16 hex digits.")
    private String network = "";

    @Option(
            names = "--pcapng",
            paramLabel = "FILE",
            description = "Write the frames themselves, as pcapng; - for standard output.")
    private @Nullable String pcapng;

    @Option(
            names = {"-j", "--json"},
            description = "Print flows as JSON, one on a line, counted from their first frame.")
    private boolean json;

    @Option(names = "--every", paramLabel = "SECONDS", description = "Show flows that changed so often (default: 10).")
    private int everySeconds = 10;

    @Option(names = "--for", paramLabel = "SECONDS", description = "End after so long.")
    private @Nullable Integer forSeconds;

    private final FlowTable flows = new FlowTable();
    private final CountDownLatch over = new CountDownLatch(1);
    private final AtomicReference<@Nullable IOException> failure = new AtomicReference<>();
    private volatile boolean enough;

    @Override
    public void run() {
        if (everySeconds < 1 || forSeconds != null && forSeconds < 1) {
            throw new Trouble("--every and --for take whole seconds, 1 or more.");
        }
        String id = networkId(network);
        LocalApi api = api(node);
        InputStream stream = open(api, id);
        // Ctrl-C: what was counted since the last time is still shown.
        var atEnd = Thread.ofPlatform().unstarted(this::stop);
        Runtime.getRuntime().addShutdownHook(atEnd);
        watch(stream);
        try {
            Runtime.getRuntime().removeShutdownHook(atEnd);
        } catch (IllegalStateException ending) {
            return; // the hook shows the rest
        }
        finish();
        IOException reason = failure.get();
        if (reason != null && !enough) {
            throw lost(reason);
        }
    }

    private InputStream open(LocalApi api, String id) {
        int[] status = {0};
        try {
            InputStream stream = api.stream("/network/" + id + "/observed", SILENCE_MAX, code -> status[0] = code);
            if (stream != null) {
                return stream;
            }
        } catch (IOException refused) {
            throw new Trouble(
                    "No node answers on port " + api.port() + ": " + refused.getMessage() + ".", "Start it: orrery up");
        }
        throw switch (status[0]) {
            case 404 ->
                new Trouble(
                        "This node has not joined network " + id + ".",
                        "Copies arrive at members only: orrery join " + id);
            case 401 ->
                new Trouble(
                        "The node refuses this token.",
                        "If several nodes run on this host, name the right one: --home FOLDER");
            case 503 -> new Trouble("Too many observe this node already; end one of them first.");
            default -> new Trouble("The node answered with HTTP status " + status[0] + ".");
        };
    }

    /**
     * Shows what a thread of its own reads, until there is enough. That thread closes the stream: anybody else would wait
     * for the read that is under way, which ends only when the node has something to say. A process that ends does not
     * wait for it.
     */
    private void watch(InputStream stream) {
        Thread.ofPlatform().daemon().name("observe").start(() -> {
            try (var bounded = new Bounded(stream)) {
                read(bounded);
            } catch (IOException ended) {
                failure.set(ended);
            } finally {
                over.countDown();
            }
        });
        long begin = System.nanoTime();
        long due = everySeconds;
        while (true) {
            long elapsed = (System.nanoTime() - begin) / 1_000_000_000L;
            if (forSeconds != null && elapsed >= forSeconds) {
                enough = true;
                return;
            }
            long wait = forSeconds == null ? due - elapsed : Math.min(due, forSeconds) - elapsed;
            try {
                if (over.await(Math.max(1, wait * 1_000), TimeUnit.MILLISECONDS)) {
                    return;
                }
            } catch (InterruptedException asked) {
                Thread.currentThread().interrupt();
                return;
            }
            if ((System.nanoTime() - begin) / 1_000_000_000L >= due) {
                due += everySeconds;
                show();
            }
        }
    }

    private void read(InputStream stream) throws IOException {
        if (pcapng != null) {
            copy(stream, pcapng);
            return;
        }
        try (var reader = CaptureReader.open(new BufferedInputStream(stream, COPY_BYTES))) {
            for (CapturedPacket packet = reader.next(); packet != null; packet = reader.next()) {
                flows.count(packet);
            }
        }
    }

    /**
     * The stream as it comes: what has arrived leaves at once, because somebody may watch the file, and in whole blocks, so
     * that the file can be read wherever it ends.
     */
    private void copy(InputStream stream, String file) throws IOException {
        var in = new BufferedInputStream(stream, COPY_BYTES);
        var blocks = new ByteArrayOutputStream();
        try (OutputStream out = file.equals("-")
                ? terminal().out()
                : Files.newOutputStream(terminal().file(file))) {
            for (byte[] block = block(in); block.length > 0; block = block(in)) {
                blocks.write(block);
                if (!blockWaits(in) || blocks.size() >= COPY_BYTES) {
                    blocks.writeTo(out);
                    blocks.reset();
                    out.flush();
                }
                if (terminal().out().checkError() && file.equals("-")) {
                    enough = true; // whoever read it is gone
                    return;
                }
            }
            blocks.writeTo(out);
        }
    }

    /** The next block of a node's pcapng: its type, its length in big-endian order, the rest; empty at the end. */
    private static byte[] block(InputStream in) throws IOException {
        byte[] head = in.readNBytes(BLOCK_HEAD_BYTES);
        if (head.length < BLOCK_HEAD_BYTES) {
            return new byte[0];
        }
        int length = ByteBuffer.wrap(head).getInt(4);
        if (length < BLOCK_HEAD_BYTES || length > CaptureReader.PACKET_BYTES_MAX) {
            throw new IOException("it has a block of " + Integer.toUnsignedString(length) + " bytes");
        }
        byte[] block = Arrays.copyOf(head, length);
        int count = in.readNBytes(block, BLOCK_HEAD_BYTES, length - BLOCK_HEAD_BYTES);
        return count == length - BLOCK_HEAD_BYTES ? block : new byte[0];
    }

    /** Whether a whole block can be read without waiting. */
    private static boolean blockWaits(InputStream in) throws IOException {
        int waiting = in.available();
        if (waiting < BLOCK_HEAD_BYTES) {
            return false;
        }
        in.mark(BLOCK_HEAD_BYTES);
        int length = ByteBuffer.wrap(in.readNBytes(BLOCK_HEAD_BYTES)).getInt(4);
        in.reset();
        return length <= waiting;
    }

    private void stop() {
        enough = true;
        finish();
        terminal().out().flush();
    }

    private void finish() {
        if (pcapng != null) {
            return;
        }
        show();
        if (!json || flows.unshown() > 0) {
            terminal()
                    .complain(flows.packets() + " frames"
                            + (flows.lost() == 0 ? "" : ", " + flows.lost() + " lost because this was too slow")
                            + (flows.unreadable() == 0 ? "" : ", " + flows.unreadable() + " not read")
                            + (flows.unshown() == 0
                                    ? ""
                                    : ", " + flows.unshown()
                                            + " flows left out because too many came between two tables: use a"
                                            + " smaller --every"));
        }
    }

    private synchronized void show() {
        if (pcapng != null) {
            return;
        }
        List<Flow> changed = flows.changed(terminal().clockMillis().getAsLong() * 1_000_000L);
        if (json) {
            changed.stream().map(Flow::json).map(Json::compact).forEach(terminal()::line);
        } else if (!changed.isEmpty()) {
            var table = new Table("SEEN", "PROTOCOL", "FROM", "TO", "PACKETS", "BYTES", "DETAILS");
            changed.forEach(flow -> table.add(
                    flow.seen(),
                    flow.protocol(),
                    flow.from(),
                    flow.to(),
                    Long.toString(flow.packets()),
                    Long.toString(flow.bytes()),
                    flow.details()));
            table.print(terminal());
            terminal().line("");
        }
        terminal().out().flush();
    }

    private static Trouble lost(IOException ended) {
        return new Trouble(
                ended instanceof SocketTimeoutException
                        ? "The node has been silent for " + SILENCE_MAX.toSeconds() + " s."
                        : "The node's stream ended: " + ended.getMessage() + ".");
    }

    /** The node's stream, until there is enough. */
    private final class Bounded extends FilterInputStream {
        Bounded(InputStream stream) {
            super(stream);
        }

        @Override
        public int read() throws IOException {
            return enough ? -1 : super.read();
        }

        @Override
        public int read(byte[] bytes, int from, int count) throws IOException {
            return enough ? -1 : super.read(bytes, from, count);
        }
    }
}
