// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.crypto;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.EdECPublicKey;
import java.security.spec.EdECPoint;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.EdECPublicKeySpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.XECPrivateKeySpec;
import java.security.spec.XECPublicKeySpec;
import javax.crypto.KeyAgreement;
import org.jspecify.annotations.Nullable;

/**
 * X25519 and Ed25519 over raw 32-byte keys. The JDK wants its own key objects and big integers; this is the only place
 * that knows. Any thread.
 */
final class Curves {
    static final int KEY_BYTES = 32;

    private static final BigInteger BASE_POINT = BigInteger.valueOf(9);

    private Curves() {}

    /**
     * The raw shared point, or null if it is all zero: then the peer's point has small order and its owner is no honest
     * node. The scalar is clamped here, the top bit of {@code peerKey} is ignored (RFC 7748, as protocol 12 does; the
     * generation of protocol 9 took it into the calculation), and a value of 2^255-19 or more is reduced.
     */
    static byte @Nullable [] agree(byte[] secretScalar, byte[] peerKey) {
        byte[] masked = peerKey.clone();
        masked[KEY_BYTES - 1] &= 0x7f;
        return agree(secretScalar, littleEndian(masked));
    }

    /** The public key of {@code secretScalar}. */
    static byte[] agreementPublicKey(byte[] secretScalar) {
        byte[] point = agree(secretScalar, BASE_POINT);
        if (point == null) {
            throw new IllegalStateException("a clamped scalar cannot annihilate the base point");
        }
        return point;
    }

    private static byte @Nullable [] agree(byte[] secretScalar, BigInteger peerU) {
        try {
            KeyFactory keys = KeyFactory.getInstance("X25519");
            PrivateKey own = keys.generatePrivate(new XECPrivateKeySpec(NamedParameterSpec.X25519, secretScalar));
            PublicKey peer = keys.generatePublic(new XECPublicKeySpec(NamedParameterSpec.X25519, peerU));
            KeyAgreement agreement = KeyAgreement.getInstance("X25519");
            agreement.init(own);
            try {
                agreement.doPhase(peer, true);
            } catch (InvalidKeyException smallOrder) {
                return null;
            }
            return agreement.generateSecret();
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("X25519 is not usable in this JDK", missing);
        }
    }

    /** The compressed public point of an Ed25519 seed. */
    static byte[] signingPublicKey(byte[] seed) {
        try {
            // The JDK computes a public key only inside key generation; hand it the seed as its randomness.
            KeyPairGenerator generator = KeyPairGenerator.getInstance("Ed25519");
            generator.initialize(NamedParameterSpec.ED25519, new FixedRandom(seed));
            return compressed(((EdECPublicKey) generator.generateKeyPair().getPublic()).getPoint());
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("Ed25519 is not usable in this JDK", missing);
        }
    }

    /** An ordinary, deterministic Ed25519 signature of 64 bytes. */
    static byte[] sign(byte[] seed, byte[] message) {
        try {
            Signature signature = Signature.getInstance("Ed25519");
            signature.initSign(KeyFactory.getInstance("Ed25519")
                    .generatePrivate(new EdECPrivateKeySpec(NamedParameterSpec.ED25519, seed)));
            signature.update(message);
            return signature.sign();
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("Ed25519 is not usable in this JDK", missing);
        }
    }

    /** False also for keys that are no point and signatures that are not canonical. */
    static boolean verify(byte[] publicKey, byte[] message, byte[] signature) {
        byte[] y = publicKey.clone();
        boolean xOdd = (y[KEY_BYTES - 1] & 0x80) != 0;
        y[KEY_BYTES - 1] &= 0x7f;
        try {
            var spec = new EdECPublicKeySpec(NamedParameterSpec.ED25519, new EdECPoint(xOdd, littleEndian(y)));
            Signature verifier = Signature.getInstance("Ed25519");
            verifier.initVerify(KeyFactory.getInstance("Ed25519").generatePublic(spec));
            verifier.update(message);
            return verifier.verify(signature);
        } catch (GeneralSecurityException refused) {
            return false;
        }
    }

    private static byte[] compressed(EdECPoint point) {
        byte[] bigEndian = point.getY().toByteArray();
        byte[] out = new byte[KEY_BYTES];
        for (int i = 0; i < Math.min(bigEndian.length, KEY_BYTES); i++) {
            out[i] = bigEndian[bigEndian.length - 1 - i];
        }
        if (point.isXOdd()) {
            out[KEY_BYTES - 1] |= (byte) 0x80;
        }
        return out;
    }

    private static BigInteger littleEndian(byte[] bytes) {
        byte[] reversed = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            reversed[i] = bytes[bytes.length - 1 - i];
        }
        return new BigInteger(1, reversed);
    }

    /** Answers one request for random bytes, with the given ones. */
    private static final class FixedRandom extends SecureRandom {
        private final transient byte[] answer;

        FixedRandom(byte[] answer) {
            this.answer = answer;
        }

        @Override
        public void nextBytes(byte[] bytes) {
            if (bytes.length != answer.length) {
                throw new IllegalStateException("key generation asked for " + bytes.length + " bytes");
            }
            System.arraycopy(answer, 0, bytes, 0, bytes.length);
        }
    }
}
