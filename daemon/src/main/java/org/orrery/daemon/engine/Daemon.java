// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.engine;

import java.io.IOException;
import java.io.PrintStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.orrery.core.crypto.SecretIdentity;
import org.orrery.core.value.Address;
import org.orrery.core.value.NetworkId;
import org.orrery.core.wire.WireReader;
import org.orrery.core.world.World;
import org.orrery.core.world.WorldType;
import org.orrery.daemon.DaemonOptions;
import org.orrery.daemon.StopSignals;
import org.orrery.daemon.api.ApiServer;
import org.orrery.daemon.api.ApiSetup;
import org.orrery.daemon.dns.ResolverPaths;
import org.orrery.daemon.home.EffectiveConfig;
import org.orrery.daemon.home.HomeException;
import org.orrery.daemon.home.HomeFolder;
import org.orrery.daemon.home.HomePath;
import org.orrery.daemon.home.LocalConfig;
import org.orrery.daemon.home.LocalConfigFile;
import org.orrery.net.DeviceNames;
import org.orrery.net.Ports;
import org.orrery.net.linux.LinuxPorts;
import org.orrery.net.nio.NioPorts;

/** The service as a process: start-up in order, running until a signal, clean stop. */
public final class Daemon {
    /** More than all that {@link Service#close} waits for; less than service managers do, which is a minute and a half. */
    private static final Duration STOP_LIMIT = Duration.ofSeconds(40);

    private static final Duration PROOF_DELAY = Duration.ofSeconds(3);
    /** More lanes than these are worth their memory only where somebody asks for them. */
    private static final int USUAL_LANES_MAX = 4;

    private static final int RANDOM_PORT_MIN = 20_000;
    private static final int RANDOM_PORTS = 45_500;
    private static final Logger LOG = System.getLogger("org.orrery.daemon");

    private Daemon() {}

    /**
     * What a person may want to know once the service answers.
     *
     * @param stop ends the service as a signal would
     */
    public record Started(Address address, Path home, int port, boolean makesInterfaces, Runnable stop) {}

    /**
     * Runs the service until INT or TERM; does not return then, but ends the process: with status 0, or 1 if something had
     * failed or was left behind. A start that fails prints one line on {@code err} and answers 1.
     *
     * @param ready called once the API answers
     */
    public static int run(DaemonOptions options, PrintStream err, Consumer<Started> ready) {
        boolean superUser = "root".equals(System.getProperty("user.name"));
        if (!superUser && !options.anyUser()) {
            err.println("orrery: must be run as root to make network interfaces (try sudo, or -U to go without)");
            return 1;
        }
        Path folder = options.home()
                .orElseGet(() ->
                        HomePath.usual(System.getenv(), superUser, Path.of(System.getProperty("user.home", "."))));
        try (HomeFolder home = HomeFolder.open(folder)) {
            return run(options, home, ready);
        } catch (HomeException fault) {
            err.println("orrery: " + fault.getMessage());
            return 1;
        } catch (IOException refused) {
            err.println("orrery: fatal error: " + refused.getMessage());
            return 1;
        }
    }

