// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.home;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.orrery.core.value.Address;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;
import org.orrery.core.value.IpScope;
import org.orrery.core.value.Prefix;
import org.orrery.core.vl1.RelayPolicy;
import org.orrery.daemon.home.LocalConfig.Physical;
import org.orrery.daemon.home.LocalConfig.Problem;
import org.orrery.daemon.home.LocalConfig.Relay;
import org.orrery.daemon.home.LocalConfig.Settings;
import org.orrery.daemon.home.LocalConfig.Virtual;
import org.orrery.daemon.json.Coercion;
import org.orrery.daemon.json.JsonPlaces;
import org.orrery.net.Offloads;
import org.orrery.net.relay.Fingerprint;
import org.orrery.net.relay.ProxyAddress;
import org.orrery.net.relay.RelayAddress;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** One reading of a {@code local.conf} object. Never fails: what is wrong becomes a problem with its path. */
final class LocalConfigReader {
    private static final Set<String> SECTIONS = Set.of("physical", "virtual", "settings");
    private static final Set<String> PHYSICAL_MEMBERS = Set.of("blacklist", "trustedPathId", "mtu");
    private static final Set<String> VIRTUAL_MEMBERS = Set.of("try", "blacklist", "role");
    /** What other implementations of version 1.2 hold. */
    private static final int TRUSTED_OLD_MAX = 16;

    private static final String RELAY = "orrery.relay";
    private static final Set<String> RELAY_MEMBERS = Set.of("prefer", "only", "never");
    static final Set<String> SETTINGS = Set.of(
            "primaryPort",
            "secondaryPort",
            "allowSecondaryPort",
            "tertiaryPort",
            "bind",
            "interfacePrefixBlacklist",
            "interfacePrefixAllowlist",
            "addressAllowlist",
            "allowManagementFrom",
            "lowBandwidthMode",
            "controllerDbPath",
            "multicoreEnabled",
            "concurrency",
            "offloadTap",
            "offloadSend",
            "offloadReceive",
            "portMappingEnabled",
            "portSearch",
            RELAY,
            "allowTcpFallbackRelay",
            "forceTcpRelay",
            "tcpFallbackRelay",
            "tlsRelay",
            "tlsRelayFingerprint",
            "relayProxy",
            "defaultBondingPolicy",
            "policies",
            "peerSpecificBonds");

    /** Known from other implementations and harmless to leave in the file while they ask for nothing. */
    private static final Set<String> NOT_OFFERED = Set.of(
            "softwareUpdate",
            "softwareUpdateChannel",
            "softwareUpdateDist",
            "enableWebServer",
            "cpuPinningEnabled",
            "ssoRedirectURL",
            "controllerDb",
            "redis",
            "vault",
            "multipathMode");

    private static final Set<String> KNOWN =
            Stream.concat(SETTINGS.stream(), NOT_OFFERED.stream()).collect(Collectors.toUnmodifiableSet());

    private static final JsonPlaces.Place NO_PLACE = new JsonPlaces.Place(0, 0);

    private final List<Problem> problems = new ArrayList<>();

    private final JsonPlaces places;

    private LocalConfigReader(JsonPlaces places) {
        this.places = places;
    }

    static LocalConfig read(ObjectNode ownedJson, JsonPlaces places) {
        LocalConfigReader reader = new LocalConfigReader(places);
        for (String twice : places.repeated()) {
            reader.problem(twice, "given more than once; the last one counts");
        }
        for (String name : ownedJson.propertyNames()) {
            if (!SECTIONS.contains(name)) {
                reader.problem(
                        name,
                        "not a section of this file (physical, virtual, settings); ignored"
                                + suggestion(name, SECTIONS));
            }
        }
        List<Physical> physical = reader.physical(ownedJson.get("physical"));
        Map<Address, Virtual> virtual = reader.virtual(ownedJson.get("virtual"));
        Settings settings = reader.settings(ownedJson.get("settings"));
        return new LocalConfig(ownedJson, physical, virtual, settings, reader.problems, List.of());
    }

