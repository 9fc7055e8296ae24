// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.portmap;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;

/**
 * PCP (RFC 6887) and its predecessor NAT-PMP (RFC 6886), which share a port of the router: one that knows only the older
 * answers so. One thread.
 */
final class PortControl implements MappingClient {
    /** Asked for; routers may grant less. */
    static final int LIFETIME_SECONDS = 7_200;

    private static final int ROUTER_PORT = 5351;
    private static final int FIRST_WAIT_MILLIS = 250;

    /** 250, 500, 1000 and 2000 ms. Both protocols would go on for a minute; another method is tried meanwhile. */
    private static final int TRIES = 4;

    private static final int UDP = 17;
    private static final int NONCE_BYTES = 12;

    private static final int PMP_ADDRESS = 0;
    private static final int PMP_MAP_UDP = 1;
    private static final int PMP_ANSWER = 128;
    private static final int PCP_VERSION = 2;
    private static final int PCP_MAP = 1;
    private static final int PCP_ANSWER = 0x80;
    private static final int PCP_BYTES = 60;
    private static final int UNSUPPORTED_VERSION = 1;

    private static final String[] PCP_RESULTS = {
        "success",
        "unsupported version",
        "not authorized",
        "malformed request",
        "unsupported operation",
        "unsupported option",
        "malformed option",
        "network failure",
        "no resources",
        "unsupported protocol",
        "too many mappings of this host",
        "cannot provide the external port",
        "address mismatch: there is a NAT before this router",
        "excessive remote peers"
    };
    private static final String[] PMP_RESULTS = {
        "success", "unsupported version", "not authorized", "network failure", "no resources", "unsupported operation"
    };

    private final int routerPort;

    /** Names our mapping to the router, so that nobody else on the network can change it. */
    private final byte[] nonce = new byte[NONCE_BYTES];

    PortControl(RandomGenerator random) {
        this(random, ROUTER_PORT);
    }

    PortControl(RandomGenerator random, int routerPort) {
        this.routerPort = routerPort;
        random.nextBytes(nonce);
    }

    @Override
    public Optional<PortMapping> map(Gateway gateway, int internalPort, @Nullable PortMapping current)
            throws IOException {
        int wanted = current == null ? internalPort : current.external().port();
        if (current != null && current.method() == MappingMethod.NAT_PMP) {
            return pmp(gateway, internalPort, wanted);
        }
        try (DatagramSocket socket = open(gateway.local(), gateway.router())) {
            byte[] request = pcpRequest(gateway.local(), internalPort, wanted, LIFETIME_SECONDS);
            ByteBuffer answer = ask(socket, request, PortControl::maybePcp);
            if (answer == null || answer.get(0) != PCP_VERSION || (answer.get(3) & 0xff) == UNSUPPORTED_VERSION) {
                return pmp(gateway, internalPort, wanted);
            }
            return Optional.of(pcpMapping(answer, gateway, internalPort));
        }
    }

    /**
     * From a socket of its own: a slow router answers each repetition of a PCP request with "unsupported version", in the
     * form of NAT-PMP, and what comes late would be taken for a refusal of this.
     */
    private Optional<PortMapping> pmp(Gateway gateway, int internalPort, int wanted) throws IOException {
        try (DatagramSocket socket = open(gateway.local(), gateway.router())) {
            return pmp(socket, gateway, internalPort, wanted);
        }
    }

    private Optional<PortMapping> pmp(DatagramSocket socket, Gateway gateway, int internalPort, int wanted)
            throws IOException {
        ByteBuffer address = ask(socket, new byte[] {0, PMP_ADDRESS}, answer -> pmpAnswer(answer, PMP_ADDRESS, 12));
        if (address == null) {
            return Optional.empty();
        }
        refuseIfFailed("NAT-PMP", address.getShort(2) & 0xffff, PMP_RESULTS);
        byte[] ip = new byte[4];
        address.get(8, ip);
        byte[] request = pmpRequest(internalPort, wanted, LIFETIME_SECONDS);
        ByteBuffer granted =
                ask(socket, request, answer -> pmpAnswer(answer, PMP_MAP_UDP, 16) && pmpPortIs(internalPort, answer));
        if (granted == null) {
            throw new MappingException("NAT-PMP: " + gateway.router() + " told its address and then fell silent");
        }
        refuseIfFailed("NAT-PMP", granted.getShort(2) & 0xffff, PMP_RESULTS);
        int port = granted.getShort(10) & 0xffff;
        int seconds = granted.getInt(12);
        return Optional.of(granted(MappingMethod.NAT_PMP, gateway, internalPort, Ip.of(ip, 0, false), port, seconds));
    }

    @Override
    public void release(PortMapping mapping) throws IOException {
        byte[] request = mapping.method() == MappingMethod.PCP
                ? pcpRequest(
                        mapping.local(),
                        mapping.internalPort(),
                        mapping.external().port(),
                        0)
                : pmpRequest(mapping.internalPort(), 0, 0);
        try (DatagramSocket socket = open(mapping.local(), mapping.router())) {
            socket.send(new DatagramPacket(request, request.length));
        }
    }

    private DatagramSocket open(Ip local, Ip router) throws IOException {
        var socket = new DatagramSocket(new InetSocketAddress(InetAddress.getByAddress(local.bytes()), 0));
        try {
            socket.connect(new InetSocketAddress(InetAddress.getByAddress(router.bytes()), routerPort));
            return socket;
        } catch (IOException | RuntimeException failure) {
            socket.close();
            throw failure;
        }
    }

