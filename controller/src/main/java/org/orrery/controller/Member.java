// SPDX-License-Identifier: Apache-2.0
package org.orrery.controller;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import org.orrery.core.crypto.Identity;
import org.orrery.core.netconf.RequestMetadata;
import org.orrery.core.value.Address;
import org.orrery.core.value.Endpoint;
import org.orrery.core.wire.Dictionary;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A member of a hosted network: its record, and what its requests since the start have told. Owner thread only. */
final class Member {
    /** How long after its last request a member counts as present, and is told of changes. */
    static final long PRESENT_MILLIS = 120_000;

    /** What older tools show of a member's requests. */
    private static final int LOG_MAX = 2;

    /** The latest request, from which further configurations are made until the next one. */
    record LastRequest(long millis, Identity identity, Dictionary metadata, RequestMetadata parsed) {}

    private record LogEntry(
            long millis,
            Admission admission,
            RequestMetadata metadata,
            @Nullable Endpoint origin) {}

    private final Address address;
    private final Deque<LogEntry> log = new ArrayDeque<>(LOG_MAX);
    private MemberRecord record;
    private @Nullable LastRequest last;
    private boolean exhaustionReported;

    Member(Address address, MemberRecord record) {
        this.address = address;
        this.record = record;
    }

    Address address() {
        return address;
    }

    MemberRecord record() {
        return record;
    }

    void replace(MemberRecord newRecord) {
        record = newRecord;
    }

    @Nullable
    LastRequest last() {
        return last;
    }

    void asked(LastRequest request, Admission admission, @Nullable Endpoint origin) {
        last = request;
        if (log.size() == LOG_MAX) {
            log.removeLast();
        }
        log.addFirst(new LogEntry(request.millis, admission, request.parsed, origin));
    }

    boolean present(long nowMillis) {
        return last != null && nowMillis - last.millis < PRESENT_MILLIS;
    }

    /** True once, until a request needs no further address. */
    boolean reportsExhaustion(boolean exhausted) {
        boolean report = exhausted && !exhaustionReported;
        exhaustionReported = exhausted;
        return report;
    }

    /** The record as replies show it, with what is known of the latest requests. */
    ObjectNode shown(long nowMillis) {
        ObjectNode shown = record.json().deepCopy();
        shown.put("clock", nowMillis);
        ArrayNode entries = shown.putArray("recentLog");
        for (LogEntry entry : log) {
            ObjectNode node = entries.addObject();
            node.put("ts", entry.millis);
            node.put("auth", entry.admission != Admission.NONE);
            node.put("authBy", entry.admission.word());
            node.put("vMajor", entry.metadata.major());
            node.put("vMinor", entry.metadata.minor());
            node.put("vRev", entry.metadata.revision());
            node.put("vProto", entry.metadata.protocol());
            if (entry.origin != null) {
                node.put("fromAddr", entry.origin.toString());
            }
        }
        if (last != null) {
            shown.put("lastRequestMetaData", new String(last.metadata.toByteArray(), StandardCharsets.UTF_8));
        }
        LogEntry newest = log.peekFirst();
        if (newest != null && newest.origin != null) {
            shown.put("physicalAddr", newest.origin.toString());
        }
        return Json.sorted(shown);
    }
}