    private List<Physical> physical(@Nullable JsonNode section) {
        List<Physical> found = new ArrayList<>();
        for (Map.Entry<String, JsonNode> entry : members("physical", section)) {
            String at = "physical[\"" + entry.getKey() + "\"]";
            Optional<Prefix> network = Prefix.parse(entry.getKey());
            if (network.isEmpty()) {
                problem(at, "not a network/bits; ignored");
            } else if (object(at, entry.getValue(), PHYSICAL_MEMBERS)) {
                found.add(physical(at, network.get().network(), entry.getValue()));
            }
        }
        if (found.stream().filter(each -> each.trustedPathId() != 0).count() > TRUSTED_OLD_MAX) {
            problem(
                    "physical",
                    "more than " + TRUSTED_OLD_MAX
                            + " trusted networks; other implementations of version 1.2 hold no more");
        }
        found.sort(Comparator.comparing(Physical::network));
        if (found.size() > Physical.COUNT_MAX) {
            problem("physical", "more than " + Physical.COUNT_MAX + " networks; the highest are ignored");
            return found.subList(0, Physical.COUNT_MAX);
        }
        return found;
    }

    private Physical physical(String at, Prefix network, JsonNode value) {
        boolean blacklist = flag(at + ".blacklist", value.get("blacklist"), false);
        if (blacklist && network.bits() == 0) {
            problem(at + ".blacklist", "would exclude everything; ignored");
            blacklist = false;
        }
        long trusted = number(at + ".trustedPathId", value.get("trustedPathId"), 0);
        if (trusted != 0 && network.bits() == 0) {
            problem(at + ".trustedPathId", "would leave everything unprotected; ignored");
            trusted = 0;
        }
        if (trusted != 0 && network.ip().scope() == IpScope.GLOBAL) {
            problem(
                    at + ".trustedPathId",
                    "not a private network: what is sent there can be read and forged on its way;"
                            + " other implementations of version 1.2 refuse this");
        }
        if (trusted != 0 && blacklist) {
            problem(at + ".trustedPathId", "has no effect beside blacklist");
        }
        long mtu = number(at + ".mtu", value.get("mtu"), 0);
        long usable = mtu == 0 ? 0 : Math.clamp(mtu < 0 ? Long.MAX_VALUE : mtu, Physical.MTU_MIN, Physical.MTU_MAX);
        if (usable != mtu) {
            problem(at + ".mtu", "outside " + Physical.MTU_MIN + ".." + Physical.MTU_MAX + "; " + usable + " is used");
        }
        return new Physical(network, blacklist, trusted, (int) usable);
    }

    private Map<Address, Virtual> virtual(@Nullable JsonNode section) {
        Map<Address, Virtual> found = new TreeMap<>();
        for (Map.Entry<String, JsonNode> entry : members("virtual", section)) {
            String at = "virtual[\"" + entry.getKey() + "\"]";
            Optional<Address> address = Address.parse(entry.getKey()).filter(peer -> !peer.reserved());
            if (address.isEmpty()) {
                problem(at, "not a node address of ten hex digits; ignored");
            } else if (object(at, entry.getValue(), VIRTUAL_MEMBERS)) {
                JsonNode value = entry.getValue();
                List<Endpoint> endpoints =
                        list(at + ".try", value.get("try"), LocalConfigReader::endpoint, "not an ip/port");
                List<Prefix> blacklist =
                        list(at + ".blacklist", value.get("blacklist"), Prefix::parse, "not a network/bits");
                found.put(address.get(), new Virtual(endpoints, blacklist));
            }
        }
        return found;
    }

    private static Optional<Endpoint> endpoint(String text) {
        return Endpoint.parse(text).filter(endpoint -> endpoint.port() != 0);
    }

    private Settings settings(@Nullable JsonNode section) {
        JsonNode value = section != null && object("settings", section, Set.of()) ? section : null;
        if (value != null) {
            checkNames(value);
        }
        return new Settings(
                port("primaryPort", member(value, "primaryPort")),
                port("secondaryPort", member(value, "secondaryPort")).orElse(0),
                flag("settings.allowSecondaryPort", member(value, "allowSecondaryPort"), true),
                port("tertiaryPort", member(value, "tertiaryPort")).orElse(0),
                list("settings.bind", member(value, "bind"), Ip::parse, "not an IP address"),
                list(
                        "settings.interfacePrefixBlacklist",
                        member(value, "interfacePrefixBlacklist"),
                        text -> Optional.of(text).filter(prefix -> !prefix.isEmpty()),
                        "empty"),
                list(
                        "settings.interfacePrefixAllowlist",
                        member(value, "interfacePrefixAllowlist"),
                        text -> Optional.of(text).filter(prefix -> !prefix.isEmpty()),
                        "empty"),
                list(
                        "settings.addressAllowlist",
                        member(value, "addressAllowlist"),
                        Prefix::parse,
                        "not a network/bits"),
                list(
                        "settings.allowManagementFrom",
                        member(value, "allowManagementFrom"),
                        Prefix::parse,
                        "not a network/bits"),
                flag("settings.lowBandwidthMode", member(value, "lowBandwidthMode"), false),
                Optional.of(Coercion.text(member(value, "controllerDbPath"), ""))
                        .filter(path -> !path.isEmpty()),
                flag("settings.portMappingEnabled", member(value, "portMappingEnabled"), true),
                flag("settings.portSearch", member(value, "portSearch"), true),
                lanes(member(value, "multicoreEnabled"), member(value, "concurrency")),
                new Offloads(
                        flag("settings.offloadTap", member(value, "offloadTap"), true),
                        flag("settings.offloadSend", member(value, "offloadSend"), true),
                        flag("settings.offloadReceive", member(value, "offloadReceive"), true)),
                relay(member(value, RELAY)),
                tcpRelay(value),
                new BondingReader(this).read(value));
    }

