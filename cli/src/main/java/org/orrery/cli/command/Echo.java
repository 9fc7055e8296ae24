// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.command;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.orrery.cli.api.Json;

/** An answer of the node's {@code /orrery/ping}. */
record Echo(Json json) {
    static Json question(String address, String via, int timeoutSeconds) {
        Map<String, Json> members = new TreeMap<>();
        members.put("address", Json.of(address));
        members.put("timeout", Json.of(timeoutSeconds));
        if (!via.isEmpty()) {
            members.put("via", Json.of(via));
        }
        return Json.object(members);
    }

    boolean answered() {
        return json.at("answered").isTrue();
    }

    double millis() {
        return json.at("millis").real();
    }

    String failure() {
        return json.at("failure").text();
    }

    /** Whether it was asked and nothing came back, which may be another time. */
    boolean silent() {
        return failure().startsWith("no answer");
    }

    /** {@code 12.3 ms}. */
    static String millis(double millis) {
        return String.format(Locale.ROOT, "%.1f ms", millis);
    }

    /** The way that the answer took, and the question's if that was another. */
    String way() {
        Json sent = json.at("sent");
        Json back = json.at("back");
        String came = from(back);
        boolean same = sent.at("endpoint").text().equals(back.at("endpoint").text());
        return same || sent.at("direct").isTrue() == back.at("direct").isTrue()
                ? came
                : came + "; asked " + from(sent).replace("from", "at");
    }

    private String from(Json way) {
        String tunnel = way.at("tunnelled").isTrue() ? ", through the TCP relay" : "";
        if (way.at("direct").isTrue()) {
            return "directly from " + way.at("endpoint").text() + tunnel;
        }
        String relay = way.at("relay").text();
        String root = relay.isEmpty() ? "a relay" : "root " + relay;
        long hops = json.at("hops").integer();
        return "over " + root + " at " + way.at("endpoint").text() + (hops > 1 ? ", " + hops + " relays" : "") + tunnel;
    }
}
