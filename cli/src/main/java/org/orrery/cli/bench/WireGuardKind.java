// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.bench;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.XECPrivateKey;
import java.security.interfaces.XECPublicKey;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.orrery.cli.lab.Lab;
import org.orrery.cli.lab.LabException;
import org.orrery.cli.lab.LabHost;

/** WireGuard in user space, set up over the socket it listens on. */
record WireGuardKind() implements Kind {
    private static final String DEVICE = "wg0";
    private static final String SOCKETS = "/run/wireguard";
    private static final int PORT = 51820;
    private static final int KEY_BYTES = 32;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @Override
    public String name() {
        return "wireguard-go";
    }

    @Override
    public Optional<String> missing() {
        return VpnLab.missing("wireguard-go", "wireguard-go");
    }

    @Override
    public boolean relays() {
        return false;
    }

    @Override
    public Pair open(boolean relayed) throws Exception {
        return VpnLab.open(2, lab -> {
            LabHost left = lab.host(1);
            LabHost right = lab.host(2);
            KeyPair leftKey = key();
            KeyPair rightKey = key();
            Process first = start(lab, left);
            Process second = start(lab, right);
            configure(left, first, leftKey, right, rightKey);
            configure(right, second, rightKey, left, leftKey);
            return new Pair(lab, VpnLab.end(left, first), VpnLab.end(right, second), List.of());
        });
    }

    private static KeyPair key() throws GeneralSecurityException {
        return KeyPairGenerator.getInstance("X25519").generateKeyPair();
    }

    /** In a view of the files of its own, so that its socket meets nobody else's and goes away with it. */
    private static Process start(Lab lab, LabHost host) throws IOException, InterruptedException {
        String script = "mount -t tmpfs none /run && mkdir " + SOCKETS + " && exec wireguard-go -f " + DEVICE;
        return VpnLab.start(lab, host, lab.file("wireguard" + host.number()), List.of("sh", "-c", script));
    }

    private static void configure(LabHost host, Process process, KeyPair own, LabHost other, KeyPair others)
            throws Exception {
        String text = "set=1\nprivate_key=" + hex(own) + "\nlisten_port=" + PORT + "\npublic_key=" + publicHex(others)
                + "\nendpoint=" + other.ip4() + ":" + PORT + "\nallowed_ip=" + VpnLab.address(other) + "/32\n\n";
        Path socket = Path.of("/proc", "" + process.pid(), "root" + SOCKETS, DEVICE + ".sock");
        Lab.await("wireguard-go listens", PATIENCE, () -> Files.exists(socket) ? Optional.of(true) : Optional.empty());
        String answer = ask(socket, text);
        if (!answer.contains("errno=0")) {
            throw new LabException("wireguard-go refuses its configuration: " + answer.strip());
        }
        host.output("ip", "addr", "add", VpnLab.address(host) + "/24", "dev", DEVICE);
        host.output("ip", "link", "set", DEVICE, "up");
    }

    private static String ask(Path socket, String text) throws IOException {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            ByteBuffer out = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
            while (out.hasRemaining()) {
                channel.write(out);
            }
            ByteBuffer in = ByteBuffer.allocate(256);
            channel.read(in);
            return new String(in.array(), 0, in.position(), StandardCharsets.US_ASCII);
        }
    }

    private static String hex(KeyPair key) {
        return HexFormat.of()
                .formatHex(((XECPrivateKey) key.getPrivate()).getScalar().orElseThrow());
    }

    /** The coordinate as it goes over the wire: its lowest byte first. */
    private static String publicHex(KeyPair key) {
        byte[] big = ((XECPublicKey) key.getPublic()).getU().toByteArray();
        byte[] little = new byte[KEY_BYTES];
        for (int i = 0; i < Math.min(big.length, KEY_BYTES); i++) {
            little[i] = big[big.length - 1 - i];
        }
        return HexFormat.of().formatHex(Arrays.copyOf(little, KEY_BYTES));
    }
}
