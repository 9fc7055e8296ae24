// SPDX-License-Identifier: Apache-2.0
package org.orrery.controller;

import java.io.IOException;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.orrery.controller.store.ControllerStore;
import org.orrery.controller.store.StoreChange;
import org.orrery.controller.store.StoreContent;
import org.orrery.controller.store.StoreFault;
import org.orrery.core.crypto.Identity;
import org.orrery.core.crypto.SecretIdentity;
import org.orrery.core.netconf.ConfigChunker;
import org.orrery.core.netconf.ConfigForm;
import org.orrery.core.netconf.NetworkConfig;
import org.orrery.core.netconf.RequestMetadata;
import org.orrery.core.value.Address;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.NetworkId;
import org.orrery.core.verb.ErrorCode;
import org.orrery.core.wire.Dictionary;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Decides who is a member of the networks of one node, and makes and signs what members need. A function of time and
 * requests: it starts no thread and reads no clock; what it answers goes to its {@link ControllerSink}, what it keeps to
 * its {@link ControllerStore} before anything that depends on it is answered. {@link ControllerApi} is how people change
 * networks and members.
 *
 * <p>Owner thread only, the API included: the node's control lane, or a simulation.
 */
public final class Controller {
    /** Revocations in one packet: 32 * 152 bytes fit the packets of every version (5,728 bytes). */
    public static final int REVOCATIONS_PER_PACKET_MAX = 32;

    /** Networks kept: 65536 * about 4 KB = 256 MB. A further one is refused. */
    static final int NETWORKS_MAX = 1 << 16;

    /** Configurations pushed per turn: about five signatures each, so that a turn stays below some 20 ms. */
    private static final int PUSHES_PER_TURN_MAX = 16;

    private static final int REVOCATION_PACKETS_PER_TURN_MAX = 64;

    /** After this time every present member has asked for its configuration at least twice. */
    private static final long SETTLED_MILLIS = 130_000;

    private static final long UNKNOWN = Long.MIN_VALUE;

    /** What a request tells about the member's software: not worth refusing an answer when it cannot be stored. */
    private static final Set<String> INFORMATIONAL =
            Set.of("vMajor", "vMinor", "vRev", "vProto", "revision", "lastModified");

    private static final int NETWORK_NUMBER_BITS = 24;
    private static final int RANDOM_TRIES_MAX = 100_000;

    private final SecretIdentity identity;
    private final Address self;
    private final ControllerStore store;
    private final ControllerSink sink;
    private final RandomGenerator random;
    private final SortedMap<NetworkId, HostedNetwork> networks = new TreeMap<>();
    private final Faults faults;
    private final RequestPace pace = new RequestPace();
    private final ConfigMaker maker;
    private final RevocationOutbox revocations;
    private long firstMillis = UNKNOWN;
    private final Set<PushKey> pushes = new LinkedHashSet<>(); // at most one per member

    private record PushKey(NetworkId network, Address member) {}

    /** One request, or the repetition of the last one when a configuration is pushed. */
    private record Request(
            Member.LastRequest content,
            boolean push,
            long packetId,
            @Nullable Endpoint origin) {}

    /**
     * Reads everything that the store keeps.
     *
     * @param random for update and revocation IDs, new network IDs and IPv6 addresses; none of them is a secret
     */
    public Controller(SecretIdentity identity, ControllerStore store, ControllerSink sink, RandomGenerator random)
            throws IOException {
        this.identity = identity;
        this.self = identity.identity().address();
        this.store = store;
        this.sink = sink;
        this.random = random;
        this.maker = new ConfigMaker(identity);
        this.revocations = new RevocationOutbox(identity);
        StoreContent content = store.load();
        this.faults = new Faults(content.faults());
        content.networks().forEach((id, json) -> {
            ObjectNode record = json.deepCopy();
            NetworkEdit.complete(record, id);
            networks.put(id, new HostedNetwork(id, new NetworkRecord(Json.sorted(record))));
        });
        content.members().forEach((id, members) -> {
            HostedNetwork network = networks.get(id);
            if (network != null) {
                members.forEach((address, json) -> {
                    ObjectNode record = json.deepCopy();
                    MemberEdit.complete(record, id, address);
                    network.put(address, new MemberRecord(Json.sorted(record)));
                });
            }
        });
        content.faults().forEach(fault -> sink.event("controller.unreadable " + fault));
    }

