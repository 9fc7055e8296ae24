// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.relay;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.SecureRandom;
import java.util.Optional;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection to a relay. {@link #connect} waits, {@link #close} may be called by any thread at any time and ends
 * what waits; the rest as {@link MessageStream} says.
 */
public final class RelayLink implements AutoCloseable {
    /** To connect, and for each answer until the relay is there. */
    private static final int PATIENCE_MILLIS = 5_000;

    /** What the system holds of ours: a tenth of a second at 10 Mbit/s. More would only make everything late. */
    private static final int SEND_BUFFER_BYTES = 128 * 1024;

    private final RelayAddress relay;
    private final Optional<ProxyAddress> proxy;
    private final Socket socket = new Socket();
    private @Nullable MessageStream stream;

    /** @param proxy to go through */
    public RelayLink(RelayAddress relay, Optional<ProxyAddress> proxy) {
        this.relay = relay;
        this.proxy = proxy;
    }

    /**
     * Connects and waits until the relay takes datagrams.
     *
     * @throws IOException with a reason for a person
     */
    public MessageStream connect() throws IOException {
        try {
            String host = proxy.map(ProxyAddress::host).orElse(relay.host());
            int port = proxy.map(ProxyAddress::port).orElse(relay.port());
            InetAddress address = InetAddress.getByName(host);
            socket.setTcpNoDelay(true);
            socket.setKeepAlive(true);
            socket.setSendBufferSize(SEND_BUFFER_BYTES);
            socket.connect(new InetSocketAddress(address, port), PATIENCE_MILLIS);
            socket.setSoTimeout(PATIENCE_MILLIS);
            if (proxy.isPresent()) {
                ProxyHandshake.connect(
                        proxy.get(), relay.host(), relay.port(), socket.getInputStream(), socket.getOutputStream());
            }
            MessageStream open =
                    switch (relay) {
                        case RelayAddress.Plain _ -> plain();
                        case RelayAddress.Tls tls -> tls(tls);
                    };
            socket.setSoTimeout(0);
            stream = open;
            return open;
        } catch (IOException failure) {
            close();
            throw failure;
        }
    }

    private MessageStream plain() throws IOException {
        var open = new RecordStream(socket.getInputStream(), socket.getOutputStream());
        open.write(RelayMessages.greeting(), 0, RelayMessages.GREETING_BYTES);
        open.flush();
        return open;
    }

    private MessageStream tls(RelayAddress.Tls tls) throws IOException {
        SSLSocketFactory factory = tls.fingerprint().isPresent()
                ? RelayTrust.context(tls.fingerprint().get()).getSocketFactory()
                : (SSLSocketFactory) SSLSocketFactory.getDefault();
        var secure = (SSLSocket) factory.createSocket(socket, tls.host(), tls.port(), true);
        SSLParameters parameters = secure.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {"http/1.1"});
        if (tls.fingerprint().isEmpty()) {
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
        }
        secure.setSSLParameters(parameters);
        secure.startHandshake();
        var random = new SecureRandom();
        InputStream in = new BufferedInputStream(secure.getInputStream(), 16 * 1024);
        String host = tls.port() == 443
                ? RelayAddress.hostAndPort(tls.host(), 0).replaceFirst(":0$", "")
                : RelayAddress.hostAndPort(tls.host(), tls.port());
        WebSocketHandshake.ask(in, secure.getOutputStream(), host, tls.path(), random);
        return new WebSocketStream(in, secure.getOutputStream(), random);
    }

    /** Where the connection starts, by which one sees what network it goes through; only once connected. */
    public InetAddress localAddress() {
        return socket.getLocalAddress();
    }

    public boolean connected() {
        return stream != null && !socket.isClosed();
    }

    /** A second call does nothing. */
    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException gone) {
            // There is nothing left that could be done about it.
        }
    }
}
