// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.verb;

import org.jspecify.annotations.Nullable;
import org.orrery.core.value.Bytes;
import org.orrery.core.value.MulticastGroup;
import org.orrery.core.value.NetworkId;
import org.orrery.core.wire.Dictionary;
import org.orrery.core.wire.WireReader;
import org.orrery.core.wire.WireWriter;

/**
 * Says that a packet of the receiver failed. Payload: failed verb u8, wire ID of the failed packet u64, code u8, then
 * what the code asks for: most carry a network ID.
 *
 * @param detail everything behind the code
 */
public record ErrorReply(int failedVerbId, long failedPacketId, int code, Bytes detail) implements Message {
    /** Capacity of a dictionary with {@link ErrorCode#NETWORK_AUTHENTICATION_REQUIRED}, counted with a NUL. */
    public static final int AUTHENTICATION_BYTES_MAX = 8192;

    /** A reply without further fields. */
    public static ErrorReply of(int failedVerbId, long failedPacketId, ErrorCode code) {
        return new ErrorReply(failedVerbId, failedPacketId, code.id(), Bytes.EMPTY);
    }

    /** A reply that names a network. */
    public static ErrorReply of(int failedVerbId, long failedPacketId, ErrorCode code, NetworkId network) {
        byte[] detail = new WireWriter(8).u64(network.bits()).toByteArray();
        return new ErrorReply(failedVerbId, failedPacketId, code.id(), Bytes.copyOf(detail));
    }

    /** The reply {@link ErrorCode#NETWORK_AUTHENTICATION_REQUIRED} to a request for a configuration. */
    public static ErrorReply authenticationRequired(long failedPacketId, NetworkId network, Dictionary how) {
        byte[] detail = new WireWriter(10 + how.length())
                .u64(network.bits())
                .u16(how.length())
                .bytes(how.toByteArray())
                .toByteArray();
        return new ErrorReply(
                Verb.NETWORK_CONFIG_REQUEST.id(),
                failedPacketId,
                ErrorCode.NETWORK_AUTHENTICATION_REQUIRED.id(),
                Bytes.copyOf(detail));
    }

    @Override
    public int verbId() {
        return Verb.ERROR.id();
    }

    /** The code, null if this node does not know it. */
    public @Nullable ErrorCode errorCode() {
        return ErrorCode.of(code);
    }

    /** The network that the error is about; null if the packet ends before it. */
    public @Nullable NetworkId network() {
        WireReader in = details();
        long network = in.u64();
        return in.intact() ? new NetworkId(network) : null;
    }

    /** The group of {@link ErrorCode#UNWANTED_MULTICAST}; null if the packet ends before it. */
    public @Nullable MulticastGroup group() {
        WireReader in = details();
        in.u64();
        MulticastGroup group = MulticastLike.readGroup(in);
        return in.intact() ? group : null;
    }

    /**
     * How to sign on, with {@link ErrorCode#NETWORK_AUTHENTICATION_REQUIRED}; null if that is absent, cut off or longer
     * than {@link #AUTHENTICATION_BYTES_MAX}.
     */
    public @Nullable Dictionary authentication() {
        WireReader in = details();
        in.u64();
        byte[] text = in.bytes(in.u16());
        return in.intact() ? Dictionary.within(AUTHENTICATION_BYTES_MAX, text, 0, text.length) : null;
    }

    public static @Nullable ErrorReply read(WireReader in) {
        int verbId = in.u8();
        long packetId = in.u64();
        int code = in.u8();
        Bytes detail = in.blob(in.remaining());
        return in.intact() ? new ErrorReply(verbId, packetId, code, detail) : null;
    }

    @Override
    public void write(WireWriter out) {
        out.u8(failedVerbId).u64(failedPacketId).u8(code).bytes(detail);
    }

    private WireReader details() {
        return new WireReader(detail.toByteArray());
    }
}
