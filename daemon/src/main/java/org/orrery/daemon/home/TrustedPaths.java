// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.home;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.orrery.core.value.Prefix;
import org.orrery.daemon.home.LocalConfig.Physical;
import org.orrery.daemon.home.LocalConfig.Problem;

/**
 * The file {@code trustedpaths} of old installations: in each line a number in hex and a network, with {@code =}, spaces or
 * tabs between them. {@code local.conf} has taken its place.
 *
 * @param networks trusted ones, at most {@link Physical#COUNT_MAX}
 * @param problems lines that mean nothing, or not what their writer may expect
 */
record TrustedPaths(List<Physical> networks, List<Problem> problems) {
    static final String FILE = "trustedpaths";
    static final TrustedPaths NONE = new TrustedPaths(List.of(), List.of());

    TrustedPaths {
        networks = List.copyOf(networks);
        problems = List.copyOf(problems);
    }

    static TrustedPaths read(String text) {
        List<Physical> networks = new ArrayList<>();
        List<Problem> problems = new ArrayList<>();
        int number = 0;
        for (String line : text.lines().toList()) {
            number++;
            String[] parts = line.strip().split("[=\\s]+");
            if (line.isBlank() || line.strip().startsWith("#")) {
                continue;
            }
            Optional<Prefix> network = parts.length == 2 ? Prefix.parse(parts[1]) : Optional.empty();
            long id = parts.length == 2 && parts[0].matches("[0-9a-fA-F]{1,16}")
                    ? Long.parseUnsignedLong(parts[0], 16)
                    : 0;
            if (network.isEmpty() || id == 0 || network.get().bits() == 0) {
                problems.add(
                        new Problem(FILE, "not a hex number other than 0, '=' and a network/bits; ignored", number, 1));
            } else if (networks.size() == Physical.COUNT_MAX) {
                problems.add(new Problem(FILE, "more than " + Physical.COUNT_MAX + " networks; ignored", number, 1));
            } else {
                networks.add(new Physical(network.get().network(), false, id, 0));
            }
        }
        if (!networks.isEmpty()) {
            Physical first = networks.getFirst();
            problems.add(new Problem(
                    FILE,
                    "still read, but its place is local.conf: \"physical\": {\"" + first.network()
                            + "\": {\"trustedPathId\": " + Long.toUnsignedString(first.trustedPathId()) + "}}",
                    0,
                    0));
        }
        return new TrustedPaths(networks, problems);
    }
}
