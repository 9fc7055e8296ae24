// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl2;

import org.jspecify.annotations.Nullable;
import org.orrery.core.netconf.AdHocNetworks;
import org.orrery.core.netconf.ConfigAssembler;
import org.orrery.core.netconf.ConfigForm;
import org.orrery.core.netconf.NetworkConfig;
import org.orrery.core.netconf.RequestMetadata;
import org.orrery.core.value.Address;
import org.orrery.core.value.DropReason;
import org.orrery.core.value.NetworkId;
import org.orrery.core.verb.ConfigAck;
import org.orrery.core.verb.ConfigChunk;
import org.orrery.core.verb.ErrorCode;
import org.orrery.core.verb.ErrorReply;
import org.orrery.core.verb.NetworkConfigRequest;
import org.orrery.core.verb.Ok;
import org.orrery.core.verb.Verb;
import org.orrery.core.vl1.Inbound;
import org.orrery.core.vl1.Peer;
import org.orrery.core.vl1.Upper;
import org.orrery.core.wire.Dictionary;
import org.orrery.core.wire.PacketHeader;
import org.orrery.core.wire.WireWriter;

/** Gets configurations: asks the controller, puts the answer together, and puts it into force. Control lane only. */
final class Joining {
    private static final long REFRESH_MILLIS = 60_000;
    private static final long REFRESH_LOW_BANDWIDTH_MILLIS = 64 * REFRESH_MILLIS;

    /** Pauses between requests while there is no configuration: a controller takes one a second. */
    private static final long[] REQUEST_PAUSES_MILLIS = {0, 300, 700, 1_100, 1_500, 2_000, 2_000, 2_000, 5_000};

    /** After a refusal there is no hurry, yet an operator who has just authorized us should not have to wait long. */
    private static final long REFUSED_PAUSE_MILLIS = 2_000;

    /** A member can make us doubt our configuration, and ask for it, at most this often. */
    private static final long DOUBT_MILLIS = 3_000;

    private final Ground ground;
    private final Dictionary metadata;
    private final LocalController controller;
    private final Outcome outcome;

    /** A controller inside this node, for networks of its own. */
    interface LocalController {
        /** Asks for this node's own configuration; the answer comes like one from afar. */
        void request(NetworkId network, Dictionary metadata, long nowMillis);
    }

    /** What joining leads to. */
    interface Outcome {
        /**
         * @param keep the dictionary to keep, null if it is not to be kept
         * @param before the configuration in force until now, null if this is the first one or the first after a refusal
         */
        void configured(Network network, View view, byte @Nullable [] keep, @Nullable View before, long nowMillis);

        void failed(Network network, long nowMillis);
    }

    Joining(Ground ground, RequestMetadata metadata, LocalController controller, Outcome outcome) {
        this.ground = ground;
        this.metadata = Dictionary.of(metadata.write(ConfigForm.PROTOCOL_12));
        this.controller = controller;
        this.outcome = outcome;
    }

    /** Asks for a configuration if there is none or it has become old. */
    void requestIfDue(Network network, long nowMillis) {
        View view = network.view();
        long pause;
        if (view != null && network.changedMillis > Long.MIN_VALUE / 2) {
            long age = nowMillis - network.changedMillis;
            pause = network.hurried || age >= refreshMillis(view) ? 5_000 : Long.MAX_VALUE;
        } else if (network.failure != Network.Failure.NONE) {
            pause = REFUSED_PAUSE_MILLIS;
        } else {
            pause = REQUEST_PAUSES_MILLIS[Math.min(network.requestsUnanswered, REQUEST_PAUSES_MILLIS.length - 1)];
        }
        if (nowMillis - network.requestedMillis >= pause) {
            request(network, nowMillis);
        }
    }

    /** Credentials must stay young enough for the other members however much is to be saved. */
    private long refreshMillis(View view) {
        if (!ground.vl1.pathPolicy().lowBandwidth()) {
            return REFRESH_MILLIS;
        }
        long credentials = view.config().credentialTimeMaxDeltaMillis() / 2;
        return Math.clamp(credentials, REFRESH_MILLIS, REFRESH_LOW_BANDWIDTH_MILLIS);
    }

    /** Something looks as if the configuration were out of date: asks for it, unless that was done just now. */
    void doubted(Network network, long nowMillis) {
        boolean young =
                nowMillis - network.changedMillis < DOUBT_MILLIS || nowMillis - network.doubtedMillis < DOUBT_MILLIS;
        if (!young && !network.networkId().adHoc()) {
            network.doubtedMillis = nowMillis;
            request(network, nowMillis);
        }
    }

