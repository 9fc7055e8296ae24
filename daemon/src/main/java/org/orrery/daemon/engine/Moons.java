// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.engine;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;
import org.orrery.core.node.Node;
import org.orrery.core.node.StateKind;
import org.orrery.core.value.Address;
import org.orrery.core.value.Hex;
import org.orrery.core.wire.WireReader;
import org.orrery.core.world.World;
import org.orrery.core.world.WorldType;
import org.orrery.daemon.api.MoonView;
import org.orrery.daemon.home.HomeFolder;

/** The moons that a node follows, and their definitions in its home folder. Control lane only. */
final class Moons {
    /** Files looked at; the node takes fewer. */
    private static final int READ_MAX = 64;

    private static final Logger LOG = System.getLogger("org.orrery.daemon.engine");

    private final Node node;
    private final HomeFolder home;
    private final StateWriter state;
    private final SteadyClock clock;

    Moons(Node node, HomeFolder home, StateWriter state, SteadyClock clock) {
        this.node = node;
        this.home = home;
        this.state = state;
        this.clock = clock;
    }

    /** Follows those in the home folder. */
    void resume(long nowMillis) throws IOException {
        for (World moon : home.moons(READ_MAX, Moons::read)) {
            if (!node.orbit(moon, nowMillis)) {
                LOG.log(Level.WARNING, "moon.not_taken id=" + Hex.of(moon.id(), 16) + " reason=too many moons");
            }
        }
    }

    List<World> followed() {
        return node.moons();
    }

    /** Follows a moon of which only the ID is known, by a definition in the home folder or else by asking {@code seed}. */
    MoonView orbit(long id, Optional<Address> seed) {
        seed.ifPresent(address -> {
            if (find(id).isEmpty()) {
                kept(id).ifPresentOrElse(
                                moon -> node.orbit(moon, clock.millis()),
                                () -> node.orbit(id, address, clock.millis()));
            }
        });
        return new MoonView(find(id), node.awaitedMoons().contains(id));
    }

    /** Answers whether the node takes another moon. */
    boolean orbit(World moon) {
        return node.orbit(moon, clock.millis());
    }

    void deorbit(long id) {
        if (!node.deorbit(id, clock.millis())) {
            state.delete(StateKind.MOON, id); // one that was laid there and never read
        }
    }

    private Optional<World> find(long id) {
        return node.moons().stream().filter(moon -> moon.id() == id).findFirst();
    }

    /** A definition that somebody laid into the home folder. */
    private Optional<World> kept(long id) {
        try {
            return home.load(StateKind.MOON, id).flatMap(Moons::read).filter(moon -> moon.id() == id);
        } catch (IOException failure) {
            LOG.log(Level.WARNING, "home.fault moon=" + Hex.of(id, 16) + " fault=" + failure.getMessage());
            return Optional.empty();
        }
    }

    private static Optional<World> read(byte[] content) {
        return Optional.ofNullable(World.read(new WireReader(content)))
                .filter(world -> world.type() == WorldType.MOON && world.id() != 0);
    }
}
