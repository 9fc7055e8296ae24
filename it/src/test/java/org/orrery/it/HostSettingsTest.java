// SPDX-License-Identifier: Apache-2.0
package org.orrery.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.orrery.cli.api.Json;
import org.orrery.cli.lab.Lab;
import org.orrery.cli.lab.LabNode;

/** Name servers, MTU and names of interfaces: what a controller and a person set on a member's host. */
@Tag("root")
@ExtendWith(RootOnly.class)
final class HostSettingsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** What {@code ip netns exec} shows programs on the member's host as its own. */
    private static Path folder;

    private static final String OWN = "# by hand\nnameserver 192.0.2.53\nsearch example.org";

    private static Lab lab;
    private static String office;
    private static String lab2;

    @BeforeAll
    static void start() throws Exception {
        lab = TestIdentities.openLab(2);
        folder = Path.of("/etc/netns", member().host().name());
        Files.createDirectories(folder);
        Files.writeString(resolvConf(), OWN);
        // The controller's part of an ID is known before the network is.
        lab.start();
        office = network("office", 62, "office.example", "10.62.0.1");
        lab2 = network("lab", 63, "lab.example", "10.63.0.1");
        Files.writeString(member().home().resolve("devicemap"), office + "=office0\nnonsense\n" + lab2 + "=a/b\n");
        assertThat(member().stop()).isZero();
        member().start();
        for (String each : List.of(office, lab2)) {
            controller().authorize(each, member(), true);
            member().join(each);
            member().awaitAddresses(each, PATIENCE);
        }
    }

    private static String network(String name, int second, String domain, String server) throws Exception {
        String id = controller().makeNetwork(Networks.settings(name, true, second));
        Json dns = Json.object(Map.of("domain", Json.of(domain), "servers", Json.array(Json.of(server))));
        controller().change("/controller/network/" + id, Json.object(Map.of("dns", dns)));
        return id;
    }

    @AfterAll
    static void takeAway() throws Exception {
        if (lab != null) {
            lab.close();
        }
        if (folder != null) {
            Files.deleteIfExists(resolvConf());
            Files.deleteIfExists(folder);
        }
    }

    private static LabNode controller() {
        return lab.node(1);
    }

    private static LabNode member() {
        return lab.node(2);
    }

    private static Path resolvConf() {
        return folder.resolve("resolv.conf");
    }

    private static String file() throws Exception {
        return Files.readString(resolvConf());
    }

    private static void allowDns(String network, boolean allowed) throws Exception {
        member().change("/network/" + network, Json.object(Map.of("allowDNS", Json.of(allowed))));
    }

    private static String awaitFile(String what, java.util.function.Predicate<String> wanted) throws Exception {
        return Lab.await(what, PATIENCE, () -> Optional.of(file()).filter(wanted));
    }

    private static Json dns(String network) throws Exception {
        return member().ask("/network/" + network).at("orrery").at("host").at("dns");
    }

    @Test
    void nameServersComeAndGoWithTheSettingAndTheNode() throws Exception {
        assertThat(file()).as("unless it is allowed").isEqualTo(OWN);
        assertThat(dns(office).at("state").text()).isEqualTo("off");
        assertThat(dns(office).at("setting").text()).isEqualTo("allowDNS");

        allowDns(office, true);
        awaitFile("the network's server is first", text -> {
            int own = text.indexOf("nameserver 192.0.2.53");
            int network = text.indexOf("nameserver 10.62.0.1");
            return network >= 0 && network < own && text.contains("search example.org office.example\n");
        });
        allowDns(lab2, true);
        awaitFile(
                "both networks are in",
                text -> text.contains("nameserver 10.63.0.1")
                        && text.contains("search example.org ")
                        && text.contains("office.example")
                        && text.contains("lab.example"));
        Lab.await(
                "and said to be",
                PATIENCE,
                () -> dns(lab2).at("state").text().equals("applied") ? Optional.of(true) : Optional.empty());
        assertThat(dns(lab2).at("by").text()).isEqualTo("/etc/resolv.conf");
        assertThat(member().host().output("cat", "/etc/resolv.conf")).contains("nameserver 10.63.0.1");

        allowDns(lab2, false);
        awaitFile("one network is out", text -> !text.contains("lab.example") && text.contains("office.example"));

        assertThat(member().stop()).isZero();
        assertThat(file()).as("after a stop, to the byte").isEqualTo(OWN);
        member().start();
        awaitFile("the setting is kept", text -> text.contains("office.example"));

        member().kill();
        assertThat(file()).as("a kill leaves it").contains("office.example");
        // Somebody else changes the file meanwhile.
        Files.writeString(resolvConf(), file().replace("192.0.2.53", "192.0.2.54"));
        member().start();
        awaitFile("the node is back", text -> text.contains("office.example") && text.contains("192.0.2.54"));
        assertThat(member().stop()).isZero();
        assertThat(file()).as("what somebody else changed stays").isEqualTo(OWN.replace("192.0.2.53", "192.0.2.54"));

        Files.writeString(resolvConf(), OWN);
        member().start();
        awaitFile("again", text -> text.contains("office.example"));
        allowDns(office, false);
        awaitFile("off again", OWN::equals);
        allowDns(office, true);
        awaitFile("on again", text -> text.contains("office.example"));
        member().delete("/network/" + office);
        awaitFile("left", OWN::equals);
        Lab.await(
                "its interface is gone, and the name free",
                PATIENCE,
                () -> member().host().output("ip", "link").contains(": office0:")
                        ? Optional.empty()
                        : Optional.of(true));
        member().join(office);
        member().awaitAddresses(office, PATIENCE);
    }

    @Test
    void theMtuOfTheNetworkIsTheInterfaces() throws Exception {
        String device = member().ask("/network/" + lab2).at("portDeviceName").text();
        assertThat(mtu(device)).isEqualTo("2800");
        for (int mtu : new int[] {1400, 9000}) {
            controller().change("/controller/network/" + lab2, Json.object(Map.of("mtu", Json.of((long) mtu))));
            Lab.await(
                    "the MTU is " + mtu,
                    PATIENCE,
                    () -> mtu(device).equals("" + mtu) ? Optional.of(true) : Optional.empty());
        }
    }

    private static String mtu(String device) throws Exception {
        return member().host().output("ip", "-o", "link", "show", device).replaceAll("(?s).* mtu (\\d+).*", "$1");
    }

    @Test
    void aPersonChoosesTheNameOfAnInterface() throws Exception {
        assertThat(member().ask("/network/" + office).at("portDeviceName").text())
                .isEqualTo("office0");
        assertThat(member().host().output("ip", "link")).contains(": office0:");
        assertThat(member().ask("/network/" + lab2).at("portDeviceName").text())
                .as("a name that the system would not take")
                .startsWith("zt");
        assertThat(member().ask("/status")
                        .at("orrery")
                        .at("dataPlane")
                        .at("sockets")
                        .compact())
                .as("a network does not travel inside a network, whatever its interface is called")
                .doesNotContain("office0")
                .doesNotContain("10.62.");
    }
}
