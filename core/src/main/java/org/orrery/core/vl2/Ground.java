// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl2;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.orrery.core.credential.MemberRecord;
import org.orrery.core.crypto.Identity;
import org.orrery.core.netconf.NetworkConfig;
import org.orrery.core.rules.FilterSide;
import org.orrery.core.value.Address;
import org.orrery.core.vl1.LongTable;
import org.orrery.core.vl1.Peer;
import org.orrery.core.vl1.Vl1;

/** What all parts of the networks' engine stand on. Control lane only, but for the table. */
final class Ground {
    final Identity self;
    final long address;
    final Vl1 vl1;
    final LongTable<Network> networks = new LongTable<>(Networks.NETWORKS_MAX);
    final GroupTable groups = new GroupTable();
    final Judge judge;
    final RandomGenerator random;
    final FrameSink frames;
    final Consumer<String> events;

    Ground(Identity self, Vl1 vl1, RandomGenerator random, FrameSink frames, Consumer<String> events) {
        this.self = self;
        this.address = self.address().bits();
        this.vl1 = vl1;
        this.judge = new Judge(0, random);
        this.random = random;
        this.frames = frames;
        this.events = events;
    }

    @Nullable
    Network network(long id) {
        return networks.find(id);
    }

    List<Network> all() {
        List<Network> all = new ArrayList<>();
        networks.forEach(all::add);
        return all;
    }

    /** The record of a member, made on demand; null if the network has no room for another. */
    @Nullable
    Member member(Network network, long address, long nowMillis) {
        Member member = network.member(address);
        if (member == null) {
            member = new Member(address, new MemberRecord(network.networkId()), nowMillis);
            boolean fits = network.members().put(address, member);
            if (!fits && makeRoom(network)) {
                fits = network.members().put(address, member);
            }
            if (!fits) {
                return null;
            }
            publish(network, member);
        }
        member.lastUsedMillis = nowMillis;
        return member;
    }

    /**
     * Forgets a sixteenth of the members: those of whom nothing is kept first, then those not used for longest, who will
     * show their credentials again. What was revoked stays so.
     */
    private static boolean makeRoom(Network network) {
        List<Member> yielding = new ArrayList<>();
        network.members().forEach(member -> {
            if (!member.credentials.revokes()) {
                yielding.add(member);
            }
        });
        yielding.sort(Comparator.<Member, Boolean>comparing(member -> !member.credentials.empty())
                .thenComparingLong(member -> member.lastUsedMillis));
        yielding.stream()
                .limit(Network.MEMBERS_MAX / 16)
                .forEach(member -> network.members().remove(member.address()));
        return !yielding.isEmpty();
    }

    /** Decides again what lanes may think of a member: its credentials or our configuration changed. */
    void publish(Network network, Member member) {
        View view = network.view();
        Peer peer = vl1.peers().find(member.address());
        if (view == null || peer == null) {
            member.publish(false, FilterSide.UNKNOWN);
            return;
        }
        NetworkConfig config = view.config();
        member.publish(
                member.credentials.allowed(config.publicNetwork(), config.membership(), peer.identity()),
                member.credentials.filterSide(config.timestamp(), config.credentialTimeMaxDeltaMillis()));
    }

    void publishAll(Network network) {
        network.members().forEach(member -> publish(network, member));
    }

    @Nullable
    Identity identityOf(Address address) {
        return vl1.identityOf(address.bits());
    }
}
