// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.command;

import java.util.List;
import org.orrery.cli.api.Json;
import org.orrery.cli.api.Table;
import org.orrery.cli.api.Terminal;

/** Shows joined networks, and of those that are not ready the reason. */
final class NetworkReport {
    private final Terminal terminal;

    NetworkReport(Terminal terminal) {
        this.terminal = terminal;
    }

    /** Prints one line for each network; {@code ownAddress} is what a controller must authorise. */
    void print(List<Json> networks, String ownAddress) {
        var table = new Table("NETWORK", "NAME", "STATUS", "DEVICE", "ADDRESSES");
        for (Json network : networks) {
            String status = network.at("status").text();
            List<String> addresses = network.at("assignedAddresses").items().stream()
                    .map(Json::text)
                    .toList();
            table.add(
                    network.at("id").text(),
                    network.at("name").text(),
                    status,
                    network.at("portDeviceName").text(),
                    String.join(",", addresses));
            notes(table, network, status, ownAddress);
        }
        table.print(terminal);
    }

    private void notes(Table table, Json network, String status, String ownAddress) {
        Json more = network.at("orrery");
        String waitingFor = more.at("waitingFor").text();
        if (!waitingFor.isEmpty()) {
            table.note("waits for: " + waitingFor);
        }
        String lastEvent = more.at("lastEvent").text();
        if (!lastEvent.isEmpty() && !status.equals("OK")) {
            long millis = more.at("lastEventTime").integer();
            String age =
                    millis == 0 ? "" : " (" + Ages.since(terminal.clockMillis().getAsLong(), millis) + " ago)";
            table.note("last event: " + lastEvent + age);
        }
        Json multicast = more.at("multicast");
        long cut = multicast.at("cutMulticasts").integer();
        if (cut > 0) {
            long members = multicast.at("largestGroup").integer();
            table.note(cut + (cut == 1 ? " multicast" : " multicasts") + " of this node reached only "
                    + multicast.at("limit").integer() + " of " + members + " members, the last "
                    + Ages.since(
                            terminal.clockMillis().getAsLong(),
                            multicast.at("lastCutTime").integer())
                    + " ago; on its controller run: orrery network set "
                    + network.at("id").text()
                    + " --multicast-limit " + roomy(members));
        }
        String advice = advice(network, status, ownAddress);
        if (!advice.isEmpty()) {
            table.note(advice);
        }
        HostReport.failures(network).forEach(table::note);
        HostReport.remedies(network).forEach(table::note);
    }

    /** A limit for so many members and some that will come: the next power of two. */
    private static long roomy(long members) {
        return Long.highestOneBit(Math.max(members, 1)) * 2;
    }

    private static String advice(Json network, String status, String ownAddress) {
        String id = network.at("id").text();
        String controller = id.length() == 16 ? id.substring(0, 10) : "the controller";
        return switch (status) {
            case "REQUESTING_CONFIGURATION" -> waiting(network, controller);
            case "ACCESS_DENIED" ->
                "not authorized; on " + controller + " run: orrery member authorize " + id + " " + ownAddress;
            case "NOT_FOUND" ->
                switch (reason(network)) {
                    case "BAD_ID", "AD_HOC_ID" -> "is the ID right? compare it with what its controller shows";
                    default -> controller + " has no such network: is the ID right?";
                };
            case "PORT_ERROR" ->
                "no interface (error " + network.at("portError").integer()
                        + "): the node needs root or CAP_NET_ADMIN, and /dev/net/tun";
            case "CLIENT_TOO_OLD" -> "the controller wants a newer version of this program";
            case "AUTHENTICATION_REQUIRED" -> {
                String url = network.at("authenticationURL").text();
                yield url.isEmpty()
                        ? "the network asks for sign-on, which this node cannot do: the controller has to exempt it"
                                + " (ssoExempt)"
                        : "sign in: " + url;
            }
            default -> "";
        };
    }

    private static String reason(Json network) {
        return network.at("orrery").at("waitReason").text();
    }

    /** What to do while there is no configuration. */
    private static String waiting(Json network, String controller) {
        return switch (reason(network)) {
            case "NO_SOCKET", "NO_ROOT" -> "find out what is in the way: orrery netcheck";
            case "CONTROLLER_UNKNOWN" ->
                "is the ID right? its first ten digits, " + controller + ", are the address of its controller, which"
                        + " must use the same roots and have been on-line";
            case "CONTROLLER_SILENT" -> "does it run, and is it reached? orrery ping " + controller;
            case "BAD_CONFIGURATION" ->
                "does " + controller + " run a version that this one understands? see orrery peers " + controller;
            case "BAD_SIGNATURE" ->
                "was identity.secret of " + controller + " replaced, or do two machines use that address? restore the"
                        + " old one there, or make the network anew";
            default ->
                controller + ", its controller, has not answered: does it run, and does this node reach its roots"
                        + " (orrery peers)?";
        };
    }
}
