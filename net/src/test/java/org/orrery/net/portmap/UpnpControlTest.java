// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.portmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;

class UpnpControlTest {
    private static final Ip HERE = Ip.v4(127, 0, 0, 1);
    private static final Gateway GATEWAY = new Gateway(HERE, HERE);
    private static final InetAddress HOST = InetAddress.ofLiteral("127.0.0.1");

    /** One to each of the three kinds of device that are looked for. */
    private static final int ANSWERS = 3;

    private static final String TYPE = "urn:schemas-upnp-org:service:WANIPConnection:1";
    private static final String DESCRIPTION = """
            <?xml version="1.0"?>
            <root xmlns="urn:schemas-upnp-org:device-1-0"><device><deviceList><device><serviceList>
            <service><serviceType>urn:schemas-upnp-org:service:Layer3Forwarding:1</serviceType>
            <controlURL>/other</controlURL></service>
            <service><serviceType>%s</serviceType><controlURL>/control</controlURL></service>
            </serviceList></device></deviceList></device></root>
            """.formatted(TYPE);

    private final List<String> calls = new CopyOnWriteArrayList<>();
    private final AtomicInteger descriptions = new AtomicInteger();
    private @Nullable FakeWeb web;
    private @Nullable FakeRouter search;
    private volatile String page = DESCRIPTION;
    private volatile UnaryOperator<String> soap = this::granting;
    private volatile String location = "";

    @BeforeEach
    void start() throws Exception {
        web = new FakeWeb(asked -> {
            if (asked.path().equals("/igd.xml")) {
                descriptions.incrementAndGet();
                return new FakeWeb.Answer(200, page);
            }
            calls.add(asked.headers().get("soapaction") + "\n" + asked.body());
            String answer = soap.apply(asked.body());
            return new FakeWeb.Answer(answer.contains("Fault") ? 500 : 200, answer);
        });
        location = "http://127.0.0.1:" + web.port() + "/igd.xml";
        search = new FakeRouter(request -> answer());
    }

