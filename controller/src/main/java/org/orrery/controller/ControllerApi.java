// SPDX-License-Identifier: Apache-2.0
package org.orrery.controller;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.orrery.controller.store.StoreFault;
import org.orrery.core.value.Address;
import org.orrery.core.value.Hex;
import org.orrery.core.value.Ip;
import org.orrery.core.value.NetworkId;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The controller's resources, as existing tools know them: networks and members under {@code /controller}, and lists with
 * contents under {@code /unstable/controller}. Replies carry the fields of both protocol generations. A POST is a merge.
 * Transport and authentication are the caller's. Owner thread only, as the controller itself.
 */
public final class ControllerApi {
    private static final int API_VERSION = 4;
    private static final String ANY_NUMBER = "______";

    private final Controller controller;

    public ControllerApi(Controller controller) {
        this.controller = controller;
    }

    /**
     * Handles one request.
     *
     * @param method GET, POST, PUT (the same as POST) or DELETE
     * @param path the parts of the path, decoded: {@code controller}, {@code network}, ...
     * @param body null if there is none or it is no JSON
     */
    public ApiResponse handle(String method, List<String> path, @Nullable JsonNode body, long nowMillis) {
        try {
            if (path.size() >= 2
                    && path.get(0).equals("unstable")
                    && path.get(1).equals("controller")) {
                return unstable(method, path.subList(2, path.size()), nowMillis);
            }
            if (path.isEmpty() || !path.get(0).equals("controller")) {
                return unknown(method);
            }
            return stable(method.equals("PUT") ? "POST" : method, path.subList(1, path.size()), body, nowMillis);
        } catch (BadFieldException fault) {
            return ApiResponse.refused(400, fault.text());
        } catch (IOException failure) {
            return ApiResponse.refused(500, "the change could not be stored: " + failure);
        }
    }

    private ApiResponse stable(String method, List<String> path, @Nullable JsonNode body, long nowMillis)
            throws BadFieldException, IOException {
        if (path.isEmpty()) {
            return method.equals("GET") ? ApiResponse.ok(status(nowMillis)) : unknown(method);
        }
        if (!path.get(0).equals("network")) {
            return unknown(method);
        }
        if (path.size() == 1) {
            return switch (method) {
                case "GET" -> ApiResponse.ok(networkIds());
                case "POST" -> createNetwork(body, nowMillis);
                default -> unknown(method);
            };
        }
        if (path.size() == 2 && path.get(1).endsWith(ANY_NUMBER) && path.get(1).length() == 16) {
            return method.equals("POST") ? createNetworkBelow(path.get(1), body, nowMillis) : unknown(method);
        }
        Optional<NetworkId> id = NetworkId.parse(path.get(1));
        if (id.isEmpty()) {
            return ApiResponse.refused(404, "a network ID is 16 hex digits, not " + path.get(1));
        }
        StoreFault fault = controller.fault(id.get());
        if (fault != null) {
            return path.size() == 2 && method.equals("DELETE") ? setAside(fault) : unreadable(fault);
        }
        if (path.size() == 2) {
            return network(method, id.get(), body, nowMillis);
        }
        HostedNetwork network = controller.network(id.get());
        if (network == null) {
            return ApiResponse.refused(404, "there is no network " + id.get());
        }
        if (!path.get(2).equals("member") || path.size() > 4) {
            return unknown(method);
        }
        if (path.size() == 3) {
            return method.equals("GET") ? ApiResponse.ok(memberRevisions(network)) : unknown(method);
        }
        Optional<Address> address = Address.parse(path.get(3));
        if (address.isEmpty()) {
            return ApiResponse.refused(404, "a member's address is 10 hex digits, not " + path.get(3));
        }
        return member(method, network, address.get(), body, nowMillis);
    }

    private ObjectNode status(long nowMillis) {
        ObjectNode status = Json.NODES.objectNode();
        status.put("apiVersion", API_VERSION);
        status.put("clock", nowMillis);
        status.put("controller", true);
        status.put("databaseReady", true);
        if (!controller.faults().isEmpty()) {
            ArrayNode faults = status.putArray("faults");
            for (StoreFault fault : controller.faults()) {
                faults.addObject().put("fault", fault.fault()).put("file", fault.place());
            }
        }
        return status;
    }

    private ArrayNode networkIds() {
        ArrayNode ids = Json.NODES.arrayNode();
        controller.networks().forEach(network -> ids.add(network.id().toString()));
        return ids;
    }

    private ApiResponse createNetworkBelow(String text, @Nullable JsonNode body, long nowMillis)
            throws BadFieldException, IOException {
        String prefix = text.substring(0, 10).toLowerCase(Locale.ROOT);
        if (!Hex.matches(prefix, 10) || !prefix.equals(controller.address().toString())) {
            return ApiResponse.refused(
                    400, "networks made here begin with this controller's address " + controller.address());
        }
        return createNetwork(body, nowMillis);
    }

    private ApiResponse createNetwork(@Nullable JsonNode body, long nowMillis) throws BadFieldException, IOException {
        NetworkId id = controller.unusedId();
        return id == null ? ApiResponse.refused(503, "no unused network ID was found") : put(id, body, nowMillis);
    }

    private ApiResponse network(String method, NetworkId id, @Nullable JsonNode body, long nowMillis)
            throws BadFieldException, IOException {
        if (method.equals("POST")) {
            return put(id, body, nowMillis);
        }
        HostedNetwork network = controller.network(id);
        if (network == null) {
            return ApiResponse.refused(404, "there is no network " + id);
        }
        return switch (method) {
            case "GET" -> ApiResponse.ok(network.shown(nowMillis));
            case "DELETE" -> {
                ObjectNode shown = network.shown(nowMillis);
                controller.removeNetwork(nowMillis, network);
                yield ApiResponse.ok(shown);
            }
            default -> unknown(method);
        };
    }

