// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.orrery.core.vl1.bond.Bond;
import org.orrery.core.vl1.bond.BondOptions;
import org.orrery.core.vl1.bond.BondPolicy;
import org.orrery.core.vl1.bond.LinkOptions;
import org.orrery.core.vl1.bond.Spread;

/** The bond of one peer, and what limits what the peer sends because of it. Control lane only. */
final class PeerBond {
    /** Packets that follow each other closely before the rest of their run is refused. */
    static final int RUN_MAX = 128;

    private static final long NEGOTIATION_PAUSE_MILLIS = 937;

    private final Bond<Path> bond;
    private final IntFunction<End> endOf;
    final RunGate reportIntake;
    final RunGate negotiationIntake = new RunGate(RUN_MAX, NEGOTIATION_PAUSE_MILLIS);
    long exploredMillis = Long.MIN_VALUE / 2;

    /**
     * Where a path begins.
     *
     * @param link the interface, or the address where no interface is known
     */
    record End(String link, int port) {}

    /**
     * @param endOf where paths of a socket begin
     * @param events takes finished lines for a person
     */
    PeerBond(Peer peer, BondOptions options, IntFunction<End> endOf, Consumer<String> events, long nowMillis) {
        this.bond = new Bond<>(options, peer.toString(), events, nowMillis);
        this.endOf = endOf;
        this.reportIntake = new RunGate(RUN_MAX, reportMillis() / 64);
    }

    Bond<Path> bond() {
        return bond;
    }

    BondOptions options() {
        return bond.options();
    }

    /** How often each path is reported on. */
    long reportMillis() {
        return 2L * options().failoverMillis();
    }

    /** Whether the peer is expected to send over several paths at once. */
    boolean spreads() {
        return options().policy() != BondPolicy.ACTIVE_BACKUP;
    }

    /** Whether the peer is expected to send every frame several times. */
    boolean copies() {
        return options().policy() == BondPolicy.BROADCAST;
    }

    void update(Path[] paths, long nowMillis) {
        for (Path path : paths) {
            if (!path.inBond()) {
                End end = endOf.apply(path.socket());
                LinkOptions own = options().links().getOrDefault(end.link(), LinkOptions.USUAL);
                path.bonded(end.link(), end.port(), own.mtuBytes(), nowMillis);
            }
        }
        bond.update(paths, nowMillis);
    }

    @Nullable
    Path main() {
        return bond.main();
    }

    @Nullable
    Spread<Path> spread() {
        return bond.spread();
    }
}