    private RelayPolicy relay(@Nullable JsonNode value) {
        String at = "settings." + RELAY;
        if (value == null || !object(at, value, RELAY_MEMBERS)) {
            return RelayPolicy.NONE;
        }
        JsonNode never = value.get("never");
        if (never != null && (everything(never) || never.size() == 1 && everything(never.get(0)))) {
            if (value.size() > 1) {
                problem(at, "no root relays at all because of never; prefer and only have no effect");
            }
            return RelayPolicy.DIRECT_ONLY;
        }
        var policy = new RelayPolicy(
                roots(at + ".prefer", value.get("prefer")),
                roots(at + ".only", value.get("only")),
                roots(at + ".never", never));
        if (!policy.only().isEmpty() && policy.never().containsAll(policy.only())) {
            problem(at, "leaves no root to relay over: all of only are in never");
        }
        for (Address root : policy.prefer()) {
            if (policy.never().contains(root)
                    || !policy.only().isEmpty() && !policy.only().contains(root)) {
                problem(at + ".prefer", root + " is preferred but not allowed");
            }
        }
        return policy;
    }

    private static boolean everything(JsonNode value) {
        return Coercion.text(value, "").equals("all");
    }

    private Set<Address> roots(String at, @Nullable JsonNode value) {
        return new LinkedHashSet<>(list(
                at,
                value,
                text -> Address.parse(text).filter(root -> !root.reserved()),
                "not a root's address of ten hex digits"));
    }

    private Relay tcpRelay(@Nullable JsonNode settings) {
        boolean allowed = flag("settings.allowTcpFallbackRelay", member(settings, "allowTcpFallbackRelay"), true);
        boolean forced = flag("settings.forceTcpRelay", member(settings, "forceTcpRelay"), false);
        if (forced && !allowed) {
            problem("settings.forceTcpRelay", "has no effect while allowTcpFallbackRelay is false; ignored");
        }
        Optional<Endpoint> plain = text(
                "tcpFallbackRelay",
                member(settings, "tcpFallbackRelay"),
                LocalConfigReader::relayEndpoint,
                "not an IPv4 address and port, as in 203.0.113.5/443; ignored");
        Optional<Fingerprint> fingerprint = text(
                "tlsRelayFingerprint",
                member(settings, "tlsRelayFingerprint"),
                Fingerprint::parse,
                "not the SHA-256 of a certificate, 64 hex digits; tlsRelay is not used");
        JsonNode wantedPin = member(settings, "tlsRelayFingerprint");
        boolean badPin = fingerprint.isEmpty() && !Coercion.text(wantedPin, "").isEmpty();
        Optional<RelayAddress.Tls> tls = text(
                        "tlsRelay",
                        member(settings, "tlsRelay"),
                        text -> RelayAddress.Tls.parse(text, fingerprint),
                        "not an address as in wss://relay.example.org:443/; ignored")
                .filter(_ -> !badPin);
        if (fingerprint.isPresent() && tls.isEmpty()) {
            problem("settings.tlsRelayFingerprint", "has no effect without tlsRelay; ignored");
        }
        Optional<ProxyAddress> proxy = text(
                "relayProxy",
                member(settings, "relayProxy"),
                ProxyAddress::parse,
                "not a proxy as in http://USER:PASSWORD@HOST:PORT or socks5://HOST:PORT; ignored");
        return new Relay(allowed, forced, plain, tls, proxy);
    }

    private static Optional<Endpoint> relayEndpoint(String text) {
        return endpoint(text).filter(at -> !at.ip().v6());
    }

    private <T> Optional<T> text(
            String name, @Nullable JsonNode value, Function<String, Optional<T>> reader, String fault) {
        String text = Coercion.text(value, "");
        if (text.isEmpty()) {
            return Optional.empty();
        }
        Optional<T> read = reader.apply(text);
        if (read.isEmpty()) {
            problem("settings." + name, fault);
        }
        return read;
    }

