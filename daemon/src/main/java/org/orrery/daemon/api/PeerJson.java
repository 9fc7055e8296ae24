// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.api;

import java.util.Collection;
import java.util.Comparator;
import org.orrery.core.node.PeerStatus;
import org.orrery.core.node.Version;
import org.orrery.daemon.json.Json;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /peer}. */
final class PeerJson {
    private static final Version UNKNOWN = new Version(-1, -1, -1);

    private PeerJson() {}

    static ArrayNode list(Collection<PeerStatus> peers, boolean tunneled) {
        ArrayNode json = Json.array();
        peers.stream().sorted(Comparator.comparing(PeerStatus::address)).forEach(peer -> json.add(of(peer, tunneled)));
        return json;
    }

    /** @param tunneled whether the node's TCP relay is open */
    static ObjectNode of(PeerStatus peer, boolean tunneled) {
        Version said = peer.version();
        Version version = said == null ? UNKNOWN : said;
        ObjectNode json = Json.object();
        json.put("address", peer.address().toString());
        json.put("isBonded", false);
        json.put("latency", peer.latencyMillis());
        json.putObject("orrery").put("relayedBecause", peer.relayedBecause());
        ArrayNode paths = json.putArray("paths");
        peer.paths().forEach(path -> paths.add(of(path)));
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
