// SPDX-License-Identifier: Apache-2.0
package org.orrery.net;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.orrery.core.value.NetworkId;

/** Names of virtual devices on Linux, the same that version 1.14 of the reference gives. */
public final class DeviceNames {
    /** Linux: IFNAMSIZ without the closing zero. */
    public static final int NAME_CHARS_MAX = 15;

    private static final String PREFIX = "zt";
    private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";
    private static final int CHARS = 8;
    private static final int BITS_PER_CHAR = 5;
    private static final int TRIALS_MAX = 4096;

    private DeviceNames() {}

    /**
     * The first name for {@code network} that is not taken: {@code zt} and 40 bits of the folded number in base 32.
     * Empty only if thousands in a row are taken.
     */
    public static Optional<String> free(NetworkId network, Predicate<String> taken) {
        for (int trial = 0; trial < TRIALS_MAX; trial++) {
            String name = name(network, trial);
            if (!taken.test(name)) {
                return Optional.of(name);
            }
        }
        return Optional.empty();
    }

    /** The name of one trial, counted from 0. */
    static String name(NetworkId network, int trial) {
        long folded = (network.bits() ^ network.bits() >>> 24) + trial;
        var name = new StringBuilder(PREFIX);
        for (int i = CHARS - 1; i >= 0; i--) {
            name.append(ALPHABET.charAt((int) (folded >>> (BITS_PER_CHAR * i)) & 31));
        }
        return name.toString();
    }

    /**
     * What a {@code devicemap} file says.
     *
     * @param names the last line for a network counts
     * @param faults a sentence for each line that says nothing
     */
    public record Chosen(Map<NetworkId, String> names, List<String> faults) {
        public Chosen {
            names = Map.copyOf(names);
            faults = List.copyOf(faults);
        }
    }

    /** Reads a {@code devicemap} file: one {@code <network>=<device>} a line; blank lines and comments mean nothing. */
    public static Chosen parseMap(String text) {
        Map<NetworkId, String> names = new LinkedHashMap<>();
        List<String> faults = new ArrayList<>();
        int number = 0;
        for (String line : text.split("\\R")) {
            number++;
            if (line.isBlank() || line.stripLeading().startsWith("#")) {
                continue;
            }
            int equals = line.indexOf('=');
            Optional<NetworkId> network =
                    NetworkId.parse(line.substring(0, Math.max(equals, 0)).strip());
            String name = line.substring(equals + 1).strip();
            if (network.isEmpty()) {
                faults.add("line " + number + ": no network ID of 16 hex digits and '=' at its beginning");
            } else if (!valid(name)) {
                faults.add("line " + number + ": '" + name + "' is not an interface name (1 to " + NAME_CHARS_MAX
                        + " characters, no space, '/', ':' or '%')");
            } else {
                names.put(network.get(), name);
            }
        }
        return new Chosen(names, faults);
    }

    /** Whether the system takes {@code name} for an interface. */
    public static boolean valid(String name) {
        return !name.isEmpty()
                && name.length() <= NAME_CHARS_MAX
                && !name.equals(".")
                && !name.equals("..")
                && name.chars().allMatch(c -> c > ' ' && c < 0x7f && c != '/' && c != ':' && c != '%');
    }
}