    private static int run(DaemonOptions options, HomeFolder home, Consumer<Started> ready)
            throws IOException, HomeException {
        // Linking the system calls and reading JSON for the first time take as long as all the rest of a start.
        if (LinuxPorts.supported()) {
            Thread.ofPlatform().name("orrery-start").daemon().start(LinuxPorts::prepare);
        }
        Thread.ofPlatform().name("orrery-start").daemon().start(LocalConfig::prepare);
        var secure = new SecureRandom();
        SecretIdentity self = home.identity(secure, Runtime.getRuntime().availableProcessors());
        LocalConfigFile localConfig = home.localConfig();
        String token = home.authToken(secure);
        String metricsToken = home.metricsToken(secure);
        World planet = planet(home);
        home.expirePeers(Instant.now());
        int port = port(options, localConfig, secure);
        localConfig.startedWith(new EffectiveConfig.Start(port, options.port()));
        List<Ports> ports = ports(localConfig.current().settings());
        StopSignals signals = StopSignals.install();
        var broken = new AtomicBoolean();
        Service service = new Service(
                home, localConfig, self, planet, secure, ports, port, deviceMap(home), ResolverPaths.SYSTEM, () -> {
                    broken.set(true);
                    signals.request();
                });
        ApiServer api = null;
        try {
            var setup = new ApiSetup(
                    port, token, metricsToken, localConfig, home.path(), InstantSource.system(), ApiSetup.PATIENCE);
            service.start();
            api = ApiServer.start(setup, service, service.controlLane());
            ApiServer open = api;
            service.onConfigCheck(config -> open.allowFrom(config.settings().allowManagementFrom()));
            home.writePort(port);
            home.writePid();
        } catch (IOException taken) {
            if (api != null) {
                api.close();
            }
            service.close();
            throw new IOException(
                    "cannot bind to local control interface port " + port + ": " + taken.getMessage(), taken);
        }
        LOG.log(Level.INFO, "service.started address=" + service.address() + " port=" + port + " home=" + home.path());
        Thread.ofVirtual()
                .name("orrery-identity")
                .start(() -> prove(self, () -> {
                    LOG.log(Level.ERROR, home.unproven().getMessage());
                    broken.set(true);
                    signals.request();
                }));
        ready.accept(new Started(
                service.address(), home.path(), port, ports.getFirst().opensTaps(), signals::request));
        try {
            signals.await();
        } catch (InterruptedException asked) {
            Thread.currentThread().interrupt();
        }
        ApiServer running = api;
        StopSignals.finish(() -> stop(running, service, home) && !broken.get() ? 0 : 1, STOP_LIMIT);
        return 1;
    }

    /** Proves the node's own address after the rush of the start, which the arithmetic would hold up. */
    private static void prove(SecretIdentity self, Runnable refuted) {
        try {
            Thread.sleep(PROOF_DELAY);
        } catch (InterruptedException asked) {
            return;
        }
        if (!self.identity().valid()) {
            refuted.run();
        }
    }

    /** Ports for as many lanes as there shall be. */
    private static List<Ports> ports(LocalConfig.Settings settings) throws IOException {
        if (!LinuxPorts.supported()) {
            return List.of(new NioPorts()); // which cannot share a port among lanes
        }
        int usual = Math.clamp(Runtime.getRuntime().availableProcessors() / 2, 1, USUAL_LANES_MAX);
        int lanes = settings.lanes().orElse(usual);
        List<Ports> ports = new ArrayList<>();
        while (ports.size() < lanes) {
            ports.add(new LinuxPorts(settings.offloads()));
        }
        return ports;
    }

    /** Answers whether nothing is left behind. */
    private static boolean stop(ApiServer api, Service service, HomeFolder home) {
        api.close();
        boolean clean = service.close();
        try {
            home.close();
        } catch (IOException failure) {
            LOG.log(Level.WARNING, "home.not_released reason=" + failure.getMessage());
        }
        LOG.log(Level.INFO, "service.stopped");
        return clean;
    }

    /** The home folder's planet, and the built-in one where that replaces it by the ordinary rule. */
    private static World planet(HomeFolder home) throws IOException, HomeException {
        Optional<World> own = home.planet(Daemon::readPlanet);
        World builtIn = World.builtIn();
        return own.filter(world -> !world.shouldBeReplacedBy(builtIn)).orElse(builtIn);
    }

    private static Optional<World> readPlanet(byte[] content) {
        World world = World.read(new WireReader(content));
        return Optional.ofNullable(world).filter(each -> each.type() == WorldType.PLANET);
    }

    private static int port(DaemonOptions options, LocalConfigFile localConfig, SecureRandom secure) {
        OptionalInt configured = localConfig.current().settings().primaryPort();
        int wanted = configured.orElse(options.port().orElse(DaemonOptions.PORT));
        return wanted != 0 ? wanted : RANDOM_PORT_MIN + secure.nextInt(RANDOM_PORTS);
    }

    private static Map<NetworkId, String> deviceMap(HomeFolder home) throws IOException {
        Path file = home.path().resolve("devicemap");
        if (!Files.isReadable(file)) {
            return Map.of();
        }
        DeviceNames.Chosen chosen = DeviceNames.parseMap(Files.readString(file));
        chosen.faults().forEach(fault -> LOG.log(Level.WARNING, "devicemap.fault " + fault));
        return chosen.names();
    }
}
