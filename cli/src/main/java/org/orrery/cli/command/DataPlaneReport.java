// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.command;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.orrery.cli.api.Json;

/** What carries a node's packets, in words: short if all is as it should be, otherwise with what is not, and why. */
final class DataPlaneReport {
    private final Json plane;

    /** @param plane of a node's status; JSON's null from a node that does not tell */
    DataPlaneReport(Json plane) {
        this.plane = plane;
    }

    boolean known() {
        return plane.at("lanes").present();
    }

    /** How many lanes there are, and where only some of them have a socket or queue of their own. */
    String lanes() {
        long lanes = plane.at("lanes").integer();
        List<String> fewer = new ArrayList<>();
        for (Json socket : plane.at("sockets").items()) {
            addIfFewer(socket, socket.at("local").text(), lanes, fewer);
        }
        for (Json port : plane.at("interfaces").items()) {
            addIfFewer(port, port.at("name").text(), lanes, fewer);
        }
        return lanes + " on " + plane.at("ports").text() + " ports"
                + (fewer.isEmpty() ? "" : "; only " + String.join(", ", fewer));
    }

    private static void addIfFewer(Json port, String name, long lanes, List<String> into) {
        long own = port.at("lanes").integer();
        if (own < lanes) {
            into.add(own + " at " + name);
        }
    }

    /** One line for each reason why an offload is not in force; one line in all if there is none. */
    List<String> offloads() {
        List<Json> sockets = plane.at("sockets").items();
        List<Json> interfaces = plane.at("interfaces").items();
        if (sockets.isEmpty() && interfaces.isEmpty()) {
            return List.of("none: no sockets and no interfaces");
        }
        Map<String, List<String>> off = new LinkedHashMap<>();
        note("interface TCP", interfaces, "name", "offloadTcp", off);
        note("interface UDP", interfaces, "name", "offloadUdp", off);
        note("sending", sockets, "local", "offloadSend", off);
        note("receiving", sockets, "local", "offloadReceive", off);
        if (off.isEmpty()) {
            return List.of("all on");
        }
        return off.entrySet().stream()
                .map(each -> String.join(", ", each.getValue()) + " off" + each.getKey())
                .toList();
    }

    private static void note(String what, List<Json> ports, String name, String key, Map<String, List<String>> off) {
        Map<String, List<String>> places = new LinkedHashMap<>();
        for (Json port : ports) {
            Json state = port.at(key);
            if (!state.at("inForce").isTrue()) {
                places.computeIfAbsent(state.at("reason").text(), _ -> new ArrayList<>())
                        .add(port.at(name).text());
            }
        }
        places.forEach((reason, names) -> {
            String where = names.size() == ports.size() ? "" : " at " + String.join(", ", names);
            off.computeIfAbsent(where + ": " + reason, _ -> new ArrayList<>()).add(what);
        });
    }
}
