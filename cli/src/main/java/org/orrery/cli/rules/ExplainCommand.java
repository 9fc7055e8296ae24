// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.rules;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import org.orrery.cli.api.Json;
import org.orrery.cli.api.LocalApi;
import org.orrery.cli.capture.CaptureReader;
import org.orrery.cli.command.Context;
import org.orrery.cli.command.Trouble;
import org.orrery.cli.explain.Explanation;
import org.orrery.cli.explain.ExplanationJson;
import org.orrery.cli.explain.ExplanationText;
import org.orrery.cli.explain.FaultException;
import org.orrery.cli.explain.FrameText;
import org.orrery.cli.explain.Paint;
import org.orrery.cli.explain.Party;
import org.orrery.cli.explain.PartyBuilder;
import org.orrery.cli.explain.Replay;
import org.orrery.cli.explain.RuleBook;
import org.orrery.core.rules.RuleDialect;
import org.orrery.core.rules.RuleText;
import org.orrery.core.value.Address;
import org.orrery.core.value.Hex;
import org.orrery.core.value.Ip;
import org.orrery.core.value.NetworkId;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code orrery rules explain}. */
@Command(
        name = "explain",
        description = {
            "Say what rules do with a frame, rule by rule, at its sender and at its receiver.",
            "RULES is a file (a script, what 'orrery rules compile --json' prints, or a controller's network) or the ID of "
                    + "a network: of this node's controller, or one that this node has joined."
        },
        footer = {
            "",
            "Frames:",
            "  tcp A:PORT > B:PORT [syn ack fin rst psh urg ece cwr | none]    (default: syn)",
            "  udp A:PORT > B:PORT            also sctp, udplite",
            "  icmp A > B [echo | reply | unreachable | TYPE[/CODE]]    (default: echo)",
            "  ip A > B PROTOCOL",
            "  arp who-has A tell B           also: arp reply A to B",
            "  ethertype 0x88cc",
            "  behind any: size BYTES, tos NUMBER, macsrc MAC, macdest MAC, data HEX",
            "",
            "Examples:",
            "  orrery rules explain office.rules --frame 'tcp 10.1.1.2:50000 > 10.1.1.3:22 syn'",
            "  orrery rules explain office.rules --from-tag role=server --to-tag role=guest --frame 'icmp 10.0.0.1 > 10.0.0.2'",
            "  orrery rules explain NETWORK --from 1122334455 --to 66778899aa --frame 'arp who-has 10.0.0.2 tell 10.0.0.1'",
            "  orrery rules explain office.rules --pcap trace.pcapng"
        })
final class ExplainCommand extends Context implements Runnable {
    private static final long SENDER = 0x10_0000_0001L;
    private static final long RECEIVER = 0x10_0000_0002L;
    private static final NetworkId NETWORK = new NetworkId(0x8056c2e21c000001L);

    /** A controller's settings under which members trust derived IPv6 addresses. */
    private static final long NDP_EMULATION = 0x04;

    @Mixin
    private final NodeOptions node = new NodeOptions();

    @Parameters(paramLabel = "RULES", description = "File, or network ID of 16 hex digits.")
    private String rules = "";

    @Option(names = "--frame", paramLabel = "TEXT", description = "A frame; may be given several times.")
    private List<String> frames = new ArrayList<>();

    @Option(
            names = "--pcap",
            paramLabel = "FILE",
            description = "Every frame of a pcap or pcapng file; - for standard input.")
    private @Nullable String pcap;

    @Option(names = "--from", paramLabel = "ADDRESS", description = "Node address of the sender.")
    private @Nullable String from;

    @Option(names = "--to", paramLabel = "ADDRESS", description = "Node address of the receiver.")
    private @Nullable String to;

    @Option(
            names = "--from-tag",
            paramLabel = "TAG=VALUE",
            description = "A tag of the sender, by names or numbers; TAG= takes a default away.")
    private List<String> fromTags = new ArrayList<>();

    @Option(names = "--to-tag", paramLabel = "TAG=VALUE", description = "A tag of the receiver.")
    private List<String> toTags = new ArrayList<>();

    @Option(
            names = "--from-cap",
            paramLabel = "CAPABILITY",
            description = "A capability of the sender, by name or number; -CAPABILITY takes a default away.")
    private List<String> fromCapabilities = new ArrayList<>();

    @Option(
            names = "--from-owns",
            paramLabel = "IP",
            description = "An address that the controller certified the sender.")
    private List<String> fromOwns = new ArrayList<>();

