// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.portmap;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.NetworkInterface;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.orrery.core.value.Ip;

/** Looks for Internet gateways on the local network: SSDP, the search of UPnP. */
final class UpnpSearch {
    private static final InetSocketAddress GROUP =
            new InetSocketAddress(InetAddress.ofLiteral("239.255.255.250"), 1900);
    private static final int WAIT_MILLIS = 2_500;
    private static final int DEVICES_MAX = 8;

    /** Read at most, whatever they say: a gateway sends one for each target. */
    private static final int ANSWERS_MAX = 256;

    private static final int TTL = 2;
    private static final List<String> TARGETS = List.of(
            "urn:schemas-upnp-org:device:InternetGatewayDevice:2",
            "urn:schemas-upnp-org:device:InternetGatewayDevice:1",
            "urn:schemas-upnp-org:service:WANIPConnection:1");

    private final InetSocketAddress group;
    private final int waitMillis;
    private final int answersMax;

    UpnpSearch() {
        this(GROUP, WAIT_MILLIS, ANSWERS_MAX);
    }

    /** @param answersMax end the search before its time is over */
    UpnpSearch(InetSocketAddress group, int waitMillis, int answersMax) {
        this.group = group;
        this.waitMillis = waitMillis;
        this.answersMax = answersMax;
    }

    /**
     * Somebody who calls itself a gateway.
     *
     * @param description where it tells its services
     */
    record Device(Ip router, URI description) {}

    /** Those that answer in time, in the order of their answers. */
    List<Device> devices(Ip local) throws IOException {
        InetAddress own = InetAddress.getByAddress(local.bytes());
        try (var socket = new MulticastSocket(new InetSocketAddress(own, 0))) {
            if (group.getAddress().isMulticastAddress()) {
                NetworkInterface device = NetworkInterface.getByInetAddress(own);
                if (device != null) {
                    socket.setNetworkInterface(device);
                }
                socket.setTimeToLive(TTL);
            }
            for (String target : TARGETS) {
                send(socket, target);
            }
            return answers(socket);
        }
    }

    private void send(DatagramSocket socket, String target) throws IOException {
        String text = "M-SEARCH * HTTP/1.1\r\nHOST: " + group.getAddress().getHostAddress() + ":" + group.getPort()
                + "\r\nMAN: \"ssdp:discover\"\r\nMX: 2\r\nST: " + target + "\r\n\r\n";
        byte[] request = text.getBytes(StandardCharsets.US_ASCII);
        socket.send(new DatagramPacket(request, request.length, group));
    }

    /** What came in time counts however late it is read: this thread may have been paused past the deadline itself. */
    List<Device> answers(DatagramSocket socket) throws IOException {
        Map<URI, Device> found = new LinkedHashMap<>();
        long deadline = System.nanoTime() + waitMillis * 1_000_000L;
        for (int answers = 0; answers < answersMax && found.size() < DEVICES_MAX; answers++) {
            int left = (int) ((deadline - System.nanoTime()) / 1_000_000);
            socket.setSoTimeout(Math.max(left, 1)); // 0 would be for ever
            var packet = new DatagramPacket(new byte[2048], 2048);
            try {
                socket.receive(packet);
            } catch (SocketTimeoutException over) {
                break;
            }
            read(packet).ifPresent(device -> found.putIfAbsent(device.description(), device));
        }
        return new ArrayList<>(found.values());
    }

    private static Optional<Device> read(DatagramPacket packet) {
        String text = new String(packet.getData(), 0, packet.getLength(), StandardCharsets.ISO_8859_1);
        String[] lines = text.split("\r?\n", -1);
        if (!lines[0].startsWith("HTTP/1.1 200") && !lines[0].startsWith("HTTP/1.0 200")) {
            return Optional.empty();
        }
        for (String line : lines) {
            if (line.regionMatches(true, 0, "location:", 0, 9)) {
                try {
                    URI description = URI.create(line.substring(9).strip());
                    return UpnpControl.describes(description, packet.getAddress())
                            ? Optional.of(new Device(Ip.of(packet.getAddress().getAddress(), 0, false), description))
                            : Optional.empty();
                } catch (IllegalArgumentException noAddress) {
                    return Optional.empty();
                }
            }
        }
        return Optional.empty();
    }
}
