// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.dns;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.orrery.core.value.Ip;
import org.orrery.core.value.NetworkId;
import org.orrery.daemon.home.HomeFolder;
import org.orrery.daemon.host.HostState;

/**
 * Keeps the host's resolver in line with the name servers of joined networks: through systemd-resolved where programs ask
 * it, otherwise in {@code resolv.conf}. Works on a thread of its own, made when there is first something to do, so that
 * nobody waits for a disk or another program. Any thread.
 */
public final class HostDns {
    /** Longer than a disk takes that others keep busy, and than one call of the program. */
    private static final Patience USUAL = new Patience(Duration.ofSeconds(8), Duration.ofSeconds(5));

    private static final Logger LOG = System.getLogger("org.orrery.daemon.dns");

    private final ResolverPaths paths;
    private final SystemdResolved resolved;
    private final ResolvConfFile file;
    private final Patience patience;

    /** Guarded by this, as are the next ones. */
    private List<NetworkDns> wanted = List.of();

    private boolean dirty;
    private boolean closing;
    private boolean edited;
    private @Nullable Thread thread;

    /** What systemd-resolved has of us, by interface. The worker's own. */
    private final Map<String, NetworkDns> given = new LinkedHashMap<>();

    private volatile Map<NetworkId, HostState.Dns> states = Map.of();

    /**
     * How long others may take.
     *
     * @param close what {@link HostDns#close} waits for what was changed to be taken back
     * @param program for one call of {@code resolvectl}
     */
    record Patience(Duration close, Duration program) {}

    /**
     * @param node the node's address
     * @param home where a note is kept of what was changed
     */
    public HostDns(ResolverPaths paths, HomeFolder home, String node) {
        this(paths, home, node, USUAL);
    }

    HostDns(ResolverPaths paths, HomeFolder home, String node, Patience patience) {
        this.paths = paths;
        this.resolved = new SystemdResolved(paths, patience.program());
        this.file = new ResolvConfFile(paths.resolvConf(), home, node);
        this.patience = patience;
    }

    /** Takes back what a killed process left. To be called once, before anything else. */
    public synchronized void recover() {
        try {
            if (file.undo()) {
                LOG.log(Level.INFO, "dns.recovered file=" + paths.resolvConf());
            }
        } catch (IOException failure) {
            LOG.log(Level.WARNING, "dns.not_recovered reason=" + failure.getMessage());
            edited = true; // Tried again when this node stops.
        }
    }

    /**
     * Has the resolver use the servers of exactly these networks, and returns at once. To be called again now and then: it
     * also puts back what somebody removed.
     */
    public synchronized void want(List<NetworkDns> networks) {
        if (closing || networks.isEmpty() && wanted.isEmpty()) {
            return;
        }
        wanted = List.copyOf(networks);
        dirty = true;
        if (thread == null) {
            thread = Thread.ofVirtual().name("orrery-dns").start(this::run);
        }
        notifyAll();
    }

    /** What became of the servers that are wanted of a network. */
    public HostState.Dns state(NetworkId network) {
        return states.getOrDefault(network, HostState.Dns.pending());
    }

    private void run() {
        for (List<NetworkDns> next = next(); next != null; next = next()) {
            states = apply(next);
        }
        apply(List.of());
    }

    private synchronized @Nullable List<NetworkDns> next() {
        while (!dirty && !closing) {
            try {
                wait();
            } catch (InterruptedException asked) {
                return null;
            }
        }
        dirty = false;
        return closing ? null : wanted;
    }

    private Map<NetworkId, HostState.Dns> apply(List<NetworkDns> networks) {
        boolean through = !networks.isEmpty() && resolved.inCharge();
        Map<NetworkId, HostState.Dns> after = new HashMap<>();
        giveBack(through ? networks : List.of());
        if (through) {
            edit(List.of(), after);
            networks.forEach(each -> after.put(each.network(), give(each)));
        } else {
            edit(networks, after);
        }
        return Map.copyOf(after);
    }

    private void giveBack(List<NetworkDns> but) {
        for (String device : List.copyOf(given.keySet())) {
            if (but.stream().noneMatch(each -> each.device().equals(device))) {
                given.remove(device);
                try {
                    resolved.revert(device);
                    LOG.log(Level.INFO, "dns.removed interface=" + device);
                } catch (IOException failure) {
                    LOG.log(Level.WARNING, "dns.not_removed reason=" + failure.getMessage());
                }
            }
        }
    }

    private HostState.Dns give(NetworkDns dns) {
        if (!dns.equals(given.get(dns.device())) || resolved.forgot(dns.device())) {
            try {
                resolved.apply(dns);
                given.put(dns.device(), dns);
                LOG.log(Level.INFO, "dns.applied interface=" + dns.device() + " domain=" + dns.domain());
            } catch (IOException failure) {
                given.remove(dns.device());
                LOG.log(Level.WARNING, "dns.refused reason=" + failure.getMessage());
                return HostState.Dns.refused(SystemdResolved.NAME, String.valueOf(failure.getMessage()));
            }
        }
        return HostState.Dns.applied(
                SystemdResolved.NAME, dns.everything() ? "asked for all names" : "asked for names in " + dns.domain());
    }

    private void edit(List<NetworkDns> networks, Map<NetworkId, HostState.Dns> after) {
        String name = paths.resolvConf().toString();
        try {
            if (networks.isEmpty()) {
                takeOut();
                return;
            }
            markEdited(true);
            List<Ip> chosen = ResolvConfText.chosen(file.base(), networks);
            if (file.apply(networks)) {
                LOG.log(Level.INFO, "dns.applied file=" + name + " servers=" + chosen);
            }
            for (NetworkDns each : networks) {
                boolean some = each.servers().stream().anyMatch(chosen::contains);
                after.put(
                        each.network(),
                        some
                                ? HostState.Dns.applied(name, "asked for all names, before the host's own servers")
                                : HostState.Dns.refused(
                                        name,
                                        "the file has room for " + ResolvConfText.SERVERS_MAX
                                                + " servers, and others took it"));
            }
        } catch (IOException failure) {
            LOG.log(Level.WARNING, "dns.refused file=" + name + " reason=" + failure.getMessage());
            networks.forEach(each -> after.put(
                    each.network(), HostState.Dns.refused(name, "cannot be changed: " + failure.getMessage())));
        }
    }

    private void takeOut() throws IOException {
        if (isEdited() && file.undo()) {
            LOG.log(Level.INFO, "dns.removed file=" + paths.resolvConf());
        }
        markEdited(false);
    }

    private synchronized boolean isEdited() {
        return edited;
    }

    private synchronized void markEdited(boolean value) {
        edited = value;
    }

    /**
     * Takes everything back and ends; waits for that, at most as long as its patience. What systemd-resolved was told goes with the interfaces
     * in any case.
     *
     * @return whether the resolver's file is free of what this node wrote; if not, the log says so
     */
    public boolean close() {
        Thread running;
        synchronized (this) {
            closing = true;
            if (thread == null && edited) {
                thread = Thread.ofVirtual().name("orrery-dns").start(this::run);
            }
            running = thread;
            notifyAll();
        }
        try {
            if (running != null && !running.join(patience.close())) {
                LOG.log(
                        Level.WARNING,
                        "dns.slow_to_close after_ms=" + patience.close().toMillis());
            }
        } catch (InterruptedException impatient) {
            Thread.currentThread().interrupt();
        }
        if (isEdited()) {
            LOG.log(
                    Level.ERROR,
                    "dns.left file=" + paths.resolvConf()
                            + " text=the networks' name servers are still in it; the next start takes them out");
            return false;
        }
        return true;
    }
}
