// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.interop.nat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.orrery.cli.interop.Player;

/**
 * Who plays which role behind and before routers.
 *
 * @param root also the controller
 * @param members two, A and B
 */
public record NatCast(Player root, List<Player> members) {
    public NatCast {
        members = List.copyOf(members);
        if (members.size() != 2) {
            throw new IllegalArgumentException(members.size() + " members");
        }
    }

    /** This build alone; and for each reference one member or the root. */
    public static List<NatCast> with(List<Player> references) {
        Player own = Player.orrery();
        List<NatCast> casts = new ArrayList<>(List.of(new NatCast(own, List.of(own, own))));
        for (Player other : references) {
            casts.add(new NatCast(own, List.of(own, other)));
            casts.add(new NatCast(other, List.of(own, own)));
        }
        return casts;
    }

    Stream<Player> all() {
        return Stream.concat(Stream.of(root), members.stream());
    }

    /** In short, in the order root, members. */
    public String name() {
        return "root and controller " + root.name() + ", members "
                + String.join(" ", members.stream().map(Player::name).toList());
    }
}
