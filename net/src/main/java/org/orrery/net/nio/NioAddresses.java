// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.nio;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;

/** Endpoints as the JDK's socket addresses and back, remembered in both directions. Any thread. */
final class NioAddresses {
    /** A few hundred bytes each; when full all are forgotten, and those in use come back with their next datagram. */
    static final int ENTRIES_MAX = 4096;

    private final Map<InetSocketAddress, Endpoint> endpoints = new ConcurrentHashMap<>();
    private final Map<Endpoint, InetSocketAddress> addresses = new ConcurrentHashMap<>();

    Endpoint endpoint(InetSocketAddress address) {
        Endpoint known = endpoints.get(address);
        if (known != null) {
            return known;
        }
        if (endpoints.size() >= ENTRIES_MAX) {
            endpoints.clear();
        }
        Endpoint made = new Endpoint(ip(address.getAddress()), address.getPort());
        endpoints.put(address, made);
        return made;
    }

    InetSocketAddress address(Endpoint endpoint) {
        InetSocketAddress known = addresses.get(endpoint);
        if (known != null) {
            return known;
        }
        if (addresses.size() >= ENTRIES_MAX) {
            addresses.clear();
        }
        InetSocketAddress made = new InetSocketAddress(address(endpoint.ip()), endpoint.port());
        addresses.put(endpoint, made);
        return made;
    }

    static Ip ip(InetAddress address) {
        byte[] bytes = address.getAddress();
        return Ip.of(bytes, 0, bytes.length == 16);
    }

    static InetAddress address(Ip ip) {
        try {
            return InetAddress.getByAddress(ip.bytes());
        } catch (UnknownHostException impossible) {
            throw new AssertionError("4 and 16 bytes are addresses", impossible);
        }
    }
}