    private byte[] answer() {
        return ("HTTP/1.1 200 OK\r\nST: any\r\nLocation: " + location + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
    }

    @AfterEach
    void stop() throws Exception {
        if (web != null) {
            web.close();
        }
        if (search != null) {
            search.close();
        }
    }

    private String granting(String request) {
        return request.contains("GetExternalIPAddress")
                ? envelope("<u:GetExternalIPAddressResponse xmlns:u=\"" + TYPE
                        + "\"><NewExternalIPAddress>8.8.4.4</NewExternalIPAddress></u:GetExternalIPAddressResponse>")
                : envelope("<u:AddPortMappingResponse xmlns:u=\"" + TYPE + "\"/>");
    }

    private static String envelope(String body) {
        return "<?xml version=\"1.0\"?><s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>"
                + body + "</s:Body></s:Envelope>";
    }

    private static String fault(int code) {
        return envelope("<s:Fault><detail><UPnPError xmlns=\"urn:schemas-upnp-org:control-1-0\"><errorCode>" + code
                + "</errorCode></UPnPError></detail></s:Fault>");
    }

    private FakeRouter search() {
        return Objects.requireNonNull(search);
    }

    /** Its search ends with the answers to all that is asked, however late they are. */
    private UpnpControl control() {
        return new UpnpControl("Orrery <1> & co", search(search().port(), 30_000, ANSWERS));
    }

    private static UpnpSearch search(int port, int waitMillis, int answers) {
        return new UpnpSearch(new InetSocketAddress(HOST, port), waitMillis, answers);
    }

    @Test
    void takesAnswersThatCameInTimeAndAreReadLate() throws Exception {
        try (var socket = new DatagramSocket(new InetSocketAddress(HOST, 0));
                var router = new DatagramSocket(new InetSocketAddress(HOST, 0))) {
            for (byte[] each : List.of("HTTP/1.1 404 No\r\n\r\n".getBytes(StandardCharsets.US_ASCII), answer())) {
                router.send(new DatagramPacket(each, each.length, socket.getLocalSocketAddress()));
            }
            UpnpSearch over = search(router.getLocalPort(), 0, 8);
            List<UpnpSearch.Device> found = List.of();
            for (int i = 0; i < 1_000 && found.isEmpty(); i++) { // the system itself may be late
                found = over.answers(socket);
            }
            assertThat(found).containsExactly(new UpnpSearch.Device(HERE, URI.create(location)));
        }
    }

    @Test
    void findsTheServiceMapsAndGivesBack() throws Exception {
        UpnpControl control = control();

        PortMapping mapping = control.map(GATEWAY, 9_993, null).orElseThrow();
        control.release(mapping);

        assertThat(mapping.external()).isEqualTo(new Endpoint(Ip.v4(8, 8, 4, 4), 9_993));
        assertThat(mapping.method()).isEqualTo(MappingMethod.UPNP);
        assertThat(calls).hasSize(3);
        assertThat(calls.get(0)).startsWith("\"" + TYPE + "#GetExternalIPAddress\"");
        assertThat(calls.get(1))
                .contains("<NewInternalClient>127.0.0.1</NewInternalClient>")
                .contains("<NewProtocol>UDP</NewProtocol>")
                .contains("<NewPortMappingDescription>Orrery &lt;1&gt; &amp; co</NewPortMappingDescription>")
                .contains("<NewLeaseDuration>3600</NewLeaseDuration>");
        assertThat(calls.get(2)).contains("DeletePortMapping").contains("<NewExternalPort>9993</NewExternalPort>");
    }

    @Test
    void takesTheNextPortWhenOneIsTakenAndAPermanentLeaseWhereThereIsNoOther() throws Exception {
        soap = request -> {
            if (request.contains("<NewExternalPort>9993<")) {
                return fault(718);
            }
            return request.contains("<NewLeaseDuration>3600<") ? fault(725) : granting(request);
        };

        PortMapping mapping = control().map(GATEWAY, 9_993, null).orElseThrow();

        assertThat(mapping.external().port()).isEqualTo(9_994);
        assertThat(mapping.seconds()).isZero();
    }

    @Test
    void saysWhatTheRouterRefused() {
        soap = request -> request.contains("AddPortMapping") ? fault(606) : granting(request);
        assertThatThrownBy(() -> control().map(GATEWAY, 9_993, null))
                .hasMessage("UPnP: the router refused the mapping with error 606");
        soap = request -> granting(request).replace("8.8.4.4", "");
        assertThatThrownBy(() -> control().map(GATEWAY, 9_993, null))
                .hasMessage("UPnP: the router is not on-line (its address is '')");
    }

    @Test
    void isNotLedToAnotherHost() throws Exception {
        location = location.replace("127.0.0.1", "127.0.0.2");
        assertThat(control().map(GATEWAY, 9_993, null)).isEmpty();
        assertThat(search().asked).hasSize(ANSWERS);
        assertThat(descriptions).hasValue(0);
        location = location.replace("127.0.0.2", "127.0.0.1");
        page = page.replace("<controlURL>/control", "<controlURL>http://127.0.0.2:1/control");
        assertThat(control().map(GATEWAY, 9_993, null)).isEmpty();
        assertThat(search().asked).hasSize(2 * ANSWERS);
        assertThat(descriptions).hasPositiveValue();
        assertThat(calls).isEmpty();
    }

    @Test
    void refusesDescriptionsThatAreNoXmlOrNameEntities() {
        page = "<html>";
        assertThatThrownBy(() -> control().map(GATEWAY, 9_993, null)).hasMessageContaining("not XML");
        page = "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/hostname\">]><root>&e;</root>";
        assertThatThrownBy(() -> control().map(GATEWAY, 9_993, null)).hasMessageContaining("not XML");
    }
}
