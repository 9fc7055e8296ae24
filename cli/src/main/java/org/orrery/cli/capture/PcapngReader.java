// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.capture;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The newer format: blocks that say what they are. Blocks without packets are passed over. */
final class PcapngReader extends CaptureReader {
    static final int SECTION = 0x0a0d0d0a;

    private static final int BYTE_ORDER = 0x1a2b3c4d;
    private static final int INTERFACE = 1;
    private static final int SIMPLE_PACKET = 3;
    private static final int ENHANCED_PACKET = 6;
    private static final int FRAME_BYTES = 12;
    private static final int ENHANCED_HEADER_BYTES = 20;

    /** A packet, and as much again for options. */
    private static final int BLOCK_BYTES_MAX = 2 * PACKET_BYTES_MAX;

    private static final int INTERFACES_MAX = 4_096;

    private static final int OPTION_COMMENT = 1;
    private static final int OPTION_DROP_COUNT = 4;
    private static final int OPTION_RESOLUTION = 9;
    private static final int OPTION_OFFSET = 14;

    /** @param unitsPerSecond of its times */
    private record Interface(int linkType, long snapBytes, long unitsPerSecond, long offsetSeconds) {}

    private final List<Interface> interfaces = new ArrayList<>();
    private boolean bigEndian;
    private boolean started;

    PcapngReader(Input in) {
        super(in);
    }

    @Override
    public @Nullable CapturedPacket next() throws IOException {
        while (true) {
            long start = in.offset();
            byte[] typeBytes;
            if (started) {
                typeBytes = in.optional(4);
                if (typeBytes == null) {
                    return null;
                }
            } else {
                start -= 4; // the type was read to tell the format
                typeBytes = new byte[] {0x0a, 0x0d, 0x0d, 0x0a};
                started = true;
            }
            byte[] lengthBytes = in.bytes(4);
            if (Input.i32(typeBytes, 0, true) == SECTION) {
                section(start, lengthBytes);
                continue;
            }
            int type = Input.i32(typeBytes, 0, bigEndian);
            byte[] body = body(start, Input.u32(lengthBytes, 0, bigEndian));
            switch (type) {
                case INTERFACE -> describe(start, body);
                case ENHANCED_PACKET -> {
                    return enhanced(start, body);
                }
                case SIMPLE_PACKET -> {
                    return simple(start, body);
                }
                default -> {}
            }
        }
    }

    /** A section begins: its byte order holds from its own length on. */
    private void section(long start, byte[] lengthBytes) throws IOException {
        byte[] order = in.bytes(4);
        if (Input.i32(order, 0, true) == BYTE_ORDER) {
            bigEndian = true;
        } else if (Input.i32(order, 0, false) == BYTE_ORDER) {
            bigEndian = false;
        } else {
            throw new CaptureException(start + 8, "a section without its byte order mark");
        }
        interfaces.clear();
        long length = Input.u32(lengthBytes, 0, bigEndian);
        checkLength(start, length, 28);
        byte[] rest = in.bytes((int) length - 16);
        int major = Input.u16(rest, 0, bigEndian);
        if (major != 1) {
            throw new CaptureException(start + 12, "pcapng version " + major + " is not known, only 1");
        }
        checkTrailer(start, length);
    }

    private byte[] body(long start, long length) throws IOException {
        checkLength(start, length, FRAME_BYTES);
        byte[] body = length == FRAME_BYTES ? new byte[0] : in.bytes((int) length - FRAME_BYTES);
        checkTrailer(start, length);
        return body;
    }

    private static void checkLength(long start, long length, int least) throws CaptureException {
        if (length < least || length % 4 != 0) {
            throw new CaptureException(start + 4, "a block of " + length + " bytes, which no block of its kind has");
        }
        if (length > BLOCK_BYTES_MAX) {
            throw new CaptureException(
                    start + 4, "a block of " + length + " bytes; " + BLOCK_BYTES_MAX + " are the most");
        }
    }

    private void checkTrailer(long start, long length) throws IOException {
        long again = Input.u32(in.bytes(4), 0, bigEndian);
        if (again != length) {
            throw new CaptureException(
                    start + length - 4, "the block says " + length + " bytes in front and " + again + " behind");
        }
    }

