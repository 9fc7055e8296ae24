// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.verb;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.orrery.core.value.DropReason;
import org.orrery.core.wire.PacketHeader;
import org.orrery.core.wire.WireReader;
import org.orrery.core.wire.WireWriter;

/** Any payload is a message or a fault; a message reads the same again, and is about as long as its payload. */
final class MessageFuzzTest {
    /** What NETWORK_CREDENTIALS may leave out at its end: a zero byte and four numbers. */
    private static final int CREDENTIALS_END_BYTES = 9;

    /** The payload behind one byte with the verb's number. */
    @FuzzTest(maxDuration = "10m")
    void anyVerb(byte[] input) {
        if (input.length > 0) {
            check(input[0] & 0x1f, Arrays.copyOfRange(input, 1, input.length));
        }
    }

    @FuzzTest(maxDuration = "10m")
    void networkCredentials(byte[] payload) {
        Message message = check(Verb.NETWORK_CREDENTIALS.id(), payload);
        if (message != null) {
            assertThat(written(message)).hasSizeLessThanOrEqualTo(payload.length + CREDENTIALS_END_BYTES);
        }
    }

    @FuzzTest(maxDuration = "10m")
    void multicastLike(byte[] payload) {
        if (check(Verb.MULTICAST_LIKE.id(), payload) instanceof MulticastLike like) {
            assertThat(like.subscriptions()).hasSize(payload.length / MulticastLike.Subscription.BYTES);
            assertThat(written(like)).isEqualTo(payload);
        }
    }

    @FuzzTest(maxDuration = "10m")
    void multicastGather(byte[] payload) {
        Message message = check(Verb.MULTICAST_GATHER.id(), payload);
        if (message != null) {
            assertThat(written(message)).hasSizeLessThanOrEqualTo(payload.length);
        }
    }

    /** The payload of OK, whose answered verb decides: MULTICAST_GATHER and MULTICAST_FRAME are in the corpus. */
    @FuzzTest(maxDuration = "10m")
    void multicastAnswer(byte[] payload) {
        Message message = check(Verb.OK.id(), payload);
        GatheredMembers gathered = message instanceof Ok ok
                ? switch (ok.body()) {
                    case OkMulticastGather gather -> gather.gathered();
                    case OkMulticastFrame frame -> frame.gathered();
                    default -> null;
                }
                : null;
        if (gathered != null) {
            assertThat(gathered.members().size() * 5 + GatheredMembers.BYTES_MIN)
                    .isLessThanOrEqualTo(payload.length);
        }
    }

    /** What follows the header. */
    @FuzzTest(maxDuration = "10m")
    void multicastFrame(byte[] payload) {
        byte[] packet = new byte[PacketHeader.PAYLOAD_OFFSET + payload.length];
        System.arraycopy(payload, 0, packet, PacketHeader.PAYLOAD_OFFSET, payload.length);
        int fields = FrameFields.fieldsOffset(packet, 0, packet.length);
        if (fields < 0) {
            return;
        }
        assertThat(fields).isBetween(FrameFields.MEMBERSHIP_OFFSET, packet.length);
        int flags = FrameFields.flags(packet, 0);
        int end = FrameFields.multicastPayloadOffset(flags, fields);
        if (end > packet.length) {
            return;
        }
        byte[] again = new byte[packet.length];
        int endAgain = FrameFields.writeMulticastFrame(
                again,
                0,
                FrameFields.network(packet, 0),
                flags,
                FrameFields.multicastGatherLimit(packet, 0, flags, fields),
                (flags & FrameFields.FLAG_SOURCE) == 0 ? 0 : FrameFields.multicastSource(packet, 0, flags, fields),
                FrameFields.multicastDestination(packet, 0, flags, fields),
                FrameFields.multicastAdi(packet, 0, flags, fields),
                FrameFields.multicastEthertype(packet, 0, flags, fields));
        // Without the certificate, which is read and no longer written, the fields are the same bytes.
        assertThat(endAgain - FrameFields.MEMBERSHIP_OFFSET).isEqualTo(end - fields);
        assertThat(Arrays.copyOfRange(again, FrameFields.MEMBERSHIP_OFFSET, endAgain))
                .isEqualTo(Arrays.copyOfRange(packet, fields, end));
        assertThat(FrameFields.flags(again, 0)).isEqualTo(flags & ~FrameFields.FLAG_MEMBERSHIP);
    }

    private static @Nullable Message check(int verbId, byte[] payload) {
        var in = new WireReader(payload);
        Message message = Message.read(verbId, in);
        assertThat(message == null).isEqualTo(!in.intact());
        if (message == null) {
            assertThat(in.fault()).isNotEqualTo(DropReason.NONE);
            return null;
        }
        assertThat(Message.read(verbId, new WireReader(written(message)))).isEqualTo(message);
        return message;
    }

    private static byte[] written(Message message) {
        var out = new WireWriter(1 << 20);
        message.write(out);
        assertThat(out.overflowed()).isFalse();
        return out.toByteArray();
    }
}
