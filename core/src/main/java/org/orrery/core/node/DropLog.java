// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.node;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.orrery.core.rules.FilterFrame;
import org.orrery.core.rules.RuleTable;
import org.orrery.core.value.DropReason;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;
import org.orrery.core.vl2.Judge;
import org.orrery.core.wire.BigEndian;
import org.orrery.core.wire.DatagramKind;
import org.orrery.core.wire.PacketHeader;

/**
 * The last drops of one lane. The lane writes, any thread reads: a reader that is overtaken leaves out what it missed.
 * Writing allocates nothing but, once, the room for all entries. In a flood only the first of a second are kept, of each
 * reason and in all, so that it costs next to nothing and cannot hide what else happens.
 */
public final class DropLog {
    /** Of each lane; some 25 kB. The oldest gives way. */
    public static final int ENTRIES_MAX = 256;

    /** Kept in one second, of one reason and of all. */
    static final int OF_REASON_MAX = 8;

    static final int OF_ALL_MAX = 32;

    private static final long SECOND_MILLIS = 1_000;
    private static final int ETHERNET_BYTES = 14;
    private static final int STRIDE = 11;

    // Fields of an entry.
    private static final int MILLIS = 0;
    private static final int REASON = 1;
    private static final int NETWORK = 2;
    private static final int PEER = 3;
    private static final int NUMBERS = 4;
    private static final int ADDRESSES = 5;
    private static final int PORTS = 9;
    private static final int SKIPPED = 10;

    // Flags beside the reason.
    private static final long INBOUND = 1L << 32;
    private static final long FRAME = 1L << 33;
    private static final long V4 = 1L << 34;
    private static final long V6 = 1L << 35;
    private static final long HAS_PORTS = 1L << 36;

    private static final VarHandle WRITTEN = written();

    private final int lane;
    private final FilterFrame seen = new FilterFrame();
    private final byte[] ofReason = new byte[DropReason.IDS_MAX];
    private final DropReason[] reasons = new DropReason[DropReason.IDS_MAX];
    private long @Nullable [] entries;
    private @Nullable RuleTable @Nullable [] tables;
    private long secondMillis;
    private int inSecond;
    private long skipped;

    /** Entries begun: what is older than the last {@link #ENTRIES_MAX} of them is overwritten or about to be. */
    private long written;

    /** Entries that are whole. */
    private volatile long complete;

    /** @param lane its number, so that entries of different lanes can be told apart */
    public DropLog(int lane) {
        this.lane = lane;
        for (DropReason reason : DropReason.values()) {
            reasons[reason.id()] = reason;
        }
    }

