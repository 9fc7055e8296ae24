// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.relay;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.orrery.core.value.Ip;

/** Asks a proxy, to which a connection is open, to connect it further. Throws with the proxy's reason if it does not. */
final class ProxyHandshake {
    private static final int SOCKS_VERSION = 5;
    private static final int LOGIN_VERSION = 1;
    private static final int NO_LOGIN = 0;
    private static final int LOGIN = 2;
    private static final int CONNECT = 1;
    private static final int IPV4 = 1;
    private static final int NAME = 3;
    private static final int IPV6 = 4;

    /** What SOCKS tells by number. */
    private static final String[] SOCKS_REFUSALS = {
        "",
        "general failure",
        "forbidden by its rules",
        "network unreachable",
        "host unreachable",
        "connection refused",
        "took too long",
        "it does not connect at all",
        "it does not know this kind of address"
    };

    private ProxyHandshake() {}

    /** Not a byte of what follows is read. */
    static void connect(ProxyAddress proxy, String host, int port, InputStream in, OutputStream out)
            throws IOException {
        switch (proxy.kind()) {
            case HTTP -> http(proxy, host, port, in, out);
            case SOCKS5 -> socks(proxy, host, port, in, out);
        }
    }

    private static void http(ProxyAddress proxy, String host, int port, InputStream in, OutputStream out)
            throws IOException {
        String target = RelayAddress.hostAndPort(host, port);
        var request = new StringBuilder("CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n");
        if (!proxy.user().isEmpty()) {
            byte[] login = (proxy.user() + ":" + proxy.password()).getBytes(StandardCharsets.UTF_8);
            request.append("Proxy-Authorization: Basic ")
                    .append(Base64.getEncoder().encodeToString(login))
                    .append("\r\n");
        }
        out.write(request.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
        HttpHead answer = HttpHead.read(in);
        int status = answer.status();
        if (status == 407) {
            throw new MalformedMessageException(
                    proxy.user().isEmpty()
                            ? "the proxy wants a user and password"
                            : "the proxy does not take this user and password");
        }
        if (status / 100 != 2) {
            throw new MalformedMessageException(
                    "the proxy does not connect: " + (status == 0 ? "it does not speak HTTP" : "status " + status));
        }
    }

    private static void socks(ProxyAddress proxy, String host, int port, InputStream in, OutputStream out)
            throws IOException {
        boolean login = !proxy.user().isEmpty();
        out.write(login ? new byte[] {SOCKS_VERSION, 2, NO_LOGIN, LOGIN} : new byte[] {SOCKS_VERSION, 1, NO_LOGIN});
        out.flush();
        byte[] chosen = read(in, 2);
        if (chosen[0] != SOCKS_VERSION) {
            throw new MalformedMessageException("the proxy does not speak SOCKS version 5");
        }
        if (chosen[1] == LOGIN && login) {
            login(proxy, in, out);
        } else if (chosen[1] != NO_LOGIN) {
            throw new MalformedMessageException(
                    "the proxy wants a user and password" + (login ? " in a way that is not supported" : ""));
        }
        out.write(request(host, port));
        out.flush();
        byte[] answer = read(in, 4);
        int refusal = answer[1] & 0xff;
        if (refusal != 0) {
            throw new MalformedMessageException("the proxy does not connect: "
                    + (refusal < SOCKS_REFUSALS.length ? SOCKS_REFUSALS[refusal] : "reason " + refusal));
        }
        int boundBytes =
                switch (answer[3]) {
                    case IPV4 -> 4;
                    case IPV6 -> 16;
                    case NAME -> read(in, 1)[0] & 0xff;
                    default -> throw new MalformedMessageException("the proxy does not speak SOCKS version 5");
                };
        read(in, boundBytes + 2);
    }

    private static void login(ProxyAddress proxy, InputStream in, OutputStream out) throws IOException {
        byte[] user = proxy.user().getBytes(StandardCharsets.UTF_8);
        byte[] password = proxy.password().getBytes(StandardCharsets.UTF_8);
        byte[] message = new byte[3 + user.length + password.length];
        message[0] = LOGIN_VERSION;
        message[1] = (byte) user.length;
        System.arraycopy(user, 0, message, 2, user.length);
        message[2 + user.length] = (byte) password.length;
        System.arraycopy(password, 0, message, 3 + user.length, password.length);
        out.write(message);
        out.flush();
        if (read(in, 2)[1] != 0) {
            throw new MalformedMessageException("the proxy does not take this user and password");
        }
    }

    private static byte[] request(String host, int port) {
        byte[] name = Ip.parse(host).map(Ip::bytes).orElse(null);
        int kind = name == null ? NAME : name.length == 4 ? IPV4 : IPV6;
        byte[] text = name == null ? host.getBytes(StandardCharsets.UTF_8) : name;
        int at = 4;
        byte[] message = new byte[4 + (kind == NAME ? 1 : 0) + text.length + 2];
        message[0] = SOCKS_VERSION;
        message[1] = CONNECT;
        message[3] = (byte) kind;
        if (kind == NAME) {
            message[at++] = (byte) text.length;
        }
        System.arraycopy(text, 0, message, at, text.length);
        at += text.length;
        message[at] = (byte) (port >>> 8);
        message[at + 1] = (byte) port;
        return message;
    }

    private static byte[] read(InputStream in, int count) throws IOException {
        byte[] bytes = in.readNBytes(count);
        if (bytes.length < count) {
            throw new EOFException("the proxy ended the connection");
        }
        return bytes;
    }
}