    private OptionalInt lanes(@Nullable JsonNode severalWanted, @Nullable JsonNode count) {
        if (severalWanted == null) {
            if (count != null) {
                problem("settings.concurrency", "has no effect without multicoreEnabled; ignored");
            }
            return OptionalInt.empty();
        }
        if (!flag("settings.multicoreEnabled", severalWanted, false)) {
            return OptionalInt.of(1);
        }
        if (count == null) {
            return OptionalInt.empty();
        }
        long lanes = number("settings.concurrency", count, 0);
        if (lanes < 1 || lanes > Settings.LANES_MAX) {
            problem("settings.concurrency", "outside 1.." + Settings.LANES_MAX + "; the usual number is used");
            return OptionalInt.empty();
        }
        return OptionalInt.of((int) lanes);
    }

    private void checkNames(JsonNode settings) {
        for (Map.Entry<String, JsonNode> entry : settings.properties()) {
            String at = "settings." + entry.getKey();
            if (NOT_OFFERED.contains(entry.getKey())) {
                if (!asksForNothing(entry.getValue())) {
                    problem(at, "not offered by this version; ignored");
                }
            } else if (!SETTINGS.contains(entry.getKey())) {
                problem(at, "unknown setting; ignored" + suggestion(entry.getKey(), KNOWN));
            }
        }
    }

    private static boolean asksForNothing(JsonNode value) {
        return value.isNull()
                || value.isContainer() && value.isEmpty()
                || value.isString() && Set.of("", "disable", "release").contains(value.stringValue())
                || !value.isContainer() && !value.isString() && !Coercion.flag(value, false);
    }

    static String suggestion(String name, Collection<String> known) {
        return Spelling.nearest(name, known)
                .map(near -> " (is " + near + " meant?)")
                .orElse("");
    }

    private static @Nullable JsonNode member(@Nullable JsonNode object, String name) {
        return object == null ? null : object.get(name);
    }

    private OptionalInt port(String name, @Nullable JsonNode value) {
        if (value == null || value.isNull() || value.isContainer()) {
            if (value != null && value.isContainer()) {
                problem("settings." + name, "not a number; ignored");
            }
            return OptionalInt.empty();
        }
        long number = number("settings." + name, value, 0);
        if (number >>> 16 != 0) {
            problem("settings." + name, "not a port number; its low 16 bits, " + (number & 0xffff) + ", are used");
        }
        return OptionalInt.of((int) (number & 0xffff));
    }

    long number(String at, @Nullable JsonNode value, long otherwise) {
        if (value != null && !value.isIntegralNumber()) {
            problem(at, "not a whole number; taken as " + Coercion.integer(value, otherwise));
        }
        return Coercion.integer(value, otherwise);
    }

    private boolean flag(String at, @Nullable JsonNode value, boolean otherwise) {
        if (value != null && !value.isBoolean()) {
            problem(at, "not true or false; taken as " + Coercion.flag(value, otherwise));
        }
        return Coercion.flag(value, otherwise);
    }

    private <T> List<T> list(String at, @Nullable JsonNode value, Function<String, Optional<T>> reader, String fault) {
        List<T> found = new ArrayList<>();
        if (value == null || value.isNull()) {
            return found;
        }
        if (!value.isArray()) {
            problem(at, "not an array; ignored");
            return found;
        }
        for (int i = 0; i < value.size(); i++) {
            String text = Coercion.text(value.get(i), "");
            Optional<T> entry = reader.apply(text);
            if (entry.isPresent()) {
                found.add(entry.get());
            } else {
                problem(at + "[" + i + "]", fault + "; ignored");
            }
        }
        return found;
    }

    Set<Map.Entry<String, JsonNode>> members(String at, @Nullable JsonNode section) {
        return section != null && object(at, section, Set.of()) ? section.properties() : Set.of();
    }

    /** Whether {@code value} is an object; with {@code known} names, others are reported. */
    boolean object(String at, JsonNode value, Set<String> known) {
        if (value.isNull()) {
            return false;
        }
        if (!value.isObject()) {
            problem(at, "not an object; ignored");
            return false;
        }
        if (!known.isEmpty()) {
            for (String name : value.propertyNames()) {
                if (!known.contains(name)) {
                    problem(at + "." + name, "unknown member; ignored" + suggestion(name, known));
                }
            }
        }
        return true;
    }

    void problem(String at, String text) {
        JsonPlaces.Place place = places.find(at).orElse(NO_PLACE);
        problems.add(new Problem(at, text, place.line(), place.column()));
    }
}
