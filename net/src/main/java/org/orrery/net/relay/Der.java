// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.relay;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/**
 * The encoding of a certificate (RFC 5280, in DER) that signs itself with ECDSA and SHA-256 and has no extensions. The JDK
 * reads certificates but makes none.
 */
final class Der {
    private static final int INTEGER = 0x02;
    private static final int BIT_STRING = 0x03;
    private static final int OBJECT_ID = 0x06;
    private static final int UTF8_TEXT = 0x0c;
    private static final int GENERALIZED_TIME = 0x18;
    private static final int SEQUENCE = 0x30;
    private static final int SET = 0x31;

    /** 1.2.840.10045.4.3.2. */
    private static final byte[] ECDSA_SHA256 = {0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 0x04, 0x03, 0x02};

    /** 2.5.4.3. */
    private static final byte[] COMMON_NAME = {0x55, 0x04, 0x03};

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);

    private Der() {}

    /** What is signed. */
    static byte[] certificateBody(String name, PublicKey key, long serial, Instant from, Instant until) {
        byte[] attribute = element(
                SEQUENCE, element(OBJECT_ID, COMMON_NAME), element(UTF8_TEXT, name.getBytes(StandardCharsets.UTF_8)));
        byte[] subject = element(SEQUENCE, element(SET, attribute));
        return element(
                SEQUENCE,
                element(INTEGER, BigInteger.valueOf(serial).toByteArray()),
                algorithm(),
                subject,
                element(SEQUENCE, time(from), time(until)),
                subject,
                key.getEncoded());
    }

    /** The whole. */
    static byte[] certificate(byte[] body, byte[] signature) {
        return element(SEQUENCE, body, algorithm(), element(BIT_STRING, new byte[] {0}, signature));
    }

    private static byte[] algorithm() {
        return element(SEQUENCE, element(OBJECT_ID, ECDSA_SHA256));
    }

    private static byte[] time(Instant at) {
        return element(GENERALIZED_TIME, TIME.format(at).getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] element(int tag, byte[]... parts) {
        var content = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            content.writeBytes(part);
        }
        var out = new ByteArrayOutputStream();
        out.write(tag);
        int length = content.size();
        if (length < 0x80) {
            out.write(length);
        } else if (length < 0x100) {
            out.write(0x81);
            out.write(length);
        } else {
            out.write(0x82);
            out.write(length >>> 8);
            out.write(length);
        }
        out.writeBytes(content.toByteArray());
        return out.toByteArray();
    }
}
