// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.command;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.orrery.cli.DaemonStarter;
import org.orrery.cli.api.Home;
import org.orrery.cli.api.Json;
import org.orrery.cli.api.LocalApi;
import org.orrery.cli.api.LocalApi.Answer;
import org.orrery.cli.api.Terminal;
import org.orrery.core.value.Address;
import org.orrery.core.value.NetworkId;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/**
 * What every command has: the terminal, and the options that say which node is meant. Commands are made by the parser,
 * which fills the fields; one command runs once.
 */
public abstract class Context {
    /** Options that say which node is meant. */
    public static final class NodeOptions {
        @Option(
                names = {"-D", "--home"},
                paramLabel = "FOLDER",
                description =
                        "Home folder of the node (default: ORRERY_HOME, else ZEROTIER_HOME; unset: /var/lib/orrery for"
                                + " root, else ~/.orrery).")
        @Nullable
        Path home;

        @Option(
                names = {"-p", "--port"},
                paramLabel = "PORT",
                description = "Port of the node's API (default: what the node wrote to its home folder).")
        @Nullable
        Integer port;

        @Option(
                names = "--token",
                paramLabel = "TOKEN",
                description = "Token of the node's API (default: from the home folder).")
        @Nullable
        String token;
    }

    /** Whoever holds the terminal: the root command, or the group a command is in. */
    public interface Holder {
        Terminal terminal();

        DaemonStarter starter();
    }

    @ParentCommand
    @Nullable
    Holder parent;

    protected Terminal terminal() {
        return holder().terminal();
    }

    protected Holder holder() {
        if (parent == null) {
            throw new IllegalStateException("the parser gave no parent");
        }
        return parent;
    }

    protected Home home(NodeOptions options) {
        Home home = options.home != null
                ? new Home(options.home)
                : Home.ofClient(terminal().environment());
        return new Home(terminal().folder().resolve(home.folder()));
    }

    /** The way to the node's API; trouble if its port or token is unknown. */
    protected LocalApi api(NodeOptions options) {
        Home home = home(options);
        Integer port = options.port != null ? options.port : home.port();
        String token =
                options.token != null ? options.token : home.token(terminal().environment());
        if (token == null && home.tokenIsHidden() && java.nio.file.Files.exists(home.folder())) {
            throw new Trouble(
                    "The token in " + home.folder() + " is not readable for you.",
                    "Use sudo, or copy it once: sudo cat " + home.folder()
                            + "/authtoken.secret > ~/.zeroTierOneAuthToken && chmod 600 ~/.zeroTierOneAuthToken");
        }
        if (port == null || token == null) {
            throw notRunning(home);
        }
        return new LocalApi("127.0.0.1", port, token);
    }

    private static Trouble notRunning(Home home) {
        return new Trouble(
                "No node has run in " + home.folder() + " yet.",
                "Start one: " + (Home.isRoot() ? "" : "sudo ") + "orrery up",
                "Or name its folder: --home FOLDER");
    }

    protected Answer get(LocalApi api, String path) {
        return checked(api, api.get(path));
    }

    protected Answer post(LocalApi api, String path, Json body) {
        return checked(api, api.post(path, body));
    }

    protected Answer delete(LocalApi api, String path) {
        return checked(api, api.delete(path));
    }

    /** Passes 200 and 404 on; anything else is trouble. */
    private static Answer checked(LocalApi api, Answer answer) {
        return switch (answer.status()) {
            case 200, 404 -> answer;
            case 0 ->
                throw new Trouble(
                        "No node answers on port " + api.port() + ": " + answer.body() + ".",
                        "Start it: " + (Home.isRoot() ? "" : "sudo ") + "orrery up");
            case 401 ->
                throw new Trouble(
                        "The node refuses this token.",
                        "If several nodes run on this host, name the right one: --home FOLDER");
            default ->
                throw new Trouble("The node answered with HTTP status " + answer.status()
                        + (answer.body().isBlank() ? "." : ": " + described(answer.body())));
        };
    }

    /** The sentence in an error's JSON, or the text as it is. */
    private static String described(String body) {
        String description = Json.parseOrNull(body).at("description").text();
        return description.isEmpty() ? body : description;
    }

    /** The JSON of a resource that only Orrery has; trouble if the node has none of that name. */
    protected static Json own(Answer answer) {
        if (answer.status() == 404) {
            throw new Trouble(
                    "The node does not know this question.",
                    "It is another program, or an older version of this one: orrery status shows which.");
        }
        return json(answer);
    }

    protected static Json json(Answer answer) {
        try {
            return Json.parse(answer.body());
        } catch (Json.Malformed malformed) {
            throw new Trouble("The node's answer is not JSON: " + malformed.getMessage());
        }
    }

    protected static String networkId(String text) {
        return NetworkId.parse(text)
                .map(NetworkId::toString)
                .orElseThrow(() -> new Trouble(
                        "'" + text + "' is not a network ID: it has " + text.length()
                                + " characters, and a network ID is 16 hex digits.",
                        "The ID is what 'orrery network create' printed; 'orrery network list' shows it again."));
    }

    protected static String address(String text) {
        return Address.parse(text)
                .map(Address::toString)
                .orElseThrow(() -> new Trouble(
                        "'" + text + "' is not a node address: it has " + text.length()
                                + " characters, and an address is 10 hex digits.",
                        "'orrery status' on the other machine shows its address."));
    }

    /** The object, or trouble if the node has no such network. */
    protected Json controllerNetwork(LocalApi api, String network) {
        Answer answer = get(api, "/controller/network/" + network);
        if (answer.status() == 404) {
            throw noSuchNetwork(network);
        }
        return json(answer);
    }

    protected static Trouble noSuchNetwork(String network) {
        return new Trouble(
                "This node's controller has no network " + network + ".",
                "It has those that 'orrery network list' shows; ask on the node " + network.substring(0, 10) + ".");
    }
}
