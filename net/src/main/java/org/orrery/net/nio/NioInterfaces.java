// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.nio;

import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.orrery.core.value.Ip;
import org.orrery.core.value.Mac;
import org.orrery.core.value.Prefix;
import org.orrery.net.HostInterface;

/** The host's interfaces as the JDK knows them: privacy addresses and those under check look like any other. */
final class NioInterfaces {
    private NioInterfaces() {}

    static List<HostInterface> list() throws SocketException {
        List<HostInterface> interfaces = new ArrayList<>();
        for (NetworkInterface each : Collections.list(NetworkInterface.getNetworkInterfaces())) {
            describe(each).ifPresent(interfaces::add);
        }
        return interfaces;
    }

    /** Empty if it went away while it was looked at. */
    private static Optional<HostInterface> describe(NetworkInterface each) {
        try {
            return Optional.of(read(each));
        } catch (SocketException gone) {
            return Optional.empty();
        }
    }

    private static HostInterface read(NetworkInterface each) throws SocketException {
        List<HostInterface.Address> addresses = new ArrayList<>();
        for (InterfaceAddress address : each.getInterfaceAddresses()) {
            Ip ip = NioAddresses.ip(address.getAddress());
            int bits = Math.clamp(address.getNetworkPrefixLength(), 0, ip.width());
            addresses.add(new HostInterface.Address(new Prefix(ip, bits), false, true));
        }
        byte[] hardware = each.getHardwareAddress();
        long mac = 0;
        for (int i = 0; hardware != null && hardware.length == Mac.BYTES && i < Mac.BYTES; i++) {
            mac = mac << 8 | (hardware[i] & 0xff);
        }
        return new HostInterface(
                each.getIndex(),
                each.getName(),
                new Mac(mac),
                each.getMTU(),
                each.isUp(),
                each.isUp(),
                each.isLoopback(),
                addresses);
    }
}
