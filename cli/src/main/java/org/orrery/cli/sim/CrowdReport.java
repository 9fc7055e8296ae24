// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.sim;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.orrery.cli.api.Json;
import org.orrery.cli.api.Table;
import org.orrery.cli.api.Terminal;
import org.orrery.sim.Crowd;

/** What {@code orrery sim crowd} does. */
final class CrowdReport {
    private CrowdReport() {}

    static int run(Terminal terminal, long seed, int nodes, int group, boolean json) {
        Crowd.Report report = Crowd.run(seed, nodes, group, terminal::complain);
        if (json) {
            terminal.line(json(report).indented());
        } else {
            print(terminal, report);
        }
        terminal.out().flush();
        return report.faults().isEmpty() && report.answered() == report.pairs() ? 0 : 1;
    }

    private static void print(Terminal terminal, Crowd.Report report) {
        var table = new Table("WHAT", "HOW MUCH", "");
        table.add("all joined", report.joinMillis() + " ms", "of the nodes' time, " + report.nodes() + " nodes");
        table.add("", report.joinCpuMillis() + " ms", "of CPU, " + each(report.joinCpuMillis(), report) + " a node");
        table.add("all pairs talk", report.meshMillis() + " ms", "of the nodes' time, " + report.pairs() + " pairs");
        table.add("", report.meshCpuMillis() + " ms", "of CPU, " + each(report.meshCpuMillis(), report) + " a node");
        table.add("pairs answered", report.answered() + " of " + report.pairs(), "direct: " + report.direct());
        table.add("heap", report.heapBytesPerNode() / 1_000 + " kB", "a node, its share of the simulator included");
        table.add("CPU when idle", decimal(report.idleCpuMillisPerNode()) + " ms", "a node and minute");
        table.add("sent when idle", decimal(report.datagramsPerNode()), "datagrams a node and minute");
        table.print(terminal);
        report.faults().forEach(fault -> terminal.line("Fault: " + fault));
    }

    private static String each(long millis, Crowd.Report report) {
        return decimal((double) millis / report.nodes()) + " ms";
    }

    private static String decimal(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }

    private static Json json(Crowd.Report report) {
        Map<String, Json> members = new TreeMap<>();
        members.put("seed", Json.of(report.seed()));
        members.put("nodes", Json.of(report.nodes()));
        members.put("group", Json.of(report.groupSize()));
        members.put("pairs", Json.of(report.pairs()));
        members.put("pairsAnswered", Json.of(report.answered()));
        members.put("pairsDirect", Json.of(report.direct()));
        members.put("joinMillis", Json.of(report.joinMillis()));
        members.put("joinCpuMillis", Json.of(report.joinCpuMillis()));
        members.put("meshMillis", Json.of(report.meshMillis()));
        members.put("meshCpuMillis", Json.of(report.meshCpuMillis()));
        members.put("heapBytesPerNode", Json.of(report.heapBytesPerNode()));
        members.put("idleCpuMillisPerNodeMinute", new Json.Real(report.idleCpuMillisPerNode()));
        members.put("datagramsPerNodeMinute", new Json.Real(report.datagramsPerNode()));
        members.put("faults", Json.array(report.faults().stream().map(Json::of).toList()));
        return Json.object(members);
    }
}
