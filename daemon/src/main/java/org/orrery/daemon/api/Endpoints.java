// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.api;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.orrery.controller.ApiResponse;
import org.orrery.core.node.PeerStatus;
import org.orrery.core.rules.RuleCounters;
import org.orrery.core.value.Address;
import org.orrery.core.value.Hex;
import org.orrery.core.value.NetworkId;
import org.orrery.core.vl1.PeerReach;
import org.orrery.core.world.World;
import org.orrery.daemon.home.LocalConfigFile;
import org.orrery.daemon.home.NetworkSettings;
import org.orrery.daemon.json.Json;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What each path answers, for callers who have been let in. Any thread. */
final class Endpoints {
    private static final ApiAnswer NO_SUCH_PATH = ApiAnswer.empty(404);

    private final Questions questions;
    private final Diagnostics diagnostics;
    private final LocalConfigFile localConfig;
    private final Path home;
    private final InstantSource clock;

    Endpoints(
            Questions questions, Diagnostics diagnostics, LocalConfigFile localConfig, Path home, InstantSource clock) {
        this.questions = questions;
        this.diagnostics = diagnostics;
        this.localConfig = localConfig;
        this.home = home;
        this.clock = clock;
    }

    /** Whether no token is needed there: the health question, and what browsers are sent to. */
    static boolean open(Request request) {
        return request.at("health") || request.at("sso") || request.first().startsWith("app");
    }

    /** Whether it may be asked for from any address, and with the token for metrics: collectors run elsewhere. */
    static boolean fromAnywhere(Request request) {
        return request.at("metrics");
    }

    /** @param body what was posted; empty for the other methods */
    ApiAnswer answer(Request request, byte[] body) throws IOException, NodeUnavailable, Questions.FailedException {
        return switch (request.first()) {
            case "status" -> request.get() && request.at("status") ? status() : NO_SUCH_PATH;
            case "health" -> request.get() && request.at("health") ? health() : NO_SUCH_PATH;
            case "metrics" -> request.get() && request.at("metrics") ? metrics() : NO_SUCH_PATH;
            case "config" -> config(request, body);
            case "network" -> network(request, body);
            case "peer" -> peer(request);
            case "moon" -> moon(request, body);
            case "bond" -> bond(request);
            case "orrery" -> own(request, body);
            case "controller", "unstable" -> controller(request, body);
            default -> NO_SUCH_PATH;
        };
    }

    private ApiAnswer status() throws NodeUnavailable, Questions.FailedException {
        ServiceStatus status = questions.ask(NodeControl::status);
        return ok(StatusJson.status(status, localConfig.current(), home, clock.millis()));
    }

    private ApiAnswer health() throws NodeUnavailable, Questions.FailedException {
        return ok(StatusJson.health(questions.ask(NodeControl::status), clock.millis()));
    }

    private ApiAnswer metrics() throws NodeUnavailable, Questions.FailedException {
        record Answer(
                ServiceStatus service,
                List<NetworkView> networks,
                List<PeerStatus> peers,
                Map<NetworkId, RuleCounters.Snapshot> rules) {}
        Answer answer = questions.ask(node -> {
            List<NetworkView> networks = node.networks();
            Map<NetworkId, RuleCounters.Snapshot> rules = new HashMap<>();
            for (NetworkView view : networks) {
                NetworkId id = view.network().id();
                node.ruleCounters(id).ifPresent(counters -> rules.put(id, counters));
            }
            return new Answer(node.status(), networks, node.peers(), rules);
        });
        return ApiAnswer.text(MetricsText.of(answer.service(), answer.networks(), answer.peers(), answer.rules()));
    }

    private ApiAnswer config(Request request, byte[] body) throws IOException {
        if (request.get() && request.at("config")) {
            return ok(localConfig.current().shown());
        }
        if (!request.post() || !request.at("config", "settings")) {
            return NO_SUCH_PATH;
        }
        try {
            if (Json.parse(body) instanceof ObjectNode members) {
                localConfig.change(members);
            }
            return ok(Json.object());
        } catch (Json.SyntaxException fault) {
            return ApiAnswer.error(500, String.valueOf(fault.getMessage()));
        }
    }

