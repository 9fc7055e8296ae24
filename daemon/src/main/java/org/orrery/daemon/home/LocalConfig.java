// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.home;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.orrery.core.value.Address;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;
import org.orrery.core.value.Prefix;
import org.orrery.core.vl1.PathPolicy;
import org.orrery.core.vl1.RelayPolicy;
import org.orrery.daemon.json.Json;
import org.orrery.daemon.json.JsonPlaces;
import org.orrery.net.Offloads;
import org.orrery.net.relay.ProxyAddress;
import org.orrery.net.relay.RelayAddress;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What {@code local.conf} says, understood. Values that could not be used are left out and listed as problems. */
public final class LocalConfig {
    /** No file, or an empty one. */
    public static final LocalConfig EMPTY = LocalConfigReader.read(Json.object(), JsonPlaces.NONE);

    /** The setting that may hold a password. */
    static final String PROXY = "relayProxy";

    private final ObjectNode json;
    private final List<Physical> physical;
    private final Map<Address, Virtual> virtual;
    private final Settings settings;
    private final List<Problem> problems;
    private final List<Physical> oldTrustedPaths;

    LocalConfig(
            ObjectNode ownedJson,
            List<Physical> physical,
            Map<Address, Virtual> virtual,
            Settings settings,
            List<Problem> problems,
            List<Physical> oldTrustedPaths) {
        this.json = ownedJson;
        this.physical = List.copyOf(physical);
        this.virtual = Map.copyOf(virtual);
        this.settings = settings;
        this.problems = List.copyOf(problems);
        this.oldTrustedPaths = List.copyOf(oldTrustedPaths);
    }

    /** Makes what reading JSON needs, if that has not been done: for a thread that has nothing else to do meanwhile. */
    public static void prepare() {
        // The initialization of this class did it.
    }

    /**
     * What holds for remote endpoints, and for local addresses, inside one network.
     *
     * @param blacklist whether they must not be used
     * @param trustedPathId not 0: packets travel there unprotected under this number
     * @param mtuBytes largest UDP payload, 0 for the usual one, otherwise 1400 to 10,324
     */
    public record Physical(Prefix network, boolean blacklist, long trustedPathId, int mtuBytes) {
        /** Entries taken, in the order of their networks; the rest is dropped, as other readers of the file do. */
        public static final int COUNT_MAX = PathPolicy.PHYSICAL_MAX;

        static final int MTU_MIN = PathPolicy.MTU_MIN;
        static final int MTU_MAX = PathPolicy.MTU_MAX;
    }

    /**
     * What holds for one peer.
     *
     * @param endpoints where it may be found
     * @param blacklist networks in which it is never to be reached
     */
    public record Virtual(List<Endpoint> endpoints, List<Prefix> blacklist) {
        public Virtual {
            endpoints = List.copyOf(endpoints);
            blacklist = List.copyOf(blacklist);
        }
    }

    /**
     * The settings that this service acts on.
     *
     * @param primaryPort wins over the command line; 0 for a random one
     * @param secondaryPort 0 for a random one while no root answers
     * @param allowSecondaryPort whether there may be one
     * @param tertiaryPort that routers are asked to pass on, 0 for the primary one
     * @param bind local addresses to use instead of those of each interface; empty for those
     * @param interfacePrefixBlacklist interfaces whose names start with one of these are not used
     * @param interfacePrefixAllowlist only interfaces whose names start with one of these are used; empty for all
     * @param addressAllowlist only local addresses in these networks are used; empty for all
     * @param allowManagementFrom networks, besides this host, whose addresses may call the API
     * @param controllerDbPath another folder for the controller's records
     * @param portMapping whether routers are asked to pass the port on
     * @param portSearch whether a common port with peers behind other kinds of NAT is searched for
     * @param lanes how many threads move packets, 1 to {@link #LANES_MAX}; empty for as many as suit the machine
     * @param offloads which segmentation offloads may be used
     * @param relay which roots may and should carry what has no direct path
     * @param tcpRelay the way over TCP where UDP does not pass
     * @param bonding which peers are reached over several paths together
     */
    public record Settings(
            OptionalInt primaryPort,
            int secondaryPort,
            boolean allowSecondaryPort,
            int tertiaryPort,
            List<Ip> bind,
            List<String> interfacePrefixBlacklist,
            List<String> interfacePrefixAllowlist,
            List<Prefix> addressAllowlist,
            List<Prefix> allowManagementFrom,
            boolean lowBandwidthMode,
            Optional<String> controllerDbPath,
            boolean portMapping,
            boolean portSearch,
            OptionalInt lanes,
            Offloads offloads,
            RelayPolicy relay,
            Relay tcpRelay,
            Bonding bonding) {
        /** Each lane takes some megabytes, and a socket for each local address. */
        public static final int LANES_MAX = 16;

        public Settings {
            bind = List.copyOf(bind);
            interfacePrefixBlacklist = List.copyOf(interfacePrefixBlacklist);
            interfacePrefixAllowlist = List.copyOf(interfacePrefixAllowlist);
            addressAllowlist = List.copyOf(addressAllowlist);
            allowManagementFrom = List.copyOf(allowManagementFrom);
        }
    }

