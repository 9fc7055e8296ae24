// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.explain;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.orrery.core.rules.RuleDialect;
import org.orrery.core.value.Address;
import org.orrery.core.value.NetworkId;

/**
 * A file of expected verdicts, a line each:
 *
 * <pre>
 * rules office.rules
 * member web 1111111111 tags role=server capabilities http owns 10.1.1.2
 * accept from laptop to web tcp 10.1.1.3:50000 > 10.1.1.2:80 syn
 * </pre>
 *
 * <p>Reading stops at the first fault, which names its line. Immutable once read.
 */
public final class RuleTests {
    /** More lines are refused. */
    static final int LINES_MAX = 100_000;

    private static final long FIRST_ADDRESS = 0x10_0000_0001L;
    private static final NetworkId DEFAULT_NETWORK = new NetworkId(0x8056c2e21c000001L);

    /** Reads the rules that a file names. */
    @FunctionalInterface
    public interface Books {
        RuleBook read(String file) throws FaultException;
    }

    /** What a line expects. */
    enum Expected {
        ACCEPT,
        DROP,
        REDIRECT,
        TEE,
        WATCH
    }

    /**
     * One expectation.
     *
     * @param line from 1
     * @param target address bits of whom a copy or the frame itself should go to, else 0
     */
    record Test(
            int line, String text, Expected expected, long target, Explanation.Setting setting, DescribedFrame frame) {}

    /** What came of one expectation. */
    public record Outcome(
            int line, String text, boolean passed, Explanation explanation, Explanation.Setting setting) {}

    private final Books books;
    private final List<Test> tests = new ArrayList<>();
    private final Map<String, Party> members = new LinkedHashMap<>();
    private NetworkId network = DEFAULT_NETWORK;
    private @Nullable RuleBook book;

    private RuleTests(Books books) {
        this.books = books;
    }

    /**
     * Reads a file and compares all it expects with what the rules decide.
     *
     * @param name of the file, for messages
     */
    public static List<Outcome> run(String name, String text, Books books) throws FaultException {
        var file = new RuleTests(books);
        String[] lines = text.split("\r?\n", -1);
        if (lines.length > LINES_MAX) {
            throw new FaultException(name + " has " + lines.length + " lines; " + LINES_MAX + " are the most");
        }
        for (int i = 0; i < lines.length; i++) {
            try {
                file.line(i + 1, lines[i].replaceFirst("(^|\\s)#.*", "").strip());
            } catch (FaultException fault) {
                throw new FaultException(name + ":" + (i + 1) + ": " + fault.sentence());
            }
        }
        if (file.tests.isEmpty()) {
            throw new FaultException(name
                    + " expects nothing: it has no line that begins with accept, drop, redirect, tee or" + " watch");
        }
        return file.tests.stream().map(RuleTests::outcome).toList();
    }

    private void line(int number, String line) throws FaultException {
        if (line.isEmpty()) {
            return;
        }
        String[] words = line.split("\\s+");
        String first = words[0].toLowerCase(Locale.ROOT);
        switch (first) {
            case "rules" -> book = books.read(rest(words, 1, "a file name"));
            case "network" ->
                network = NetworkId.parse(rest(words, 1, "a network ID"))
                        .orElseThrow(() -> new FaultException("'" + words[1] + "' is not a network ID, 16 hex digits"));
            case "member" -> member(words);
            case "accept", "drop", "redirect", "tee", "watch" -> expectation(number, line, words, first);
            default ->
                throw new FaultException("'" + words[0]
                        + "' where rules, network, member, accept, drop, redirect, tee or" + " watch should be");
        }
    }

    private static String rest(String[] words, int from, String wanted) throws FaultException {
        if (words.length <= from) {
            throw new FaultException("'" + words[0] + "' needs " + wanted);
        }
        return String.join(" ", Arrays.asList(words).subList(from, words.length));
    }

