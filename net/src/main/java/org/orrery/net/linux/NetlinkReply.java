// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.orrery.core.value.Ip;

/** One message from the kernel without its header: a fixed body, then attributes. Borrowed until the next receive. */
final class NetlinkReply {
    /** The upper two bits of an attribute's type are flags. */
    private static final int TYPE_MASK = 0x3fff;

    private final int type;
    private final ByteBuffer body;
    private final int fixedBytes;

    NetlinkReply(int type, ByteBuffer body, int fixedBytes) {
        this.type = type;
        this.body = body.order(ByteOrder.nativeOrder());
        this.fixedBytes = fixedBytes;
    }

    int type() {
        return type;
    }

    /** Whether the fixed body is all there. */
    boolean whole() {
        return body.limit() >= fixedBytes;
    }

    int u8(int at) {
        return body.get(at) & 0xff;
    }

    int u32(int at) {
        return body.getInt(at);
    }

    boolean has(int attribute) {
        return find(attribute) != null;
    }

    int attribute(int attribute, int otherwise) {
        byte[] value = find(attribute);
        return value == null || value.length < 4
                ? otherwise
                : ByteBuffer.wrap(value).order(ByteOrder.nativeOrder()).getInt();
    }

    Optional<Ip> ip(int attribute) {
        byte[] value = find(attribute);
        return value == null || value.length != 4 && value.length != 16
                ? Optional.empty()
                : Optional.of(Ip.of(value, 0, value.length == 16));
    }

    /** A text without its closing zero; empty if there is none. */
    String text(int attribute) {
        byte[] value = find(attribute);
        if (value == null) {
            return "";
        }
        int length = 0;
        while (length < value.length && value[length] != 0) {
            length++;
        }
        return new String(value, 0, length, StandardCharsets.UTF_8);
    }

    byte @Nullable [] find(int wanted) {
        int at = fixedBytes;
        while (at + NetlinkMessage.ATTRIBUTE_BYTES <= body.limit()) {
            int length = body.getShort(at) & 0xffff;
            if (length < NetlinkMessage.ATTRIBUTE_BYTES || at + length > body.limit()) {
                return null;
            }
            if ((body.getShort(at + 2) & TYPE_MASK) == wanted) {
                byte[] value = new byte[length - NetlinkMessage.ATTRIBUTE_BYTES];
                body.get(at + NetlinkMessage.ATTRIBUTE_BYTES, value);
                return value;
            }
            at += (length + 3) & ~3;
        }
        return null;
    }
}