    /** Sends until an answer fits; null if none does in time, or if the router says that nobody listens. */
    private static @Nullable ByteBuffer ask(
            DatagramSocket socket, byte[] request, java.util.function.Predicate<ByteBuffer> fits) throws IOException {
        long wait = FIRST_WAIT_MILLIS;
        for (int tried = 0; tried < TRIES; tried++, wait *= 2) {
            long deadline = System.nanoTime() + wait * 1_000_000;
            try {
                socket.send(new DatagramPacket(request, request.length));
                while (true) {
                    long left = (deadline - System.nanoTime()) / 1_000_000;
                    if (left < 1) {
                        break;
                    }
                    socket.setSoTimeout((int) left);
                    var packet = new DatagramPacket(new byte[1100], 1100);
                    socket.receive(packet);
                    ByteBuffer answer = ByteBuffer.wrap(packet.getData(), 0, packet.getLength());
                    if (fits.test(answer)) {
                        return answer;
                    }
                }
            } catch (SocketTimeoutException silence) {
                // Once more.
            } catch (PortUnreachableException nobody) {
                return null;
            }
        }
        return null;
    }

    // ---- Messages -------------------------------------------------------------------------------------------------

    private byte[] pcpRequest(Ip local, int internalPort, int externalPort, int seconds) {
        ByteBuffer out = ByteBuffer.allocate(PCP_BYTES);
        out.put((byte) PCP_VERSION).put((byte) PCP_MAP).putShort((short) 0).putInt(seconds);
        out.put(wide(local));
        out.put(nonce).put((byte) UDP).put(new byte[3]);
        out.putShort((short) internalPort).putShort((short) externalPort);
        out.put(wide(Ip.v4(0)));
        return out.array();
    }

    /** An address as 16 bytes, IPv4 mapped into IPv6. */
    private static byte[] wide(Ip ip) {
        return ip.v6() ? ip.bytes() : Ip.v6(0, 0xffff_0000_0000L | ip.low()).bytes();
    }

    private static byte[] pmpRequest(int internalPort, int externalPort, int seconds) {
        ByteBuffer out = ByteBuffer.allocate(12);
        out.put((byte) 0).put((byte) PMP_MAP_UDP).putShort((short) 0);
        out.putShort((short) internalPort).putShort((short) externalPort).putInt(seconds);
        return out.array();
    }

    private static boolean pmpAnswer(ByteBuffer answer, int operation, int bytes) {
        return answer.limit() >= 4
                && answer.get(0) == 0
                && (answer.get(1) & 0xff) == PMP_ANSWER + operation
                && (answer.getShort(2) != 0 || answer.limit() >= bytes);
    }

    /** Refusals may be too short to name the port. */
    private static boolean pmpPortIs(int internalPort, ByteBuffer answer) {
        return answer.limit() < 10 || (answer.getShort(8) & 0xffff) == internalPort;
    }

    /** Also what a router says that knows only the older protocol, or no MAP: both are told apart later. */
    private static boolean maybePcp(ByteBuffer answer) {
        return answer.limit() >= 4 && (answer.get(1) & 0x80) != 0;
    }

    private PortMapping pcpMapping(ByteBuffer answer, Gateway gateway, int internalPort) throws MappingException {
        if ((answer.get(1) & 0xff) != (PCP_ANSWER | PCP_MAP)) {
            throw new MappingException("PCP: " + gateway.router() + " answered another question");
        }
        refuseIfFailed("PCP", answer.get(3) & 0xff, PCP_RESULTS);
        if (answer.limit() < PCP_BYTES) {
            throw new MappingException(
                    "PCP: " + gateway.router() + " sent " + answer.limit() + " bytes of " + PCP_BYTES);
        }
        byte[] theirs = new byte[NONCE_BYTES];
        answer.get(24, theirs);
        if (!java.util.Arrays.equals(theirs, nonce) || (answer.getShort(40) & 0xffff) != internalPort) {
            throw new MappingException("PCP: " + gateway.router() + " answered for another host");
        }
        byte[] wide = new byte[16];
        answer.get(44, wide);
        Ip external = Ip.of(wide, 0, true);
        if (external.high() == 0 && external.low() >>> 32 == 0xffff) {
            external = Ip.v4((int) external.low());
        }
        return granted(
                MappingMethod.PCP, gateway, internalPort, external, answer.getShort(42) & 0xffff, answer.getInt(4));
    }

    private static PortMapping granted(
            MappingMethod method, Gateway gateway, int internalPort, Ip external, int port, int seconds)
            throws MappingException {
        if (port == 0 || seconds == 0 || !external.usableForPaths()) {
            throw new MappingException(method + ": " + gateway.router() + " granted " + external + "/" + port + " for "
                    + Integer.toUnsignedString(seconds) + " s, which is no use");
        }
        int bounded = seconds < 0 ? Integer.MAX_VALUE : seconds;
        return new PortMapping(
                method, gateway.router(), gateway.local(), internalPort, new Endpoint(external, port), bounded);
    }

    private static void refuseIfFailed(String protocol, int result, String[] texts) throws MappingException {
        if (result != 0) {
            String text = result < texts.length ? texts[result] : "result " + result;
            throw new MappingException(protocol + ": the router refused: " + text);
        }
    }
}
