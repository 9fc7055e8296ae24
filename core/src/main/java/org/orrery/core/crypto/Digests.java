// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.crypto;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.SecretKey;

/** The SHA-2 functions the protocol uses, from the JDK. Any thread. */
final class Digests {
    private Digests() {}

    static byte[] sha512(byte[]... parts) {
        return digest("SHA-512", parts);
    }

    static byte[] sha384(byte[]... parts) {
        return digest("SHA-384", parts);
    }

    static byte[] hmacSha384(byte[] key, byte[] message) {
        try (var borrowed = new RawKey("HmacSHA384", key)) {
            Mac mac = Mac.getInstance("HmacSHA384");
            mac.init(borrowed);
            return mac.doFinal(message);
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("HmacSHA384 is not usable in this JDK", missing);
        }
    }

    private static byte[] digest(String algorithm, byte[]... parts) {
        try {
            MessageDigest digest = MessageDigest.getInstance(algorithm);
            for (byte[] part : parts) {
                digest.update(part);
            }
            return digest.digest();
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException(algorithm + " is not in this JDK", missing);
        }
    }

    /** A symmetric key for the JDK's providers that can really be wiped, which the JDK's own cannot. */
    static final class RawKey implements SecretKey, AutoCloseable {
        private final String algorithm;
        private final transient byte[] bytes;

        /** Copies {@code borrowed}. */
        RawKey(String algorithm, byte[] borrowed) {
            this.algorithm = algorithm;
            this.bytes = borrowed.clone();
        }

        @Override
        public String getAlgorithm() {
            return algorithm;
        }

        @Override
        public String getFormat() {
            return "RAW";
        }

        @Override
        public byte[] getEncoded() {
            return bytes.clone();
        }

        @Override
        public void close() {
            Arrays.fill(bytes, (byte) 0);
        }

        @Override
        public String toString() {
            return algorithm + " key of " + bytes.length + " bytes";
        }
    }
}
