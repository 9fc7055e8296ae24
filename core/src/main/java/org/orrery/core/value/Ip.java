// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.value;

import java.util.Optional;

/**
 * An IPv4 or IPv6 address. IPv4 keeps its 32 bits in {@code low}; IPv6 is {@code high} then {@code low}, network order.
 */
public record Ip(boolean v6, long high, long low) implements Comparable<Ip> {
    public Ip {
        if (!v6 && (high != 0 || low >>> 32 != 0)) {
            throw new IllegalArgumentException("IPv4 address wider than 32 bits");
        }
    }

    public static Ip v4(int bits) {
        return new Ip(false, 0, bits & 0xffff_ffffL);
    }

    public static Ip v4(int a, int b, int c, int d) {
        return v4(a << 24 | b << 16 | c << 8 | d);
    }

    public static Ip v6(long high, long low) {
        return new Ip(true, high, low);
    }

    /** From 4 or 16 bytes at {@code offset}. */
    public static Ip of(byte[] bytes, int offset, boolean v6) {
        long high = 0;
        long low = 0;
        int length = v6 ? 16 : 4;
        for (int i = 0; i < length; i++) {
            high = v6 ? high << 8 | low >>> 56 : 0;
            low = low << 8 | (bytes[offset + i] & 0xff);
        }
        return new Ip(v6, high, low);
    }

    /** Four or sixteen bytes, network order. */
    public byte[] bytes() {
        byte[] out = new byte[v6 ? 16 : 4];
        for (int i = 0; i < out.length; i++) {
            out[i] = (byte) octet(i);
        }
        return out;
    }

    /** The octet at {@code index}, first is 0. */
    public int octet(int index) {
        if (!v6) {
            return (int) (low >>> (24 - 8 * index)) & 0xff;
        }
        return (int) ((index < 8 ? high : low) >>> (56 - 8 * (index & 7))) & 0xff;
    }

    /** Width in bits: 32 or 128. */
    public int width() {
        return v6 ? 128 : 32;
    }

    /** This address with all but the first {@code bits} bits cleared; {@code bits} is cut to the width. */
    public Ip masked(int bits) {
        int keep = Math.clamp(bits, 0, width());
        if (!v6) {
            return new Ip(false, 0, keep == 0 ? 0 : low & (0xffff_ffffL << (32 - keep)) & 0xffff_ffffL);
        }
        long highMask = keep >= 64 ? -1 : keep == 0 ? 0 : -1L << (64 - keep);
        long lowMask = keep <= 64 ? 0 : -1L << (128 - keep);
        return new Ip(true, high & highMask, low & lowMask);
    }

    /** Where this address reaches, by the tables of the newer protocol generation. */
    public IpScope scope() {
        return v6 ? scope6() : scope4((int) low);
    }

    /** Whether a packet may be sent to this address: by its scope, and not in a tunnel that starts at 2001:470::/32. */
    public boolean usableForPaths() {
        return scope().usableForPaths() && !(v6 && high >>> 32 == 0x2001_0470L);
    }

    private static IpScope scope4(int ip) {
        int first = ip >>> 24;
        int second = (ip >>> 16) & 0xff;
        int third = (ip >>> 8) & 0xff;
        return switch (first) {
            case 0, 255 -> IpScope.NONE;
            case 127 -> IpScope.LOOPBACK;
            case 10 -> IpScope.PRIVATE;
            case 6, 11, 21, 22, 25, 26, 28, 29, 30, 51, 55, 56 -> IpScope.PSEUDO_PRIVATE;
            case 100 -> (second & 0xc0) == 64 ? IpScope.PRIVATE : IpScope.GLOBAL;
            case 169 -> second == 254 ? IpScope.LINK_LOCAL : IpScope.GLOBAL;
            case 172 -> (second & 0xf0) == 16 ? IpScope.PRIVATE : IpScope.GLOBAL;
            case 192 -> second == 168 || (second == 0 && third == 2) ? IpScope.PRIVATE : IpScope.GLOBAL;
            case 198 -> (second & 0xfe) == 18 || (second == 51 && third == 100) ? IpScope.PRIVATE : IpScope.GLOBAL;
            case 203 -> second == 0 && third == 113 ? IpScope.PRIVATE : IpScope.GLOBAL;
            default -> {
                if ((first & 0xf0) == 224) {
                    yield IpScope.MULTICAST;
                }
                yield (first & 0xf0) == 240 ? IpScope.PSEUDO_PRIVATE : IpScope.GLOBAL;
            }
        };
    }