    private void describe(long start, byte[] body) throws CaptureException {
        if (body.length < 8) {
            throw new CaptureException(start, "an interface block of only " + body.length + " bytes");
        }
        if (interfaces.size() == INTERFACES_MAX) {
            throw new CaptureException(start, "more than " + INTERFACES_MAX + " interfaces");
        }
        byte[] resolution = option(body, 8, OPTION_RESOLUTION);
        byte[] offset = option(body, 8, OPTION_OFFSET);
        long units = 1_000_000;
        if (resolution.length > 0) {
            int exponent = resolution[0] & 0x7f;
            boolean binary = resolution[0] < 0;
            if (exponent > (binary ? 62 : 18)) {
                throw new CaptureException(
                        start, "times in units of " + (binary ? "2" : "10") + "^-" + exponent + " s are not known");
            }
            units = binary ? 1L << exponent : power(exponent);
        }
        interfaces.add(new Interface(
                Input.u16(body, 0, bigEndian),
                Input.u32(body, 4, bigEndian),
                units,
                offset.length >= 8 ? u64(offset, 0) : 0));
    }

    private static long power(int exponent) {
        long power = 1;
        for (int i = 0; i < exponent; i++) {
            power *= 10;
        }
        return power;
    }

    private CapturedPacket enhanced(long start, byte[] body) throws CaptureException {
        if (body.length < ENHANCED_HEADER_BYTES) {
            throw new CaptureException(start, "a packet block of only " + body.length + " bytes");
        }
        Interface from = interfaceOf(start, Input.u32(body, 0, bigEndian));
        long captured = Input.u32(body, 12, bigEndian);
        checkCaptured(start + 20, captured, body.length - ENHANCED_HEADER_BYTES);
        int options = ENHANCED_HEADER_BYTES + (int) (captured + 3 & ~3);
        byte[] lost = option(body, options, OPTION_DROP_COUNT);
        long units = Input.u32(body, 4, bigEndian) << 32 | Input.u32(body, 8, bigEndian);
        return new CapturedPacket(
                ++packets,
                start,
                nanos(from, units),
                from.linkType,
                Arrays.copyOfRange(body, ENHANCED_HEADER_BYTES, ENHANCED_HEADER_BYTES + (int) captured),
                Input.u32(body, 16, bigEndian),
                new String(option(body, options, OPTION_COMMENT), StandardCharsets.UTF_8),
                lost.length >= 8 ? u64(lost, 0) : 0);
    }

    private CapturedPacket simple(long start, byte[] body) throws CaptureException {
        if (body.length < 4) {
            throw new CaptureException(start, "a packet block of only " + body.length + " bytes");
        }
        Interface from = interfaceOf(start, 0);
        long original = Input.u32(body, 0, bigEndian);
        long captured = from.snapBytes == 0 ? original : Math.min(original, from.snapBytes);
        checkCaptured(start + 8, captured, body.length - 4);
        byte[] bytes = Arrays.copyOfRange(body, 4, 4 + (int) captured);
        return new CapturedPacket(++packets, start, 0, from.linkType, bytes, original, "", 0);
    }

    private static void checkCaptured(long at, long captured, int room) throws CaptureException {
        if (captured > PACKET_BYTES_MAX) {
            throw new CaptureException(at, "a packet of " + captured + " bytes; " + PACKET_BYTES_MAX + " are the most");
        }
        if (captured > room) {
            throw new CaptureException(at, "a packet of " + captured + " bytes in a block with room for " + room);
        }
    }

    private Interface interfaceOf(long start, long number) throws CaptureException {
        if (number >= interfaces.size()) {
            throw new CaptureException(
                    start, "a packet of interface " + number + ", of which the section says nothing before");
        }
        return interfaces.get((int) number);
    }

    private static long nanos(Interface from, long units) {
        long seconds = Long.divideUnsigned(units, from.unitsPerSecond);
        long rest = Long.remainderUnsigned(units, from.unitsPerSecond);
        double nanos = rest * 1e9 / from.unitsPerSecond;
        long exact = 1_000_000_000L % from.unitsPerSecond == 0
                ? rest * (1_000_000_000L / from.unitsPerSecond)
                : (long) nanos;
        return (seconds + from.offsetSeconds) * 1_000_000_000L + exact;
    }

    private long u64(byte[] bytes, int at) {
        long first = Input.u32(bytes, at, bigEndian);
        long second = Input.u32(bytes, at + 4, bigEndian);
        return bigEndian ? first << 32 | second : second << 32 | first;
    }

    /** The first option with that code; empty if there is none. Options that run past the block end the search. */
    private byte[] option(byte[] body, int from, int wanted) {
        int at = from;
        while (at + 4 <= body.length) {
            int code = Input.u16(body, at, bigEndian);
            int length = Input.u16(body, at + 2, bigEndian);
            int end = at + 4 + length;
            if (code == 0 || end > body.length) {
                break;
            }
            if (code == wanted) {
                return Arrays.copyOfRange(body, at + 4, end);
            }
            at = end + 3 & ~3;
        }
        return new byte[0];
    }
}