    /** Asks at the next opportunity, without waiting for the pause. */
    static void hurry(Network network) {
        network.hurried = true;
        network.requestedMillis = Long.MIN_VALUE / 2;
        network.requestsUnanswered = 0;
    }

    private void request(Network network, long nowMillis) {
        NetworkId id = network.networkId();
        if (id.adHoc()) {
            makeAdHoc(network, nowMillis);
            return;
        }
        network.requestedMillis = nowMillis;
        network.requestsUnanswered++;
        if (Address.reserved(id.controller().bits())) {
            fail(network, Network.Failure.BAD_ID, "no node can have the address " + id.controller(), nowMillis);
            return;
        }
        if (id.controller().bits() == ground.address) {
            controller.request(id, metadata, nowMillis);
            return;
        }
        View view = network.view();
        long revision = view == null ? 0 : view.config().revision();
        long timestamp = view == null ? 0 : view.config().timestamp();
        var body = new WireWriter(2048);
        new NetworkConfigRequest(id, metadata, revision, timestamp).write(body);
        Peer peer = ground.vl1.peers().find(id.controller().bits());
        if (peer == null) {
            ground.vl1.want(id.controller().bits(), nowMillis);
            network.requestedMillis = nowMillis - 200; // asked again as soon as it is found
        } else {
            ground.vl1.sender().send(peer, Verb.NETWORK_CONFIG_REQUEST, body.toByteArray(), nowMillis);
        }
    }

    private void makeAdHoc(Network network, long nowMillis) {
        network.requestedMillis = nowMillis;
        NetworkConfig config = AdHocNetworks.config(network.networkId(), new Address(ground.address), nowMillis);
        if (config == null) {
            fail(network, Network.Failure.AD_HOC_ID, "not a valid ad-hoc network ID", nowMillis);
        } else {
            apply(network, config, null, nowMillis);
        }
    }

    /** A chunk in an OK or a push. Answers what it proves. */
    Upper.Outcome chunk(Inbound in, Peer peer, ConfigChunk chunk, boolean pushed, long nowMillis) {
        Network network = ground.network(chunk.network().bits());
        if (network == null) {
            return Upper.Outcome.ignored(DropReason.NOT_JOINED);
        }
        boolean controllers = peer.address() == network.networkId().controller().bits();
        if (!controllers && !peer.takeChunk(nowMillis)) {
            return Upper.Outcome.dropped(DropReason.RATE_LIMITED);
        }
        long packetId = PacketHeader.id(in.packet(), 0);
        ConfigAssembler.Outcome step =
                network.assembler.accept(chunk, peer.identity().address(), packetId, ground::identityOf);
        return switch (step) {
            case ConfigAssembler.Outcome.Refused(DropReason reason) -> {
                if (controllers) {
                    useless(network, reason, nowMillis);
                }
                yield Upper.Outcome.ignored(reason);
            }
            case ConfigAssembler.Outcome.Waiting(Address controller) -> {
                ground.vl1.want(controller.bits(), nowMillis);
                yield Upper.Outcome.ignored(DropReason.SIGNER_UNKNOWN);
            }
            case ConfigAssembler.Outcome.Held() -> {
                spread(network, chunk, peer.address(), nowMillis);
                yield Upper.Outcome.ACCEPTED;
            }
            case ConfigAssembler.Outcome.Complete(NetworkConfig config, Dictionary dictionary, long updateId) -> {
                spread(network, chunk, peer.address(), nowMillis);
                apply(network, config, dictionary.toByteArray(), nowMillis);
                if (pushed) {
                    acknowledge(in, peer, network, updateId, nowMillis);
                }
                yield Upper.Outcome.ACCEPTED;
            }
        };
    }

    /** What the controller sent is of no use. Others can send what they like, and change nothing by it. */
    private void useless(Network network, DropReason reason, long nowMillis) {
        switch (reason) {
            case CONFIG_BAD ->
                fail(network, Network.Failure.BAD_CONFIGURATION, "a configuration that cannot be read", nowMillis);
            case CONFIG_NOT_OURS ->
                fail(
                        network,
                        Network.Failure.BAD_CONFIGURATION,
                        "a configuration that was made for another node or network",
                        nowMillis);
            case CONFIG_CHUNK_SIGNATURE ->
                fail(
                        network,
                        Network.Failure.BAD_SIGNATURE,
                        "a configuration that is not signed with the controller's key",
                        nowMillis);
            default -> {}
        }
    }