    private ApiAnswer network(Request request, byte[] body) throws NodeUnavailable, Questions.FailedException {
        if (request.path().size() == 1) {
            return request.get() ? ok(NetworkJson.list(questions.ask(NodeControl::networks))) : NO_SUCH_PATH;
        }
        if (request.get()
                && request.path().size() == 3
                && request.path().getLast().equals("filter")) {
            return filter(request);
        }
        Optional<NetworkId> named =
                request.path().size() == 2 ? NetworkId.parse(request.path().get(1)) : Optional.empty();
        if (named.isEmpty()) {
            return NO_SUCH_PATH;
        }
        NetworkId id = named.get();
        return switch (request.method()) {
            case "GET" -> network(id);
            case "POST" -> {
                try {
                    NetworkSettings.Change change = NetworkJson.change(lenient(body));
                    yield ok(NetworkJson.of(questions.ask(node -> node.join(id, change))));
                } catch (NetworkJson.BadListException fault) {
                    yield ApiAnswer.error(400, String.valueOf(fault.getMessage()));
                }
            }
            case "DELETE" -> ok(questions.ask(node -> node.leave(id)) ? done() : Json.object());
            default -> NO_SUCH_PATH;
        };
    }

    /** {@code GET /network/ID/filter?members=ADDRESS,ADDRESS}: what rules see. */
    private ApiAnswer filter(Request request) throws NodeUnavailable, Questions.FailedException {
        Optional<NetworkId> network = NetworkId.parse(request.path().get(1));
        if (network.isEmpty()) {
            return NO_SUCH_PATH;
        }
        List<Address> members = Arrays.stream(
                        request.query().getOrDefault("members", "").split(","))
                .limit(FilterJson.MEMBERS_MAX)
                .flatMap(text -> Address.parse(text).stream())
                .toList();
        return questions
                .ask(node -> node.filter(network.get(), members))
                .map(seen -> ok(FilterJson.of(seen)))
                .orElse(ApiAnswer.json(404, Json.object()));
    }

    private ApiAnswer network(NetworkId id) throws NodeUnavailable, Questions.FailedException {
        record Answer(Optional<NetworkView> network, Optional<RuleCounters.Snapshot> rules) {}
        Answer answer = questions.ask(node -> new Answer(
                node.networks().stream()
                        .filter(view -> view.network().id().equals(id))
                        .findFirst(),
                node.ruleCounters(id)));
        return answer.network()
                .map(view -> ok(NetworkJson.of(view, answer.rules())))
                .orElse(ApiAnswer.json(404, Json.object()));
    }

    /** What only Orrery has. */
    private ApiAnswer own(Request request, byte[] body) throws NodeUnavailable, Questions.FailedException {
        if (request.get() && request.at("orrery", "config")) {
            return ok(ConfigJson.of(localConfig.effective(), localConfig.file()));
        }
        return request.get() && request.at("orrery", "drops")
                ? ok(DropJson.list(questions.ask(NodeControl::drops)))
                : diagnostics.answer(request, body).orElse(NO_SUCH_PATH);
    }

    private ApiAnswer peer(Request request) throws NodeUnavailable, Questions.FailedException {
        if (!request.get() || request.path().size() > 2) {
            return NO_SUCH_PATH;
        }
        record Answer(List<PeerStatus> peers, Optional<PeerReach> reach, boolean tunneled) {}
        Optional<Address> wanted =
                request.path().size() == 2 ? Address.parse(request.path().get(1)) : Optional.empty();
        if (request.path().size() == 2 && wanted.isEmpty()) {
            return NO_SUCH_PATH;
        }
        Answer answer = questions.ask(node -> new Answer(
                node.peers(),
                wanted.flatMap(node::reach),
                node.status().features().tcpRelayActive()));
        if (wanted.isEmpty()) {
            return ok(PeerJson.list(answer.peers(), answer.tunneled(), clock.millis()));
        }
        return ok(answer.peers().stream()
                .filter(peer -> peer.address().equals(wanted.get()))
                .findFirst()
                .map(peer -> PeerJson.of(peer, answer.reach(), answer.tunneled(), clock.millis()))
                .orElse(Json.object()));
    }

