// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.home;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.orrery.core.value.Prefix;

/**
 * What a network may change on this host. Kept in {@code networks.d/<id>.local.conf} as {@code key=value} lines.
 *
 * @param allowManaged whether the controller's addresses and routes are applied at all
 * @param only if not empty, only addresses and routes inside one of these networks are applied
 * @param allowGlobal whether addresses and routes of the global Internet are applied
 * @param allowDefault whether a default route is applied
 * @param allowDns whether the controller's name servers are applied
 */
public record NetworkSettings(
        boolean allowManaged, List<Prefix> only, boolean allowGlobal, boolean allowDefault, boolean allowDns) {
    /** What holds for a network that nobody has set anything for. */
    public static final NetworkSettings DEFAULT = new NetworkSettings(true, List.of(), false, false, false);

    /** A value of {@code allowManaged} that is longer than this is a list of networks. */
    private static final int FLAG_LENGTH_MAX = 5;

    /** Our own key: keeps the list while {@code allowManaged=0} takes its place. Other readers skip it. */
    private static final String LIST_WHILE_OFF = "managedNetworks";

    public NetworkSettings {
        only = List.copyOf(only);
    }

    /**
     * Those members of the settings that a caller wants changed; absent ones stay.
     *
     * @param only the list of networks; an empty one lifts the limit
     */
    public record Change(
            Optional<Boolean> allowManaged,
            Optional<List<Prefix>> only,
            Optional<Boolean> allowGlobal,
            Optional<Boolean> allowDefault,
            Optional<Boolean> allowDns) {
        /** Changes nothing. */
        public static final Change NONE =
                new Change(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** These settings with {@code change} made. The list of networks stays unless it is named. */
    public NetworkSettings with(Change change) {
        return new NetworkSettings(
                change.allowManaged().orElse(allowManaged),
                change.only().orElse(only),
                change.allowGlobal().orElse(allowGlobal),
                change.allowDefault().orElse(allowDefault),
                change.allowDns().orElse(allowDns));
    }

    /** What was read, and what could not be understood, a sentence each. */
    record Reading(NetworkSettings settings, List<String> faults) {}

    /**
     * Reads the file's text. Absent keys have their defaults. A network in the list that cannot be read is left out;
     * if none is left, nothing managed is allowed, which is closer to what was meant than everything.
     */
    static Reading read(String text) {
        boolean managed = DEFAULT.allowManaged;
        List<Prefix> only = new ArrayList<>();
        boolean global = DEFAULT.allowGlobal;
        boolean route = DEFAULT.allowDefault;
        boolean dns = DEFAULT.allowDns;
        List<String> faults = new ArrayList<>();
        for (String line : text.lines().toList()) {
            int equals = line.indexOf('=');
            if (equals <= 0) {
                continue;
            }
            String value = line.substring(equals + 1).strip();
            switch (line.substring(0, equals).strip()) {
                case "allowManaged" ->
                    managed = value.length() <= FLAG_LENGTH_MAX ? flag(value) : readList(value, only, faults);
                case LIST_WHILE_OFF -> readList(value, only, faults);
                case "allowGlobal" -> global = flag(value);
                case "allowDefault" -> route = flag(value);
                case "allowDNS" -> dns = flag(value);
                default -> {
                    // Keys of other versions: none of our business.
                }
            }
        }
        return new Reading(new NetworkSettings(managed, only, global, route, dns), faults);
    }

    private static boolean readList(String value, List<Prefix> only, List<String> faults) {
        for (String entry : value.split(",")) {
            Optional<Prefix> network = Prefix.parse(entry.strip());
            network.ifPresentOrElse(
                    only::add, () -> faults.add("allowManaged: \"" + entry.strip() + "\" is not a network/bits"));
        }
        return !only.isEmpty();
    }

    private static boolean flag(String value) {
        return !value.isEmpty() && "1tT".indexOf(value.charAt(0)) >= 0;
    }

    /** The file's text, all keys in their usual order. The list of networks survives, whatever else changes. */
    String text() {
        StringBuilder out = new StringBuilder();
        boolean list = !only.isEmpty();
        out.append("allowManaged=")
                .append(allowManaged && list ? listText() : digit(allowManaged))
                .append('\n');
        out.append("allowGlobal=").append(digit(allowGlobal)).append('\n');
        out.append("allowDefault=").append(digit(allowDefault)).append('\n');
        out.append("allowDNS=").append(digit(allowDns)).append('\n');
        if (!allowManaged && list) {
            out.append(LIST_WHILE_OFF).append('=').append(listText()).append('\n');
        }
        return out.toString();
    }

    private String listText() {
        String list = String.join(",", only.stream().map(Prefix::toString).toList());
        // "::/0" alone would be taken for a flag.
        return list.length() <= FLAG_LENGTH_MAX ? list + "," + list : list;
    }

    private static String digit(boolean value) {
        return value ? "1" : "0";
    }
}
