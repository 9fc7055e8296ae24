// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.command;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.orrery.cli.api.SecretFiles;
import org.orrery.core.value.Ip;
import org.orrery.daemon.StopSignals;
import org.orrery.net.relay.RelayCertificate;
import org.orrery.net.relay.RelayCount;
import org.orrery.net.relay.RelayLimits;
import org.orrery.net.relay.RelayServer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code orrery tcp-relay}. */
@Command(
        name = "tcp-relay",
        description = {
            "Run a relay for nodes whose networks let no UDP through; Ctrl-C stops it.",
            "Each client gets a UDP socket of its own here. Only packets of the protocol pass, to ports above 1024, on the"
                    + " Internet unless --allow-private says otherwise; who has not answered gets only a few."
        },
        footer = {
            "",
            "Plain relays (--listen) serve Orrery and ZeroTier nodes. In the local.conf of a node:",
            "  {\"settings\": {\"tcpFallbackRelay\": \"203.0.113.5/443\"}}",
            "TLS relays (--tls-listen) serve Orrery nodes, and pass where only HTTPS does:",
            "  {\"settings\": {\"tlsRelay\": \"wss://relay.example.org/\"}}",
            "With a certificate that no authority signed also \"tlsRelayFingerprint\": what this command prints.",
            "One address may serve both.",
            "",
            "Examples:",
            "  sudo orrery tcp-relay --listen 443",
            "  sudo orrery tcp-relay --listen 443 --tls-listen 443 --cert fullchain.pem --key privkey.pem",
            "  orrery tcp-relay --tls-listen 10.0.0.5:8443 --cert relay.pem --key relay.key --self-signed"
                    + " --allow-private"
        })
final class TcpRelayCommand extends Context implements Callable<Integer> {
    private static final Duration STOP_LIMIT = Duration.ofSeconds(5);
    private static final int MEGABIT = 1_000_000;

    @Option(
            names = "--listen",
            paramLabel = "[ADDRESS:]PORT",
            description = "Serve plain clients there. Several times for several addresses.")
    private List<String> plain = new ArrayList<>();

    @Option(
            names = "--tls-listen",
            paramLabel = "[ADDRESS:]PORT",
            description = "Serve clients that speak TLS there; needs --cert and --key.")
    private List<String> tls = new ArrayList<>();

    @Option(names = "--cert", paramLabel = "FILE", description = "Certificate with its chain, in PEM.")
    private @Nullable Path certificate;

    @Option(names = "--key", paramLabel = "FILE", description = "Its private key, in PEM (PKCS #8).")
    private @Nullable Path key;

    @Option(
            names = "--self-signed",
            description = "Make a certificate and write it to --cert and --key, unless both files exist.")
    private boolean selfSigned;

    @Option(
            names = "--allow-private",
            description = "Also send to private addresses: for a relay of a site of its own.")
    private boolean allowPrivate;

    @Option(names = "--connections", paramLabel = "N", description = "Clients at once (default: ${DEFAULT-VALUE}).")
    private int connections = RelayLimits.PUBLIC.connections();

    @Option(
            names = "--connections-per-source",
            paramLabel = "N",
            description = "Clients at once from one IPv4 address or IPv6 /64 (default: ${DEFAULT-VALUE}).")
    private int connectionsPerSource = RelayLimits.PUBLIC.connectionsPerSource();

    @Option(
            names = "--rate",
            paramLabel = "MBIT",
            description = "Mbit/s for one such source, in each direction (default: ${DEFAULT-VALUE}).")
    private long rate = RelayLimits.PUBLIC.bitsPerSecond() / MEGABIT;

    @Option(
            names = "--idle",
            paramLabel = "SECONDS",
            description = "Close clients that are silent for so long (default: ${DEFAULT-VALUE}).")
    private long idle = RelayLimits.PUBLIC.idle().toSeconds();

    @Option(
            names = "--report",
            paramLabel = "SECONDS",
            description = "Print the counters so often, if they changed (default: ${DEFAULT-VALUE}).")
    private long report = 60;

    @Override
    public Integer call() {
        if (connections < 1 || connectionsPerSource < 1 || rate < 1 || rate > 1_000_000 || idle < 1 || report < 1) {
            throw new Trouble("Numbers are to be 1 or more, and --rate at most 1000000.");
        }
        Map<InetSocketAddress, RelayServer.Listener> listeners = listeners();
        if (listeners.isEmpty()) {
            throw new Trouble("A relay has to listen somewhere.", "As usual: --listen 443");
        }
        RelayCertificate shown = tls.isEmpty() ? null : certificate();
        var limits = new RelayLimits(
                connections, connectionsPerSource, rate * MEGABIT, Duration.ofSeconds(idle), allowPrivate);
        StopSignals signals = StopSignals.install();
        RelayServer relay;
        try {
            relay = RelayServer.start(List.copyOf(listeners.values()), shown, limits, terminal()::complain);
        } catch (IOException refused) {
            throw new Trouble(
                    "The relay " + refused.getMessage() + ".",
                    "Ports below 1024 need root; another program may have the port (ss -ltnp).");
        }
        greet(relay, List.copyOf(listeners.values()), shown);
        Thread.ofVirtual().start(() -> reports(relay));
        try {
            signals.await();
        } catch (InterruptedException asked) {
            Thread.currentThread().interrupt();
        }
        StopSignals.finish(
                () -> {
                    relay.close();
                    terminal().line(text(relay.connections(), relay.counts()));
                    terminal().out().flush();
                    return 0;
                },
                STOP_LIMIT);
        return 0;
    }

