// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.api;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.orrery.core.node.PeerStatus;
import org.orrery.core.value.Address;
import org.orrery.core.value.Ip;
import org.orrery.core.vl1.bond.BondReport;
import org.orrery.daemon.json.Json;
import tools.jackson.databind.node.ObjectNode;

/** {@code /bond}, and what {@code /peer} tells of bonds. */
final class BondJson {
    private static final int MTU_LEAST = 68;
    private static final int MTU_MOST = 65_535;

    private BondJson() {}

    // ---------------------------------------------------------------- what is there

    /** Adds to a peer and its paths what its bond is. */
    static void add(ObjectNode peer, List<ObjectNode> paths, PeerStatus status, BondReport bond, long nowMillis) {
        peer.put("isBonded", true);
        peer.put("bondingPolicyCode", bond.options().policy().code());
        peer.put("bondingPolicyStr", bond.options().policy().text());
        peer.put("numAliveLinks", bond.aliveLinks());
        peer.put("numTotalLinks", bond.totalLinks());
        peer.put("failoverInterval", bond.options().failoverMillis());
        peer.put("downDelay", bond.options().downDelayMillis());
        peer.put("upDelay", bond.options().upDelayMillis());
        peer.put("packetsPerLink", bond.options().packetsPerLink());
        peer.put("linkSelectMethod", bond.options().reselect().code());
        if (peer.get("orrery") instanceof ObjectNode own) {
            ObjectNode json = own.putObject("bond");
            json.put("policy", bond.options().name());
            json.put("meaning", bond.options().policy().meaning());
            json.put("activeReselect", bond.options().reselect().text());
            json.put("since", bond.sinceMillis());
            json.put("failovers", bond.failovers());
        }
        Map<String, BondReport.Link> links = new HashMap<>();
        bond.links().forEach(link -> links.put(key(link.socket(), link.remote().toString()), link));
        for (int i = 0; i < paths.size(); i++) {
            PeerStatus.PathStatus path = status.paths().get(i);
            BondReport.Link link = links.get(key(path.socket(), path.remote().toString()));
            if (link != null) {
                add(paths.get(i), link, nowMillis);
            }
        }
    }

    private static String key(int socket, String remote) {
        return socket + " " + remote;
    }

    private static void add(ObjectNode path, BondReport.Link link, long nowMillis) {
        path.put("ifname", link.name());
        path.put("localPort", link.localPort());
        path.put("latencyMean", link.latencyMillis());
        path.put("latencyVariance", link.jitterMillis());
        path.put("packetLossRatio", 0.0);
        path.put("packetErrorRatio", 0.0);
        path.put("relativeQuality", link.quality());
        path.put("assignedFlowCount", link.flows());
        path.put("lastInAge", age(link.lastInMillis(), nowMillis));
        path.put("lastOutAge", age(link.lastOutMillis(), nowMillis));
        path.put("bonded", link.bonded() ? 1 : 0);
        path.put("eligible", link.eligible() ? 1 : 0);
        path.put("givenLinkSpeed", link.capacity());
        ObjectNode own = path.putObject("orrery");
        own.put("state", link.state().text());
        own.put("because", link.because());
    }

    private static long age(long millis, long nowMillis) {
        return millis <= 0 ? -1 : Math.max(0, nowMillis - millis);
    }

    // ---------------------------------------------------------------- what is asked for

    /** The answer to a request for {@code /bond/...}; empty if there is no such path. */
    static Optional<ApiAnswer> answer(Request request, Questions questions, long nowMillis)
            throws NodeUnavailable, Questions.FailedException {
        List<String> path = request.path();
        Optional<Address> peer = path.size() == 3 ? Address.parse(path.get(2)) : Optional.empty();
        if (peer.isPresent() && request.get() && path.get(1).equals("show")) {
            return Optional.of(show(peer.get(), questions, nowMillis));
        }
        if (peer.isPresent() && request.post() && path.get(1).equals("rotate")) {
            boolean done = questions.ask(node -> node.rotateBond(peer.get()));
            return Optional.of(ApiAnswer.json(done ? 200 : 400, Json.object()));
        }
        if (request.post()
                && path.size() == 5
                && path.get(1).equals("setmtu")
                && path.get(2).matches("[0-9]{1,6}")) {
            return Optional.of(setMtu(Integer.parseInt(path.get(2)), path.get(3), Ip.parse(path.get(4)), questions));
        }
        return Optional.empty();
    }

    private static ApiAnswer show(Address address, Questions questions, long nowMillis)
            throws NodeUnavailable, Questions.FailedException {
        record Answer(Optional<PeerStatus> peer, boolean tunneled) {}
        Answer answer = questions.ask(node -> new Answer(
                node.peers().stream()
                        .filter(each ->
                                each.address().equals(address) && each.bond().isPresent())
                        .findFirst(),
                node.status().features().tcpRelayActive()));
        return answer.peer()
                .map(each -> ApiAnswer.json(200, PeerJson.of(each, answer.tunneled(), nowMillis)))
                .orElseGet(() -> ApiAnswer.json(400, Json.object()));
    }

    private static ApiAnswer setMtu(int bytes, String link, Optional<Ip> remote, Questions questions)
            throws NodeUnavailable, Questions.FailedException {
        if (!questions.ask(NodeControl::bonding)) {
            return ApiAnswer.jsonText(400, "Bonding layer isn't active yet");
        }
        if (bytes < MTU_LEAST || bytes > MTU_MOST) {
            return ApiAnswer.jsonText(400, "Specified MTU is not reasonable");
        }
        boolean found = remote.isPresent() && questions.ask(node -> node.linkMtu(bytes, link, remote.get()));
        return found ? ApiAnswer.json(200, Json.object()) : ApiAnswer.jsonText(400, "Unable to find specified link");
    }
}
