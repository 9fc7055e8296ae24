// SPDX-License-Identifier: Apache-2.0
package org.orrery.rulelang;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Makes the values of an entry of a match's arguments. */
final class Operands {
    private static final Pattern NOT_HEX = Pattern.compile("[^0-9a-f]");

    /** Any of them is enough anywhere in the text; the last is a link-local address with its zone. */
    private static final Pattern IPV6 =
            Pattern.compile("::|([0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]{1,4}|fe80:(:[0-9a-fA-F]{0,4}){0,4}%[0-9a-zA-Z]");

    private static final String OCTET = "(25[0-5]|2[0-4][0-9]|[01]?[0-9]{1,2})";
    private static final Pattern IPV4 = Pattern.compile("(" + OCTET + "\\.){3}" + OCTET);

    private static final Map<String, Integer> CHARACTERISTICS = Vocabulary.CHARACTERISTICS;

    /** An argument that cannot be taken. */
    static final class Bad extends Exception {
        private static final long serialVersionUID = 1;

        private final int argument;
        private final transient List<String> hints;

        Bad(int argument, String message, List<String> hints) {
            super(message, null, false, false);
            this.argument = argument;
            this.hints = hints;
        }

        Bad(int argument, String message, String... hints) {
            this(argument, message, List.of(hints));
        }

        /** Which, from 0. */
        int argument() {
            return argument;
        }

        List<String> hints() {
            return hints;
        }
    }

    private final Map<String, Definition.Tag> tags;

    Operands(Map<String, Definition.Tag> tags) {
        this.tags = tags;
    }

    /** What the arguments, with variables replaced, make of a match. */
    Entry entry(Statement.Match match, List<String> arguments, Entry.Origin origin) throws Bad {
        String first = arguments.getFirst();
        EntryType type = match.word().type();
        List<@Nullable Object> values =
                switch (match.word().form()) {
                    case NODE -> List.of(node(first));
                    case NUMBER -> List.of(number(first, "a number"));
                    case ETHERTYPE -> List.of(named(first, Vocabulary.ETHERTYPES, "an Ethernet type"));
                    case PROTOCOL -> List.of(named(first, Vocabulary.PROTOCOLS, "an IP protocol"));
                    case MAC -> List.of(mac(first));
                    case PREFIX -> {
                        type = prefix(type, first);
                        yield List.of(first);
                    }
                    case TOS -> tos(first, arguments.getLast());
                    case ICMP -> icmp(first, arguments.getLast());
                    case RANGE -> range(0, first, 0xffff);
                    case CHARACTERISTICS -> List.of(characteristics(first));
                    case PROBABILITY -> List.of(probability(first));
                    case TAG -> tag(first, arguments.getLast());
                };
        return new Entry(type, match.not(), match.or(), values, origin);
    }

    private static String quoted(String text) {
        return "'" + RuleParser.shown(text) + "'";
    }

    private static String node(String text) throws Bad {
        String digits = NOT_HEX.matcher(RuleParser.lower(text)).replaceAll("");
        if (digits.length() != 10) {
            throw new Bad(0, quoted(text) + " is no node address: it has " + digits.length() + " hex digits, not 10");
        }
        return digits;
    }

    private static String mac(String text) throws Bad {
        String digits = NOT_HEX.matcher(RuleParser.lower(text)).replaceAll("");
        if (digits.length() < 12) {
            throw new Bad(0, quoted(text) + " is no MAC address: it has " + digits.length() + " hex digits, not 12");
        }
        return digits.substring(0, 12).replaceAll("(..)(?=.)", "$1:");
    }

    private static long number(String text, String what) throws Bad {
        long number = Numbers.read(text);
        if (number < 0 || number > Numbers.UINT32_MAX) {
            throw new Bad(0, quoted(text) + " is not " + what, "expected: a number, 0-4294967295");
        }
        return number;
    }

    private static long named(String text, Map<String, Integer> names, String what) throws Bad {
        Integer known = names.get(text);
        if (known != null) {
            return known;
        }
        long number = Numbers.read(text);
        if (number < 0 || number > Numbers.UINT32_MAX) {
            throw new Bad(0, quoted(text) + " is not " + what, expected(text, names.keySet()));
        }
        return number;
    }

    /** What is near, and everything there is, besides a number. */
    private static List<String> expected(String text, Collection<String> names) {
        List<String> hints = new ArrayList<>(Suggestions.hint(text, names));
        hints.add("expected: a number, or one of: "
                + String.join(" ", names.stream().sorted().toList()));
        return hints;
    }

    private static EntryType prefix(EntryType v4, String text) throws Bad {
        int slash = text.indexOf('/');
        if (slash <= 0) {
            throw new Bad(
                    0,
                    quoted(text) + " has no prefix length",
                    slash < 0
                            ? "expected: ADDRESS/BITS; for one address " + text
                                    + (text.indexOf(':') >= 0 ? "/128" : "/32")
                            : "expected: ADDRESS/BITS");
        }
        String address = text.substring(0, slash);
        if (IPV6.matcher(address).find()) {
            return v4 == EntryType.IPV4_SOURCE ? EntryType.IPV6_SOURCE : EntryType.IPV6_DEST;
        }
        if (!IPV4.matcher(address).find()) {
            throw new Bad(0, quoted(address) + " is neither an IPv4 nor an IPv6 address");
        }
        return v4;
    }

