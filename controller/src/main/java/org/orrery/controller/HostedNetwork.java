// SPDX-License-Identifier: Apache-2.0
package org.orrery.controller;

import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.orrery.core.value.Address;
import org.orrery.core.value.Ip;
import org.orrery.core.value.NetworkId;
import tools.jackson.databind.node.ObjectNode;

/** A network with its members, indexed by what requests ask for. Owner thread only. */
final class HostedNetwork {
    /** Members of one network: 131072 * about 4 KB of records = 512 MB. A further one is turned away. */
    static final int MEMBERS_MAX = 1 << 17;

    /**
     * Members without authorization, which strangers can add by asking: 8192 * about 4 KB = 32 MB per network. When
     * there are as many, a further stranger is refused without being recorded.
     */
    static final int STRANGERS_MAX = 8192;

    private final NetworkId id;
    private final SortedMap<Address, Member> members = new TreeMap<>();
    private final Map<Ip, Integer> holders = new HashMap<>();
    private final TreeSet<Address> activeBridges = new TreeSet<>();
    private NetworkRecord record;
    private int authorized;

    HostedNetwork(NetworkId id, NetworkRecord record) {
        this.id = id;
        this.record = record;
    }

    NetworkId id() {
        return id;
    }

    NetworkRecord record() {
        return record;
    }

    void replace(NetworkRecord newRecord) {
        record = newRecord;
    }

    @Nullable
    Member member(Address address) {
        return members.get(address);
    }

    /** Ascending by address. */
    Collection<Member> members() {
        return Collections.unmodifiableCollection(members.values());
    }

    /** Creates the member or replaces its record. */
    Member put(Address address, MemberRecord newRecord) {
        Member member = members.get(address);
        if (member == null) {
            member = new Member(address, newRecord);
            members.put(address, member);
        } else {
            index(member, -1);
            member.replace(newRecord);
        }
        index(member, 1);
        return member;
    }

    void remove(Address address) {
        Member member = members.remove(address);
        if (member != null) {
            index(member, -1);
        }
    }

    private void index(Member member, int change) {
        MemberRecord indexed = member.record();
        for (Ip ip : indexed.ipAssignments()) {
            holders.merge(ip, change, (before, by) -> before + by == 0 ? null : before + by);
        }
        if (indexed.authorized()) {
            authorized += change;
        }
        if (change < 0 || !indexed.authorized() || !indexed.activeBridge()) {
            activeBridges.remove(member.address());
        } else {
            activeBridges.add(member.address());
        }
    }

    /** Whether any member, authorized or not, has the address. */
    boolean allocated(Ip ip) {
        return holders.containsKey(ip);
    }

    /** How many members have the address. */
    int holders(Ip ip) {
        return holders.getOrDefault(ip, 0);
    }

    /** The authorized members that may bridge, ascending by address. */
    Collection<Address> activeBridges() {
        return Collections.unmodifiableCollection(activeBridges);
    }

    int memberCount() {
        return members.size();
    }

    int authorizedCount() {
        return authorized;
    }

    boolean full() {
        return members.size() >= MEMBERS_MAX;
    }

    boolean fullOfStrangers() {
        return members.size() - authorized >= STRANGERS_MAX;
    }

    /** The members that asked a short while ago, authorized or not. */
    List<Address> present(long nowMillis) {
        return members.values().stream()
                .filter(member -> member.present(nowMillis))
                .map(Member::address)
                .toList();
    }

    /**
     * Whom a revocation concerns: the members that are present and hold certificates, and the one revoked.
     *
     * @param anyMayBePresent whether this controller has not run long enough to know who is present; members that never
     *     asked are not, and hold nothing
     */
    List<Address> concerned(long nowMillis, Address revoked, boolean anyMayBePresent) {
        return members.values().stream()
                .filter(member -> member.present(nowMillis)
                        || anyMayBePresent && !member.record().identity().isEmpty())
                .filter(member ->
                        member.record().authorized() || member.address().equals(revoked))
                .map(Member::address)
                .toList();
    }

    /** The record as replies show it, with counts. */
    ObjectNode shown(long nowMillis) {
        ObjectNode shown = record.json().deepCopy();
        shown.put("clock", nowMillis);
        shown.put("authorizedMemberCount", authorized);
        shown.put("totalMemberCount", members.size());
        shown.put(
                "activeMemberCount",
                members.values().stream()
                        .filter(member -> member.record().authorized() && member.present(nowMillis))
                        .count());
        return Json.sorted(shown);
    }
}
