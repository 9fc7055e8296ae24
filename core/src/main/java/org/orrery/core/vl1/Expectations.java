// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.orrery.core.value.Endpoint;
import org.orrery.core.verb.Verb;

/**
 * The packets of ours that may be answered by OK, so that nobody can answer what was never asked. Keyed by the ID as on
 * the wire; an answer must come from the address that was asked and name the verb. A match does not consume the entry:
 * one request may be answered several times. Control lane only.
 */
final class Expectations {
    /** 4,096 entries of some 100 bytes; the oldest gives way. Ten seconds of 400 requests a second. */
    static final int EXPECTATIONS_MAX = 4096;

    static final long LIFETIME_MILLIS = 30_000;

    /**
     * @param to where it was sent, null if to several places
     */
    record Expectation(
            long address, Verb verb, int socket, @Nullable Endpoint to, long sentMillis) {
        /** How long ago that was. */
        long age(long nowMillis) {
            return Math.max(0, nowMillis - sentMillis);
        }
    }

    private final Map<Long, Expectation> byId = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Expectation> eldest) {
            return size() > EXPECTATIONS_MAX;
        }
    };

    void expect(long packetId, long address, Verb verb, int socket, @Nullable Endpoint to, long nowMillis) {
        byId.put(packetId, new Expectation(address, verb, socket, to, nowMillis));
    }

    /** What was asked, or null if that was not or too long ago. */
    @Nullable
    Expectation find(long packetId, long address, Verb verb, long nowMillis) {
        Expectation asked = byId.get(packetId);
        if (asked == null || asked.address != address || asked.verb != verb) {
            return null;
        }
        return nowMillis - asked.sentMillis <= LIFETIME_MILLIS ? asked : null;
    }

    boolean expected(long packetId, long address, Verb verb, long nowMillis) {
        return find(packetId, address, verb, nowMillis) != null;
    }

    int size() {
        return byId.size();
    }
}
