// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.crypto;

import java.util.Arrays;

/**
 * The 48 bytes that two nodes share for as long as both keep their identities. Suites 0 and 1 use the first 32; all of
 * them feed the keys of suite 3. Any thread until closed; then it is wiped and every use fails.
 */
public final class SharedKey implements AutoCloseable {
    public static final int BYTES = 48;

    private final byte[] bytes;
    private volatile boolean closed;

    private SharedKey(byte[] owned) {
        this.bytes = owned;
    }

    /** Copies 48 bytes. */
    public static SharedKey of(byte[] borrowed) {
        if (borrowed.length != BYTES) {
            throw new IllegalArgumentException("shared key of " + borrowed.length + " bytes");
        }
        return new SharedKey(borrowed.clone());
    }

    /** The key of a raw X25519 result: the first 48 bytes of its SHA-512. */
    static SharedKey ofAgreement(byte[] point) {
        byte[] digest = Digests.sha512(point);
        byte[] owned = Arrays.copyOf(digest, BYTES);
        Arrays.fill(digest, (byte) 0);
        return new SharedKey(owned);
    }

    /** The bytes themselves: not to be changed or kept. */
    byte[] borrowed() {
        if (closed) {
            throw new IllegalStateException("shared key is closed");
        }
        return bytes;
    }

    @Override
    public void close() {
        closed = true;
        Arrays.fill(bytes, (byte) 0);
    }

    @Override
    public String toString() {
        return "shared key of " + BYTES + " bytes";
    }
}
