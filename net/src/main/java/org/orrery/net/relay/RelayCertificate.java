// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.relay;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * The certificate by which a relay shows who it is, with its key.
 *
 * @param chain the relay's own first
 */
public record RelayCertificate(List<X509Certificate> chain, PrivateKey key) {
    private static final Pattern KEY_BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]*PRIVATE KEY)-----([^-]+)-----END \\1-----");
    private static final List<String> KEY_KINDS = List.of("EC", "RSA", "EdDSA");
    private static final Duration SELF_SIGNED_LIFE = Duration.ofDays(3_650);

    public RelayCertificate {
        chain = List.copyOf(chain);
    }

    /**
     * Reads two PEM files.
     *
     * @throws IOException with a message for a person if there is anything wrong with them
     */
    public static RelayCertificate read(Path chainFile, Path keyFile) throws IOException {
        List<X509Certificate> chain = new ArrayList<>();
        try {
            byte[] content = Files.readAllBytes(chainFile);
            for (Certificate each :
                    CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(content))) {
                chain.add((X509Certificate) each);
            }
        } catch (GeneralSecurityException fault) {
            throw new IOException(chainFile + " holds no certificate in PEM: " + fault.getMessage(), fault);
        }
        if (chain.isEmpty()) {
            throw new IOException(chainFile + " holds no certificate in PEM");
        }
        PrivateKey key = readKey(keyFile);
        if (!belong(chain.getFirst().getPublicKey(), key)) {
            throw new IOException("the key in " + keyFile + " is not that of the certificate in " + chainFile);
        }
        return new RelayCertificate(chain, key);
    }

    private static PrivateKey readKey(Path file) throws IOException {
        Matcher block = KEY_BLOCK.matcher(Files.readString(file, StandardCharsets.ISO_8859_1));
        if (!block.find()) {
            throw new IOException(file + " holds no private key in PEM");
        }
        if (!block.group(1).equals("PRIVATE KEY")) {
            throw new IOException(file + " holds the key as '" + block.group(1)
                    + "', which is not read here: convert it (openssl pkcs8 -topk8 -nocrypt -in " + file
                    + " -out NEW)");
        }
        byte[] encoded;
        try {
            encoded = Base64.getMimeDecoder().decode(block.group(2));
        } catch (IllegalArgumentException fault) {
            throw new IOException(file + " holds a damaged private key", fault);
        }
        for (String kind : KEY_KINDS) {
            try {
                return KeyFactory.getInstance(kind).generatePrivate(new PKCS8EncodedKeySpec(encoded));
            } catch (GeneralSecurityException other) {
                // Another kind, or none at all: reported below.
            }
        }
        throw new IOException(file + " holds a private key that is neither EC, RSA nor EdDSA, or is damaged");
    }

    /** Whether what one signs the other one verifies. */
    private static boolean belong(PublicKey open, PrivateKey secret) {
        String scheme =
                switch (secret.getAlgorithm()) {
                    case "RSA" -> "SHA256withRSA";
                    case "EC" -> "SHA256withECDSA";
                    default -> "EdDSA";
                };
        try {
            Signature signer = Signature.getInstance(scheme);
            signer.initSign(secret);
            signer.update(open.getEncoded());
            byte[] signature = signer.sign();
            signer.initVerify(open);
            signer.update(open.getEncoded());
            return signer.verify(signature);
        } catch (GeneralSecurityException different) {
            return false;
        }
    }

    /**
     * Makes a certificate that nobody vouches for, good for ten years: its fingerprint has to be told to clients.
     *
     * @param name its subject, shown by tools
     */
    public static RelayCertificate selfSigned(String name, SecureRandom random, Instant now) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"), random);
            KeyPair pair = generator.generateKeyPair();
            byte[] body = Der.certificateBody(
                    name,
                    pair.getPublic(),
                    random.nextLong() >>> 1,
                    now.minus(Duration.ofDays(1)),
                    now.plus(SELF_SIGNED_LIFE));
            Signature signer = Signature.getInstance("SHA256withECDSA");
            signer.initSign(pair.getPrivate(), random);
            signer.update(body);
            byte[] encoded = Der.certificate(body, signer.sign());
            var made = (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(encoded));
            return new RelayCertificate(List.of(made), pair.getPrivate());
        } catch (GeneralSecurityException impossible) {
            throw new AssertionError("every JDK has P-256 and ECDSA", impossible);
        }
    }

    public Fingerprint fingerprint() {
        try {
            return Fingerprint.of(chain.getFirst());
        } catch (GeneralSecurityException impossible) {
            throw new AssertionError("it was read from its encoding", impossible);
        }
    }

    /** The certificates as PEM. */
    public String chainText() {
        var text = new StringBuilder();
        try {
            for (X509Certificate each : chain) {
                text.append(pem("CERTIFICATE", each.getEncoded()));
            }
        } catch (GeneralSecurityException impossible) {
            throw new AssertionError("it was read from its encoding", impossible);
        }
        return text.toString();
    }

    /** The private key as PEM. */
    public String keyText() {
        return pem("PRIVATE KEY", key.getEncoded());
    }

    private static String pem(String kind, byte[] content) {
        return "-----BEGIN " + kind + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content) + "\n-----END " + kind
                + "-----\n";
    }

    /** What a server needs for TLS. */
    SSLContext serverContext() throws IOException {
        try {
            char[] none = {};
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, none);
            store.setKeyEntry("relay", key, none, chain.toArray(X509Certificate[]::new));
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, none);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), null, null);
            return context;
        } catch (GeneralSecurityException fault) {
            throw new IOException("TLS cannot use this certificate: " + fault.getMessage(), fault);
        }
    }

    @Override
    public String toString() {
        return chain.getFirst().getSubjectX500Principal().getName() + " " + fingerprint();
    }
}