    private static VarHandle written() {
        try {
            return MethodHandles.lookup().findVarHandle(DropLog.class, "written", long.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    // ---------------------------------------------------------------- writing; the lane only

    /** A datagram that ended. Its header may be too short to tell from whom. */
    void packet(long nowMillis, DropReason reason, Endpoint from, byte[] bytes, int offset, int length) {
        if (!room(nowMillis, reason)) {
            return;
        }
        boolean told = DatagramKind.of(bytes, offset, length) == DatagramKind.PACKET; // pieces name no source
        long peer = told ? PacketHeader.source(bytes, offset) : 0;
        Ip ip = from.ip();
        int at = begin(nowMillis, reason, INBOUND | HAS_PORTS | (ip.v6() ? V6 : V4), 0, peer);
        long[] all = entries();
        all[at + NUMBERS] = -1;
        all[at + ADDRESSES] = ip.high();
        all[at + ADDRESSES + 1] = ip.low();
        all[at + ADDRESSES + 2] = 0;
        all[at + ADDRESSES + 3] = 0;
        all[at + PORTS] = (long) from.port() << 16;
        finish(null);
    }

    /**
     * A frame of the local interface that ended.
     *
     * @param peer address bits of the member it was for, 0 if for none in particular
     * @param rule index of the rule, or -1
     * @param table if rules dropped it
     */
    void frame(
            long nowMillis,
            DropReason reason,
            long network,
            long peer,
            byte[] bytes,
            int offset,
            int length,
            int rule,
            @Nullable RuleTable table) {
        if (!room(nowMillis, reason)) {
            return;
        }
        boolean whole = length >= ETHERNET_BYTES;
        int etherType = whole ? BigEndian.u16(bytes, offset + ETHERNET_BYTES - 2) : 0;
        int payload = whole ? length - ETHERNET_BYTES : 0;
        seen.set(bytes, offset + ETHERNET_BYTES, payload, etherType, 0, 0, 0, 0, 0, false);
        describe(nowMillis, reason, network, peer, seen, rule, table);
    }

    /** A frame that was just judged and ended; its bytes must still be there. */
    void judged(long nowMillis, DropReason reason, Judge judge) {
        if (!room(nowMillis, reason)) {
            return;
        }
        FilterFrame frame = judge.frame();
        boolean rules = reason == DropReason.RULES_INBOUND || reason == DropReason.RULES_OUTBOUND;
        long peer = frame.inbound() ? frame.source() : frame.destination();
        describe(
                nowMillis,
                reason,
                judge.network(),
                peer,
                frame,
                rules ? judge.decision().rule() : -1,
                rules ? judge.table() : null);
    }

    private void describe(
            long nowMillis,
            DropReason reason,
            long network,
            long peer,
            FilterFrame frame,
            int rule,
            @Nullable RuleTable table) {
        boolean v4 = frame.ipv4();
        boolean v6 = frame.ipv6();
        boolean ports = frame.ports() >= 0;
        long flags = FRAME | (frame.inbound() ? INBOUND : 0) | (v4 ? V4 : 0) | (v6 ? V6 : 0) | (ports ? HAS_PORTS : 0);
        int at = begin(nowMillis, reason, flags, network, peer);
        long[] all = entries();
        all[at + NUMBERS] = (long) rule << 32 | (long) (frame.protocol() & 0xffff) << 16 | frame.etherType();
        all[at + ADDRESSES] = v6 ? frame.u64(8) : 0;
        all[at + ADDRESSES + 1] = v6 ? frame.u64(16) : v4 ? frame.u64(12) >>> 32 : 0;
        all[at + ADDRESSES + 2] = v6 ? frame.u64(24) : 0;
        all[at + ADDRESSES + 3] = v6 ? frame.u64(32) : v4 ? frame.u64(12) & 0xffff_ffffL : 0;
        all[at + PORTS] = ports ? frame.ports() : 0;
        finish(table);
    }

    private boolean room(long nowMillis, DropReason reason) {
        if (nowMillis - secondMillis >= SECOND_MILLIS || nowMillis - secondMillis < 0) {
            secondMillis = nowMillis;
            inSecond = 0;
            Arrays.fill(ofReason, (byte) 0);
        }
        if (inSecond >= OF_ALL_MAX || ofReason[reason.id()] >= OF_REASON_MAX) {
            skipped++;
            return false;
        }
        inSecond++;
        ofReason[reason.id()]++;
        return true;
    }

    private int begin(long nowMillis, DropReason reason, long flags, long network, long peer) {
        if (entries == null) {
            entries = new long[ENTRIES_MAX * STRIDE];
            tables = new @Nullable RuleTable[ENTRIES_MAX];
        }
        int at = (int) (written % ENTRIES_MAX) * STRIDE;
        // A reader that sees any of what follows must also see that this entry's predecessor is gone.
        WRITTEN.setRelease(this, written + 1);
        VarHandle.storeStoreFence();
        long[] all = entries();
        all[at + MILLIS] = nowMillis;
        all[at + REASON] = reason.id() | flags;
        all[at + NETWORK] = network;
        all[at + PEER] = peer;
        all[at + SKIPPED] = skipped;
        skipped = 0;
        return at;
    }

    private void finish(@Nullable RuleTable table) {
        Objects.requireNonNull(tables)[(int) ((written - 1) % ENTRIES_MAX)] = table;
        complete = written;
    }

    private long[] entries() {
        return Objects.requireNonNull(entries);
    }

    // ---------------------------------------------------------------- reading; any thread

    /** What is kept, the oldest first. */
    public List<Drop> snapshot() {
        long end = complete;
        List<Drop> drops = new ArrayList<>();
        if (end == 0) {
            return drops;
        }
        for (long number = Math.max(0, end - ENTRIES_MAX); number < end; number++) {
            Drop drop = read(number);
            VarHandle.loadLoadFence();
            boolean overwritten = (long) WRITTEN.getAcquire(this) - number > ENTRIES_MAX;
            if (!overwritten && drop != null) {
                drops.add(drop);
            }
        }
        return drops;
    }

    private @Nullable Drop read(long number) {
        long[] all = entries();
        int slot = (int) (number % ENTRIES_MAX);
        int at = slot * STRIDE;
        long flags = all[at + REASON];
        DropReason reason = reasons[(int) flags & DropReason.IDS_MAX - 1];
        if (reason == null) {
            return null;
        }
        boolean v6 = (flags & V6) != 0;
        boolean ip = v6 || (flags & V4) != 0;
        boolean frame = (flags & FRAME) != 0;
        long numbers = all[at + NUMBERS];
        return new Drop(
                (long) lane << 48 | number,
                all[at + MILLIS],
                (flags & INBOUND) != 0,
                frame,
                reason,
                all[at + NETWORK],
                all[at + PEER],
                Objects.requireNonNull(tables)[slot],
                frame ? (int) (numbers >> 32) : -1,
                frame ? (int) numbers & 0xffff : -1,
                frame ? (short) (numbers >>> 16) : -1,
                ip ? ip(v6, all[at + ADDRESSES], all[at + ADDRESSES + 1]) : null,
                ip && frame ? ip(v6, all[at + ADDRESSES + 2], all[at + ADDRESSES + 3]) : null,
                (flags & HAS_PORTS) != 0,
                (int) (all[at + PORTS] >>> 16),
                (int) all[at + PORTS] & 0xffff,
                all[at + SKIPPED]);
    }

    private static Ip ip(boolean v6, long high, long low) {
        return v6 ? Ip.v6(high, low) : Ip.v4((int) low);
    }
}
