// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.netconf;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.orrery.core.credential.Capability;
import org.orrery.core.credential.FilterSides;
import org.orrery.core.credential.MembershipCertificate;
import org.orrery.core.credential.OwnershipCertificate;
import org.orrery.core.credential.Tag;
import org.orrery.core.rules.CompiledRules;
import org.orrery.core.rules.FilterScope;
import org.orrery.core.rules.NetworkFilter;
import org.orrery.core.rules.RuleTable;
import org.orrery.core.value.Address;
import org.orrery.core.value.NetworkId;
import org.orrery.core.value.Prefix;
import org.orrery.core.wire.Dictionary;

/**
 * A network as its controller describes it to one member. Immutable; {@link #builder} makes one, {@link #read} and {@link
 * #write} are its dictionary form.
 *
 * @param issuedTo the member it is for
 * @param timestamp when it was made, milliseconds since 1970 on the controller's clock
 * @param credentialTimeMaxDeltaMillis how far timestamps of credentials may be from {@code timestamp}
 * @param revision counts the network's changes, unsigned
 * @param flags {@code FLAG_...}
 * @param multicastLimit recipients of a multicast at most, 0 for no multicast, unsigned 32 bits
 * @param mtu of the virtual port
 * @param traceTarget who gets diagnostic events, {@link Address#NONE} for nobody
 * @param capabilities ascending by ID, when read
 * @param tags ascending by ID, when read
 * @param membership null if the controller sent none
 */
public record NetworkConfig(
        NetworkId network,
        Address issuedTo,
        long timestamp,
        long credentialTimeMaxDeltaMillis,
        long revision,
        long flags,
        Type type,
        String name,
        long multicastLimit,
        int mtu,
        Address traceTarget,
        long traceLevel,
        List<Specialist> specialists,
        List<Route> routes,
        List<Prefix> staticIps,
        RuleTable rules,
        List<Capability> capabilities,
        List<Tag> tags,
        List<OwnershipCertificate> ownerships,
        @Nullable MembershipCertificate membership,
        NameServers nameServers,
        SignOn signOn) {
    /** Whether members need certificates that agree. A type number that nobody knows counts as private. */
    public enum Type {
        PRIVATE,
        PUBLIC
    }

    /** Every member may bridge; honoured up to protocol 9 only. */
    public static final long FLAG_PASSIVE_BRIDGING = 0x01;

    public static final long FLAG_BROADCAST = 0x02;

    /** IPv6 neighbour discovery for derived addresses is answered by the member itself. */
    public static final long FLAG_NDP_EMULATION = 0x04;

    /** A match of unknown type counts as matching. */
    public static final long FLAG_UNKNOWN_MATCHES = 0x08;

    public static final long FLAG_NO_COMPRESSION = 0x10;

    public static final int MTU_DEFAULT = 2800;
    public static final int MTU_MIN = 1280;
    public static final int MTU_MAX = 10_000;

    // What members of protocol 12 keep. A configuration read here is never larger: capabilities are the bulk with
    // 128 * 17.2 KB, and its dictionary form is bounded by CAPACITY_BYTES before that.
    public static final int CAPABILITIES_MAX = 128;
    public static final int TAGS_MAX = 128;
    public static final int OWNERSHIPS_MAX = 4;
    public static final int SPECIALISTS_MAX = 256;
    public static final int ROUTES_MAX = 128;
    public static final int STATIC_IPS_MAX = 32;
    public static final int NAME_BYTES_MAX = 127;

    /** Capacity of a configuration's dictionary at members of protocol 12, a NUL at its end included. */
    public static final int CAPACITY_BYTES = 484_520;

    /** The same at members of protocol 9. */
    public static final int CAPACITY_BYTES_PROTOCOL_9 = 419_456;

    public NetworkConfig {
        specialists = List.copyOf(specialists);
        routes = List.copyOf(routes);
        staticIps = List.copyOf(staticIps);
        capabilities = List.copyOf(capabilities);
        tags = List.copyOf(tags);
        ownerships = List.copyOf(ownerships);
    }

    /** Starts a private configuration with nothing in it: no rules, so that nothing may pass. */
    public static NetworkConfigBuilder builder(NetworkId network, Address issuedTo) {
        return new NetworkConfigBuilder(network, issuedTo);
    }

    /**
     * Reads a configuration; null if it is malformed, names no network or member, or has the form of versions before 1.2.
     * A malformed capability or tag only ends its list. What is beyond a limit is left out.
     */
    public static @Nullable NetworkConfig read(Dictionary dictionary) {
        return NetworkConfigCodec.read(dictionary);
    }

    /** The dictionary's bytes, without a NUL at the end; null if they do not fit into the members' capacity. */
    public byte @Nullable [] write(ConfigForm form) {
        return NetworkConfigCodec.write(this, form);
    }

    public boolean publicNetwork() {
        return type == Type.PUBLIC;
    }

    public boolean broadcast() {
        return (flags & FLAG_BROADCAST) != 0;
    }

    public boolean ndpEmulation() {
        return (flags & FLAG_NDP_EMULATION) != 0;
    }

    public boolean compression() {
        return (flags & FLAG_NO_COMPRESSION) == 0;
    }

    /** Whether {@code member} may carry frames of foreign MACs. */
    public boolean activeBridge(Address member) {
        for (Specialist specialist : specialists) {
            if (specialist.activeBridge() && specialist.address().equals(member)) {
                return true;
            }
        }
        return false;
    }

    /** The filter for the member it is issued to, with that member's own credentials. */
    public NetworkFilter filter() {
        return new NetworkFilter(
                CompiledRules.of(rules),
                FilterScope.of(
                        network,
                        issuedTo,
                        FilterSides.of(tags, ownerships, capabilities),
                        flags,
                        staticIps.stream().map(Prefix::ip).toList()));
    }
}
