// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.api;

import java.util.List;
import org.orrery.daemon.EventWords;
import org.orrery.daemon.RecentEvents;
import org.orrery.daemon.json.Json;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The answer of {@code /orrery/events}. */
final class EventsJson {
    private EventsJson() {}

    /** @param last the number to ask on from */
    static ObjectNode of(List<RecentEvents.Event> events, long last) {
        ObjectNode json = Json.object();
        ArrayNode array = json.putArray("events");
        for (RecentEvents.Event event : events) {
            EventWords words = EventWords.of(event.line());
            ObjectNode each = array.addObject();
            each.put("number", event.number());
            each.put("time", event.timeMillis());
            each.put("level", event.level().name());
            each.put("kind", words.kind());
            each.put("subject", words.subject());
            each.put("text", words.text());
            each.put("event", event.line());
        }
        json.put("last", last);
        return json;
    }
}