    /**
     * The way over TCP.
     *
     * @param allowed whether it may be taken
     * @param forced whether it is the only one
     * @param plain the relay of the kind that all implementations know; absent for {@link #PUBLIC}, unless {@code tls}
     *     is set
     * @param tls the relay of Orrery's own kind, which is preferred
     * @param proxy through which relays are reached
     */
    public record Relay(
            boolean allowed,
            boolean forced,
            Optional<Endpoint> plain,
            Optional<RelayAddress.Tls> tls,
            Optional<ProxyAddress> proxy) {
        /** Where other implementations expect a relay that anybody may use. */
        public static final Endpoint PUBLIC = Endpoint.parse("204.80.128.1/443").orElseThrow();
    }

    /**
     * Something in the file that has not the effect that its writer may expect.
     *
     * @param at the path of the member, such as {@code settings.bind[1]}, or another file's name
     * @param line where it stands, from 1; 0 if that is not known
     * @param column from 1; 0 if that is not known
     */
    public record Problem(String at, String text, int line, int column) {
        /** {@code line 3, column 5: } or nothing. */
        public String place() {
            return line == 0 ? "" : "line " + line + ", column " + column + ": ";
        }

        @Override
        public String toString() {
            return at + ": " + text;
        }
    }

    /**
     * Reads a text as {@code local.conf} is read; a blank one is an empty configuration.
     *
     * @throws Json.SyntaxException if it is no JSON object; the message says where and why
     */
    public static LocalConfig parse(byte[] utf8) throws Json.SyntaxException {
        if (new String(utf8, StandardCharsets.UTF_8).isBlank()) {
            return EMPTY;
        }
        if (Json.parse(utf8) instanceof ObjectNode object) {
            return LocalConfigReader.read(object, Json.places(utf8));
        }
        throw new Json.SyntaxException("line 1, column 1: the root element is not a JSON object");
    }

    /** This one, with the networks of an old file, and what is wrong there. */
    LocalConfig with(TrustedPaths old) {
        List<Problem> all = new ArrayList<>(problems);
        all.removeIf(problem -> problem.at().equals(TrustedPaths.FILE));
        all.addAll(old.problems());
        return new LocalConfig(json, physical, virtual, settings, all, old.networks());
    }

    /** What the core needs to know of all this. */
    public PathPolicy pathPolicy() {
        List<PathPolicy.Physical> networks = new ArrayList<>();
        for (Physical each : physical) {
            networks.add(
                    new PathPolicy.Physical(each.network(), each.blacklist(), each.trustedPathId(), each.mtuBytes()));
        }
        for (Physical old : oldTrustedPaths) {
            if (networks.size() < PathPolicy.PHYSICAL_MAX) {
                networks.add(new PathPolicy.Physical(old.network(), false, old.trustedPathId(), 0));
            }
        }
        Map<Address, PathPolicy.Virtual> peers = new HashMap<>();
        virtual.forEach(
                (address, each) -> peers.put(address, new PathPolicy.Virtual(each.endpoints(), each.blacklist())));
        return new PathPolicy(networks, peers, settings.lowBandwidthMode());
    }

    /** A copy of the object in the file, unknown members included. */
    public ObjectNode json() {
        return json.deepCopy();
    }

    /** As {@link #json}, for showing around: a proxy is without its password, and one that could not be read is not said. */
    public ObjectNode shown() {
        ObjectNode shown = json();
        if (shown.get("settings") instanceof ObjectNode inFile
                && inFile.has(PROXY)
                && !inFile.get(PROXY).isNull()) {
            inFile.put(
                    PROXY,
                    settings.tcpRelay().proxy().map(ProxyAddress::toString).orElse("(not a proxy)"));
        }
        return shown;
    }

    /** Whether it holds a password, as far as can be seen of a proxy that cannot be read. */
    boolean secret() {
        JsonNode proxy = json.at("/settings/" + PROXY);
        return settings.tcpRelay()
                .proxy()
                .map(each -> !each.password().isEmpty())
                .orElseGet(() -> proxy.isString() && proxy.stringValue().contains("@"));
    }

    public List<Physical> physical() {
        return physical;
    }

    public Map<Address, Virtual> virtual() {
        return virtual;
    }

    public Settings settings() {
        return settings;
    }

    /** Networks from the file that came before this one. */
    List<Physical> oldTrustedPaths() {
        return oldTrustedPaths;
    }

    /** In the order of the file's sections. */
    public List<Problem> problems() {
        return problems;
    }

    boolean sameAs(LocalConfig other) {
        return json.equals(other.json) && oldTrustedPaths.equals(other.oldTrustedPaths);
    }
}