    private RuleBook book() throws FaultException {
        if (book == null) {
            throw new FaultException("the line 'rules FILE' must come first");
        }
        return book;
    }

    private void member(String[] words) throws FaultException {
        if (words.length < 2) {
            throw new FaultException("'member' needs a name");
        }
        String name = words[1];
        if (members.containsKey(name)) {
            throw new FaultException("there is a member " + name + " already");
        }
        int at = 2;
        long address = FIRST_ADDRESS + members.size();
        if (words.length > 2 && Address.parse(words[2]).isPresent()) {
            address = Address.parse(words[2]).orElseThrow().bits();
            at = 3;
        }
        var making = new PartyBuilder(book(), address);
        String kind = "";
        for (; at < words.length; at++) {
            switch (words[at]) {
                case "tags", "capabilities", "owns" -> kind = words[at];
                default -> {
                    switch (kind) {
                        case "tags" -> making.tag(words[at]);
                        case "capabilities" -> making.capability(words[at]);
                        case "owns" -> making.owns(words[at]);
                        default ->
                            throw new FaultException(
                                    "'" + words[at] + "' where an address, tags, capabilities or owns should be");
                    }
                }
            }
        }
        members.put(name, making.party());
    }

    private void expectation(int number, String line, String[] words, String first) throws FaultException {
        Expected expected = Expected.valueOf(first.toUpperCase(Locale.ROOT));
        int at = 1;
        long target = 0;
        if (expected != Expected.ACCEPT && expected != Expected.DROP) {
            target = party(words, at++, "a member or address behind '" + first + "'")
                    .address();
        }
        boolean strangers = at < words.length && words[at].equals("first");
        at += strangers ? 1 : 0;
        expect(words, at++, "from");
        Party from = party(words, at++, "a member behind 'from'");
        expect(words, at++, "to");
        Party to = party(words, at++, "a member behind 'to'");
        DescribedFrame frame = FrameText.parse(
                String.join(" ", Arrays.asList(words).subList(Math.min(at, words.length), words.length)));
        var setting = new Explanation.Setting(book(), network, 0, from, to, strangers, RuleDialect.PROTOCOL_12, 0);
        tests.add(new Test(number, line, expected, target, setting, frame));
    }

    private static void expect(String[] words, int at, String wanted) throws FaultException {
        if (at >= words.length || !words[at].equals(wanted)) {
            throw new FaultException((at >= words.length ? "the line ends" : "'" + words[at] + "'") + " where '"
                    + wanted + "' should be");
        }
    }

    private Party party(String[] words, int at, String wanted) throws FaultException {
        if (at >= words.length) {
            throw new FaultException("the line ends where " + wanted + " should be");
        }
        Party known = members.get(words[at]);
        if (known != null) {
            return known;
        }
        Address address = Address.parse(words[at]).orElse(null);
        if (address == null) {
            throw new FaultException("there is no member '" + words[at] + "'"
                    + (members.isEmpty() ? "" : "; there are " + String.join(", ", members.keySet())));
        }
        return members.values().stream()
                .filter(member -> member.address() == address.bits())
                .findFirst()
                .orElse(new PartyBuilder(book(), address.bits()).party());
    }

    private static Outcome outcome(Test test) {
        Explanation explanation = Explanation.of(test.setting, test.frame);
        Explanation.End end = explanation.end();
        boolean passed =
                switch (test.expected) {
                    case ACCEPT -> end.fate() == Explanation.Fate.ACCEPT;
                    case DROP -> end.fate() == Explanation.Fate.DROP;
                    case REDIRECT -> end.fate() == Explanation.Fate.REDIRECT && end.redirectTo() == test.target;
                    case TEE, WATCH ->
                        end.fate() != Explanation.Fate.DROP
                                && end.copies().stream()
                                        .anyMatch(copy -> copy.to() == test.target
                                                && copy.watched() == (test.expected == Expected.WATCH));
                };
        return new Outcome(test.line, test.text, passed, explanation, test.setting);
    }
}