    private ApiResponse put(NetworkId id, @Nullable JsonNode body, long nowMillis)
            throws BadFieldException, IOException {
        ApiResponse refusal = refusedBody(body);
        if (body == null || refusal != null) {
            return refusal == null ? unknown("POST") : refusal;
        }
        HostedNetwork before = controller.network(id);
        if (before == null && controller.fullOfNetworks()) {
            return ApiResponse.refused(503, "this controller keeps " + Controller.NETWORKS_MAX + " networks at most");
        }
        ObjectNode record = before == null
                ? NetworkEdit.create(nowMillis, id)
                : before.record().json().deepCopy();
        var notes = new Notes();
        NetworkEdit.merge(record, body, notes);
        HostedNetwork network = controller.keepNetwork(nowMillis, id, record);
        return ApiResponse.ok(network.shown(nowMillis), notes.lines());
    }

    private static ObjectNode memberRevisions(HostedNetwork network) {
        ObjectNode revisions = Json.NODES.objectNode();
        network.members()
                .forEach(member -> revisions.set(
                        member.address().toString(),
                        Json.unsigned(member.record().revision())));
        return revisions;
    }

    private ApiResponse member(
            String method, HostedNetwork network, Address address, @Nullable JsonNode body, long nowMillis)
            throws BadFieldException, IOException {
        StoreFault fault = controller.fault(network.id(), address);
        if (fault != null) {
            return method.equals("DELETE") ? setAside(fault) : unreadable(fault);
        }
        Member member = network.member(address);
        if (method.equals("POST")) {
            return put(network, address, member, body, nowMillis);
        }
        if (member == null) {
            return ApiResponse.refused(404, "network " + network.id() + " has no member " + address);
        }
        return switch (method) {
            case "GET" -> ApiResponse.ok(member.shown(nowMillis));
            case "DELETE" -> {
                ObjectNode shown = member.shown(nowMillis);
                controller.removeMember(nowMillis, network, member);
                yield ApiResponse.ok(shown);
            }
            default -> unknown(method);
        };
    }

    private ApiResponse put(
            HostedNetwork network, Address address, @Nullable Member before, @Nullable JsonNode body, long nowMillis)
            throws BadFieldException, IOException {
        ApiResponse refusal = refusedBody(body);
        if (body == null || refusal != null) {
            return refusal == null ? unknown("POST") : refusal;
        }
        if (before == null && network.full()) {
            return ApiResponse.refused(
                    503, "a network has " + HostedNetwork.MEMBERS_MAX + " members at most; remove some");
        }
        ObjectNode record = before == null
                ? MemberEdit.create(nowMillis, network.id(), address)
                : before.record().json().deepCopy();
        var notes = new Notes();
        MemberEdit.merge(nowMillis, record, body, notes);
        Member member = controller.changeMember(nowMillis, network, address, record);
        for (Ip ip : member.record().ipAssignments()) {
            if (network.holders(ip) > 1) {
                notes.add("ipAssignments", ip + " is assigned to another member too");
            }
        }
        return ApiResponse.ok(member.shown(nowMillis), notes.lines());
    }

    private ApiResponse unstable(String method, List<String> path, long nowMillis) {
        if (!method.equals("GET") || path.isEmpty() || !path.get(0).equals("network")) {
            return unknown(method);
        }
        if (path.size() == 1) {
            return ApiResponse.ok(networksWithContent(nowMillis));
        }
        HostedNetwork network =
                NetworkId.parse(path.get(1)).map(controller::network).orElse(null);
        if (path.size() != 3 || !path.get(2).equals("member")) {
            return unknown(method);
        }
        if (network == null) {
            return ApiResponse.refused(404, "there is no network " + path.get(1));
        }
        ObjectNode list = Json.NODES.objectNode();
        ArrayNode data = list.putArray("data");
        network.members().forEach(member -> data.add(member.shown(nowMillis)));
        list.putObject("meta")
                .put("authorizedCount", network.authorizedCount())
                .put("totalCount", network.memberCount());
        return ApiResponse.ok(list);
    }

    private ObjectNode networksWithContent(long nowMillis) {
        ObjectNode list = Json.NODES.objectNode();
        ArrayNode data = list.putArray("data");
        for (HostedNetwork network : controller.networks()) {
            ObjectNode shown = network.shown(nowMillis);
            shown.putObject("meta")
                    .put("authorizedMemberCount", network.authorizedCount())
                    .put("totalMemberCount", network.memberCount());
            data.add(Json.sorted(shown));
        }
        list.putObject("meta").put("networkCount", controller.networks().size());
        return list;
    }

    /** Why the body of a POST cannot be taken; null if it can. */
    private static @Nullable ApiResponse refusedBody(@Nullable JsonNode body) {
        if (body == null || body.isMissingNode()) {
            return ApiResponse.refused(400, "body JSON is invalid");
        }
        return body.isObject() ? null : ApiResponse.refused(400, "body is not a JSON object");
    }

    private static ApiResponse unreadable(StoreFault fault) {
        return ApiResponse.refused(
                500, fault + "; repair the record and restart, or DELETE this to put it aside and begin anew");
    }

    private ApiResponse setAside(StoreFault fault) throws IOException {
        controller.setAside(fault);
        return ApiResponse.refused(200, "the unreadable record was put aside: " + fault);
    }

    private static ApiResponse unknown(String method) {
        return ApiResponse.refused(404, "no such resource, or it does not take " + method);
    }
}
