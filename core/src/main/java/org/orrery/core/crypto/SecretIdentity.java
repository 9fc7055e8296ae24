// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.crypto;

import java.util.Arrays;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * An identity with its private key: it signs, and agrees on keys with others. Any thread until closed; then it is wiped
 * and every use fails.
 */
public final class SecretIdentity implements AutoCloseable {
    private final Identity identity;
    private final SignatureKeyPair keys;

    SecretIdentity(Identity identity, SignatureKeyPair ownedKeys) {
        this.identity = identity;
        this.keys = ownedKeys;
    }

    /**
     * Makes a new identity on {@code threads} threads, which are gone when this returns: about fifteen runs of the
     * memory-hard function. {@code secure} must be a cryptographic source; it is only used by the calling thread. With
     * one thread the result depends on nothing but what {@code secure} gives.
     *
     * @throws IllegalStateException if the calling thread is interrupted; its interrupt flag stays set
     */
    public static SecretIdentity generate(RandomGenerator secure, int threads) {
        return IdentitySearch.run(secure, threads);
    }

    /**
     * Reads {@code address:0:public:private}, as strictly as {@link Identity#parse}. A private half that does not belong
     * to the public one is refused too. Whether the address belongs to the key is not checked: {@link Identity#valid}.
     */
    public static Optional<SecretIdentity> parse(String text) {
        if (text.length() != Identity.SECRET_TEXT_LENGTH) {
            return Optional.empty();
        }
        Optional<Identity> identity = Identity.parse(text);
        Optional<SignatureKeyPair> keys = SignatureKeyPair.parse(text.substring(Identity.PUBLIC_TEXT_LENGTH + 1));
        if (identity.isEmpty()
                || keys.isEmpty()
                || !keys.get().publicKey().equals(identity.get().key())) {
            return Optional.empty();
        }
        return Optional.of(new SecretIdentity(identity.get(), keys.get()));
    }

    /** The public part. */
    public Identity identity() {
        return identity;
    }

    /** A signature of 96 bytes; the same message always gets the same one. */
    public byte[] sign(byte[] message) {
        return keys.sign(message);
    }

    /**
     * The key shared with {@code peer}, the same from both sides; some tenths of a millisecond, so keep it for each
     * peer. Null if the peer's key is a point of small order: then the identity is invalid and no packet of it can be
     * authentic. (The reference goes on with a key that everybody can compute.)
     */
    public @Nullable SharedKey agree(Identity peer) {
        byte[] scalar = keys.agreementScalar();
        byte[] point = Curves.agree(scalar, peer.key().agreementHalf());
        Arrays.fill(scalar, (byte) 0);
        if (point == null) {
            return null;
        }
        SharedKey shared = SharedKey.ofAgreement(point);
        Arrays.fill(point, (byte) 0);
        return shared;
    }

    /** The secret text form, for the file of its owner. */
    public String secretText() {
        return identity + ":" + keys.secretText();
    }

    @Override
    public void close() {
        keys.close();
    }

    /** Only the address. */
    @Override
    public String toString() {
        return "secret identity " + identity.address();
    }
}
