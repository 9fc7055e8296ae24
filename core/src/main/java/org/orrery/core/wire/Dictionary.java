// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.wire;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A dictionary as received: {@code key=value} lines, separated by LF or CR, ended by a NUL or the last byte. Keys stand
 * as they are; in values {@code \0}, {@code \n}, {@code \r}, {@code \e} (for {@code =}) and {@code \\} are escapes, and a
 * backslash before any other byte stands for that byte. The first line with a key wins.
 *
 * <p>Any bytes are a dictionary; lines that make no sense are simply never found. Each lookup scans the bytes and copies
 * only the value. Immutable; any thread. {@link DictionaryWriter} makes the bytes.
 */
public final class Dictionary {
    /** Longest text that {@link #u64} looks at: what follows is ignored. */
    private static final int NUMBER_BYTES_MAX = 127;

    private final byte[] bytes;

    private Dictionary(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Copies {@code length} bytes from {@code offset}, up to the first NUL. */
    public static Dictionary of(byte[] borrowed, int offset, int length) {
        int end = offset;
        while (end < offset + length && borrowed[end] != 0) {
            end++;
        }
        return new Dictionary(Arrays.copyOfRange(borrowed, offset, end));
    }

    public static Dictionary of(byte[] borrowed) {
        return of(borrowed, 0, borrowed.length);
    }

    /**
     * As {@link #of(byte[])}, but null if the dictionary with a NUL at its end does not fit into {@code capacityBytes},
     * which is how the protocol states limits.
     */
    public static @Nullable Dictionary within(int capacityBytes, byte[] borrowed, int offset, int length) {
        Dictionary dictionary = of(borrowed, offset, length);
        return dictionary.bytes.length < capacityBytes ? dictionary : null;
    }

    /** Bytes without the NUL at the end. */
    public int length() {
        return bytes.length;
    }

    /** A copy of the dictionary as it was received, without the NUL at the end. */
    public byte[] toByteArray() {
        return bytes.clone();
    }

    public boolean contains(String key) {
        return find(key) >= 0;
    }

    /** The value, unescaped; null if there is no such key. */
    public byte @Nullable [] bytes(String key) {
        return bytes(key, bytes.length);
    }

    /** The first {@code limit} bytes of the value, unescaped; null if there is no such key. */
    public byte @Nullable [] bytes(String key, int limit) {
        int at = find(key);
        if (at < 0) {
            return null;
        }
        byte[] out = new byte[Math.min(limit, lineEnd(at) - at)];
        int length = 0;
        while (length < out.length && at < bytes.length && !endsLine(bytes[at])) {
            byte value = bytes[at++];
            if (value == '\\') {
                if (at == bytes.length || endsLine(bytes[at])) {
                    break; // a backslash with nothing behind it stands for nothing
                }
                value = unescaped(bytes[at++]);
            }
            out[length++] = value;
        }
        return length == out.length ? out : Arrays.copyOf(out, length);
    }

    /** The value as UTF-8 text, malformed bytes replaced; null if there is no such key. */
    public @Nullable String text(String key) {
        byte[] value = bytes(key);
        return value == null ? null : new String(value, StandardCharsets.UTF_8);
    }

    /** The value as UTF-8 text, malformed bytes replaced. */
    public String text(String key, String whenAbsent) {
        String value = text(key);
        return value == null ? whenAbsent : value;
    }

    /**
     * The value as an unsigned hexadecimal number, up to the first byte that is no digit; blanks, a sign and {@code 0x}
     * may come first. A minus gives the two's complement, more than 64 bits give the greatest number, and a text without
     * digits gives zero. The default stands in for an absent or empty value.
     */
    public long u64(String key, long whenAbsent) {
        byte[] value = bytes(key, NUMBER_BYTES_MAX);
        return value == null || value.length == 0 ? whenAbsent : number(value);
    }

    /** Whether the value begins with {@code 1}, {@code t} or {@code T}; the default stands in for an absent key only. */
    public boolean bool(String key, boolean whenAbsent) {
        byte[] value = bytes(key, 1);
        if (value == null) {
            return whenAbsent;
        }
        return value.length > 0 && (value[0] == '1' || value[0] == 't' || value[0] == 'T');
    }

    /** The keys in order of their lines, repetitions included; bytes beyond ASCII appear as Latin-1. */
    public List<String> keys() {
        var keys = new ArrayList<String>();
        for (int start = 0; start < bytes.length; start = lineEnd(start) + 1) {
            int end = lineEnd(start);
            for (int at = start; at < end; at++) {
                if (bytes[at] == '=') {
                    keys.add(new String(bytes, start, at - start, StandardCharsets.ISO_8859_1));
                    break;
                }
            }
        }
        return List.copyOf(keys);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Dictionary that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** Only the size: values can be secret. */
    @Override
    public String toString() {
        return "Dictionary[" + bytes.length + " bytes]";
    }

    /** Index of the first byte of the value, -1 if there is no such key. */
    private int find(String key) {
        byte[] wanted = key.getBytes(StandardCharsets.ISO_8859_1);
        for (int start = 0; start + wanted.length < bytes.length; start = lineEnd(start) + 1) {
            int equals = start + wanted.length;
            if (bytes[equals] == '=' && Arrays.equals(bytes, start, equals, wanted, 0, wanted.length)) {
                return equals + 1;
            }
        }
        return -1;
    }

    private int lineEnd(int at) {
        while (at < bytes.length && !endsLine(bytes[at])) {
            at++;
        }
        return at;
    }

    private static boolean endsLine(byte value) {
        return value == '\n' || value == '\r';
    }

    private static byte unescaped(byte escape) {
        return switch (escape) {
            case '0' -> 0;
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 'e' -> '=';
            default -> escape;
        };
    }

    private static long number(byte[] text) {
        int at = 0;
        while (at < text.length && (text[at] == ' ' || text[at] >= '\t' && text[at] <= '\r')) {
            at++;
        }
        boolean negative = at < text.length && text[at] == '-';
        if (negative || at < text.length && text[at] == '+') {
            at++;
        }
        if (at + 2 < text.length && text[at] == '0' && (text[at + 1] | 0x20) == 'x' && digit(text[at + 2]) >= 0) {
            at += 2;
        }
        long value = 0;
        for (; at < text.length && digit(text[at]) >= 0; at++) {
            if (value >>> 60 != 0) {
                return -1;
            }
            value = value << 4 | digit(text[at]);
        }
        return negative ? -value : value;
    }

    private static int digit(byte character) {
        if (character >= '0' && character <= '9') {
            return character - '0';
        }
        int lower = character | 0x20;
        return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
    }
}
