// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.command;

import java.util.ArrayList;
import java.util.List;
import org.orrery.cli.api.Json;

/** The way through a TCP relay, in words. */
final class FallbackReport {
    private final Json fallback;
    private final long nowMillis;

    /** @param fallback of a node's status; JSON's null from a node that does not tell */
    FallbackReport(Json fallback, long nowMillis) {
        this.fallback = fallback;
        this.nowMillis = nowMillis;
    }

    /** The state, then why, then what went wrong; nothing if the node does not tell. */
    List<String> lines() {
        String relay = fallback.at("relay").text();
        String proxy = fallback.at("proxy").text();
        String through = relay + (proxy.isEmpty() ? "" : " through " + proxy);
        String age = Ages.since(nowMillis, fallback.at("since").integer());
        String because = fallback.at("because").text();
        List<String> lines = new ArrayList<>();
        switch (fallback.at("state").text()) {
            case "OFF" -> lines.add("off: " + because);
            case "READY" -> lines.add("standing by: " + through);
            case "CONNECTING" -> {
                lines.add("needed for " + age + ", not connected yet: " + through);
                lines.add(because);
            }
            case "ACTIVE" -> {
                lines.add("in use for " + age + ": " + through);
                lines.add(because);
                lines.add(fallback.at("sent").integer() + " datagrams sent, "
                        + fallback.at("received").integer() + " received, "
                        + fallback.at("dropped").integer() + " dropped");
            }
            case "LEAVING" -> {
                lines.add("left " + age + " ago: " + through);
                lines.add(because);
            }
            default -> {}
        }
        String failure = fallback.at("failure").text();
        if (!failure.isEmpty() && lines.size() > 1) {
            lines.add("last attempt: " + failure);
        }
        return lines;
    }
}
