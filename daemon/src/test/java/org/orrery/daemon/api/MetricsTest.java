// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.orrery.core.rules.RuleCounters;
import org.orrery.core.rules.RuleTable;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class MetricsTest {
    @Test
    void tellsNetworksPeersPacketsAndRules(@TempDir Path folder) throws Exception {
        try (var api = new RunningApi(folder)) {
            var counters = new RuleCounters(RuleTable.ACCEPT_ALL);
            counters.count(1, 0);
            counters.count(1, 1);
            counters.count(2, 1);
            api.node.ruleCounters.put(FakeNode.LABNET, counters);
            HttpResponse<String> answer = api.get("/metrics");
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.headers().firstValue("Content-Type")).contains("text/plain");
            String network = "network_id=\"" + FakeNode.LABNET + "\"";
            assertThat(answer.body())
                    .contains(
                            "# HELP zt_num_networks number of networks this instance is joined to\n"
                                    + "# TYPE zt_num_networks gauge\nzt_num_networks "
                                    + api.node.networks.size() + "\n",
                            "zt_network_multicast_groups_subscribed{" + network + "} 3\n",
                            "orrery_multicast_cut_total{" + network + "} 0\n",
                            "orrery_multicast_cut_recipients_total{" + network + "} 0\n",
                            "zt_peer_path_count{node_id=\"343752eb18\",status=\"alive\"} 1\n",
                            "zt_peer_path_count{node_id=\"343752eb18\",status=\"dead\"} 0\n",
                            "orrery_packets_total{lost=\"yes\",reason=\"BAD_MAC\"} 3\n",
                            "orrery_packets_total{lost=\"no\",reason=\"NONE\"} 100\n",
                            "orrery_rule_decisions_total{" + network + ",rule=\"1\",table=\"network\"} 1\n",
                            "orrery_rule_decisions_total{" + network + ",rule=\"end\",table=\"network\"} 2\n");
            assertThat(answer.body().lines())
                    .allMatch(line -> line.matches(
                            "# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\\{[a-z_]+=\"[^\"]*\"(,[a-z_]+=\"[^\"]*\")*\\})? \\d+"));
        }
    }

    @Test
    void itsOwnTokenOpensItAndNothingElse(@TempDir Path folder) throws Exception {
        try (var api = new RunningApi(folder)) {
            assertThat(status(api, "/metrics", RunningApi.METRICS_TOKEN)).isEqualTo(200);
            assertThat(status(api, "/metrics", RunningApi.TOKEN)).isEqualTo(200);
            assertThat(status(api, "/metrics", "wrong")).isEqualTo(401);
            assertThat(status(api, "/status", RunningApi.METRICS_TOKEN)).isEqualTo(401);
            assertThat(status(api, "/metrics/more", RunningApi.METRICS_TOKEN)).isEqualTo(401);
            assertThat(api.send(HttpRequest.newBuilder(api.at("/metrics"))
                                    .header("Authorization", "Bearer " + RunningApi.METRICS_TOKEN))
                            .statusCode())
                    .isEqualTo(200);
        }
    }

    private static int status(RunningApi api, String path, String token) {
        return api.send(HttpRequest.newBuilder(api.at(path)).header("X-ZT1-Auth", token))
                .statusCode();
    }
}