    private ApiAnswer moon(Request request, byte[] body) throws NodeUnavailable, Questions.FailedException {
        if (request.path().size() == 1) {
            return request.get() ? ok(MoonJson.list(questions.ask(NodeControl::moons))) : NO_SUCH_PATH;
        }
        if (request.path().size() > 2 || !request.path().get(1).matches("[0-9a-fA-F]{10,16}")) {
            return NO_SUCH_PATH;
        }
        long id = Long.parseUnsignedLong(request.path().get(1), 16);
        return switch (request.method()) {
            case "GET" -> ok(moonJson(questions.ask(node -> node.orbit(id, Optional.empty()))));
            case "POST" -> orbit(id, lenient(body));
            case "DELETE" -> {
                questions.ask(node -> {
                    node.deorbit(id);
                    return true;
                });
                yield ok(done());
            }
            default -> NO_SUCH_PATH;
        };
    }

    private ApiAnswer orbit(long id, Optional<JsonNode> body) throws NodeUnavailable, Questions.FailedException {
        if (MoonJson.brings(body)) {
            Optional<World> world = MoonJson.world(body).filter(moon -> moon.id() == id);
            if (world.isEmpty()) {
                return ApiAnswer.error(400, "world: not the definition of moon " + Hex.of(id, 16) + " in hex");
            }
            if (!questions.ask(node -> node.orbit(world.get()))) {
                return ApiAnswer.error(
                        409,
                        "not taken: it is older than the one in force, not signed by the key which that one names,"
                                + " or there are too many moons");
            }
        }
        Optional<Address> seed = MoonJson.seed(body);
        MoonView view = questions.ask(node -> node.orbit(id, seed));
        if (seed.isPresent() && view.moon().isEmpty() && !view.waiting()) {
            return ApiAnswer.error(409, "no more moons fit; leave one first");
        }
        return ok(view.moon().isEmpty() && view.waiting() && seed.isPresent() ? MoonJson.waiting(id) : moonJson(view));
    }

    private static ObjectNode moonJson(MoonView view) {
        return view.moon().map(MoonJson::of).orElseGet(Json::object);
    }

    private ApiAnswer bond(Request request) throws NodeUnavailable, Questions.FailedException {
        return BondJson.answer(request, questions, clock.millis()).orElse(NO_SUCH_PATH);
    }

    private ApiAnswer controller(Request request, byte[] body) throws NodeUnavailable, Questions.FailedException {
        if (!Set.of("GET", "POST", "DELETE").contains(request.method())) {
            return NO_SUCH_PATH;
        }
        JsonNode posted = request.post() ? lenient(body).orElse(null) : null;
        ApiResponse response = questions.ask(node -> node.controller(request.method(), request.path(), posted));
        JsonNode shown = response.body();
        return (shown == null ? ApiAnswer.empty(response.status()) : ApiAnswer.json(response.status(), shown))
                .withNotes(response.notes());
    }

    /** The body as JSON; what is none counts as nothing. */
    private static Optional<JsonNode> lenient(byte[] body) {
        try {
            return Optional.of(Json.parse(body));
        } catch (Json.SyntaxException ignored) {
            return Optional.empty();
        }
    }

    private static ObjectNode done() {
        ObjectNode json = Json.object();
        json.put("result", true);
        return json;
    }

    private static ApiAnswer ok(JsonNode json) {
        return ApiAnswer.json(200, json);
    }
}