    @Option(
            names = "--to-owns",
            paramLabel = "IP",
            description = "An address that the controller certified the receiver.")
    private List<String> toOwns = new ArrayList<>();

    @Option(
            names = "--first",
            description = "The first frame between them: the sender does not know the receiver's tags yet.")
    private boolean first;

    @Option(
            names = "--like-1.2",
            description = "As members of version 1.2 understand the rules: NOT turns what does not apply into a match.")
    private boolean older;

    @Option(names = "--seed", paramLabel = "NUMBER", description = "For rules that match at random (default: 0).")
    private long seed;

    @Option(
            names = {"-v", "--verbose"},
            description = "With --pcap: explain every frame, not only count.")
    private boolean verbose;

    @Option(
            names = {"-j", "--json"},
            description = "Print JSON; with --pcap --verbose a line for each frame.")
    private boolean json;

    @Override
    public void run() {
        if (frames.isEmpty() == (pcap == null)) {
            throw new Trouble(
                    "Say which frame: either --frame TEXT or --pcap FILE.", "See: orrery rules explain --help");
        }
        try {
            explain(setting());
        } catch (FaultException fault) {
            throw new Trouble(fault.sentence() + ".");
        }
    }

    // ---------------------------------------------------------------- what is asked about

    /** A network of the local node, as far as it matters here. */
    private record Source(RuleBook book, NetworkId network, long flags, Map<String, Json> members) {}

    private Explanation.Setting setting() throws FaultException {
        Source source = source();
        source.book.notes().forEach(note -> terminal().complain("note: " + note));
        Party sender = party(source, from, SENDER, fromTags, fromCapabilities, fromOwns);
        Party receiver = party(source, to, RECEIVER, toTags, List.of(), toOwns);
        if (sender.address() == receiver.address()) {
            throw new FaultException("sender and receiver are the same node, " + Hex.of(sender.address(), 10));
        }
        return new Explanation.Setting(
                source.book,
                source.network,
                source.flags,
                sender,
                receiver,
                first,
                older ? RuleDialect.PROTOCOL_9 : RuleDialect.PROTOCOL_12,
                seed);
    }

    private Source source() {
        NetworkId network = NetworkId.parse(rules).orElse(null);
        if (network == null || java.nio.file.Files.exists(terminal().file(rules))) {
            return new Source(RuleSource.file(terminal(), rules), NETWORK, 0, Map.of());
        }
        LocalApi api = api(node);
        LocalApi.Answer answer = get(api, "/controller/network/" + network);
        if (!answer.ok()) {
            return joined(api, network);
        }
        Json v6 = json(answer).at("v6AssignMode");
        boolean derived = v6.at("6plane").isTrue() || v6.at("rfc4193").isTrue();
        Map<String, Json> members = new LinkedHashMap<>();
        for (String address : new String[] {from, to}) {
            if (address != null) {
                LocalApi.Answer member = get(api, "/controller/network/" + network + "/member/" + address(address));
                members.put(address(address), member.ok() ? json(member) : Json.none());
            }
        }
        byte[] body = answer.body().getBytes(java.nio.charset.StandardCharsets.UTF_8);
        return new Source(RuleSource.book(body, "network " + network), network, derived ? NDP_EMULATION : 0, members);
    }

    private Source joined(LocalApi api, NetworkId network) {
        var asked = new StringJoiner(",");
        for (String address : new String[] {from, to}) {
            if (address != null) {
                asked.add(address(address));
            }
        }
        LocalApi.Answer answer = get(api, "/network/" + network + "/filter?members=" + asked);
        if (!answer.ok()) {
            throw new Trouble(
                    "This node neither controls nor has joined network " + network + ".",
                    "It controls those that 'orrery network list' shows, and has joined those that 'orrery networks' shows.");
        }
        Json filter = json(answer);
        Map<String, Json> members = new LinkedHashMap<>();
        for (Json member : filter.at("members").items()) {
            members.put(member.at("address").text(), member);
        }
        byte[] body = answer.body().getBytes(java.nio.charset.StandardCharsets.UTF_8);
        return new Source(
                RuleSource.book(body, "network " + network),
                network,
                filter.at("flags").integer(),
                members);
    }