    private static List<@Nullable Object> range(int argument, String text, int max) throws Bad {
        String expected = "expected: a number or FROM-TO, 0-" + max;
        boolean one = text.indexOf('-') <= 0;
        String[] ends = one ? new String[] {text} : text.split("-", -1);
        if (ends.length > 2) {
            throw new Bad(argument, quoted(text) + " is not a range", expected);
        }
        long start = Numbers.read(ends[0]);
        long end = one ? start : Numbers.read(ends[1]);
        if (start < 0 || end < 0 || start > max || end > max) {
            throw new Bad(
                    argument,
                    one
                            ? quoted(text) + " is not a number from 0 to " + max
                            : quoted(text) + " goes beyond 0-" + max + ", or is not of numbers",
                    expected);
        }
        if (start > end) {
            throw new Bad(
                    argument,
                    quoted(text) + " ends before it begins",
                    "the smaller number comes first: " + end + "-" + start);
        }
        return List.of(start, end);
    }

    private static List<@Nullable Object> tos(String maskText, String rangeText) throws Bad {
        long mask = Numbers.read(maskText);
        if (mask < 0 || mask > 255) {
            throw new Bad(0, quoted(maskText) + " is no mask", "expected: a number, 0-255");
        }
        List<@Nullable Object> range = range(1, rangeText, 255);
        return List.of(mask, longAt(range, 0), longAt(range, 1));
    }

    private static long longAt(List<@Nullable Object> values, int index) {
        return values.get(index) instanceof Long number ? number : 0;
    }

    private static List<@Nullable Object> icmp(String typeText, String codeText) throws Bad {
        long type = Numbers.read(typeText);
        if (type < 0 || type > 255) {
            throw new Bad(0, quoted(typeText) + " is no ICMP type", "expected: a number, 0-255; 8 is an echo request");
        }
        long code = Numbers.read(codeText);
        if (code > 255) {
            throw new Bad(1, quoted(codeText) + " is no ICMP code", "expected: a number, 0-255, or -1 for any code");
        }
        return Arrays.asList(type, code < 0 ? null : code);
    }

    private static String characteristics(String text) throws Bad {
        long mask = 0;
        for (String part : text.split(",")) {
            if (part.isEmpty()) {
                continue;
            }
            Integer named = CHARACTERISTICS.get(part);
            long bit = named == null ? Numbers.read(part) : named;
            if (bit < 0 || bit > 63) {
                throw new Bad(0, quoted(part) + " is no characteristic", expected(part, CHARACTERISTICS.keySet()));
            }
            mask |= 1L << bit;
        }
        return half(mask >>> 32) + half(mask & Numbers.UINT32_MAX);
    }

    /**
     * Eight digits of one half. Existing compilers take a half as a signed number and print its amount: with its top bit
     * and others set it comes out as the complement. Networks are compiled with those, so this does the same.
     */
    private static String half(long bits) {
        return String.format("%08x", bits > 0x8000_0000L ? 0x1_0000_0000L - bits : bits);
    }

    private static long probability(String text) {
        double fraction = Math.clamp(Numbers.fraction(text), 0.0, 1.0);
        return (long) Math.floor(Numbers.UINT32_MAX * fraction);
    }

    private List<@Nullable Object> tag(String name, String valueText) throws Bad {
        Definition.Tag tag = tags.get(name);
        if (tag == null) {
            long id = Numbers.read(name);
            if (id < 0 || id > Numbers.UINT32_MAX) {
                throw new Bad(0, "there is no tag " + quoted(name), nearName(name, tags.keySet(), "tag"));
            }
            return List.of(id, tagValue(valueText, Map.of()));
        }
        Map<String, Long> names = new HashMap<>(tag.enums());
        names.putAll(tag.flags());
        return List.of(tag.id(), tagValue(valueText, names));
    }

    private static long tagValue(String text, Map<String, Long> names) throws Bad {
        Long named = names.get(text);
        long value = named == null ? Numbers.read(text) : named;
        if (named != null && named < 0) {
            throw new Bad(
                    1,
                    "flag " + quoted(text) + " has bit 31 and cannot be matched by name",
                    "write its number: " + (named & Numbers.UINT32_MAX));
        }
        if (value < 0 || value > Numbers.UINT32_MAX) {
            throw new Bad(
                    1,
                    quoted(text) + " is no value of this tag",
                    names.isEmpty() ? List.of("expected: a number, 0-4294967295") : expected(text, names.keySet()));
        }
        return value;
    }

    /** What to say where no {@code kind} has that name. */
    static List<String> nearName(String name, Collection<String> names, String kind) {
        if (names.contains(RuleParser.lower(name))) {
            return List.of("names are kept in lower case: write '" + RuleParser.lower(name) + "'");
        }
        List<String> hints = new ArrayList<>(Suggestions.hint(name, names));
        if (hints.isEmpty()) {
            hints.add(
                    names.isEmpty()
                            ? "no " + kind + " is defined"
                            : "defined: "
                                    + String.join(" ", names.stream().limit(20).toList()));
        }
        return hints;
    }
}
