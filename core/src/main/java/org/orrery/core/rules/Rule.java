// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.rules;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.orrery.core.rules.RuleField.Kind;
import org.orrery.core.value.DropReason;
import org.orrery.core.value.Hex;
import org.orrery.core.value.Ip;
import org.orrery.core.value.Prefix;
import org.orrery.core.wire.WireReader;
import org.orrery.core.wire.WireWriter;

/**
 * One entry of a rule table: a match or an action. On the wire: type u8 ({@code 0x80} inverts a match, {@code 0x40} joins
 * it with OR, the low six bits are the number), length u8, value. Types that no version defines keep their bytes, so
 * that they can be passed on. Immutable.
 */
public final class Rule {
    private static final byte[] EMPTY = {};

    private final int typeByte;
    private final byte[] value;

    private Rule(int typeByte, byte[] value) {
        this.typeByte = typeByte;
        this.value = value;
    }

    /** A rule from its value bytes, whose count must be the type's. */
    public static Rule of(RuleType type, boolean not, boolean or, byte[] value) {
        if (value.length != type.valueBytes()) {
            throw new IllegalArgumentException(type + " takes " + type.valueBytes() + " bytes, not " + value.length);
        }
        return new Rule(type.id() | (not ? 0x80 : 0) | (or ? 0x40 : 0), value.clone());
    }

    /** A plain rule from one number per field; for types whose fields all fit 8 bytes. */
    public static Rule of(RuleType type, long... fieldValues) {
        if (fieldValues.length != type.fields().size()) {
            throw new IllegalArgumentException(
                    type + " takes " + type.fields().size() + " fields, not " + fieldValues.length);
        }
        byte[] value = new byte[type.valueBytes()];
        for (int i = 0; i < fieldValues.length; i++) {
            RuleField field = type.fields().get(i);
            if (field.width() > 8) {
                throw new IllegalArgumentException(type + " takes a prefix");
            }
            for (int at = 0; at < field.width(); at++) {
                value[field.offset() + at] = (byte) (fieldValues[i] >>> 8 * (field.width() - 1 - at));
            }
        }
        return new Rule(type.id(), value);
    }

    /** One of the four matches of an IP prefix; the family must be the type's. */
    public static Rule of(RuleType type, Prefix prefix) {
        byte[] address = prefix.ip().bytes();
        byte[] value = Arrays.copyOf(address, address.length + 1);
        value[address.length] = (byte) prefix.bits();
        return of(type, false, false, value);
    }

    /** This match inverted, or again not. */
    public Rule negated() {
        return new Rule(typeByte ^ 0x80, value);
    }

    /** This match, joined to those before it with OR instead of AND. */
    public Rule alternative() {
        return new Rule(typeByte | 0x40, value);
    }

    /**
     * Reads one rule. A value longer than its type needs is skipped; of a shorter one the missing bytes are read from
     * what follows, as every other member does. A value that runs past the end is refused. Null on a fault.
     */
    public static @Nullable Rule read(WireReader in) {
        int typeByte = in.u8();
        int length = in.u8();
        RuleType type = RuleType.of(typeByte);
        if (type == null) {
            byte[] kept = in.bytes(length);
            return in.intact() ? new Rule(typeByte, kept) : null;
        }
        byte[] value = EMPTY;
        if (type.valueBytes() > 0) {
            var ahead = new WireReader(in.array(), in.position(), in.remaining());
            value = ahead.bytes(type.valueBytes());
            if (!ahead.intact()) {
                in.reject(DropReason.TRUNCATED);
            }
        }
        in.skip(length);
        return in.intact() ? new Rule(typeByte, value) : null;
    }

    public void write(WireWriter out) {
        out.u8(typeByte).u8(value.length).bytes(value);
    }

    /** Bytes that {@link #write} takes. */
    public int writtenBytes() {
        return 2 + value.length;
    }

    /** The type, or null when no version defines {@link #typeId}. */
    public @Nullable RuleType type() {
        return RuleType.of(typeByte);
    }

    /** The type's number, 0 to 63. */
    public int typeId() {
        return typeByte & 0x3f;
    }

    /** Whether a match is inverted; without meaning for actions. */
    public boolean not() {
        return (typeByte & 0x80) != 0;
    }

    /** Whether a match is joined with OR; without meaning for actions. */
    public boolean or() {
        return (typeByte & 0x40) != 0;
    }

    /** Whether it is an action, known or not. */
    public boolean action() {
        return typeId() < 16;
    }

    /** A field of at most 8 bytes, unsigned; an address only by its low 40 bits. */
    public long bits(RuleField field) {
        if (field.width() > 8) {
            throw new IllegalArgumentException("a field of " + field.width() + " bytes is no number");
        }
        long bits = 0;
        for (int at = 0; at < field.width(); at++) {
            bits = bits << 8 | (value[field.offset() + at] & 0xff);
        }
        return field.kind() == Kind.ADDRESS ? bits & 0xff_ffff_ffffL : bits;
    }

    /** The field with number {@code index} of this rule's known type, as {@link #bits(RuleField)}. */
    long bits(RuleType type, int index) {
        return bits(type.fields().get(index));
    }

    /** The address of an IP prefix field. */
    public Ip ip(RuleField field) {
        return Ip.of(value, field.offset(), field.kind() == Kind.IPV6_PREFIX);
    }

    /** The prefix length of an IP prefix field, 0 to 255 as it came. */
    public int prefixBits(RuleField field) {
        return value[field.offset() + field.width() - 1] & 0xff;
    }

    /** A copy of the value bytes. */
    public byte[] value() {
        return value.clone();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Rule rule && rule.typeByte == typeByte && Arrays.equals(rule.value, value);
    }

    @Override
    public int hashCode() {
        return 31 * typeByte + Arrays.hashCode(value);
    }

    /** For people: OR and NOT, the type, the value in hex. */
    @Override
    public String toString() {
        RuleType type = type();
        return (or() ? "or " : "")
                + (not() ? "not " : "")
                + (type == null ? "type " + typeId() : type)
                + (value.length == 0 ? "" : " " + Hex.of(value));
    }
}
