// SPDX-License-Identifier: Apache-2.0
package org.orrery.rulelang;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Writes tables as a script that compiles to them again, except for what only a comment can say. */
public final class Decompiler {
    private static final Map<EntryType, MatchWord> WORDS = words();
    private static final Map<Long, String> ETHERTYPES = names(Vocabulary.ETHERTYPES);
    private static final Map<Long, String> PROTOCOLS = names(Vocabulary.PROTOCOLS);
    private static final Map<Long, String> CHARACTERISTICS = names(Vocabulary.CHARACTERISTICS);

    private final RuleTables tables;
    private final Map<Long, String> tagNames = new HashMap<>();
    private final Set<EntryType> always = new LinkedHashSet<>();
    private final List<String> parts = new ArrayList<>();

    private Decompiler(RuleTables tables) {
        this.tables = tables;
        tables.tags().forEach(tag -> tagNames.putIfAbsent(tag.id(), tag.name()));
    }

    /** The script, in the usual layout. */
    public static String script(RuleTables tables) {
        return new Decompiler(tables).run();
    }

    private static Map<EntryType, MatchWord> words() {
        Map<EntryType, MatchWord> words = new HashMap<>();
        Arrays.stream(MatchWord.values()).forEach(word -> words.put(word.type(), word));
        words.put(EntryType.IPV6_SOURCE, MatchWord.IPSRC);
        words.put(EntryType.IPV6_DEST, MatchWord.IPDEST);
        return Map.copyOf(words);
    }

    /** Of several names the shortest that can be an argument. */
    private static Map<Long, String> names(Map<String, Integer> numbers) {
        return numbers.entrySet().stream()
                .filter(name -> !Vocabulary.RESERVED.contains(name.getKey()))
                .sorted(Comparator.comparingInt((Map.Entry<String, Integer> name) ->
                                name.getKey().length())
                        .thenComparing(Map.Entry::getKey))
                .collect(Collectors.toUnmodifiableMap(
                        name -> name.getValue().longValue(), Map.Entry::getKey, (first, _) -> first));
    }

    private String run() {
        for (RuleTables.Tag tag : tables.tags()) {
            tag(tag);
        }
        for (RuleTables.Capability capability : tables.capabilities()) {
            parts.add("\ncap " + capability.name() + "\nid " + capability.id()
                    + (capability.byDefault() ? "\ndefault\n" : "\n"));
            table(capability.rules());
            parts.add(";\n");
        }
        if (!parts.isEmpty()) {
            parts.add("\n");
        }
        table(tables.rules());
        var macros = new StringBuilder();
        for (EntryType type : always) {
            String word = type.name().toLowerCase(Locale.ROOT);
            macros.append("macro always_" + word + " " + word + "; ;\n\n");
        }
        return Formatter.format((macros + String.join("", parts)).strip() + "\n");
    }

    private void tag(RuleTables.Tag tag) {
        var text = new StringBuilder("\ntag " + tag.name() + "\nid " + tag.id() + "\n");
        tag.enums().forEach((name, number) -> text.append("enum " + number + " " + name + "\n"));
        tag.flags().forEach((name, bits) -> text.append("flag " + bits(bits & Numbers.UINT32_MAX) + " " + name + "\n"));
        Long value = tag.value();
        if (value != null) {
            long number = value & Numbers.UINT32_MAX;
            String name = tag.enums().entrySet().stream()
                    .filter(each -> each.getValue() == number && !Vocabulary.OPENERS.contains(each.getKey()))
                    .map(Map.Entry::getKey)
                    .findFirst()
                    .orElse(Long.toString(number));
            text.append("default " + name + "\n");
        }
        parts.add(text + ";\n");
    }

    private static String bits(long mask) {
        List<String> bits = new ArrayList<>();
        for (int bit = 0; bit < 64; bit++) {
            if ((mask >>> bit & 1) != 0) {
                bits.add(Integer.toString(bit));
            }
        }
        return String.join(",", bits);
    }

