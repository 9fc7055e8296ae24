// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The stream of what rules send here. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ObservedStreamTest {
    private static final int READ_MILLIS_MAX = 30_000;

    @TempDir
    Path folder;

    @Test
    void streamsFramesAsPcapngUntilTheCallerGoes() throws Exception {
        try (var api = new RunningApi(folder)) {
            var network = api.node.networks.keySet().iterator().next();
            var connection = (HttpURLConnection)
                    api.at("/network/" + network + "/observed").toURL().openConnection();
            connection.setRequestProperty("X-ZT1-Auth", RunningApi.TOKEN);
            connection.setReadTimeout(READ_MILLIS_MAX);
            try (InputStream in = connection.getInputStream()) {
                assertThat(connection.getContentType()).isEqualTo("application/x-pcapng");
                byte[] section = in.readNBytes(8);
                assertThat(HexFormat.of().formatHex(section, 0, 4)).isEqualTo("0a0d0d0a");
                in.skipNBytes(section[7] - 8);
                byte[] description = block(in);
                assertThat(new String(description, StandardCharsets.ISO_8859_1)).contains(network.toString());
                assertThat(api.node.observers().count()).isEqualTo(1);
                byte[] ip = HexFormat.of().parseHex("45000200" + "0000000040110000");
                api.node.observers().frame(network.bits(), 0x1122334455L, 0x1c, 1, 2, 0x0800, ip, 0, ip.length);
                byte[] packet = block(in);
                assertThat(HexFormat.of().formatHex(packet, 0, 4)).isEqualTo("00000006");
                // 26 of 526 bytes, as the IP header says; watched by its receiver.
                assertThat(HexFormat.of().formatHex(packet, 20, 28)).isEqualTo("0000001a0000020e");
                assertThat(new String(packet, StandardCharsets.ISO_8859_1)).contains("watch inbound by 1122334455");
            }
            connection.disconnect();
            // The next frames find nobody to take them.
            for (int i = 0; api.node.observers().count() > 0 && i < 500; i++) {
                api.node.observers().frame(network.bits(), 1, 2, 1, 2, 0x0800, new byte[1_400], 0, 1_400);
                Thread.sleep(20);
            }
            assertThat(api.node.observers().count()).isZero();
        }
    }

    /** A whole block but for its trailing length. */
    private static byte[] block(InputStream in) throws Exception {
        byte[] start = in.readNBytes(8);
        int length = java.nio.ByteBuffer.wrap(start).getInt(4);
        byte[] rest = in.readNBytes(length - 8);
        byte[] block = java.util.Arrays.copyOf(start, length);
        System.arraycopy(rest, 0, block, 8, rest.length);
        return block;
    }

    @Test
    void onlyMembersWithATokenAreServed() throws Exception {
        try (var api = new RunningApi(folder)) {
            assertThat(api.get("/network/ffffffffffffff99/observed").statusCode())
                    .isEqualTo(404);
            assertThat(api.get("/network/nonsense/observed").statusCode()).isEqualTo(404);
            var without = java.net.http.HttpRequest.newBuilder(api.at("/network/ffffffffffffff99/observed"));
            assertThat(api.send(without).statusCode()).isEqualTo(401);
        }
    }

    @Test
    void aBusyNodeIsNoNetworkThatIsNotJoined() throws Exception {
        try (var api = new RunningApi(folder)) {
            api.lane.shutdownNow();
            assertThat(api.get("/network/" + FakeNode.LABNET + "/observed").statusCode())
                    .isEqualTo(503);
        }
    }
}
