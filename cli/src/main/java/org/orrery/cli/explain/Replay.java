// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.explain;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.orrery.cli.capture.CaptureReader;
import org.orrery.cli.capture.CapturedPacket;
import org.orrery.cli.capture.LinkFrame;
import org.orrery.core.value.Mac;

/** Explains every packet of a file, and counts by verdict. One thread. */
public final class Replay {
    /** Packets shown of each verdict. */
    private static final int EXAMPLES = 3;

    /** More different verdicts are counted together. */
    private static final int VERDICTS_MAX = 1_000;

    private static final String OTHERS = "(other verdicts)";

    /** A verdict with how often it came. */
    public static final class Count {
        private long packets;
        private long bytes;
        private final List<String> examples = new ArrayList<>();

        public long packets() {
            return packets;
        }

        /** Ethernet payload bytes. */
        public long bytes() {
            return bytes;
        }

        /** The first few, as {@code #NUMBER DESCRIPTION}. */
        public List<String> examples() {
            return List.copyOf(examples);
        }
    }

    private final Explanation.Setting setting;
    private final ExplanationText text;
    private final Map<String, Count> counts = new LinkedHashMap<>();
    private final Map<String, Count> unreadable = new LinkedHashMap<>();

    public Replay(Explanation.Setting setting, ExplanationText text) {
        this.setting = setting;
        this.text = text;
    }

    /**
     * Goes through a file. The sender's and receiver's MACs stand for those of the recorded hosts, but for group
     * addresses, which stay: which member a recorded host would be is not in the file.
     *
     * @param each told of every packet that could be read
     */
    public void run(CaptureReader file, Consumer<Explanation> each) throws IOException {
        for (CapturedPacket packet = file.next(); packet != null; packet = file.next()) {
            LinkFrame frame;
            try {
                frame = LinkFrame.of(packet);
            } catch (LinkFrame.UnreadableException unread) {
                count(unreadable, String.valueOf(unread.getMessage()), packet.bytes().length, "#" + packet.number());
                continue;
            }
            String words = "#" + packet.number() + " " + FrameWords.of(frame.etherType(), frame.payload());
            boolean group = Mac.multicast(frame.destinationMac());
            Explanation explanation = Explanation.of(
                    setting,
                    new DescribedFrame(
                            words, frame.etherType(), frame.payload(), null, group ? frame.destinationMac() : null));
            count(counts, text.verdict(explanation), frame.payload().length, words);
            each.accept(explanation);
        }
    }

    private static void count(Map<String, Count> counts, String verdict, int bytes, String example) {
        boolean full = counts.size() >= VERDICTS_MAX && !counts.containsKey(verdict);
        Count count = counts.computeIfAbsent(full ? OTHERS : verdict, _ -> new Count());
        count.packets++;
        count.bytes += bytes;
        if (count.examples.size() < EXAMPLES) {
            count.examples.add(example);
        }
    }

    /** By verdict, in order of first appearance. */
    public Map<String, Count> counts() {
        return java.util.Collections.unmodifiableMap(counts);
    }

    /** Packets that are no frames, by reason. */
    public Map<String, Count> unreadable() {
        return java.util.Collections.unmodifiableMap(unreadable);
    }
}
