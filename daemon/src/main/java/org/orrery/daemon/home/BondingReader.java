// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.home;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.orrery.core.value.Address;
import org.orrery.core.vl1.Bonds;
import org.orrery.core.vl1.PathPolicy;
import org.orrery.core.vl1.bond.BondOptions;
import org.orrery.core.vl1.bond.BondPolicy;
import org.orrery.core.vl1.bond.LinkOptions;
import org.orrery.core.vl1.bond.LinkQuality;
import org.orrery.core.vl1.bond.Reselect;
import org.orrery.daemon.json.Coercion;
import tools.jackson.databind.JsonNode;

/** The part of {@link LocalConfigReader} that reads how peers are bonded. */
final class BondingReader {
    private static final String POLICIES = "settings.policies";
    private static final String PEERS = "settings.peerSpecificBonds";

    private static final Set<String> POLICY_MEMBERS = Set.of(
            "basePolicy",
            "failoverInterval",
            "upDelay",
            "downDelay",
            "packetsPerLink",
            "activeReselect",
            "linkSelectMethod",
            "linkQuality",
            "links");

    private static final Set<String> LINK_MEMBERS =
            Set.of("enabled", "capacity", "ipvPref", "mtu", "mode", "failoverTo");

    private static final List<String> QUALITY_MEMBERS =
            List.of("lat_max", "pdv_max", "plr_max", "per_max", "lat_weight", "pdv_weight", "plr_weight", "per_weight");

    private static final double WEIGHTS_LEAST = 0.99;
    private static final double WEIGHTS_MOST = 1.01;
    private static final int PACKETS_MAX = 1_000_000;

    private final LocalConfigReader reader;

    BondingReader(LocalConfigReader reader) {
        this.reader = reader;
    }

    Bonding read(@Nullable JsonNode settings) {
        if (settings == null) {
            return Bonding.NONE;
        }
        Map<String, BondOptions> policies = new TreeMap<>();
        for (Map.Entry<String, JsonNode> entry : reader.members(POLICIES, settings.get("policies"))) {
            policy(POLICIES + "." + entry.getKey(), entry.getKey(), entry.getValue())
                    .ifPresent(options -> policies.put(entry.getKey(), options));
        }
        String usual = known("settings.defaultBondingPolicy", settings.get("defaultBondingPolicy"), policies);
        Map<Address, String> peers = new TreeMap<>();
        for (Map.Entry<String, JsonNode> entry : reader.members(PEERS, settings.get("peerSpecificBonds"))) {
            String at = PEERS + "." + entry.getKey();
            Optional<Address> address = Address.parse(entry.getKey()).filter(peer -> !peer.reserved());
            String policy = known(at, entry.getValue(), policies);
            if (address.isEmpty()) {
                reader.problem(at, "not a node address of ten hex digits; ignored");
            } else if (!policy.isEmpty()) {
                peers.put(address.get(), policy);
            }
        }
        return new Bonding(usual, policies, peers);
    }

    /** The name of a policy that there is; empty for none, or one that is reported. */
    private String known(String at, @Nullable JsonNode value, Map<String, BondOptions> own) {
        String name = Coercion.text(value, "");
        if (value != null && value.isContainer()) {
            reader.problem(at, "not the name of a policy; ignored");
            return "";
        }
        if (name.isEmpty() || own.containsKey(name) || BondPolicy.parse(name).isPresent()) {
            return name;
        }
        List<String> all = new ArrayList<>(BondPolicy.names());
        all.addAll(own.keySet());
        String near = LocalConfigReader.suggestion(name, all);
        reader.problem(
                at,
                "no policy is called " + name + "; ignored"
                        + (near.isEmpty() ? ". There are: " + String.join(", ", all) : near));
        return "";
    }

    private Optional<BondOptions> policy(String at, String name, JsonNode value) {
        if (!reader.object(at, value, POLICY_MEMBERS)) {
            return Optional.empty();
        }
        if (BondPolicy.parse(name).isPresent()) {
            reader.problem(at, "the name of a standard policy; ignored. Choose another one");
            return Optional.empty();
        }
        String base = Coercion.text(value.get("basePolicy"), "");
        Optional<BondPolicy> policy = BondPolicy.parse(base);
        if (policy.isEmpty()) {
            reader.problem(
                    value.has("basePolicy") ? at + ".basePolicy" : at,
                    (value.has("basePolicy") ? "no standard policy" : "has no basePolicy") + "; the policy is ignored"
                            + LocalConfigReader.suggestion(base, BondPolicy.names()));
            return Optional.empty();
        }
        int failover = whole(
                at,
                value,
                "failoverInterval",
                BondOptions.FAILOVER_MILLIS,
                BondOptions.FAILOVER_MILLIS_MIN,
                BondOptions.MILLIS_MAX);
        return Optional.of(new BondOptions(
                name,
                policy.get(),
                failover,
                delay(at, value, "upDelay"),
                delay(at, value, "downDelay"),
                packets(at, value),
                reselect(at, value),
                quality(at + ".linkQuality", value.get("linkQuality")),
                links(at + ".links", value.get("links"))));
    }

    private int whole(String at, JsonNode object, String name, int usual, int least, int most) {
        return bounded(at + "." + name, reader.number(at + "." + name, object.get(name), usual), least, most);
    }

    private int bounded(String at, long number, int least, int most) {
        long usable = Math.clamp(number, least, most);
        if (usable != number) {
            reader.problem(at, "outside " + least + ".." + most + "; " + usable + " is used");
        }
        return (int) usable;
    }

    /** Where a number below {@code least} stands for {@code otherwise}, as in other implementations. */
    private int orElse(int otherwise, String at, JsonNode object, String name, int least, int most) {
        long number = reader.number(at + "." + name, object.get(name), least - 1L);
        return number < least ? otherwise : bounded(at + "." + name, number, least, most);
    }

