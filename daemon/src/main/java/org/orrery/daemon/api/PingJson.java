// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.api;

import org.orrery.core.value.Address;
import org.orrery.core.vl1.PingResult;
import org.orrery.daemon.json.Json;
import tools.jackson.databind.node.ObjectNode;

/** The answer of {@code /orrery/ping}. */
final class PingJson {
    private PingJson() {}

    static ObjectNode of(Address to, Timed timed) {
        ObjectNode json = Json.object();
        json.put("address", to.toString());
        switch (timed.result()) {
            case PingResult.Failed(String because) -> {
                json.put("answered", false);
                json.put("failure", because);
            }
            case PingResult.Answered answer -> {
                json.put("answered", true);
                json.put("millis", Math.round(timed.millis() * 1_000) / 1_000.0);
                json.put("hops", answer.hops());
                json.put("bytes", answer.datagramBytes());
                json.set("sent", way(answer.sent()));
                json.set("back", way(answer.back()));
            }
        }
        return json;
    }

    private static ObjectNode way(PingResult.Way way) {
        ObjectNode json = Json.object();
        json.put("direct", way.direct());
        json.put("endpoint", way.endpoint().toString());
        json.put("tunnelled", way.tunnelled());
        json.put("relay", way.relay().map(Address::toString).orElse(null));
        return json;
    }

    /** @param millis from the question to the result */
    record Timed(PingResult result, double millis) {}
}