    private static Party party(
            Source source,
            @Nullable String given,
            long otherwise,
            List<String> tags,
            List<String> capabilities,
            List<String> owns)
            throws FaultException {
        long address = given == null
                ? otherwise
                : Address.parse(address(given)).orElseThrow().bits();
        Json known = given == null ? Json.none() : source.members.getOrDefault(address(given), Json.none());
        if (given != null && !source.members.isEmpty() && !known.present()) {
            throw new FaultException(
                    "network " + source.network + " has no member " + given + " that this node knows of");
        }
        var builder = new PartyBuilder(source.book, address);
        if (known.present()) {
            builder.known(tags(known), ids(known), addresses(known));
        }
        for (String tag : tags) {
            builder.tag(tag);
        }
        for (String capability : capabilities) {
            builder.capability(capability);
        }
        for (String ip : owns) {
            builder.owns(ip);
        }
        return builder.party();
    }

    private static Map<Integer, Integer> tags(Json member) {
        Map<Integer, Integer> tags = new HashMap<>();
        for (Json pair : member.at("tags").items()) {
            if (pair.items().size() == 2) {
                tags.put((int) pair.items().get(0).integer(), (int)
                        pair.items().get(1).integer());
            }
        }
        return tags;
    }

    private static Set<Integer> ids(Json member) {
        Set<Integer> ids = new HashSet<>();
        member.at("capabilities").items().forEach(id -> ids.add((int) id.integer()));
        return ids;
    }

    private static List<Ip> addresses(Json member) {
        List<Ip> addresses = new ArrayList<>();
        member.at("ipAssignments").items().forEach(text -> Ip.parse(text.text()).ifPresent(addresses::add));
        return addresses;
    }

    // ---------------------------------------------------------------- what is answered

    private void explain(Explanation.Setting setting) throws FaultException {
        var words = new RuleText(setting.book().names());
        var text = new ExplanationText(
                words, json ? Paint.PLAIN : Paint.of(terminal().environment()));
        if (pcap != null) {
            replay(setting, words, text, pcap);
            return;
        }
        List<Json> all = new ArrayList<>();
        for (int i = 0; i < frames.size(); i++) {
            Explanation explanation = Explanation.of(setting, FrameText.parse(frames.get(i)));
            if (json) {
                all.add(new ExplanationJson(words).of(explanation));
            } else {
                if (i > 0) {
                    terminal().line("\n");
                }
                text.lines(explanation, setting).forEach(terminal()::line);
            }
        }
        if (json) {
            terminal().line((all.size() == 1 ? all.getFirst() : Json.array(all)).indented());
        }
    }

    private void replay(Explanation.Setting setting, RuleText words, ExplanationText text, String file) {
        var replay = new Replay(setting, text);
        try (var reader = CaptureReader.open(new BufferedInputStream(RuleSource.open(terminal(), file)))) {
            replay.run(reader, explanation -> {
                if (verbose && json) {
                    terminal().line(new ExplanationJson(words).of(explanation).compact());
                } else if (verbose) {
                    text.lines(explanation, setting).forEach(terminal()::line);
                    terminal().line("");
                }
            });
        } catch (IOException failure) {
            throw new Trouble(file + ", " + failure.getMessage() + ".");
        }
        if (json && !verbose) {
            terminal().line(summary(replay).indented());
        } else if (!json) {
            print("PACKETS", replay.counts());
            if (!replay.unreadable().isEmpty()) {
                terminal().line("");
                print("NOT READ", replay.unreadable());
            }
        }
    }

    private void print(String heading, Map<String, Replay.Count> counts) {
        int width = heading.length();
        for (Replay.Count count : counts.values()) {
            width = Math.max(width, Long.toString(count.packets()).length());
        }
        terminal().line(" ".repeat(width - heading.length()) + heading + "  VERDICT");
        for (Map.Entry<String, Replay.Count> each : counts.entrySet()) {
            String number = Long.toString(each.getValue().packets());
            terminal().line(" ".repeat(width - number.length()) + number + "  " + each.getKey());
            for (String example : each.getValue().examples()) {
                terminal().line(" ".repeat(width + 4) + example);
            }
        }
    }

    private static Json summary(Replay replay) {
        return Json.object(Map.of("verdicts", summary(replay.counts()), "notRead", summary(replay.unreadable())));
    }

    private static Json summary(Map<String, Replay.Count> counts) {
        List<Json> all = new ArrayList<>();
        counts.forEach((verdict, count) -> all.add(Json.object(Map.of(
                "verdict", Json.of(verdict),
                "packets", Json.of(count.packets()),
                "bytes", Json.of(count.bytes()),
                "examples", Json.array(count.examples().stream().map(Json::of).toList())))));
        return Json.array(all);
    }
}
