// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.wire;

import java.nio.charset.StandardCharsets;
import org.orrery.core.value.Hex;

/**
 * Writes a {@link Dictionary}: {@code key=value} lines separated by LF, none before the first or after the last. An entry
 * that does not fit into the capacity is left out as a whole and answered with false; {@link #complete} tells whether
 * that ever happened. A key written twice stands there twice, and readers see the first. One thread.
 */
public final class DictionaryWriter {
    /** How unsigned numbers and addresses are written. Readers of every version take both. */
    public enum Numbers {
        /** Always 16 digits: protocol 12. */
        PADDED,
        /** Numbers without leading zeros, addresses with 10 digits: protocol 9. */
        PLAIN
    }

    private final Numbers numbers;
    private final WireWriter out;
    private boolean complete = true;

    /**
     * @param capacityBytes greatest length including a NUL that the receiver appends, as the protocol states its limits
     */
    public DictionaryWriter(int capacityBytes, Numbers numbers) {
        if (capacityBytes < 1) {
            throw new IllegalArgumentException("capacity " + capacityBytes);
        }
        this.numbers = numbers;
        this.out = new WireWriter(capacityBytes - 1);
    }

    /** Adds bytes, escaped. */
    public boolean bytes(String key, byte[] value) {
        return line(key, escaped(value));
    }

    /** Adds text as UTF-8, escaped. */
    public boolean text(String key, String value) {
        return bytes(key, value.getBytes(StandardCharsets.UTF_8));
    }

    /** Adds an unsigned number in lower-case hexadecimal. */
    public boolean u64(String key, long value) {
        return ascii(key, numbers == Numbers.PADDED ? Hex.of(value, 16) : Long.toHexString(value));
    }

    /** Adds a node address the generic way; configurations that want 10 digits in either style use {@link #text}. */
    public boolean address(String key, long value) {
        return ascii(key, Hex.of(value, numbers == Numbers.PADDED ? 16 : 10));
    }

    /**
     * Adds a signed number the way protocol 12 does: 16 digits of the magnitude. The sign is lost; readers expect a minus
     * that its writers never put there.
     */
    public boolean signed(String key, long value) {
        return ascii(key, Hex.of(Math.abs(value), 16));
    }

    /** Adds {@code 1} or {@code 0}. */
    public boolean bool(String key, boolean value) {
        return ascii(key, value ? "1" : "0");
    }

    /** Whether every entry so far did fit. */
    public boolean complete() {
        return complete;
    }

    /** Bytes so far, without a NUL at the end. */
    public int length() {
        return out.length();
    }

    /** A copy of the bytes so far, without a NUL at the end. */
    public byte[] toByteArray() {
        return out.toByteArray();
    }

    private boolean ascii(String key, String value) {
        return line(key, value.getBytes(StandardCharsets.US_ASCII));
    }

    private boolean line(String key, byte[] escapedValue) {
        byte[] keyBytes = key.getBytes(StandardCharsets.ISO_8859_1);
        for (byte value : keyBytes) {
            if (value == 0 || value == '\r' || value == '\n' || value == '=') {
                throw new IllegalArgumentException("dictionary key " + key);
            }
        }
        int separator = out.length() == 0 ? 0 : 1;
        if ((long) separator + keyBytes.length + 1 + escapedValue.length > out.available()) {
            complete = false;
            return false;
        }
        if (separator == 1) {
            out.u8('\n');
        }
        out.bytes(keyBytes).u8('=').bytes(escapedValue);
        return true;
    }

    private static byte[] escaped(byte[] value) {
        int specials = 0;
        for (byte b : value) {
            specials += escape(b) == 0 ? 0 : 1;
        }
        if (specials == 0) {
            return value;
        }
        byte[] out = new byte[value.length + specials];
        int at = 0;
        for (byte b : value) {
            byte escape = escape(b);
            if (escape != 0) {
                out[at++] = '\\';
            }
            out[at++] = escape != 0 ? escape : b;
        }
        return out;
    }

    /** The character that stands for {@code value} behind a backslash, 0 if it needs none. */
    private static byte escape(byte value) {
        return switch (value) {
            case 0 -> '0';
            case '\n' -> 'n';
            case '\r' -> 'r';
            case '=' -> 'e';
            case '\\' -> '\\';
            default -> 0;
        };
    }
}
