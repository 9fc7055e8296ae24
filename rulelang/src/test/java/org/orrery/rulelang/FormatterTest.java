// SPDX-License-Identifier: Apache-2.0
package org.orrery.rulelang;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class FormatterTest {
    static List<String> scripts() {
        return Stream.concat(Vectors.valid().stream(), Vectors.faulty().stream())
                .map(vector -> vector.get("script").stringValue())
                .toList();
    }

    @ParameterizedTest
    @MethodSource("scripts")
    void changesNothingButTheLayout(String script) {
        Scripts.checkLayout(script);
    }

    @Test
    void laysOut() {
        assertThat(Formatter.format("""
                        drop # what is not IP
                          not ethertype ipv4 and not ethertype arp
                          not ethertype ipv6 ;



                        # who
                        tag role  id 7 default guest # everybody
                         enum 1 guest enum 2 staff flag 8 audited;
                        cap web id 80 default accept ipprotocol tcp dport 80 or dport 443; ;
                        cap su id 1000 accept; ;
                        macro block($proto,$port) drop ipprotocol $proto dport $port ; # the end
                        ;
                        include block(tcp,23)  tee 128 38b0321504 icmp 8 -1 ; accept teq role staff ; accept;
                        """)).isEqualTo("""
                        drop # what is not IP
                          not ethertype ipv4
                          and not ethertype arp
                          not ethertype ipv6
                        ;

                        # who
                        tag role
                          id 7
                          default guest # everybody
                          enum 1 guest
                          enum 2 staff
                          flag 8 audited
                        ;
                        cap web
                          id 80
                          default
                          accept ipprotocol tcp dport 80 or dport 443;
                        ;
                        cap su
                          id 1000
                          accept;
                        ;
                        macro block($proto,$port)
                          drop ipprotocol $proto dport $port; # the end
                        ;
                        include block(tcp,23)
                        tee 128 38b0321504 icmp 8 -1;
                        accept teq role staff;
                        accept;
                        """);
    }

    @Test
    void breaksLongStatements() {
        String ports = "dport 1000 or dport 1001 or dport 1002 or dport 1003 or dport 1004 or dport 1005 or dport 1006";
        assertThat(Formatter.format("accept ipprotocol tcp " + ports + ";"))
                .startsWith("accept\n  ipprotocol tcp\n  dport 1000\n  or dport 1001\n")
                .endsWith("  or dport 1006\n;\n");
    }
}
