// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.interop;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Who plays which role.
 *
 * @param members four, A to D
 */
public record Cast(Player root, Player controller, List<Player> members) {
    public static final int MEMBERS = 4;

    public Cast {
        members = List.copyOf(members);
        if (members.size() != MEMBERS) {
            throw new IllegalArgumentException(members.size() + " members");
        }
    }

    /** This build alone. */
    public static Cast ownAlone() {
        Player own = Player.orrery();
        return new Cast(own, own, List.of(own, own, own, own));
    }

    /** Each reference with this build, once as root and controller and once not; and all of them together. */
    public static List<Cast> with(List<Player> references) {
        Player own = Player.orrery();
        List<Cast> casts = new ArrayList<>();
        for (Player other : references) {
            casts.add(new Cast(own, own, List.of(own, other, own, other)));
            casts.add(new Cast(other, other, List.of(other, own, other, own)));
        }
        if (references.size() > 1) {
            Player first = references.get(0);
            Player second = references.get(1);
            casts.add(new Cast(own, first, List.of(second, own, first, own)));
        }
        return casts;
    }

    Stream<Player> all() {
        return Stream.concat(Stream.of(root, controller), members.stream());
    }

    /** In short, in the order root, controller, members. */
    public String name() {
        return "root " + root.name() + ", controller " + controller.name() + ", members "
                + String.join(" ", members.stream().map(Player::name).toList());
    }
}
