// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.superframe;

import java.nio.ByteBuffer;
import java.util.Random;

/** Builds Ethernet frames with IP, and checks them by plain reading; shares no code with what is tested. */
final class TestFrames {
    private TestFrames() {}

    /** One direction of a connection; {@link #next} makes its frames. */
    static final class Flow {
        final Random random;
        final boolean v6;
        final boolean tcp;
        final byte[] source;
        final byte[] target;
        final int sourcePort;
        final int targetPort;
        byte[] tcpOptions = {};
        byte[] ipOptions = {};
        int vlan = -1;
        int tos;
        int ttl = 64;
        int fragmentField = 0x4000;
        int id;
        int idStep = 1;
        int sequence;
        int acknowledged;
        int window = 500;
        int flags = 0x10;

        Flow(Random random, boolean v6, boolean tcp) {
            this.random = random;
            this.v6 = v6;
            this.tcp = tcp;
            source = new byte[v6 ? 16 : 4];
            target = new byte[v6 ? 16 : 4];
            random.nextBytes(source);
            random.nextBytes(target);
            sourcePort = random.nextInt(65_536);
            targetPort = random.nextInt(65_536);
            id = random.nextInt(65_536);
            sequence = random.nextInt();
            acknowledged = random.nextInt();
        }

        /** The next frame of the flow, with a random payload. */
        byte[] next(int payloadBytes) {
            byte[] payload = new byte[payloadBytes];
            random.nextBytes(payload);
            int transportBytes = tcp ? 20 + tcpOptions.length : 8;
            int ipBytes = v6 ? 40 : 20 + ipOptions.length;
            int ipAt = vlan < 0 ? 14 : 18;
            ByteBuffer frame = ByteBuffer.allocate(ipAt + ipBytes + transportBytes + payloadBytes);
            frame.put(new byte[] {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2});
            if (vlan >= 0) {
                frame.putShort((short) 0x8100).putShort((short) vlan);
            }
            frame.putShort((short) (v6 ? 0x86dd : 0x0800));
            int length = transportBytes + payloadBytes;
            if (v6) {
                frame.putInt(6 << 28 | tos << 20 | 0xabcde).putShort((short) length);
                frame.put((byte) (tcp ? 6 : 17)).put((byte) ttl).put(source).put(target);
            } else {
                frame.put((byte) (0x40 | ipBytes / 4)).put((byte) tos).putShort((short) (ipBytes + length));
                frame.putShort((short) id).putShort((short) fragmentField).put((byte) ttl);
                frame.put((byte) (tcp ? 6 : 17)).putShort((short) 0).put(source).put(target);
                frame.put(ipOptions);
                frame.putShort(ipAt + 10, (short) ~ChecksumTest.plainSum(frame.array(), ipAt, ipBytes));
                id = id + idStep & 0xffff;
            }
            frame.putShort((short) sourcePort).putShort((short) targetPort);
            if (tcp) {
                frame.putInt(sequence).putInt(acknowledged);
                frame.put((byte) (transportBytes / 4 << 4)).put((byte) flags).putShort((short) window);
                frame.putShort((short) 0).putShort((short) 0).put(tcpOptions);
                sequence += payloadBytes;
            } else {
                frame.putShort((short) length).putShort((short) 0);
            }
            frame.put(payload);
            byte[] bytes = frame.array();
            int field = ipAt + ipBytes + (tcp ? 16 : 6);
            int sum = ~transportSum(bytes, ipAt, ipBytes, v6, tcp ? 6 : 17) & 0xffff;
            frame.putShort(field, (short) (sum == 0 && !tcp ? 0xffff : sum));
            return bytes;
        }
    }

    /** The sum of pseudo-header, header and payload. */
    static int transportSum(byte[] frame, int ip, int ipBytes, boolean v6, int protocol) {
        int length = frame.length - ip - ipBytes;
        ByteBuffer whole = ByteBuffer.allocate(40 + length);
        if (v6) {
            whole.put(frame, ip + 8, 32);
        } else {
            whole.put(frame, ip + 12, 8);
        }
        whole.putInt(length).putInt(protocol).put(frame, ip + ipBytes, length);
        return ChecksumTest.plainSum(whole.array(), 0, whole.position());
    }

    static byte[] broken(byte[] frame, int at) {
        byte[] changed = frame.clone();
        changed[at] ^= 0x10;
        return changed;
    }
}
