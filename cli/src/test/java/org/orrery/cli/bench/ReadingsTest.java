// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.orrery.cli.lab.LabException;
import org.orrery.cli.lab.Ping;

class ReadingsTest {
    @Test
    void readsWhatArrivedOverTcpInAllStreamsTogether() throws Exception {
        Iperf run = Iperf.parse(Recorded.text("iperf3-tcp.json"));

        assertThat(run.bytes()).isEqualTo(729_153_536);
        assertThat(run.seconds()).isEqualTo(1.001176);
        assertThat(run.megabitsPerSecond()).isCloseTo(5_826.4, within(0.1));
        assertThat(run.gigabytes()).isEqualTo(0.729153536);
    }

    @Test
    void countsOnlyDatagramsThatArrived() throws Exception {
        Iperf run = Iperf.parse(Recorded.text("iperf3-udp.json"));

        assertThat(run.packets()).isEqualTo(110_956 - 56_308).isEqualTo(run.bytes() / 64);
        assertThat(run.seconds()).isEqualTo(1.006957);
    }

    @Test
    void skipsWarningsBeforeTheReport() throws Exception {
        assertThat(Iperf.parse("warning: this is slow\n" + Recorded.text("iperf3-tcp.json")))
                .isEqualTo(Iperf.parse(Recorded.text("iperf3-tcp.json")));
    }

    @Test
    void saysWhatFailed() throws Exception {
        String refused = Recorded.text("iperf3-refused.json");

        assertThatThrownBy(() -> Iperf.parse(refused))
                .isInstanceOf(LabException.class)
                .hasMessageContaining("unable to connect to server: Connection refused");
        assertThatThrownBy(() -> Iperf.parse("")).isInstanceOf(LabException.class);
        assertThatThrownBy(() -> Iperf.parse("{\"end\":{\"sum_received\":{\"seconds\":1.0,\"bytes\":0}}}"))
                .isInstanceOf(LabException.class);
    }

    @Test
    void readsEveryRoundTrip() throws Exception {
        Ping ping = Ping.parse(Recorded.text("ping.txt"));

        assertThat(ping.sent()).isEqualTo(12);
        assertThat(ping.received()).isEqualTo(12);
        assertThat(ping.averageMillis()).isEqualTo(0.076);
        assertThat(ping.timesMillis())
                .containsExactly(0.063, 0.109, 0.108, 0.064, 0.064, 0.067, 0.063, 0.067, 0.065, 0.067, 0.066, 0.115);
        List<Double> values = Meter.roundTrips(ping);
        assertThat(values.get(0)).isCloseTo(0.0765, within(0.0001)); // average
        assertThat(values.get(1)).isCloseTo(0.0665, within(0.0001)); // median
        assertThat(values.get(2)).isBetween(0.109, 0.115);
        assertThat(values.get(3)).isZero();
    }

    @Test
    void whatWasSentBesidesDoesNotCount() {
        String late = """
                64 bytes from 10.0.0.2: icmp_seq=1 ttl=64 time=0.063 ms
                64 bytes from 10.0.0.2: icmp_seq=3 ttl=64 time=0.108 ms
                64 bytes from 10.0.0.2: icmp_seq=3 ttl=64 time=0.109 ms (DUP!)
                64 bytes from 10.0.0.2: icmp_seq=2 ttl=64 time=1064 ms
                64 bytes from 10.0.0.2: icmp_seq=4 ttl=64 time=864 ms

                --- 10.0.0.2 ping statistics ---
                5 packets transmitted, 4 received, +1 duplicates, 20% packet loss, time 1000ms
                """;
        assertThat(Ping.parse(late).first(4).complete()).isTrue();
        assertThat(Ping.parse(late.replaceAll(".*icmp_seq=2 .*\n", "")).first(4).received())
                .isEqualTo(3);
    }

    @Test
    void aPingThatNobodyAnswersIsAFailure() throws Exception {
        Ping ping = Ping.parse(Recorded.text("ping-silent.txt"));

        assertThat(ping.sent()).isEqualTo(3);
        assertThatThrownBy(() -> Meter.roundTrips(ping)).hasMessage("ping: none of 3 answered");
    }

    @Test
    void readsAProcesssTimesWhateverItsName() throws Exception {
        String stat = Recorded.text("stat.txt");

        assertThat(stat).contains("(od) d (1)");
        assertThat(ProcessUse.cpuSeconds(stat)).isEqualTo(1.51);
        assertThatThrownBy(() -> ProcessUse.cpuSeconds("1 (x) R 2")).isInstanceOf(LabException.class);
    }

    @Test
    void readsResidentMemory() throws Exception {
        assertThat(ProcessUse.residentMegabytes("VmHWM:\t  9 kB\nVmRSS:\t    2000 kB\nRssAnon: 1 kB\n"))
                .isEqualTo(2.048);
        assertThat(ProcessUse.residentMegabytes(Recorded.text("status.txt"))).isEqualTo(3236 * 1024 / 1e6);
        assertThatThrownBy(() -> ProcessUse.residentMegabytes("Name:\tx\n")).isInstanceOf(LabException.class);
    }

    @Test
    void readsWhatArrivedAtADevice() throws Exception {
        String devices = Recorded.text("net-dev.txt");

        assertThat(ProcessUse.receivedBytes(devices, "e0")).isEqualTo(426);
        assertThat(ProcessUse.receivedBytes(devices, "lo")).isEqualTo(504);
        assertThatThrownBy(() -> ProcessUse.receivedBytes(devices, "0")).isInstanceOf(LabException.class);
    }

    @Test
    void readsThisProcess() throws Exception {
        List<Long> self = List.of(ProcessHandle.current().pid());

        assertThat(ProcessUse.cpuSeconds(self)).isPositive();
        assertThat(ProcessUse.residentMegabytes(self)).isGreaterThan(10);
    }

    @Test
    void namesTheProcessor(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("cpuinfo"), Recorded.text("cpuinfo.txt"));

        assertThat(Circumstances.processor(file)).isEqualTo("AMD EPYC");
        assertThat(Circumstances.processor(folder.resolve("none"))).isEqualTo("unknown");
    }
}
