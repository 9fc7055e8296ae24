// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl2;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.orrery.core.netconf.ConfigAssembler;
import org.orrery.core.value.Address;
import org.orrery.core.value.Mac;
import org.orrery.core.value.MulticastGroup;
import org.orrery.core.value.NetworkId;
import org.orrery.core.vl1.LongTable;

/**
 * A joined network. Lanes read the published {@link #view} and the {@link #member} table; the rest is the control lane's.
 */
public final class Network {
    /** Members with credentials kept: some 2 kB each. */
    static final int MEMBERS_MAX = 16_384;

    /** Groups of the local interface; more subscriptions are ignored. */
    static final int SUBSCRIPTIONS_MAX = 4_096;

    /** Groups of devices bridged through this node. */
    static final int GROUPS_BEHIND_MAX = 4_096;

    static final long GROUP_BEHIND_MILLIS = 1_200_000;

    /** Why there is no usable answer from the controller. */
    public enum Failure {
        NONE,
        ACCESS_DENIED,
        NOT_FOUND,
        AUTHENTICATION_REQUIRED,
        BAD_CONFIGURATION,
        BAD_SIGNATURE,
        BAD_ID,
        AD_HOC_ID
    }

    private final NetworkId id;
    private final long mac;
    private final LongTable<Member> members = new LongTable<>(MEMBERS_MAX);
    private volatile @Nullable View view;

    // Control lane only.
    final ConfigAssembler assembler;
    final BridgeTable bridges = new BridgeTable();
    final Set<MulticastGroup> subscriptions = new TreeSet<>();
    final Map<MulticastGroup, Long> groupsBehind = new LinkedHashMap<>();
    final Map<Long, Long> remindedMillis = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Long> eldest) {
            return size() > MEMBERS_MAX;
        }
    };
    /** Of those reminded lately: who shall be once more. Each of them is a key of the map above. */
    final Set<Long> remindLater = new TreeSet<>();

    Failure failure = Failure.NONE;
    long changedMillis = Long.MIN_VALUE / 2;
    long requestedMillis = Long.MIN_VALUE / 2;

    /** Whether a newer configuration is wanted than there is, however young that may be. */
    boolean hurried;

    int requestsUnanswered;
    String lastEvent = "joined";
    long lastEventMillis;
    long announcedMillis = Long.MIN_VALUE / 2;
    long doubtedMillis = Long.MIN_VALUE / 2;
    final MulticastTally multicasts = new MulticastTally();

    Network(NetworkId id, long selfAddress, long nowMillis) {
        this.id = id;
        this.mac = Mac.derive(selfAddress, id.bits());
        this.lastEventMillis = nowMillis;
        this.assembler = new ConfigAssembler(id, new Address(selfAddress));
    }

    /** Any thread: raw bits of the number. */
    public long id() {
        return id.bits();
    }

    NetworkId networkId() {
        return id;
    }

    /** Any thread: raw bits of this node's MAC. */
    public long mac() {
        return mac;
    }

    /** Any thread: the configuration in force; null before the first. */
    public @Nullable View view() {
        return view;
    }

    /** Any thread: what is known of a member; null if nothing yet. */
    public @Nullable Member member(long address) {
        return members.find(address);
    }

    LongTable<Member> members() {
        return members;
    }

    void publish(View view) {
        this.view = view;
    }

    void note(String event, long nowMillis) {
        lastEvent = event;
        lastEventMillis = nowMillis;
    }

    boolean subscribed(MulticastGroup group) {
        return subscriptions.contains(group) || groupsBehind.containsKey(group);
    }
}