    private IpScope scope6() {
        int first = (int) (high >>> 56);
        if (first == 0xff) {
            return IpScope.MULTICAST;
        }
        if (high >>> 54 == 0xfe80 >>> 6) {
            // fe80::1 is what some systems give their loopback interface; the reference ignores the rest of the second
            // byte there, so that febf::1 counts too.
            return high << 16 == 0 && low == 1 ? IpScope.LOOPBACK : IpScope.LINK_LOCAL;
        }
        if ((first & 0xfe) == 0xfc) {
            return IpScope.PRIVATE;
        }
        if (high == 0 && low == 1) {
            return IpScope.LOOPBACK;
        }
        if (high == 0 && low >>> 24 == 0xffff_7fL) {
            return IpScope.LOOPBACK;
        }
        return high == 0 && low == 0 ? IpScope.NONE : IpScope.GLOBAL;
    }

    /** Reads dotted IPv4 or RFC 4291 IPv6 (no zone, no brackets). Never resolves a name. */
    public static Optional<Ip> parse(String text) {
        return text.indexOf(':') >= 0 ? parse6(text) : parse4(text);
    }

    private static Optional<Ip> parse4(String text) {
        String[] parts = text.split("\\.", -1);
        if (parts.length != 4) {
            return Optional.empty();
        }
        int bits = 0;
        for (String part : parts) {
            int value = decimal(part);
            if (value < 0 || value > 255) {
                return Optional.empty();
            }
            bits = bits << 8 | value;
        }
        return Optional.of(v4(bits));
    }

    private static int decimal(String part) {
        if (part.isEmpty() || part.length() > 3) {
            return -1;
        }
        int value = 0;
        for (int i = 0; i < part.length(); i++) {
            int digit = part.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            value = value * 10 + digit;
        }
        return value;
    }

    private static Optional<Ip> parse6(String text) {
        int gap = text.indexOf("::");
        if (gap >= 0 && text.indexOf("::", gap + 1) >= 0) {
            return Optional.empty();
        }
        int[] head = groups(gap < 0 ? text : text.substring(0, gap));
        int[] tail = gap < 0 ? new int[0] : groups(text.substring(gap + 2));
        if (head.length > 0 && head[0] < 0 || tail.length > 0 && tail[0] < 0) {
            return Optional.empty();
        }
        int count = head.length + tail.length;
        if (gap < 0 ? count != 8 : count > 7) {
            return Optional.empty();
        }
        long high = 0;
        long low = 0;
        for (int i = 0; i < 8; i++) {
            int fromEnd = i - (8 - tail.length);
            long group = i < head.length ? head[i] : fromEnd >= 0 ? tail[fromEnd] : 0;
            if (i < 4) {
                high = high << 16 | group;
            } else {
                low = low << 16 | group;
            }
        }
        return Optional.of(v6(high, low));
    }

    /** The 16-bit groups of a part without a gap; {@code {-1}} if malformed. A trailing dotted part gives two groups. */
    private static int[] groups(String text) {
        if (text.isEmpty()) {
            return new int[0];
        }
        String[] parts = text.split(":", -1);
        boolean dotted = parts[parts.length - 1].indexOf('.') >= 0;
        int[] out = new int[parts.length + (dotted ? 1 : 0)];
        for (int i = 0; i < parts.length; i++) {
            String part = parts[i];
            if (dotted && i == parts.length - 1) {
                Optional<Ip> last = parse4(part);
                if (last.isEmpty()) {
                    return new int[] {-1};
                }
                out[i] = (int) (last.get().low >>> 16);
                out[i + 1] = (int) last.get().low & 0xffff;
            } else if (part.isEmpty() || part.length() > 4 || !Hex.matches(part, part.length())) {
                return new int[] {-1};
            } else {
                out[i] = Integer.parseInt(part, 16);
            }
        }
        return out;
    }

    /** IPv4 before IPv6, then by value. */
    @Override
    public int compareTo(Ip other) {
        if (v6 != other.v6) {
            return v6 ? 1 : -1;
        }
        int byHigh = Long.compareUnsigned(high, other.high);
        return byHigh != 0 ? byHigh : Long.compareUnsigned(low, other.low);
    }

    /** Dotted IPv4, or RFC 5952 IPv6. */
    @Override
    public String toString() {
        if (!v6) {
            return octet(0) + "." + octet(1) + "." + octet(2) + "." + octet(3);
        }
        if (high == 0 && low >>> 32 == 0xffff) {
            return "::ffff:" + v4((int) low);
        }
        int[] groups = new int[8];
        for (int i = 0; i < 8; i++) {
            groups[i] = octet(2 * i) << 8 | octet(2 * i + 1);
        }
        int gapStart = -1;
        int gapLength = 1;
        for (int i = 0; i < 8; i++) {
            int run = 0;
            while (i + run < 8 && groups[i + run] == 0) {
                run++;
            }
            if (run > gapLength) {
                gapStart = i;
                gapLength = run;
            }
        }
        var text = new StringBuilder(40);
        for (int i = 0; i < 8; i++) {
            if (i == gapStart) {
                text.append("::");
                i += gapLength - 1;
            } else {
                if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') {
                    text.append(':');
                }
                text.append(Integer.toHexString(groups[i]));
            }
        }
        return text.toString();
    }
}