    /** The node's own address: the first ten digits of the networks it answers for. */
    public Address address() {
        return self;
    }

    /** What could not be read at start and is left alone, as {@code place: fault}. */
    public List<StoreFault> faults() {
        return faults.all();
    }

    /**
     * Answers a member's request.
     *
     * @param requester the authenticated sender
     * @param metadata what the member says about itself
     * @param packetId the request's ID as transmitted, for the answer; 0 for this node's own request
     * @param origin where the request came from, null if it was relayed
     */
    public RequestOutcome onConfigRequest(
            long nowMillis,
            Identity requester,
            NetworkId id,
            Dictionary metadata,
            long packetId,
            @Nullable Endpoint origin) {
        begin(nowMillis);
        Address from = requester.address();
        if (id.adHoc() || !id.controller().equals(self)) {
            return RequestOutcome.NOT_OURS;
        }
        if (!pace.accept(nowMillis, from, id)) {
            return RequestOutcome.TOO_SOON;
        }
        if (faults.of(id) != null || faults.of(id, from) != null) {
            return RequestOutcome.UNREADABLE;
        }
        HostedNetwork network = networks.get(id);
        if (network == null) {
            sendError(from, packetId, ErrorCode.OBJECT_NOT_FOUND, id);
            return RequestOutcome.NOT_FOUND;
        }
        var content = new Member.LastRequest(nowMillis, requester, metadata, RequestMetadata.read(metadata));
        return serve(nowMillis, network, new Request(content, false, packetId, origin));
    }

    private void begin(long nowMillis) {
        if (firstMillis == UNKNOWN) {
            firstMillis = nowMillis;
        }
    }

    /** Does what waits: pushes and revocations, some of each, so that one call stays short. */
    public void onDeadline(long nowMillis) {
        begin(nowMillis);
        revocations.send(nowMillis, REVOCATION_PACKETS_PER_TURN_MAX, sink);
        Iterator<PushKey> waiting = pushes.iterator();
        for (int turn = 0; turn < PUSHES_PER_TURN_MAX && waiting.hasNext(); turn++) {
            PushKey key = waiting.next();
            waiting.remove();
            HostedNetwork network = networks.get(key.network);
            Member member = network == null ? null : network.member(key.member);
            Member.LastRequest last = member == null ? null : member.last();
            if (network != null && last != null) {
                serve(nowMillis, network, new Request(last, true, 0, null));
            }
        }
    }

    /** When {@link #onDeadline} has something to do: a time in the past for at once, {@link Long#MAX_VALUE} for never. */
    public long nextDeadlineMillis() {
        return pushes.isEmpty() ? revocations.nextMillis() : 0;
    }

