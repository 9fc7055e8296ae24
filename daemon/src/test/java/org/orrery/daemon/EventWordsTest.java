// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventWordsTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "node.online | node | '' | on-line: a root answers",
                "path.up peer=4f6dfb1558 via=10.0.0.1/9993 | peer | 4f6dfb1558 | reached directly at 10.0.0.1/9993",
                "path.down peer=4f6dfb1558 relay=aabbccddee reason=its known paths = silent, at=x | peer | 4f6dfb1558"
                        + " | no direct path any more, relayed over aabbccddee: its known paths = silent, at=x",
                "path.rerouted peer=4f6dfb1558 relay=aabbccddee was=ffbbccddee | peer | 4f6dfb1558"
                        + " | relayed over aabbccddee from now on, in place of ffbbccddee: it answers there",
                "network.refused network=4f6dfb15580000aa text=not authorized | network | 4f6dfb15580000aa"
                        + " | not ready: not authorized",
                "socket.open local=10.0.0.1/9993 device=eth0 | address | 10.0.0.1/9993"
                        + " | listens on 10.0.0.1/9993 of eth0",
                "portmap.none text=the router is silent | port | '' | no port is passed on to this node: the router is"
                        + " silent",
                "config.kept file=local.conf fault=line 3: no such setting | config | local.conf"
                        + " | local.conf refused, the version before stays in force: line 3: no such setting",
                "relay.changed root=aabbccddee was=ffbbccddee | root | aabbccddee"
                        + " | relays from now on, in place of ffbbccddee",
                "bond.failover peer=4f6dfb1558 was=eth0 now=eth1 via=10.2.0.2/9993 reason=the only link that works |"
                        + " peer | 4f6dfb1558 | bond goes over eth1 in place of eth0, at 10.2.0.2/9993: the only link"
                        + " that works",
                "path.mtu peer=4f6dfb1558 via=relay bytes=1220 was=1340 | peer | 4f6dfb1558"
                        + " | datagrams of up to 1220 bytes pass both ways, via relay",
                "search.begun peer=4f6dfb1558 at=10.2.0.2/9993 sockets=256 | peer | 4f6dfb1558"
                        + " | search for a common port begun: 256 sockets send to 10.2.0.2/9993",
                "search.found peer=4f6dfb1558 port=40001 | peer | 4f6dfb1558"
                        + " | common port found: this node's socket on port 40001 is kept for it",
                "search.failed peer=4f6dfb1558 sockets=256 | peer | 4f6dfb1558"
                        + " | no common port found, with 256 sockets; the next search is later",
                "search.declined peer=4f6dfb1558 at=10.2.0.2 reason=others are helped | peer | 4f6dfb1558"
                        + " | not helped to search for a port at 10.2.0.2: others are helped",
                "search.sockets open=100 reason=Too many open files | peer | ''"
                        + " | a search has 100 sockets, the system refused more: Too many open files",
                "search.refused reason=Too many open files | peer | ''"
                        + " | no search for a common port, the system refused sockets: Too many open files",
                "some_thing.new_happened name=a b size=3 | some_thing | a b | some thing new happened: name a b, size 3",
                "config.restart_needed setting=primaryPort in_force=9993 wanted=9994 | config | primaryPort"
                        + " | primaryPort changes at the next start: 9993 now, 9994 then",
                "api.not_opened port=9993 reason=Address already in use | api | '' | the API stays on loopback: Address"
                        + " already in use; free port 9993 on all addresses and restart the service",
                "api.not_listening port=9993 reason=Address already in use | api | '' | nobody can reach the API:"
                        + " Address already in use; free port 9993, which is tried every ten seconds",
                "state.lost objects=2 folder=/var/lib/x | state | '' | 2 of what is kept in /var/lib/x not written before"
                        + " the end",
                "tunnel.left rules=30000-30002 table=9993 text=routing rules are still there | network | ''"
                        + " | routing rules 30000-30002 for table 9993 left behind: the next start removes them",
                "dns.left file=/etc/resolv.conf text=they are still in it | dns | /etc/resolv.conf"
                        + " | name servers left in /etc/resolv.conf: they are still in it",
                "a line of no form | other | '' | a line of no form",
            })
    void saysLinesInWords(String line, String kind, String subject, String text) {
        assertThat(EventWords.of(line)).isEqualTo(new EventWords(kind, subject, text));
    }

    @Test
    void whatALineLacksIsNoPlaceholder() {
        assertThat(EventWords.of("path.up peer=4f6dfb1558").text()).isEqualTo("reached directly at ?");
    }

    @Test
    void recentEventsAreBoundedAndNumbered() {
        var recent = new RecentEvents();
        for (int i = 1; i <= RecentEvents.EVENTS_MAX + 5; i++) {
            recent.add(i, Level.INFO, "node.online");
        }
        List<RecentEvents.Event> all = recent.after(0);
        assertThat(all).hasSize(RecentEvents.EVENTS_MAX);
        assertThat(all.getFirst().number()).isEqualTo(6);
        assertThat(recent.after(RecentEvents.EVENTS_MAX + 4)).hasSize(1);
        assertThat(recent.last()).isEqualTo(RecentEvents.EVENTS_MAX + 5);
    }

    @Test
    void longLinesAreCut() {
        var recent = new RecentEvents();
        recent.add(1, Level.INFO, "x".repeat(10_000));
        assertThat(recent.after(0).getFirst().line()).hasSize(RecentEvents.LINE_LENGTH_MAX + 3);
    }

    @Test
    void waitsForTheNextEventAndNotForEver() throws Exception {
        var recent = new RecentEvents();
        recent.add(1, Level.INFO, "node.online");
        assertThat(recent.await(1, Duration.ofMillis(20))).isEmpty();
        var next = CompletableFuture.supplyAsync(() -> {
            try {
                return recent.await(1, Duration.ofSeconds(20));
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        recent.add(2, Level.WARNING, "node.offline");
        assertThat(next.get(20, TimeUnit.SECONDS))
                .containsExactly(new RecentEvents.Event(2, 2, Level.WARNING, "node.offline"));
    }
}
