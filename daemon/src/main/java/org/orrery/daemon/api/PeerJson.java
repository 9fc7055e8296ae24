// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.api;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.orrery.core.node.PeerStatus;
import org.orrery.core.node.Version;
import org.orrery.core.value.Address;
import org.orrery.core.vl1.Candidate;
import org.orrery.core.vl1.NatMapping;
import org.orrery.core.vl1.PeerReach;
import org.orrery.daemon.json.Json;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /peer}. */
final class PeerJson {
    private static final Version UNKNOWN = new Version(-1, -1, -1);

    private PeerJson() {}

    static ArrayNode list(Collection<PeerStatus> peers, boolean tunneled, long nowMillis) {
        ArrayNode json = Json.array();
        peers.stream()
                .sorted(Comparator.comparing(PeerStatus::address))
                .forEach(peer -> json.add(of(peer, tunneled, nowMillis)));
        return json;
    }

    /** With all that is known about how it is reached. */
    static ObjectNode of(PeerStatus peer, Optional<PeerReach> reach, boolean tunneled, long nowMillis) {
        ObjectNode json = of(peer, tunneled, nowMillis);
        if (reach.isPresent() && json.get("orrery") instanceof ObjectNode own) {
            PeerReach known = reach.get();
            own.set("candidates", candidates(known.candidates()));
            own.put("direct", known.direct());
            own.set("nat", nat(known.nat()));
            own.put("protocol", peer.protocol());
            own.put("refusesReplays", known.refusesReplays());
            own.put("relay", known.relay().map(Address::toString).orElse(null));
            own.put("since", known.sinceMillis());
            own.put("suite", known.suite());
            own.put("datagramBytes", known.datagramBytes());
            own.put("datagramBytesFull", known.datagramBytesFull());
        }
        return json;
    }

    static ArrayNode candidates(List<Candidate> candidates) {
        ArrayNode json = Json.array();
        for (Candidate candidate : candidates) {
            ObjectNode each = json.addObject();
            each.put("address", candidate.at().toString());
            each.put("source", candidate.source().name());
            each.put("sourceText", candidate.source().text());
            each.put("tries", candidate.tries());
            each.put("lastTried", candidate.lastTriedMillis());
            each.put("lastAnswered", candidate.lastAnsweredMillis());
            each.put("answers", candidate.answers());
            each.put("roundTrip", candidate.roundTripMillis());
            each.put("refusedBecause", candidate.refusedBecause());
        }
        return json;
    }

    static ArrayNode nat(List<NatMapping> mappings) {
        ArrayNode json = Json.array();
        for (NatMapping mapping : mappings) {
            ObjectNode each = json.addObject();
            each.put("local", mapping.local().toString());
            each.put("kind", mapping.kind().name());
            each.put("text", mapping.kind().text());
            ArrayNode seen = each.putArray("seen");
            mapping.seen().forEach(endpoint -> seen.add(endpoint.toString()));
            each.put("observers", mapping.observers());
        }
        return json;
    }

    /** @param tunneled whether the node's TCP relay is open */
    static ObjectNode of(PeerStatus peer, boolean tunneled, long nowMillis) {
        Version said = peer.version();
        Version version = said == null ? UNKNOWN : said;
        ObjectNode json = Json.object();
        json.put("address", peer.address().toString());
        json.put("isBonded", false);
        json.put("latency", peer.latencyMillis());
        json.putObject("orrery").put("relayedBecause", peer.relayedBecause());
        ArrayNode paths = json.putArray("paths");
        List<ObjectNode> each = peer.paths().stream().map(PeerJson::of).toList();
        peer.bond().ifPresent(bond -> BondJson.add(json, each, peer, bond, nowMillis));
        paths.addAll(each);
        json.put("role", peer.role().name());
        json.put("tunneled", tunneled);
        json.put("version", version.toString());
        json.put("versionMajor", version.major());
        json.put("versionMinor", version.minor());
        json.put("versionRev", version.revision());
        return json;
    }

    private static ObjectNode of(PeerStatus.PathStatus path) {
        ObjectNode json = Json.object();
        json.put("active", path.alive());
        json.put("address", path.remote().toString());
        json.put("expired", !path.alive());
        json.put("lastReceive", path.lastReceiveMillis());
        json.put("lastSend", path.lastSendMillis());
        json.put("localPort", 0);
        json.put("localSocket", path.socket());
        json.put("preferred", path.preferred());
        json.put("trustedPathId", path.trustedPathId());
        return json;
    }
}