    private RequestOutcome serve(long nowMillis, HostedNetwork network, Request request) {
        Address from = request.content.identity().address();
        RequestMetadata metadata = request.content.parsed();
        Member member = network.member(from);
        boolean isNew = member == null;
        ObjectNode json = member == null
                ? MemberEdit.create(nowMillis, network.id(), from)
                : member.record().json().deepCopy();
        if (!pin(json, request.content.identity())) {
            return refuse(request, network, ErrorCode.NETWORK_ACCESS_DENIED, RequestOutcome.DENIED);
        }
        Admission admission =
                Admission.decide(nowMillis, network.record(), new MemberRecord(json), metadata.authentication());
        if (isNew && (network.full() || admission == Admission.NONE && network.fullOfStrangers())) {
            return refuse(request, network, ErrorCode.NETWORK_ACCESS_DENIED, RequestOutcome.DENIED);
        }
        if (admission == Admission.NONE) {
            remember(nowMillis, network, request, json, admission);
            return refuse(request, network, ErrorCode.NETWORK_ACCESS_DENIED, RequestOutcome.DENIED);
        }
        admit(nowMillis, json, admission, metadata);
        if (!request.push()) {
            json.put("vMajor", metadata.major());
            json.put("vMinor", metadata.minor());
            json.put("vRev", metadata.revision());
            json.put("vProto", metadata.protocol());
        }
        boolean automatic = admission == Admission.PUBLIC_NETWORK || admission == Admission.TOKEN;
        addDefaults(json, network.record(), isNew && automatic);
        if (network.record().signOnRequired() && !new MemberRecord(json).signedOn(nowMillis)) {
            remember(nowMillis, network, request, json, admission);
            return refuse(request, network, ErrorCode.NETWORK_AUTHENTICATION_REQUIRED, RequestOutcome.SIGN_ON_REQUIRED);
        }
        IpAssigner.Assignment ips = new IpAssigner(network.id(), network.record(), network::allocated, random)
                .assign(from, new MemberRecord(json));
        if (!ips.drawn().isEmpty()) {
            ArrayNode stored =
                    json.path("ipAssignments") instanceof ArrayNode before ? before : json.putArray("ipAssignments");
            ips.drawn().forEach(ip -> stored.add(ip.toString()));
        }
        if (!remember(nowMillis, network, request, json, admission)) {
            return RequestOutcome.NOT_STORED;
        }
        Member remembered = network.member(from);
        if (remembered != null && remembered.reportsExhaustion(ips.exhausted())) {
            sink.event("controller.pool_exhausted network=" + network.id() + " member=" + from);
        }
        return configure(nowMillis, network, new MemberRecord(json), request, ips);
    }

    /** Ties the record to the identity seen first; false if this is another one. */
    private static boolean pin(ObjectNode json, Identity requester) {
        String pinned = Json.string(json.get("identity"), "");
        if (pinned.isEmpty()) {
            json.put("identity", requester.toString());
            return true;
        }
        return Identity.parse(pinned).equals(Optional.of(requester));
    }

    private static void admit(long nowMillis, ObjectNode json, Admission admission, RequestMetadata metadata) {
        switch (admission) {
            case PUBLIC_NETWORK -> MemberEdit.setAuthorized(nowMillis, json, true, "public", null);
            case TOKEN ->
                MemberEdit.setAuthorized(nowMillis, json, true, "token", Admission.token(metadata.authentication()));
            case RECORD, NONE -> {}
        }
    }

    /** Gives the record the network's default tags, and a member that let itself in the default capabilities. */
    private static void addDefaults(ObjectNode json, NetworkRecord network, boolean letItselfIn) {
        if (letItselfIn && !network.defaultCapabilities().isEmpty()) {
            ArrayNode capabilities = json.putArray("capabilities");
            network.defaultCapabilities().forEach(id -> capabilities.add(Integer.toUnsignedLong(id)));
        }
        SortedMap<Integer, Integer> tags = new MemberRecord(json).tags();
        for (Map.Entry<Integer, Integer> byDefault : network.tagDefaults().entrySet()) {
            if (!tags.containsKey(byDefault.getKey())) {
                ArrayNode stored = json.path("tags") instanceof ArrayNode before ? before : json.putArray("tags");
                stored.addArray()
                        .add(Integer.toUnsignedLong(byDefault.getKey()))
                        .add(Integer.toUnsignedLong(byDefault.getValue()));
            }
        }
    }

    private RequestOutcome refuse(Request request, HostedNetwork network, ErrorCode code, RequestOutcome outcome) {
        if (!request.push()) {
            sendError(request.content.identity().address(), request.packetId, code, network.id());
        }
        return outcome;
    }

    private void sendError(Address to, long packetId, ErrorCode code, NetworkId network) {
        if (to.equals(self)) {
            sink.refuseSelf(network, code);
        } else {
            sink.sendError(to, packetId, code, network);
        }
    }

