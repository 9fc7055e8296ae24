// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.interop;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.orrery.cli.lab.Lab;
import org.orrery.cli.lab.LabNode;

/** Networks without a controller. */
final class AdHocScenarios {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private AdHocScenarios() {}

    static List<Scenario> all() {
        return List.of(new Ports(), new OpenIpv4());
    }

    private static String address(LabNode node, String network, boolean ip6) throws Exception {
        return Lab.await("node " + node.address() + " is in " + network, Stage.PATIENCE, () -> {
            var joined = node.ask("/network/" + network);
            return joined.at("assignedAddresses").items().stream()
                    .map(each -> each.text().replaceFirst("/.*", ""))
                    .filter(each -> each.contains(":") == ip6)
                    .findFirst();
        });
    }

    /** Only the ports that the ID names, over IPv6. */
    private record Ports() implements Scenario {
        private static final String NETWORK = "ff1f901f91000000"; // 8080 to 8081
        private static final int OPEN = 8081;
        private static final int SHUT = 8082;

        @Override
        public String name() {
            return "ad-hoc network of a range of ports";
        }

        @Override
        public String play(Stage stage) throws Exception {
            String[] addresses = new String[Cast.MEMBERS];
            for (int i = 0; i < Cast.MEMBERS; i++) {
                stage.member(i).join(NETWORK);
            }
            for (int i = 0; i < Cast.MEMBERS; i++) {
                addresses[i] = address(stage.member(i), NETWORK, true);
            }
            Duration slowest = Duration.ZERO;
            for (int[] pair : new int[][] {{0, 1}, {1, 0}, {0, 2}, {2, 3}}) {
                Duration taken = stage.awaitConnects(true, pair[0], pair[1], addresses[pair[1]], OPEN, LIMIT);
                slowest = taken.compareTo(slowest) > 0 ? taken : slowest;
                Stage.require(
                        !stage.connects(pair[0], pair[1], addresses[pair[1]], SHUT),
                        "port " + SHUT + " of " + stage.label(pair[1]) + " is shut to " + stage.label(pair[0]));
                stage.awaitPing(pair[0], addresses[pair[1]], LIMIT);
            }
            stage.leave(NETWORK);
            return "slowest " + Stage.seconds(slowest);
        }
    }

    /** Everything, over IPv4. */
    private record OpenIpv4() implements Scenario {
        private static final String NETWORK = "ff0b000000000001";

        @Override
        public String name() {
            return "ad-hoc network of IPv4 addresses";
        }

        @Override
        public Optional<String> beyond(Cast cast) {
            return cast.all().filter(Player::old).findFirst().map(player -> player.name() + " knows no such networks");
        }

        @Override
        public String play(Stage stage) throws Exception {
            for (int i = 0; i < Cast.MEMBERS; i++) {
                stage.member(i).join(NETWORK);
            }
            Duration slowest = Duration.ZERO;
            for (int[] pair : new int[][] {{0, 1}, {1, 0}, {0, 2}, {1, 3}}) {
                String to = address(stage.member(pair[1]), NETWORK, false);
                Stage.require(to.startsWith("11."), "an address in 11.0.0.0/8, not " + to);
                address(stage.member(pair[0]), NETWORK, false);
                Duration taken = stage.awaitPing(pair[0], to, LIMIT);
                slowest = taken.compareTo(slowest) > 0 ? taken : slowest;
            }
            stage.leave(NETWORK);
            return "slowest " + Stage.seconds(slowest);
        }
    }
}
