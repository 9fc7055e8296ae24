// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.api;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.orrery.controller.ApiResponse;
import org.orrery.core.node.Drop;
import org.orrery.core.node.PeerStatus;
import org.orrery.core.rules.RuleCounters;
import org.orrery.core.value.Address;
import org.orrery.core.value.Ip;
import org.orrery.core.value.NetworkId;
import org.orrery.core.vl1.NatMapping;
import org.orrery.core.vl1.PeerReach;
import org.orrery.core.vl1.PingResult;
import org.orrery.core.vl1.PingWay;
import org.orrery.core.vl2.Networks;
import org.orrery.core.world.World;
import org.orrery.daemon.capture.Observers;
import org.orrery.daemon.home.NetworkSettings;
import tools.jackson.databind.JsonNode;

/**
 * What the API asks of the node. Every method, unless it says otherwise, is called on the control lane, as a command, and answers at once: the
 * lane stands still meanwhile. A method that fails throws an unchecked exception, which the caller of the API sees as
 * status 500 with its message.
 */
public interface NodeControl {
    ServiceStatus status();

    /** All peers in memory, in any order. */
    List<PeerStatus> peers();

    /** How a peer is reached and why not otherwise; empty if it is not known. */
    Optional<PeerReach> reach(Address peer);

    /** Whether peers may be bonded, by {@code local.conf}. */
    boolean bonding();

    /** Has another link carry the traffic of an active-backup bond; false if there is no such bond or no other link. */
    boolean rotateBond(Address peer);

    /**
     * Says how long datagrams may be over bonded paths from interface {@code link} to {@code remote}, until these end.
     *
     * @return false if there is no such path
     */
    boolean linkMtu(int bytes, String link, Ip remote);

    /** How the way out treats this node's sockets, as far as others told. */
    List<NatMapping> natMappings();

    /**
     * Asks a node for an echo.
     *
     * @param bytes of payload, 8 to 8,192
     * @param done told once, on the lane, now or within ten seconds
     */
    void ping(Address to, PingWay way, int bytes, Consumer<PingResult> done);

    /** Asks every root at every address it has; false if that was done within the last two seconds, and not again. */
    boolean askRoots();

    /** All joined networks, those whose interface failed included, in any order. */
    List<NetworkView> networks();

    /** How often each rule of a joined network decided; empty if it is not joined or has no configuration. */
    Optional<RuleCounters.Snapshot> ruleCounters(NetworkId network);

    /** What went no further lately, of all lanes, the oldest first. */
    List<Drop> drops();

    /**
     * Joins {@code network} unless that was done before, makes the change to its settings, keeps them, and brings its
     * interface in line with them. An interface that cannot be made is no failure: the network is joined and says so.
     */
    NetworkView join(NetworkId network, NetworkSettings.Change change);

    /**
     * Leaves a network and forgets it.
     *
     * @return whether it had been joined
     */
    boolean leave(NetworkId network);

    /** The moons orbited, those still waited for left out, in order of their IDs. */
    List<World> moons();

    /**
     * Orbits a moon.
     *
     * @param seed a root of it that can tell its definition; empty to answer only whether it is known
     * @return the moon as far as it is known
     */
    MoonView orbit(long id, Optional<Address> seed);

    /** Orbits a moon whose definition is at hand; answers whether it is in force now. */
    boolean orbit(World moon);

    /** Leaves a moon and forgets it, or waits for it no longer. */
    void deorbit(long id);

    /**
     * What rules see of a joined network and of the {@code members} named, as far as these showed credentials; empty
     * without a configuration. Its parts are immutable.
     */
    Optional<Networks.Seen> filter(NetworkId network, List<Address> members);

    /** Any thread: those who watch what rules send here. */
    Observers observers();

    /**
     * A request to the controller in this node. The answer's JSON is written after the lane has gone on, so it must not
     * change any more.
     *
     * @param method {@code GET}, {@code POST} or {@code DELETE}
     * @param path the decoded parts of the path, from {@code controller} or {@code unstable} on
     * @param body what was posted; null for the other methods and for what is no JSON
     */
    ApiResponse controller(String method, List<String> path, @Nullable JsonNode body);
}