    /** Keeps the record if it changed, and the request; false if something that matters could not be stored. */
    private boolean remember(
            long nowMillis, HostedNetwork network, Request request, ObjectNode json, Admission admission) {
        Address from = request.content.identity().address();
        Member member = network.member(from);
        boolean safe = true;
        try {
            member = keepMember(nowMillis, network, from, json);
        } catch (IOException failure) {
            sink.event("controller.store_failed network=" + network.id() + " member=" + from + " fault=" + failure);
            safe = member != null && relevant(member.record().json()).equals(relevant(json));
        }
        if (member != null && !request.push()) {
            member.asked(request.content, admission, request.origin);
        }
        return safe;
    }

    private static ObjectNode relevant(ObjectNode json) {
        return Json.sorted(json).remove(INFORMATIONAL);
    }

    private RequestOutcome configure(
            long nowMillis, HostedNetwork network, MemberRecord member, Request request, IpAssigner.Assignment ips) {
        RequestMetadata metadata = request.content.parsed();
        Identity to = request.content.identity();
        NetworkConfig config = maker.make(nowMillis, network, member, to, metadata, ips);
        byte[] dictionary = config.write(metadata.protocol() > 9 ? ConfigForm.PROTOCOL_12 : ConfigForm.PROTOCOL_9);
        if (dictionary == null) {
            sink.event("controller.config_too_large network=" + network.id() + " member=" + to.address());
            return refuse(request, network, ErrorCode.OBJECT_NOT_FOUND, RequestOutcome.TOO_LARGE);
        }
        if (to.address().equals(self)) {
            sink.configureSelf(network.id(), dictionary);
            return RequestOutcome.CONFIGURED;
        }
        sink.sendConfig(
                to.address(),
                request.packetId,
                network.id(),
                ConfigChunker.split(
                        network.id(),
                        dictionary,
                        nonZero(random.nextLong()),
                        ConfigChunker.chunkBytes(metadata.protocol()),
                        identity));
        return RequestOutcome.CONFIGURED;
    }

    private static long nonZero(long drawn) {
        return drawn == 0 ? 1 : drawn;
    }

    // What the API needs.

    Collection<HostedNetwork> networks() {
        return Collections.unmodifiableCollection(networks.values());
    }

    @Nullable
    HostedNetwork network(NetworkId id) {
        return networks.get(id);
    }

    @Nullable
    StoreFault fault(NetworkId network) {
        return faults.of(network);
    }

    @Nullable
    StoreFault fault(NetworkId network, Address member) {
        return faults.of(network, member);
    }

    boolean fullOfNetworks() {
        return networks.size() >= NETWORKS_MAX;
    }

    /** An ID of this controller that no network has; null if none was found. */
    @Nullable
    NetworkId unusedId() {
        for (int attempt = 0; attempt < RANDOM_TRIES_MAX; attempt++) {
            int number = Math.max(random.nextInt(1 << NETWORK_NUMBER_BITS), 1);
            var id = new NetworkId(self.bits() << NETWORK_NUMBER_BITS | number);
            if (!networks.containsKey(id) && faults.of(id) == null) {
                return id;
            }
        }
        return null;
    }

    /** Keeps a network that is new or changed, and lets its present members have the change. */
    HostedNetwork keepNetwork(long nowMillis, NetworkId id, ObjectNode json) throws IOException {
        HostedNetwork network = networks.get(id);
        if (network != null && network.record().json().equals(Json.sorted(json))) {
            return network;
        }
        ObjectNode sorted = revised(nowMillis, json);
        store.apply(
                network == null ? new StoreChange.CreateNetwork(id, sorted) : new StoreChange.PutNetwork(id, sorted));
        var record = new NetworkRecord(sorted);
        if (network == null) {
            network = new HostedNetwork(id, record);
            networks.put(id, network);
        } else {
            network.replace(record);
        }
        pushToPresent(nowMillis, network);
        return network;
    }