    private void table(List<Entry> entries) {
        List<String> matches = new ArrayList<>();
        for (int i = 0; i < entries.size(); i++) {
            Entry entry = entries.get(i);
            if (entry.action()) {
                parts.add(action(entry, matches, i + 1 == entries.size()) + "\n");
                matches.clear();
            } else {
                matches.add(match(entry));
            }
        }
        if (!matches.isEmpty()) {
            parts.add("# without an action, and so without effect: " + String.join(" ", matches) + "\n");
        }
    }

    private String action(Entry entry, List<String> matches, boolean last) {
        String word = entry.type().name().toLowerCase(Locale.ROOT);
        String header =
                switch (entry.type()) {
                    case TEE, WATCH -> word + " " + entry.number("length") + " " + entry.text("address");
                    case REDIRECT -> word + " " + entry.text("address");
                    default -> word;
                };
        if (!matches.isEmpty()) {
            return header + " " + String.join(" ", matches) + " ;";
        }
        if (!header.equals(word)) {
            return header + " ;";
        }
        if (last) {
            return word + ";";
        }
        // A bare action can only be the last one of its table, unless a macro holds it.
        always.add(entry.type());
        return "include always_" + word;
    }

    private String match(Entry entry) {
        MatchWord word = WORDS.get(entry.type());
        if (word == null) {
            throw new IllegalArgumentException(entry.type() + " is no match");
        }
        return (entry.or() ? "or " : "") + (entry.not() ? "not " : "") + word.word() + " " + arguments(word, entry);
    }

    private String arguments(MatchWord word, Entry entry) {
        return switch (word.form()) {
            case NODE, MAC, PREFIX -> entry.text(entry.type().members().getFirst());
            case NUMBER -> Long.toString(entry.number(entry.type().members().getFirst()));
            case ETHERTYPE -> {
                long type = entry.number("etherType");
                yield ETHERTYPES.getOrDefault(type, String.format("0x%04x", type));
            }
            case PROTOCOL -> {
                long protocol = entry.number("ipProtocol");
                yield PROTOCOLS.getOrDefault(protocol, Long.toString(protocol));
            }
            case TOS -> entry.number("mask") + " " + range(entry);
            case ICMP ->
                entry.number("icmpType") + " "
                        + (entry.isNull("icmpCode") ? "-1" : Long.toString(entry.number("icmpCode")));
            case RANGE -> range(entry);
            case CHARACTERISTICS -> characteristics(entry.text("mask"));
            case PROBABILITY -> fraction(entry.number("probability"));
            case TAG -> tagArguments(entry.number("id"), entry.number("value"));
        };
    }

    private static String range(Entry entry) {
        long start = entry.number("start");
        long end = entry.number("end");
        return start == end ? Long.toString(start) : start + "-" + end;
    }

    private static String characteristics(String mask) {
        long bits = Long.parseUnsignedLong(mask, 16);
        List<String> names = new ArrayList<>();
        for (int bit = 63; bit >= 0; bit--) {
            if ((bits >>> bit & 1) != 0) {
                names.add(CHARACTERISTICS.getOrDefault((long) bit, Integer.toString(bit)));
            }
        }
        return names.isEmpty() ? "," : String.join(",", names);
    }

    /** The shortest fraction that becomes the number again. */
    private static String fraction(long probability) {
        for (int digits = 0; ; digits++) {
            BigDecimal fraction = BigDecimal.valueOf(probability)
                    .divide(BigDecimal.valueOf(Numbers.UINT32_MAX), digits, RoundingMode.CEILING);
            if ((long) Math.floor(Numbers.UINT32_MAX * fraction.doubleValue()) == probability) {
                return fraction.toPlainString();
            }
        }
    }

    private String tagArguments(long id, long value) {
        RuleTables.Tag tag = tables.tags().stream()
                .filter(candidate -> candidate.id() == id)
                .findFirst()
                .orElse(null);
        String name = tagNames.getOrDefault(id, Long.toString(id));
        String valueName = tag == null
                ? null
                : tag.enums().entrySet().stream()
                        .filter(each -> each.getValue() == value
                                && !tag.flags().containsKey(each.getKey())
                                && !Vocabulary.RESERVED.contains(each.getKey()))
                        .map(Map.Entry::getKey)
                        .findFirst()
                        .orElse(null);
        return name + " " + (valueName == null ? Long.toString(value) : valueName);
    }
}
