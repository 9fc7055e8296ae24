// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.home;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.orrery.core.value.Address;
import org.orrery.core.vl1.bond.BondOptions;
import org.orrery.core.vl1.bond.BondPolicy;
import org.orrery.core.vl1.bond.BondSettings;
import org.orrery.core.vl1.bond.LinkOptions;
import org.orrery.core.vl1.bond.LinkQuality;
import org.orrery.daemon.json.Json;
import tools.jackson.databind.node.ObjectNode;

/**
 * What {@code local.conf} says of bonds.
 *
 * @param usual the policy of peers that are not named, empty for none
 * @param policies the owner's own, by name
 * @param peers names of policies
 */
public record Bonding(String usual, Map<String, BondOptions> policies, Map<Address, String> peers) {
    static final Bonding NONE = new Bonding("", Map.of(), Map.of());

    public Bonding {
        policies = Collections.unmodifiableMap(new TreeMap<>(policies));
        peers = Collections.unmodifiableMap(new TreeMap<>(peers));
    }

    /** What the core needs to know of this. */
    public BondSettings settings() {
        Map<Address, BondOptions> named = new TreeMap<>();
        peers.forEach((peer, policy) -> find(policy).ifPresent(options -> named.put(peer, options)));
        return new BondSettings(find(usual), named);
    }

    /** The policy of that name, an own or a standard one. */
    Optional<BondOptions> find(String name) {
        return Optional.ofNullable(policies.get(name))
                .or(() -> BondPolicy.parse(name).map(BondOptions::standard));
    }

    ObjectNode policiesJson() {
        ObjectNode json = Json.object();
        policies.forEach((name, options) -> json.set(name, json(options)));
        return json;
    }

    ObjectNode peersJson() {
        ObjectNode json = Json.object();
        peers.forEach((peer, policy) -> json.put(peer.toString(), policy));
        return json;
    }

    private static ObjectNode json(BondOptions options) {
        ObjectNode json = Json.object();
        json.put("basePolicy", options.policy().text());
        json.put("failoverInterval", options.failoverMillis());
        json.put("upDelay", options.upDelayMillis());
        json.put("downDelay", options.downDelayMillis());
        json.put("packetsPerLink", options.packetsPerLink());
        json.put("activeReselect", options.reselect().text());
        if (!options.quality().equals(LinkQuality.USUAL)) {
            json.set("linkQuality", json(options.quality()));
        }
        if (!options.links().isEmpty()) {
            ObjectNode links = json.putObject("links");
            options.links().forEach((name, link) -> links.set(name, json(link)));
        }
        return json;
    }

    private static ObjectNode json(LinkQuality quality) {
        ObjectNode json = Json.object();
        json.put("lat_max", quality.latencyMaxMillis());
        json.put("pdv_max", quality.jitterMaxMillis());
        json.put("plr_max", quality.lossMax());
        json.put("per_max", quality.errorMax());
        json.put("lat_weight", quality.latencyWeight());
        json.put("pdv_weight", quality.jitterWeight());
        json.put("plr_weight", quality.lossWeight());
        json.put("per_weight", quality.errorWeight());
        return json;
    }

    private static ObjectNode json(LinkOptions link) {
        ObjectNode json = Json.object();
        json.put("enabled", link.enabled());
        json.put("capacity", link.capacity());
        json.put("ipvPref", link.family().number());
        json.put("mtu", link.mtuBytes());
        json.put("mode", link.primary() ? "primary" : "spare");
        json.put("failoverTo", link.failoverTo());
        return json;
    }
}
