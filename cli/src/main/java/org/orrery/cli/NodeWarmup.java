// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.random.RandomGenerator;
import org.orrery.cli.api.Json;
import org.orrery.cli.api.LocalApi;
import org.orrery.core.crypto.SecretIdentity;
import org.orrery.core.crypto.SignatureKeyPair;
import org.orrery.core.value.Endpoint;
import org.orrery.core.world.World;
import org.orrery.core.world.WorldType;
import org.orrery.daemon.DaemonOptions;
import org.orrery.daemon.engine.Daemon;

/**
 * Run once by the build, not by a user: a node that starts in an empty folder, is asked some things and stops, so that
 * the JVM can record which classes a node loads and map them from an archive later. It is the only root of its own
 * planet, so it has nobody to talk to. Where an interface for a moment disturbs nobody it also joins a network of its own.
 */
public final class NodeWarmup {
    /** Nobody listens here: the discard service of this host. */
    private static final Endpoint NOWHERE = Endpoint.parse("127.0.0.1/9").orElseThrow();

    private static final int JOIN_TRIALS = 50;

    private NodeWarmup() {}

    public static void main(String[] arguments) throws IOException {
        boolean joining = arguments.length == 2 && arguments[1].equals("join");
        if (arguments.length != 1 && !joining) {
            throw new IllegalArgumentException("wanted: an empty folder, and perhaps the word join");
        }
        Path home = Path.of(arguments[0]);
        prepare(home, new SecureRandom());
        var options = new DaemonOptions(Optional.of(home), OptionalInt.of(0), true, true);
        System.exit(Daemon.run(
                options, System.err, started -> Thread.ofPlatform().start(() -> exercise(started, joining))));
    }

    private static void prepare(Path home, RandomGenerator secure) throws IOException {
        try (SecretIdentity self =
                        SecretIdentity.generate(secure, Runtime.getRuntime().availableProcessors());
                SignatureKeyPair signer = SignatureKeyPair.generate(secure)) {
            Files.writeString(home.resolve("identity.secret"), self.secretText());
            Files.writeString(home.resolve("identity.public"), self.identity().toString());
            var roots = List.of(new World.Root(self.identity(), List.of(NOWHERE)));
            World planet =
                    World.create(WorldType.PLANET, 1, System.currentTimeMillis(), roots, signer.publicKey(), signer);
            Files.write(home.resolve("planet"), planet.bytes());
        }
    }

    private static void exercise(Daemon.Started started, boolean joining) {
        try {
            String token = Files.readString(started.home().resolve("authtoken.secret"));
            var api = new LocalApi("127.0.0.1", started.port(), token);
            api.get("/status");
            api.get("/peer");
            api.get("/network");
            api.get("/controller/network");
            Json settings = Json.object(Map.of(
                    "name", Json.of("warm-up"),
                    "private", Json.of(false),
                    "v6AssignMode", Json.object(Map.of("6plane", Json.of(true)))));
            String created = api.post("/controller/network/" + started.address() + "______", settings)
                    .body();
            if (joining) {
                join(api, Json.parseOrNull(created).at("id").text());
            }
        } catch (IOException unreadable) {
            System.err.println(unreadable.getMessage());
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } finally {
            started.stop().run();
        }
    }

    private static void join(LocalApi api, String network) throws InterruptedException {
        api.post("/network/" + network, Json.object(Map.of()));
        for (int i = 0; i < JOIN_TRIALS; i++) {
            Thread.sleep(100);
            Json joined = Json.parseOrNull(api.get("/network/" + network).body());
            if (joined.at("status").text().equals("OK")) {
                return;
            }
        }
        System.err.println("did not join " + network);
    }
}
