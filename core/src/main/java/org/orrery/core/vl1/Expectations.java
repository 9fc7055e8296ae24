// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import java.util.LinkedHashMap;
import java.util.Map;
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

    private record Expectation(long address, Verb verb, long sentMillis) {}

    private final Map<Long, Expectation> byId = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Expectation> eldest) {
            return size() > EXPECTATIONS_MAX;
        }
    };

    void expect(long packetId, long address, Verb verb, long nowMillis) {
        byId.put(packetId, new Expectation(address, verb, nowMillis));
    }

    /** How long ago that was asked, or -1 if it was not or too long ago. */
    long age(long packetId, long address, Verb verb, long nowMillis) {
        Expectation asked = byId.get(packetId);
        if (asked == null || asked.address != address || asked.verb != verb) {
            return -1;
        }
        long age = nowMillis - asked.sentMillis;
        return age <= LIFETIME_MILLIS ? Math.max(0, age) : -1;
    }

    boolean expected(long packetId, long address, Verb verb, long nowMillis) {
        return age(packetId, address, verb, nowMillis) >= 0;
    }

    int size() {
        return byId.size();
    }
}
