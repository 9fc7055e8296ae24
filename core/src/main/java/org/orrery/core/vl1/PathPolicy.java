// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.orrery.core.value.Address;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;
import org.orrery.core.value.Prefix;

/**
 * What a node's owner wants of physical networks and of single peers: where no path may lead, how long datagrams may be,
 * which networks protect their traffic themselves, and where peers may be found. Immutable, and replaced as a whole; any
 * thread.
 */
public final class PathPolicy {
    /** Networks taken; lists are searched for each new path, and other implementations hold no more. */
    public static final int PHYSICAL_MAX = 32;

    /** Least UDP payload to cut to. */
    public static final int MTU_MIN = 1_400;

    /** Largest one: no packet is longer. */
    public static final int MTU_MAX = 10_324;

    /** Nothing is refused, nothing is trusted, and datagrams have the usual length. */
    public static final PathPolicy NONE = new PathPolicy(List.of(), Map.of(), false);

    private final List<Physical> physical;
    private final Map<Address, Virtual> virtual;
    private final boolean lowBandwidth;
    private final boolean blacklists;
    private final Treatment usual;

    /**
     * What holds for paths whose remote address lies in {@code network}.
     *
     * @param blacklist whether there must be none
     * @param trustedPathId not 0: packets to their last receiver go unprotected under this number
     * @param mtuBytes largest UDP payload, 0 for the usual one
     */
    public record Physical(Prefix network, boolean blacklist, long trustedPathId, int mtuBytes) {
        public Physical {
            if (mtuBytes != 0 && (mtuBytes < MTU_MIN || mtuBytes > MTU_MAX)) {
                throw new IllegalArgumentException("MTU " + mtuBytes);
            }
        }
    }

    /**
     * What holds for one peer.
     *
     * @param hints where it may be found
     * @param blacklist where no path to it may lead
     */
    public record Virtual(List<Endpoint> hints, List<Prefix> blacklist) {
        public Virtual {
            hints = List.copyOf(hints);
            blacklist = List.copyOf(blacklist);
        }
    }

    /**
     * How packets over one path are sent.
     *
     * @param mtuBytes largest UDP payload
     * @param trustedPathId 0 for protected packets
     * @param economical whether silence is to be borne for longer
     */
    record Treatment(int mtuBytes, long trustedPathId, boolean economical) {
        static final Treatment USUAL = new Treatment(Sender.DATAGRAM_BYTES, 0, false);
    }

    /**
     * @param physical of several networks that contain an address, the smallest that says something about a matter counts
     * @param lowBandwidth whether to save packets that only keep things fresh
     * @throws IllegalArgumentException for more than {@link #PHYSICAL_MAX} networks
     */
    public PathPolicy(List<Physical> physical, Map<Address, Virtual> virtual, boolean lowBandwidth) {
        if (physical.size() > PHYSICAL_MAX) {
            throw new IllegalArgumentException(physical.size() + " physical networks");
        }
        this.physical = physical.stream()
                .sorted(Comparator.comparingInt(
                                (Physical each) -> each.network().bits())
                        .reversed())
                .toList();
        this.virtual = Map.copyOf(virtual);
        this.lowBandwidth = lowBandwidth;
        this.blacklists = physical.stream().anyMatch(Physical::blacklist)
                || virtual.values().stream().anyMatch(each -> !each.blacklist().isEmpty());
        this.usual = new Treatment(Sender.DATAGRAM_BYTES, 0, lowBandwidth);
    }

    /** Whether no path may lead to {@code ip}, whoever is there. */
    public boolean refuses(Ip ip) {
        for (Physical each : physical) {
            if (each.blacklist && each.network.contains(ip)) {
                return true;
            }
        }
        return false;
    }

    /** Whether {@code peer} must not be reached at {@code ip}. */
    public boolean refuses(long peer, Ip ip) {
        return blacklists && (refuses(ip) || refusedForPeer(peer, ip));
    }

    private boolean refusedForPeer(long peer, Ip ip) {
        Virtual own = virtual.isEmpty() || Address.reserved(peer) ? null : virtual.get(new Address(peer));
        return own != null && own.blacklist.stream().anyMatch(network -> network.contains(ip));
    }

    /** Whether an unprotected packet with {@code trustedPathId} may be believed that comes from {@code ip}; 0 never is. */
    public boolean trusts(Ip ip, long trustedPathId) {
        if (trustedPathId == 0) {
            return false;
        }
        for (Physical each : physical) {
            if (each.trustedPathId == trustedPathId && each.network.contains(ip)) {
                return true;
            }
        }
        return false;
    }

    /** How to send to {@code ip}. */
    Treatment treatment(Ip ip) {
        int mtu = 0;
        long trusted = 0;
        for (Physical each : physical) {
            if (each.network.contains(ip)) {
                mtu = mtu == 0 ? each.mtuBytes : mtu;
                trusted = trusted == 0 ? each.trustedPathId : trusted;
            }
        }
        return mtu == 0 && trusted == 0
                ? usual
                : new Treatment(mtu == 0 ? Sender.DATAGRAM_BYTES : mtu, trusted, lowBandwidth);
    }

    /** Peers about which there is something special. */
    Map<Address, Virtual> virtual() {
        return virtual;
    }

    public boolean lowBandwidth() {
        return lowBandwidth;
    }
}
