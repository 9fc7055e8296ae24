// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.relay;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/** Believes exactly one certificate, whatever name and dates are in it. */
final class RelayTrust extends X509ExtendedTrustManager {
    private final Fingerprint wanted;

    private RelayTrust(Fingerprint wanted) {
        this.wanted = wanted;
    }

    /** What a client needs for TLS with the owner of one certificate. */
    static SSLContext context(Fingerprint wanted) throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new RelayTrust(wanted)}, null);
            return context;
        } catch (GeneralSecurityException fault) {
            throw new IOException("TLS is not available: " + fault.getMessage(), fault);
        }
    }

    private void check(X509Certificate[] chain) throws CertificateException {
        Fingerprint shown = Fingerprint.of(chain[0]);
        if (!shown.equals(wanted)) {
            throw new CertificateException("the relay shows another certificate, with fingerprint " + shown);
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        check(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw new CertificateException("clients show no certificates here");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        throw new CertificateException("clients show no certificates here");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        throw new CertificateException("clients show no certificates here");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }
}
