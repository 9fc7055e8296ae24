// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.orrery.core.value.Endpoint;

/** Where one peer was looked for, for people who ask why there is no direct path. It decides nothing. Control lane only. */
final class Candidates {
    /** Some 100 bytes each, and only for peers that anybody named an endpoint of; the one tried longest ago gives way. */
    static final int CANDIDATES_MAX = 16;

    /** Further questions within this time are of the same try: one for each local socket. */
    private static final long SAME_TRY_MILLIS = 200;

    private final List<Entry> entries = new ArrayList<>(4);

    private static final class Entry {
        final Endpoint at;
        final Candidate.Source source;
        int tries;
        long triedMillis;
        long answeredMillis;
        int roundTripMillis = -1;
        String refusedBecause = "";

        Entry(Endpoint at, Candidate.Source source) {
            this.at = at;
            this.source = source;
        }

        long touchedMillis() {
            return Math.max(triedMillis, answeredMillis);
        }

        Candidate report() {
            return new Candidate(at, source, tries, triedMillis, answeredMillis, roundTripMillis, refusedBecause);
        }
    }

    /** The peer is asked at {@code at}. */
    void tried(Endpoint at, Candidate.Source source, long nowMillis) {
        Entry entry = entry(at, source);
        if (entry.tries == 0 || nowMillis - entry.triedMillis >= SAME_TRY_MILLIS) {
            entry.tries++;
            entry.triedMillis = nowMillis;
        }
        entry.refusedBecause = "";
    }

    /** It was named, and must not be used. */
    void refused(Endpoint at, Candidate.Source source, String because, long nowMillis) {
        Entry entry = entry(at, source);
        entry.refusedBecause = because;
        entry.triedMillis = nowMillis;
    }

    /** The peer answered from {@code at}, which a NAT may have made another than the one asked at. */
    void answered(Endpoint at, long nowMillis) {
        Entry entry = entry(at, Candidate.Source.HEARD);
        if (entry.triedMillis != 0 && entry.answeredMillis < entry.triedMillis) {
            entry.roundTripMillis = (int) Math.clamp(nowMillis - entry.triedMillis, 0L, 65_535L);
        }
        entry.answeredMillis = nowMillis;
    }

    private Entry entry(Endpoint at, Candidate.Source source) {
        Entry oldest = null;
        for (Entry entry : entries) {
            if (entry.at.equals(at)) {
                return entry;
            }
            if (oldest == null || entry.touchedMillis() - oldest.touchedMillis() < 0) {
                oldest = entry;
            }
        }
        if (oldest != null && entries.size() == CANDIDATES_MAX) {
            entries.remove(oldest);
        }
        var entry = new Entry(at, source);
        entries.add(entry);
        return entry;
    }

    /** In the order they were named. */
    List<Candidate> list() {
        return entries.stream().map(Entry::report).toList();
    }

    /** Those of {@code candidates}, which may be null for none. */
    static List<Candidate> listOf(@Nullable Candidates candidates) {
        return candidates == null ? List.of() : candidates.list();
    }
}