    private void acknowledge(Inbound in, Peer peer, Network network, long updateId, long nowMillis) {
        var ok = new WireWriter(64);
        Ok.to(PacketHeader.id(in.packet(), 0), new ConfigAck(network.networkId(), updateId))
                .write(ok);
        ground.vl1.sender().sendTo(peer, in.socket(), in.from(), Verb.OK, ok.toByteArray(), nowMillis);
    }

    private void spread(Network network, ConfigChunk chunk, long bringer, long nowMillis) {
        if (!chunk.fastPropagate()) {
            return;
        }
        var body = new WireWriter(PacketHeader.PAYLOAD_BYTES_MAX);
        chunk.write(body);
        byte[] payload = body.toByteArray();
        long controllerAddress = network.networkId().controller().bits();
        network.members().forEach(member -> {
            if (member.address() != bringer && member.address() != controllerAddress) {
                ground.vl1.sender().send(member.address(), Verb.NETWORK_CONFIG, payload, nowMillis);
            }
        });
    }

    /** A configuration that the controller inside this node made for it. */
    void takeLocal(Network network, byte[] dictionary, long nowMillis) {
        NetworkConfig config = NetworkConfig.read(Dictionary.of(dictionary));
        if (config == null) {
            fail(network, Network.Failure.BAD_CONFIGURATION, "a configuration that cannot be read", nowMillis);
        } else {
            apply(network, config, dictionary, nowMillis);
        }
    }

    /** A configuration kept from an earlier run: good enough to begin with, but a fresh one is asked for at once. */
    boolean restore(Network network, byte[] dictionary, long nowMillis) {
        NetworkConfig config = NetworkConfig.read(Dictionary.of(dictionary));
        if (config == null
                || !config.network().equals(network.networkId())
                || config.issuedTo().bits() != ground.address) {
            return false;
        }
        apply(network, config, null, nowMillis);
        network.changedMillis = Long.MIN_VALUE / 2;
        return true;
    }

    private void apply(Network network, NetworkConfig config, byte @Nullable [] keep, long nowMillis) {
        network.hurried = false;
        View before = network.view();
        View view = View.of(ground.address, config, before);
        boolean first = before == null || network.failure != Network.Failure.NONE;
        network.publish(view);
        network.failure = Network.Failure.NONE;
        network.requestsUnanswered = 0;
        network.changedMillis = nowMillis;
        if (first) {
            network.note("configuration received", nowMillis);
        }
        ground.publishAll(network);
        network.members().forEach(Member::forgetPush);
        outcome.configured(network, view, keep, first ? null : before, nowMillis);
    }

    /** An ERROR in connection with a network; only its controller is believed. */
    void refused(Network network, Peer peer, ErrorReply error, long nowMillis) {
        ErrorCode code = error.errorCode();
        if (peer.address() != network.networkId().controller().bits() || code == null) {
            return;
        }
        boolean ofRequest = error.failedVerbId() == Verb.NETWORK_CONFIG_REQUEST.id();
        switch (code) {
            case OBJECT_NOT_FOUND, UNSUPPORTED_OPERATION -> {
                if (ofRequest) {
                    fail(network, Network.Failure.NOT_FOUND, "the controller has no such network", nowMillis);
                }
            }
            case NETWORK_ACCESS_DENIED ->
                fail(network, Network.Failure.ACCESS_DENIED, "the controller refuses: not authorized", nowMillis);
            case NETWORK_AUTHENTICATION_REQUIRED ->
                fail(network, Network.Failure.AUTHENTICATION_REQUIRED, "the controller asks for sign-on", nowMillis);
            default -> {}
        }
    }

    /** The controller inside this node refuses. */
    void refusedLocally(Network network, boolean found, long nowMillis) {
        fail(
                network,
                found ? Network.Failure.ACCESS_DENIED : Network.Failure.NOT_FOUND,
                found ? "this node's controller has not authorized it" : "this node's controller has no such network",
                nowMillis);
    }

    private void fail(Network network, Network.Failure failure, String event, long nowMillis) {
        network.requestsUnanswered = 0;
        network.note(event, nowMillis);
        if (network.failure != failure) {
            network.failure = failure;
            outcome.failed(network, nowMillis);
        }
    }
}
