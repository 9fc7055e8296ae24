// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FrameTextTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "tcp 10.1.1.2:50000 > 10.1.1.3:22 syn | 0800 | 45000028000000004006 0000 0a010102 0a010103"
                        + " c3500016 00000000 00000000 50022000 00000000",
                "TCP 10.1.1.2:1 > 10.1.1.3:2 syn ack data 0a | 0800 | 45000029000000004006 0000 0a010102 0a010103"
                        + " 00010002 00000000 00000000 50122000 00000000 0a",
                "udp [fd00::1]:53 > [fd00::2]:54 tos 0xff | 86dd | 6ff00000 0008 11 40 fd000000000000000000000000000001"
                        + " fd000000000000000000000000000002 00350036 00080000",
                "icmp 10.0.0.1 > 10.0.0.2 | 0800 | 4500001c000000004001 0000 0a000001 0a000002 08000000 00000000",
                "icmp fd00::1 > fd00::2 reply | 86dd | 60000000 0008 3a 40 fd000000000000000000000000000001"
                        + " fd000000000000000000000000000002 81000000 00000000",
                "icmp 10.0.0.1 > 10.0.0.2 3/1 size 30 | 0800 | 4500001e000000004001 0000 0a000001 0a000002 03010000"
                        + " 00000000 0000",
                "ip 10.0.0.1 > 10.0.0.2 esp | 0800 | 45000014000000004032 0000 0a000001 0a000002",
                "ip 10.0.0.1 > 10.0.0.2 050 tos 0X0a | 0800 | 450a0014000000004032 0000 0a000001 0a000002",
                "ip fd00::1 > fd00::2 icmpv6 | 86dd | 60000000 0000 3a 40 fd000000000000000000000000000001"
                        + " fd000000000000000000000000000002",
                "tcp 10.1.1.2:00010 > 10.1.1.3:00080 none | 0800 | 45000028000000004006 0000 0a010102 0a010103"
                        + " 000a0050 00000000 00000000 50002000 00000000",
                "arp who-has 10.0.0.2 tell 10.0.0.1 | 0806 | 0001080006040001 000000000000 0a000001 000000000000 0a000002",
                "arp reply 10.0.0.2 to 10.0.0.1 | 0806 | 0001080006040002 000000000000 0a000002 000000000000 0a000001",
                "ethertype 0x88cc data 0102 size 4 | 88cc | 01020000",
            })
    void buildsTheFrameDescribed(String text, String etherType, String payload) throws FaultException {
        DescribedFrame frame = FrameText.parse(text);
        assertThat(frame.text()).isEqualTo(text);
        assertThat(HexFormat.of().toHexDigits(frame.etherType(), 4)).isEqualTo(etherType);
        assertThat(HexFormat.of().formatHex(frame.payload())).isEqualTo(payload.replace(" ", ""));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "none",
            value = {
                "tcp 10.1.1.2:1 > 10.1.1.3:2 | none",
                "udp 10.1.1.2:1 > 239.129.1.2:2 | 01005e010102",
                "udp 10.1.1.2:1 > 255.255.255.255:2 | ffffffffffff",
                "icmp fe80::1 > ff02::1:ff00:7 135 | 3333ff000007",
                "arp who-has 10.0.0.2 tell 10.0.0.1 | ffffffffffff",
                "arp reply 10.0.0.2 to 10.0.0.1 | none",
                "ethertype wol macdest 01:02:03:04:05:06 | 010203040506",
            })
    void sendsGroupsToTheirMac(String text, String mac) throws FaultException {
        Long found = FrameText.parse(text).destinationMac();
        assertThat(found == null ? null : HexFormat.of().toHexDigits(found, 12)).isEqualTo(mac);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | it ends where a kind of frame: tcp, udp, icmp, ip, arp, ethertype should be",
                "tpc 1.1.1.1:1 > 1.1.1.2:2 | 'tpc' is no kind of frame; kinds are tcp, udp, sctp, udplite, icmp, ip, arp, ethertype",
                "tcp 1.1.1.1:1 1.1.1.2:2 | '1.1.1.2:2' where '>' should be",
                "tcp 1.1.1.1 > 1.1.1.2:2 | '1.1.1.1' is not ADDRESS:PORT, such as 10.1.1.2:22 or [fd00::2]:22",
                "tcp 1.1.1.1:70000 > 1.1.1.2:2 | '70000' is no port, 0 to 65535",
                "tcp fd00::1:5 > fd00::2:6 | write an IPv6 address in brackets where a port follows: [fd00::1]:5",
                "tcp 1.1.1.1:1 > [fd00::2]:6 | the addresses are of different families",
                "tcp 1.1.1.1:1 > 1.1.1.2:2 synn | 'synn' is not understood here; behind a frame may be size, tos, macsrc,"
                        + " macdest, data",
                "icmp6 1.1.1.1 > 1.1.1.2 | icmp6 between addresses of the other family",
                "icmp 1.1.1.1 > x | 'x' is no IP address",
                "icmp 1.1.1.1 > 1.1.1.2 256 | '256' is no ICMP type, 0 to 255",
                "ip 1.1.1.1 > 1.1.1.2 | it ends where an IP protocol should be",
                "arp whohas 1.1.1.1 | 'whohas' where 'who-has' or 'reply' should be",
                "arp who-has fd00::1 tell fd00::2 | ARP is about IPv4 addresses",
                "ethertype 0x10000 | '0x10000' is no ether type, 0 to 65535",
                "ethertype #ff | '#ff' is no ether type, 0 to 65535",
                "ethertype +1 | '+1' is no ether type, 0 to 65535",
                "ethertype 0x1ffffffff | '0x1ffffffff' is no ether type, 0 to 65535",
                "ip 1.1.1.1 > 1.1.1.2 ff | 'ff' is no IP protocol, 0 to 255",
                "ethertype 1 data 123 | '123' is not an even number of hex digits, 20000 at most",
                "ethertype 1 size 10001 | '10001' is no size in bytes, 0 to 10000",
            })
    void saysWhatIsNotUnderstood(String text, String message) {
        assertThatThrownBy(() -> FrameText.parse(text))
                .isInstanceOf(FaultException.class)
                .hasMessage("frame '" + text + "': " + message);
    }

    @Test
    void anyWordsAreAFrameOrAFault() {
        String[] words = {
            "tcp",
            "udp",
            "icmp",
            "ip",
            "arp",
            "ethertype",
            ">",
            "10.0.0.1",
            "10.0.0.2:5",
            "[fd00::1]:7",
            "fd00::1",
            "who-has",
            "tell",
            "reply",
            "to",
            "syn",
            "none",
            "size",
            "tos",
            "data",
            "macsrc",
            "-1",
            "99999999999",
            "0x",
            "ff",
            "8/0",
            "::"
        };
        var random = new Random(3);
        int frames = 0;
        for (int i = 0; i < 200_000; i++) {
            var text = new StringBuilder();
            for (int n = random.nextInt(8); n >= 0; n--) {
                text.append(words[random.nextInt(words.length)]).append(' ');
            }
            try {
                FrameText.parse(text.toString());
                frames++;
            } catch (FaultException fault) {
                assertThat(fault.sentence()).startsWith("frame '");
            }
        }
        assertThat(frames).isGreaterThan(20);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tcp 10.1.1.2:50000 > 10.1.1.3:22 syn ack",
                "udp [fd00::1]:53 > [fd00::2]:54",
                "icmp 10.0.0.1 > 10.0.0.2 8/0",
                "ip 10.0.0.1 > 10.0.0.2 esp",
                "arp who-has 10.0.0.2 tell 10.0.0.1",
                "arp reply 10.0.0.2 to 10.0.0.1",
                "ethertype 0x88cc",
            })
    void framesAreCalledAsTheyAreDescribed(String text) throws FaultException {
        DescribedFrame frame = FrameText.parse(text);
        assertThat(FrameWords.of(frame.etherType(), frame.payload())).isEqualTo(text);
    }
}
