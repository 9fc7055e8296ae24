// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.crypto;

import java.util.Arrays;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.orrery.core.value.Hex;

/**
 * A combined key pair without an address, such as the one that signs updates of a world. The private half is 64 bytes:
 * the X25519 scalar as drawn (it is clamped in use), then the Ed25519 seed. Any thread until closed; then it is wiped and
 * every use fails.
 */
public final class SignatureKeyPair implements AutoCloseable {
    /** Bytes of the private half. */
    public static final int PRIVATE_BYTES = 64;

    private final CombinedPublicKey publicKey;
    private final byte[] privateBytes;
    private volatile boolean closed;

    private SignatureKeyPair(CombinedPublicKey publicKey, byte[] ownedPrivate) {
        this.publicKey = publicKey;
        this.privateBytes = ownedPrivate;
    }

    /** Draws a new pair; {@code secure} must be a cryptographic source. */
    public static SignatureKeyPair generate(RandomGenerator secure) {
        byte[] privateBytes = new byte[PRIVATE_BYTES];
        secure.nextBytes(privateBytes);
        return fromPrivate(privateBytes);
    }

    /** The pair of a private half, which is copied into it. */
    public static SignatureKeyPair of(byte[] borrowedPrivate) {
        if (borrowedPrivate.length != PRIVATE_BYTES) {
            throw new IllegalArgumentException("private key of " + borrowedPrivate.length + " bytes");
        }
        return fromPrivate(borrowedPrivate.clone());
    }

    /** Reads the private half from exactly 128 hex digits. */
    public static Optional<SignatureKeyPair> parse(String secretText) {
        byte[] bytes = secretText.length() == 2 * PRIVATE_BYTES ? Hex.bytes(secretText) : null;
        return bytes == null ? Optional.empty() : Optional.of(fromPrivate(bytes));
    }

    private static SignatureKeyPair fromPrivate(byte[] ownedPrivate) {
        byte[] scalar = Arrays.copyOf(ownedPrivate, Curves.KEY_BYTES);
        byte[] seed = seedOf(ownedPrivate);
        byte[] publicBytes = Arrays.copyOf(Curves.agreementPublicKey(scalar), CombinedPublicKey.BYTES);
        System.arraycopy(Curves.signingPublicKey(seed), 0, publicBytes, Curves.KEY_BYTES, Curves.KEY_BYTES);
        Arrays.fill(scalar, (byte) 0);
        Arrays.fill(seed, (byte) 0);
        return new SignatureKeyPair(CombinedPublicKey.of(publicBytes), ownedPrivate);
    }

    public CombinedPublicKey publicKey() {
        return publicKey;
    }

    /** A signature of 96 bytes; the same message always gets the same one. */
    public byte[] sign(byte[] message) {
        byte[] half = Arrays.copyOf(Digests.sha512(message), SignatureBytes.DIGEST_BYTES);
        byte[] seed = seedOf(open());
        byte[] signature = Arrays.copyOf(Curves.sign(seed, half), SignatureBytes.BYTES);
        Arrays.fill(seed, (byte) 0);
        System.arraycopy(half, 0, signature, SignatureBytes.CURVE_BYTES, SignatureBytes.DIGEST_BYTES);
        return signature;
    }

    /** The private half as 128 hex digits, for the file of its owner. */
    public String secretText() {
        return Hex.of(open());
    }

    /** A copy of the X25519 scalar; the caller wipes it. */
    byte[] agreementScalar() {
        return Arrays.copyOf(open(), Curves.KEY_BYTES);
    }

    private static byte[] seedOf(byte[] privateBytes) {
        return Arrays.copyOfRange(privateBytes, Curves.KEY_BYTES, PRIVATE_BYTES);
    }

    private byte[] open() {
        if (closed) {
            throw new IllegalStateException("key pair is closed");
        }
        return privateBytes;
    }

    @Override
    public void close() {
        closed = true;
        Arrays.fill(privateBytes, (byte) 0);
    }

    /** Only the public half. */
    @Override
    public String toString() {
        return "key pair of " + publicKey;
    }
}