    /** Keeps a member that is new or changed. */
    Member keepMember(long nowMillis, HostedNetwork network, Address address, ObjectNode json) throws IOException {
        Member member = network.member(address);
        if (member != null && member.record().json().equals(Json.sorted(json))) {
            return member;
        }
        ObjectNode sorted = revised(nowMillis, json);
        store.apply(new StoreChange.PutMember(network.id(), address, sorted));
        return network.put(address, new MemberRecord(sorted));
    }

    /** As {@link #keepMember}, for a change that a person made: the member and the others learn of it. */
    Member changeMember(long nowMillis, HostedNetwork network, Address address, ObjectNode json) throws IOException {
        Member before = network.member(address);
        MemberRecord recordBefore = before == null ? null : before.record();
        Member member = keepMember(nowMillis, network, address, json);
        boolean changed = recordBefore != member.record();
        if (changed && bridges(recordBefore) != bridges(member.record())) {
            pushToPresent(nowMillis, network); // others send it what is for foreign hosts, and take that from it
        }
        if (changed && member.present(nowMillis)) {
            pushes.add(new PushKey(network.id(), address));
        }
        if (recordBefore != null
                && recordBefore.authorized()
                && !member.record().authorized()) {
            expel(nowMillis, network, member, ErrorCode.NETWORK_ACCESS_DENIED);
        }
        return member;
    }

    private static boolean bridges(@Nullable MemberRecord record) {
        return record != null && record.authorized() && record.activeBridge();
    }

    private void pushToPresent(long nowMillis, HostedNetwork network) {
        for (Address member : network.present(nowMillis)) {
            pushes.add(new PushKey(network.id(), member));
        }
    }

    void removeMember(long nowMillis, HostedNetwork network, Member member) throws IOException {
        store.apply(new StoreChange.RemoveMember(network.id(), member.address()));
        if (member.record().authorized()) {
            expel(nowMillis, network, member, ErrorCode.NETWORK_ACCESS_DENIED);
        }
        network.remove(member.address());
        if (bridges(member.record())) {
            pushToPresent(nowMillis, network);
        }
        pushes.remove(new PushKey(network.id(), member.address()));
    }

    void removeNetwork(long nowMillis, HostedNetwork network) throws IOException {
        store.apply(new StoreChange.RemoveNetwork(network.id()));
        networks.remove(network.id());
        faults.clearedMembersOf(network.id());
        pushes.removeIf(push -> push.network.equals(network.id()));
        for (Member member : network.members()) {
            if (member.record().authorized()) {
                expel(nowMillis, network, member, ErrorCode.OBJECT_NOT_FOUND);
            }
        }
    }

    /** Puts an unreadable record aside, so that what it stood for can be made anew. */
    void setAside(StoreFault fault) throws IOException {
        NetworkId network = fault.network();
        Address member = fault.member();
        if (network != null) {
            store.apply(
                    member == null
                            ? new StoreChange.SetAsideNetwork(network)
                            : new StoreChange.SetAsideMember(network, member));
        }
        faults.cleared(fault);
    }

    /** Makes everybody refuse {@code member}, and tells it at once why: it would ask again only minutes later. */
    private void expel(long nowMillis, HostedNetwork network, Member member, ErrorCode why) {
        revoke(nowMillis, network, member.address());
        boolean asksInVain =
                why == ErrorCode.OBJECT_NOT_FOUND || network.record().isPrivate();
        if (asksInVain && member.present(nowMillis)) {
            sendError(member.address(), 0, why, network.id());
        }
    }

    private void revoke(long nowMillis, HostedNetwork network, Address member) {
        // Members ask once a minute: until all of them had the time to, silence says nothing about them.
        boolean anyMayBePresent = firstMillis == UNKNOWN || nowMillis - firstMillis < SETTLED_MILLIS;
        revocations.revoke(
                nowMillis,
                network.id(),
                member,
                random.nextInt(),
                network.concerned(nowMillis, member, anyMayBePresent));
    }

    private static ObjectNode revised(long nowMillis, ObjectNode json) {
        JsonNode revision = json.get("revision");
        json.set("revision", Json.unsigned(Json.integer(revision, 0) + 1));
        json.put("lastModified", nowMillis);
        return Json.sorted(json);
    }
}