    private int delay(String at, JsonNode object, String name) {
        return orElse(0, at, object, name, 0, BondOptions.MILLIS_MAX);
    }

    private int packets(String at, JsonNode object) {
        return orElse(BondOptions.PACKETS_PER_LINK, at, object, "packetsPerLink", 1, PACKETS_MAX);
    }

    /** A text, or what a number or a boolean says as one; anything else is reported and taken as {@code otherwise}. */
    private String text(String at, @Nullable JsonNode value, String otherwise) {
        if (value != null && value.isContainer()) {
            reader.problem(at, "not a text; " + (otherwise.isEmpty() ? "ignored" : otherwise + " is used"));
        }
        return Coercion.text(value, otherwise);
    }

    private Reselect reselect(String at, JsonNode object) {
        // The second name is the one that documents of other implementations use.
        String name = object.has("activeReselect") ? "activeReselect" : "linkSelectMethod";
        String text = text(at + "." + name, object.get(name), Reselect.ALWAYS.text());
        Optional<Reselect> found = Reselect.parse(text);
        if (found.isEmpty()) {
            reader.problem(
                    at + "." + name,
                    "not one of " + String.join(", ", Reselect.names()) + "; always is used"
                            + LocalConfigReader.suggestion(text, Reselect.names()));
        }
        return found.orElse(Reselect.ALWAYS);
    }

    private LinkQuality quality(String at, @Nullable JsonNode value) {
        if (value == null || !reader.object(at, value, Set.copyOf(QUALITY_MEMBERS))) {
            return LinkQuality.USUAL;
        }
        double[] numbers = new double[QUALITY_MEMBERS.size()];
        for (int i = 0; i < numbers.length; i++) {
            JsonNode member = value.get(QUALITY_MEMBERS.get(i));
            if (member == null || !member.isNumber() || member.doubleValue() < 0) {
                reader.problem(
                        member == null ? at : at + "." + QUALITY_MEMBERS.get(i),
                        (member == null ? "has no " + QUALITY_MEMBERS.get(i) : "not a number of at least 0")
                                + "; all of linkQuality is ignored");
                return LinkQuality.USUAL;
            }
            numbers[i] = member.doubleValue();
        }
        double weights = numbers[4] + numbers[5] + numbers[6] + numbers[7];
        if (weights < WEIGHTS_LEAST || weights > WEIGHTS_MOST) {
            reader.problem(at, "the four weights must add up to 1, not " + weights + "; all of linkQuality is ignored");
            return LinkQuality.USUAL;
        }
        return new LinkQuality(
                numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5], numbers[6], numbers[7]);
    }

    private Map<String, LinkOptions> links(String at, @Nullable JsonNode section) {
        Map<String, LinkOptions> links = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : reader.members(at, section)) {
            String link = at + "." + entry.getKey();
            if (reader.object(link, entry.getValue(), LINK_MEMBERS)) {
                if (links.size() == BondOptions.LINKS_MAX) {
                    reader.problem(at, "more than " + BondOptions.LINKS_MAX + " links; further ones are ignored");
                    break;
                }
                links.put(entry.getKey(), link(link, entry.getValue()));
            }
        }
        links.forEach((name, link) -> {
            if (!link.failoverTo().isEmpty() && !links.containsKey(link.failoverTo())) {
                reader.problem(
                        at + "." + name + ".failoverTo",
                        "no link here is called " + link.failoverTo() + "; it takes over only if it is there"
                                + LocalConfigReader.suggestion(link.failoverTo(), links.keySet()));
            }
        });
        return links;
    }

    private LinkOptions link(String at, JsonNode value) {
        String mode = text(at + ".mode", value.get("mode"), "spare");
        boolean primary = mode.equals("primary");
        if (!primary && !mode.equals("spare")) {
            reader.problem(at + ".mode", "not primary or spare; spare is used");
        }
        String failoverTo = text(at + ".failoverTo", value.get("failoverTo"), "");
        if (!failoverTo.isEmpty() && !primary) {
            reader.problem(at + ".failoverTo", "has no effect on a spare link; ignored");
            failoverTo = "";
        }
        return new LinkOptions(
                enabled(at + ".enabled", value.get("enabled")),
                whole(at, value, "capacity", 0, 0, Integer.MAX_VALUE),
                family(at + ".ipvPref", value.get("ipvPref")),
                mtu(at + ".mtu", value.get("mtu")),
                primary,
                failoverTo);
    }

    private boolean enabled(String at, @Nullable JsonNode value) {
        boolean enabled = Coercion.flag(value, true);
        boolean number = value != null
                && value.isIntegralNumber()
                && (Coercion.integer(value, 0) == 0 || Coercion.integer(value, 0) == 1);
        if (value != null && !value.isBoolean() && !number) {
            reader.problem(at, "not true or false; taken as " + enabled);
        }
        return enabled;
    }

    private int mtu(String at, @Nullable JsonNode value) {
        long bytes = reader.number(at, value, 0);
        return bytes <= 0 ? 0 : bounded(at, bytes, Bonds.MTU_MIN, PathPolicy.MTU_MAX);
    }

    private LinkOptions.Family family(String at, @Nullable JsonNode value) {
        long number = reader.number(at, value, 0);
        Optional<LinkOptions.Family> found = Arrays.stream(LinkOptions.Family.values())
                .filter(each -> each.number() == number)
                .findFirst();
        if (found.isEmpty()) {
            reader.problem(at, "not one of 0, 4, 6, 46, 64; 0 is used");
        }
        return found.orElse(LinkOptions.Family.ANY);
    }
}
