// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.observe;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.orrery.cli.capture.CapturedPacket;
import org.orrery.cli.capture.LinkFrame;

/** Counts frames by flow. One thread at a time. */
public final class FlowTable {
    /**
     * Some 300 bytes each. When full, the flow heard longest ago is shown once more and forgotten; as many wait for that at
     * most, the others are only counted.
     */
    public static final int FLOWS_MAX = 65_536;

    /** Silent for so long, a flow is over. */
    static final long IDLE_NANOS = 300_000_000_000L;

    /** In order of the last frame, so that the first is the one silent for longest. */
    private final Map<Flow.Key, Flow> flows = new LinkedHashMap<>(16, 0.75f, true);

    /** Flows that were forgotten before what was counted of them was shown. */
    private final List<Flow> leaving = new ArrayList<>();

    private long packets;
    private long lost;
    private long unreadable;
    private long unshown;

    public synchronized void count(CapturedPacket packet) {
        packets++;
        lost += packet.lostBefore();
        LinkFrame frame;
        try {
            frame = LinkFrame.of(packet);
        } catch (LinkFrame.UnreadableException unread) {
            unreadable++;
            return;
        }
        Flow.Key key = Flow.Key.of(packet.comment(), frame);
        Flow flow = flows.get(key);
        if (flow == null) {
            if (flows.size() == FLOWS_MAX) {
                forget(flows.values().iterator());
            }
            flow = new Flow(key, packet.timeNanos());
            flows.put(key, flow);
        }
        flow.count(frame, Math.max(packet.originalLength(), packet.bytes().length), packet.timeNanos());
    }

    private void forget(Iterator<Flow> oldest) {
        Flow flow = oldest.next();
        oldest.remove();
        if (!flow.changed) {
            return;
        }
        if (leaving.size() < FLOWS_MAX) {
            leaving.add(flow);
        } else {
            unshown++;
        }
    }

    /** What changed since the last call, the longest silent first. Flows long silent are forgotten. */
    public synchronized List<Flow> changed(long nowNanos) {
        List<Flow> shown = new ArrayList<>(leaving);
        leaving.clear();
        for (Iterator<Flow> it = flows.values().iterator(); it.hasNext(); ) {
            Flow flow = it.next();
            if (flow.changed) {
                flow.changed = false;
                shown.add(flow);
            } else if (nowNanos - flow.lastNanos() > IDLE_NANOS) {
                it.remove();
            }
        }
        return shown;
    }

    public synchronized long packets() {
        return packets;
    }

    /** Frames lost on the way here, as the node told. */
    public synchronized long lost() {
        return lost;
    }

    public synchronized long unreadable() {
        return unreadable;
    }

    /** Flows forgotten without what was counted of them last having been shown: too many came between two calls. */
    public synchronized long unshown() {
        return unshown;
    }

    synchronized int size() {
        return flows.size();
    }
}
