// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1.bond;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Measures one path together with the peer. Each end notes packets whose IDs, as on the wire, are odd: those it sent with
 * the time, and those that arrived. Now and then each reports (QOS_MEASUREMENT) which arrived and how long ago, and the
 * other one computes half of what is left of the round trip.
 *
 * <p>Lanes note packets without a lock and without allocating; the control lane makes and takes reports.
 */
public final class LinkMeter {
    /** Records of one report. */
    public static final int REPORT_RECORDS_MAX = 140;

    /** Bytes of one record: ID 8, time 2, both little-endian, for others write them as they lie in memory. */
    public static final int RECORD_BYTES = 10;

    /** Packets that wait for a report; further ones are not noted, for a fuller report would say the same less exactly. */
    private static final int ARRIVED_MAX = REPORT_RECORDS_MAX;

    /** Packets sent that a report may be about; later ones take the places of earlier ones. */
    private static final int SENT_MAX = 512;

    private static final int SAMPLES_MAX = 64;
    private static final int SAMPLES_MIN = 4;
    private static final long TIME_MASK = 0xffff;

    /** The first report comes soon: a peer gives up paths about which it has none within 15 s. */
    private static final long FIRST_REPORT_MILLIS = 1_000;

    private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(long[].class);

    private final long[] arrivedIds = new long[ARRIVED_MAX];
    private final long[] arrivedMillis = new long[ARRIVED_MAX];
    private final AtomicInteger arrived = new AtomicInteger();

    /** The upper 48 bits of an ID and the lower 16 of the time. */
    private final long[] sent = new long[SENT_MAX];

    // Control lane only.
    private final int[] samples = new int[SAMPLES_MAX];
    private int sampleCount;
    private int nextSample;
    private boolean reported;
    private long lastReportMillis;

    public LinkMeter(long nowMillis) {
        lastReportMillis = nowMillis;
    }

    /** Any lane: a packet was sent. */
    public void sent(long id, long nowMillis) {
        if ((id & 1) != 0) {
            SLOT.setOpaque(sent, slot(id), id & ~TIME_MASK | nowMillis & TIME_MASK);
        }
    }

    private static int slot(long id) {
        return (int) (id >>> 16) & (SENT_MAX - 1);
    }

    /** Any lane: a packet arrived. */
    public void arrived(long id, long nowMillis) {
        if ((id & 1) == 0 || arrived.getPlain() >= ARRIVED_MAX) {
            return;
        }
        int place = arrived.getAndIncrement();
        if (place < ARRIVED_MAX) {
            arrivedMillis[place] = nowMillis;
            SLOT.setRelease(arrivedIds, place, id);
        }
    }

    /** Whether it is time for a report. */
    public boolean reportDue(long intervalMillis, long nowMillis) {
        int waiting = arrived.getPlain();
        long pause = reported ? intervalMillis : FIRST_REPORT_MILLIS;
        return waiting >= REPORT_RECORDS_MAX || waiting > 0 && nowMillis - lastReportMillis >= pause;
    }

    /** What arrived since the last report, at most {@link #REPORT_RECORDS_MAX} records; empty if nothing did. */
    public byte[] report(long nowMillis) {
        byte[] records = new byte[REPORT_RECORDS_MAX * RECORD_BYTES];
        int written = 0;
        for (int i = 0; i < Math.min(arrived.get(), ARRIVED_MAX); i++) {
            long id = (long) SLOT.getAcquire(arrivedIds, i);
            if (id != 0) {
                long held = Math.clamp(nowMillis - arrivedMillis[i], 0L, TIME_MASK);
                int at = written++ * RECORD_BYTES;
                for (int k = 0; k < Long.BYTES; k++) {
                    records[at + k] = (byte) (id >>> 8 * k);
                }
                records[at + Long.BYTES] = (byte) held;
                records[at + Long.BYTES + 1] = (byte) (held >>> 8);
            }
        }
        java.util.Arrays.fill(arrivedIds, 0);
        arrived.set(0);
        reported = true;
        lastReportMillis = nowMillis;
        return java.util.Arrays.copyOf(records, written * RECORD_BYTES);
    }

    /** Takes a report of the peer, of whole records; what is left over at its end is ignored. */
    public void told(byte[] bytes, int offset, int length, long nowMillis) {
        int records = Math.min(length / RECORD_BYTES, REPORT_RECORDS_MAX);
        for (int i = 0; i < records; i++) {
            int at = offset + i * RECORD_BYTES;
            long id = 0;
            for (int k = 0; k < Long.BYTES; k++) {
                id |= (bytes[at + k] & 0xffL) << 8 * k;
            }
            int held = bytes[at + Long.BYTES] & 0xff | (bytes[at + Long.BYTES + 1] & 0xff) << 8;
            long noted = (long) SLOT.getOpaque(sent, slot(id));
            if (noted != 0 && (noted & ~TIME_MASK) == (id & ~TIME_MASK)) {
                SLOT.setOpaque(sent, slot(id), 0L);
                int away = (int) (nowMillis - noted & TIME_MASK) - held;
                // A time from before the last wrap, or a clock that jumped.
                if (away >= 0 && away < TIME_MASK / 2) {
                    sample(away / 2);
                }
            }
        }
    }

    private void sample(int millis) {
        samples[nextSample] = millis;
        nextSample = (nextSample + 1) % SAMPLES_MAX;
        sampleCount = Math.min(SAMPLES_MAX, sampleCount + 1);
    }

    /** Control lane only: mean latency one way in ms, negative if there were too few samples. */
    public double latencyMillis() {
        if (sampleCount < SAMPLES_MIN) {
            return -1;
        }
        long sum = 0;
        for (int i = 0; i < sampleCount; i++) {
            sum += samples[i];
        }
        return (double) sum / sampleCount;
    }

    /** Control lane only: standard deviation of the latency in ms, 0 if there were too few samples. */
    public double jitterMillis() {
        double mean = latencyMillis();
        if (mean < 0) {
            return 0;
        }
        double squares = 0;
        for (int i = 0; i < sampleCount; i++) {
            squares += (samples[i] - mean) * (samples[i] - mean);
        }
        return Math.sqrt(squares / sampleCount);
    }
}
