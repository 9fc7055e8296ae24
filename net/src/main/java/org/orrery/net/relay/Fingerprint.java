// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.relay;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;

/**
 * The SHA-256 of a certificate, as other tools print it: 32 bytes in hex, with colons between them.
 *
 * @param hex 64 digits in lower case
 */
public record Fingerprint(String hex) {
    private static final int DIGITS = 64;

    public Fingerprint {
        if (!hex.matches("[0-9a-f]{" + DIGITS + "}")) {
            throw new IllegalArgumentException("not 64 hex digits");
        }
    }

    /** Reads 64 hex digits in any case, with or without colons. */
    public static Optional<Fingerprint> parse(String text) {
        String digits = text.strip().replace(":", "").toLowerCase(Locale.ROOT);
        return digits.matches("[0-9a-f]{" + DIGITS + "}") ? Optional.of(new Fingerprint(digits)) : Optional.empty();
    }

    public static Fingerprint of(X509Certificate certificate) throws CertificateEncodingException {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
            return new Fingerprint(HexFormat.of().formatHex(hash));
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError("every JDK has SHA-256", impossible);
        }
    }

    @Override
    public String toString() {
        return HexFormat.ofDelimiter(":")
                .withUpperCase()
                .formatHex(HexFormat.of().parseHex(hex));
    }
}