    private Map<InetSocketAddress, RelayServer.Listener> listeners() {
        Map<InetSocketAddress, RelayServer.Listener> all = new LinkedHashMap<>();
        for (String each : plain) {
            InetSocketAddress at = place(each);
            all.put(at, new RelayServer.Listener(at, true, false));
        }
        for (String each : tls) {
            InetSocketAddress at = place(each);
            all.put(at, new RelayServer.Listener(at, all.containsKey(at), true));
        }
        return all;
    }

    /** Reads {@code PORT}, {@code IP:PORT} or {@code [IP]:PORT}. */
    static InetSocketAddress place(String text) {
        int colon = text.lastIndexOf(':');
        String digits = text.substring(colon + 1);
        String host = colon < 0 ? "" : text.substring(0, colon).replaceFirst("^\\[(.*)]$", "$1");
        int port = digits.matches("[0-9]{1,5}") ? Integer.parseInt(digits) : -1;
        if (port < 0 || port > 0xffff || !host.isEmpty() && Ip.parse(host).isEmpty()) {
            throw new Trouble(
                    "'" + text + "' is no address to listen on.",
                    "Write PORT, ADDRESS:PORT or [IPV6-ADDRESS]:PORT, as in 0.0.0.0:443");
        }
        if (host.isEmpty()) {
            return new InetSocketAddress(port);
        }
        try {
            return new InetSocketAddress(InetAddress.getByName(host), port);
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException(impossible); // it is an address, not a name
        }
    }

    private RelayCertificate certificate() {
        if (certificate == null || key == null) {
            throw new Trouble(
                    "TLS needs a certificate: --cert FILE --key FILE",
                    "For a site of your own one can be made: --cert relay.pem --key relay.key --self-signed");
        }
        Path chainFile = terminal().folder().resolve(certificate);
        Path keyFile = terminal().folder().resolve(key);
        try {
            if (selfSigned && !Files.exists(chainFile) && !Files.exists(keyFile)) {
                RelayCertificate made = RelayCertificate.selfSigned(
                        "orrery tcp-relay",
                        new SecureRandom(),
                        Instant.ofEpochMilli(terminal().clockMillis().getAsLong()));
                SecretFiles.write(keyFile, made.keyText());
                Files.writeString(chainFile, made.chainText());
                terminal().line("made " + certificate + " and " + key);
            }
            return RelayCertificate.read(chainFile, keyFile);
        } catch (java.nio.file.NoSuchFileException missing) {
            throw new Trouble(
                    "There is no " + missing.getFile() + ".",
                    selfSigned
                            ? "One of the two files exists; remove it to have both made."
                            : "--self-signed makes one.");
        } catch (java.nio.file.AccessDeniedException hidden) {
            throw new Trouble("The file " + hidden.getFile() + " is not readable for you.");
        } catch (IOException fault) {
            throw new Trouble("Cannot use the certificate: " + fault.getMessage() + ".");
        }
    }

    private void greet(RelayServer relay, List<RelayServer.Listener> listeners, @Nullable RelayCertificate shown) {
        for (int i = 0; i < listeners.size(); i++) {
            InetSocketAddress at = relay.addresses().get(i);
            String kind = listeners.get(i).records() ? listeners.get(i).tls() ? "plain and TLS" : "plain" : "TLS";
            String ip = at.getAddress().isAnyLocalAddress()
                    ? "all addresses"
                    : at.getAddress().getHostAddress();
            terminal().line("listening on " + ip + ", port " + at.getPort() + ": " + kind);
        }
        if (shown != null) {
            terminal().line("fingerprint " + shown.fingerprint());
        }
        terminal().out().flush();
    }

    private void reports(RelayServer relay) {
        Map<RelayCount, Long> last = Map.of();
        try {
            while (true) {
                Thread.sleep(Duration.ofSeconds(report));
                Map<RelayCount, Long> now = relay.counts();
                if (!now.equals(last)) {
                    last = now;
                    terminal().line(text(relay.connections(), now));
                    terminal().out().flush();
                }
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /** One line of {@code name=number}, what never happened left out. */
    static String text(int connections, Map<RelayCount, Long> counts) {
        var line = new StringBuilder("connections=" + connections);
        counts.forEach((what, count) -> line.append(' ')
                .append(what.name().toLowerCase(Locale.ROOT))
                .append('=')
                .append(count));
        return line.toString();
    }
}
