// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.orrery.cli.capture.CapturedPacket;
import org.orrery.cli.explain.DescribedFrame;
import org.orrery.cli.explain.FaultException;
import org.orrery.cli.explain.FrameText;
import org.orrery.core.wire.BigEndian;

class FlowTableTest {
    private static final long START_NANOS = 1_795_307_574_000_000_000L;
    private static final String TEE = "tee outbound by 1122334455";

    private final FlowTable flows = new FlowTable();
    private long packets;

    private void see(String seen, String description, long lostBefore) throws FaultException {
        DescribedFrame frame = FrameText.parse(description);
        byte[] bytes = new byte[14 + frame.payload().length];
        BigEndian.setU48(bytes, 6, 0x020000000001L);
        BigEndian.setU16(bytes, 12, frame.etherType());
        System.arraycopy(frame.payload(), 0, bytes, 14, frame.payload().length);
        packets++;
        flows.count(new CapturedPacket(
                packets, 0, START_NANOS + packets * 1_000_000L, 1, bytes, bytes.length + 10, seen, lostBefore));
    }

    @Test
    void countsFramesOfEachDirectionAndOrigin() throws FaultException {
        see(TEE, "tcp 10.0.0.1:5000 > 10.0.0.2:80 syn", 0);
        see(TEE, "tcp 10.0.0.2:80 > 10.0.0.1:5000 syn ack", 0);
        see(TEE, "tcp 10.0.0.1:5000 > 10.0.0.2:80 ack psh", 2);
        see("tee inbound by 66778899aa", "tcp 10.0.0.1:5000 > 10.0.0.2:80 syn", 0);
        see(TEE, "icmp fd00::1 > fd00::2", 0);
        see(TEE, "ethertype 0x88cc", 0);

        List<Flow> changed = flows.changed(START_NANOS);
        assertThat(changed.stream()
                        .map(flow -> flow.seen() + " " + flow.protocol() + " " + flow.from() + " " + flow.to() + " "
                                + flow.packets() + " " + flow.bytes() + " " + flow.details()))
                .containsExactly(
                        TEE + " tcp 10.0.0.2:80 10.0.0.1:5000 1 64 syn ack",
                        TEE + " tcp 10.0.0.1:5000 10.0.0.2:80 2 128 syn ack psh",
                        "tee inbound by 66778899aa tcp 10.0.0.1:5000 10.0.0.2:80 1 64 syn",
                        TEE + " icmp6 fd00::1 fd00::2 1 72 type 128",
                        TEE + " 0x88cc 02:00:00:00:00:01 00:00:00:00:00:00 1 70 ");
        assertThat(flows.packets()).isEqualTo(6);
        assertThat(flows.lost()).isEqualTo(2);
        assertThat(changed.get(1).json().compact())
                .isEqualTo("{\"bytes\":128,\"destination\":\"10.0.0.2\",\"destinationPort\":80,\"etherType\":2048,"
                        + "\"first\":\"2026-11-22T00:32:54.001Z\",\"last\":\"2026-11-22T00:32:54.003Z\",\"packets\":2,"
                        + "\"protocol\":6,\"protocolName\":\"tcp\",\"seen\":\"" + TEE + "\",\"source\":\"10.0.0.1\","
                        + "\"sourcePort\":5000,\"tcpFlags\":\"syn ack psh\"}");

        assertThat(flows.changed(START_NANOS)).as("nothing came since").isEmpty();
        see(TEE, "ethertype 0x88cc", 0);
        assertThat(flows.changed(START_NANOS)).hasSize(1);
        flows.changed(START_NANOS + FlowTable.IDLE_NANOS + 1_000_000_000L);
        assertThat(flows.size()).as("after a long silence").isZero();
    }

    @Test
    void aFullTableShowsWhatItForgets() throws FaultException {
        int more = 10;
        for (int i = 0; i < FlowTable.FLOWS_MAX + more; i++) {
            see(TEE, flow(i), 0);
        }
        assertThat(flows.size()).isEqualTo(FlowTable.FLOWS_MAX);
        assertThat(flows.changed(START_NANOS)).hasSize(FlowTable.FLOWS_MAX + more);
        assertThat(flows.unshown()).isZero();
    }

    @Test
    void countsFlowsThatComeTooManyAtOnce() throws FaultException {
        int more = 10;
        for (int i = 0; i < 2 * FlowTable.FLOWS_MAX + more; i++) {
            see(TEE, flow(i), 0);
        }
        assertThat(flows.size()).isEqualTo(FlowTable.FLOWS_MAX);
        assertThat(flows.changed(START_NANOS)).hasSize(2 * FlowTable.FLOWS_MAX);
        assertThat(flows.unshown()).isEqualTo(more);

        see(TEE, flow(-1), 0);
        assertThat(flows.changed(START_NANOS)).as("there is room again").hasSize(1);
        assertThat(flows.unshown()).as("what was shown before is not missed").isEqualTo(more);
    }

    private static String flow(int number) {
        return "udp 10.0." + (number >> 16 & 0xff) + ".1:" + (number & 0xffff) + " > 10.0.0.2:53";
    }

    @Test
    void whatIsNoFrameIsCountedApart() {
        flows.count(new CapturedPacket(1, 0, START_NANOS, 1, new byte[3], 3, TEE, 0));
        assertThat(flows.unreadable()).isEqualTo(1);
        assertThat(flows.changed(START_NANOS)).isEmpty();
    }
}
