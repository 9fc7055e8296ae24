// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.portmap;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.jspecify.annotations.Nullable;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/** The Internet gateway device protocol of UPnP, versions 1 and 2: a search, a description, and calls by SOAP. One thread. */
final class UpnpControl implements MappingClient {
    /** External ports tried, from the internal one up. */
    static final int PORTS_TRIED = 60;

    /** Asked for; some routers keep mappings only for ever. */
    private static final int LEASE_SECONDS = 3_600;

    private static final int TIMEOUT_MILLIS = 3_000;
    private static final int ANSWER_BYTES_MAX = 256 * 1024;

    /** For a whole answer, however slowly it drips. */
    private static final long ANSWER_NANOS_MAX = 8_000_000_000L;

    /** Shown of what should be an address. */
    private static final int ADDRESS_CHARACTERS_MAX = 60;

    private static final List<String> SERVICES = List.of(
            "urn:schemas-upnp-org:service:WANIPConnection:2",
            "urn:schemas-upnp-org:service:WANIPConnection:1",
            "urn:schemas-upnp-org:service:WANPPPConnection:1");

    private static final int TAKEN = 718;
    private static final int ONLY_PERMANENT = 725;

    private final String description;
    private final UpnpSearch search;
    private @Nullable Service known;

    /** @param description how the router's own pages name the mapping */
    UpnpControl(String description, UpnpSearch search) {
        this.description = description;
        this.search = search;
    }

    private record Service(URI control, String type, Ip local, Ip router) {}

    @Override
    public Optional<PortMapping> map(Gateway gateway, int internalPort, @Nullable PortMapping current)
            throws IOException {
        Service service = known;
        if (service == null || !service.local.equals(gateway.local())) {
            service = find(gateway).orElse(null);
            known = service;
        }
        if (service == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(map(service, internalPort, current));
        } catch (IOException failure) {
            known = null; // The router may have moved its description.
            throw failure;
        }
    }

    private PortMapping map(Service service, int internalPort, @Nullable PortMapping current) throws IOException {
        Map<String, String> answer = call(service, "GetExternalIPAddress", Map.of());
        String text = answer.getOrDefault("NewExternalIPAddress", "");
        Ip external = Ip.parse(text.strip())
                .filter(Ip::usableForPaths)
                .orElseThrow(() -> new MappingException("UPnP: the router is not on-line (its address is '"
                        + text.substring(0, Math.min(text.length(), ADDRESS_CHARACTERS_MAX)) + "')"));
        int port = current == null ? internalPort : current.external().port();
        int lease = current != null && current.seconds() == 0 ? 0 : LEASE_SECONDS;
        for (int tried = 0; tried < PORTS_TRIED; tried++) {
            int refused = add(service, internalPort, port, lease);
            if (refused == ONLY_PERMANENT && lease != 0) {
                lease = 0;
                refused = add(service, internalPort, port, lease);
            }
            if (refused == 0) {
                return new PortMapping(
                        MappingMethod.UPNP,
                        service.router,
                        service.local,
                        internalPort,
                        new Endpoint(external, port),
                        lease);
            }
            if (refused != TAKEN) {
                throw new MappingException("UPnP: the router refused the mapping with error " + refused);
            }
            port = port == 65_535 ? 1_025 : port + 1;
        }
        throw new MappingException("UPnP: " + PORTS_TRIED + " ports from " + internalPort + " on are taken");
    }

    /** Answers 0, or the router's error code. */
    private int add(Service service, int internalPort, int externalPort, int lease) throws IOException {
        Map<String, String> arguments = new LinkedHashMap<>();
        arguments.put("NewRemoteHost", "");
        arguments.put("NewExternalPort", String.valueOf(externalPort));
        arguments.put("NewProtocol", "UDP");
        arguments.put("NewInternalPort", String.valueOf(internalPort));
        arguments.put("NewInternalClient", service.local.toString());
        arguments.put("NewEnabled", "1");
        arguments.put("NewPortMappingDescription", description);
        arguments.put("NewLeaseDuration", String.valueOf(lease));
        try {
            call(service, "AddPortMapping", arguments);
            return 0;
        } catch (Refused refused) {
            return refused.code;
        }
    }

    @Override
    public void release(PortMapping mapping) throws IOException {
        Service service = known;
        if (service != null) {
            Map<String, String> arguments = new LinkedHashMap<>();
            arguments.put("NewRemoteHost", "");
            arguments.put("NewExternalPort", String.valueOf(mapping.external().port()));
            arguments.put("NewProtocol", "UDP");
            call(service, "DeletePortMapping", arguments);
        }
    }

    // ---- Finding the service --------------------------------------------------------------------------------------

    private Optional<Service> find(Gateway gateway) throws IOException {
        MappingException trouble = null;
        // The router itself first, whoever else answers faster.
        List<UpnpSearch.Device> devices = search.devices(gateway.local()).stream()
                .sorted(Comparator.comparing(device -> !device.router().equals(gateway.router())))
                .toList();
        for (UpnpSearch.Device device : devices) {
            try {
                Document page = parse(get(device.description()));
                for (String type : SERVICES) {
                    Optional<URI> control = control(page, device.description(), type);
                    if (control.isPresent()) {
                        return Optional.of(new Service(control.get(), type, gateway.local(), device.router()));
                    }
                }
            } catch (IOException | IllegalArgumentException failure) {
                trouble = new MappingException("UPnP: the description at " + device.description() + " cannot be used: "
                        + failure.getMessage());
            }
        }
        if (trouble != null) {
            throw trouble;
        }
        return Optional.empty();
    }

    private static Optional<URI> control(Document page, URI description, String type) {
        NodeList services = page.getElementsByTagNameNS("*", "service");
        for (int i = 0; i < services.getLength(); i++) {
            Map<String, String> fields = fields(services.item(i));
            if (type.equals(fields.get("serviceType")) && fields.containsKey("controlURL")) {
                NodeList bases = page.getElementsByTagNameNS("*", "URLBase");
                String base = bases.getLength() == 0
                        ? ""
                        : bases.item(0).getTextContent().strip();
                URI control = (base.isEmpty() ? description : URI.create(base))
                        .resolve(fields.get("controlURL").strip());
                // Else whoever answers first could have us call any host.
                return String.valueOf(control.getHost()).equals(description.getHost())
                        ? Optional.of(control)
                        : Optional.empty();
            }
        }
        return Optional.empty();
    }

    private static Map<String, String> fields(Node parent) {
        Map<String, String> found = new LinkedHashMap<>();
        for (Node child = parent.getFirstChild(); child != null; child = child.getNextSibling()) {
            if (child instanceof Element element) {
                String name = element.getLocalName() == null ? element.getTagName() : element.getLocalName();
                found.putIfAbsent(name, element.getTextContent());
            }
        }
        return found;
    }

    // ---- HTTP and SOAP --------------------------------------------------------------------------------------------

    private static final class Refused extends IOException {
        private static final long serialVersionUID = 1;

        final int code;

        Refused(int code, String action) {
            super("UPnP: the router refused " + action + " with error " + code);
            this.code = code;
        }
    }

    private static byte[] get(URI page) throws IOException {
        HttpURLConnection connection = open(page);
        try (InputStream in = connection.getInputStream()) {
            return bounded(in);
        } finally {
            connection.disconnect();
        }
    }

    private Map<String, String> call(Service service, String action, Map<String, String> arguments) throws IOException {
        var body = new StringBuilder("<?xml version=\"1.0\"?>\r\n<s:Envelope"
                + " xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\""
                + " s:encodingStyle=\"http://schemas.xmlsoap.org/soap/encoding/\"><s:Body><u:");
        body.append(action).append(" xmlns:u=\"").append(service.type).append("\">");
        arguments.forEach((name, value) -> body.append('<')
                .append(name)
                .append('>')
                .append(escaped(value))
                .append("</")
                .append(name)
                .append('>'));
        body.append("</u:").append(action).append("></s:Body></s:Envelope>\r\n");
        byte[] request = body.toString().getBytes(StandardCharsets.UTF_8);
        HttpURLConnection connection = open(service.control);
        try {
            connection.setRequestMethod("POST");
            connection.setDoOutput(true);
            connection.setFixedLengthStreamingMode(request.length);
            connection.setRequestProperty("Content-Type", "text/xml; charset=\"utf-8\"");
            connection.setRequestProperty("SOAPAction", "\"" + service.type + "#" + action + "\"");
            connection.getOutputStream().write(request);
            boolean good = connection.getResponseCode() == HttpURLConnection.HTTP_OK;
            try (InputStream in = good ? connection.getInputStream() : connection.getErrorStream()) {
                Document answer = parse(in == null ? new byte[0] : bounded(in));
                if (!good) {
                    throw new Refused(errorCode(answer), action);
                }
                NodeList responses = answer.getElementsByTagNameNS("*", action + "Response");
                return responses.getLength() == 0 ? Map.of() : fields(responses.item(0));
            }
        } finally {
            connection.disconnect();
        }
    }

    private static int errorCode(Document answer) {
        NodeList codes = answer.getElementsByTagNameNS("*", "errorCode");
        try {
            return codes.getLength() == 0
                    ? -1
                    : Integer.parseInt(codes.item(0).getTextContent().strip());
        } catch (NumberFormatException noNumber) {
            return -1;
        }
    }

    private static HttpURLConnection open(URI page) throws IOException {
        if (!"http".equals(page.getScheme())) {
            throw new MappingException("UPnP: " + page + " is no http address");
        }
        var connection = (HttpURLConnection) page.toURL().openConnection(java.net.Proxy.NO_PROXY);
        connection.setConnectTimeout(TIMEOUT_MILLIS);
        connection.setReadTimeout(TIMEOUT_MILLIS);
        connection.setInstanceFollowRedirects(false);
        return connection;
    }

    private static byte[] bounded(InputStream in) throws IOException {
        var out = new ByteArrayOutputStream();
        byte[] piece = new byte[8_192];
        long begin = System.nanoTime();
        for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
            out.write(piece, 0, count);
            if (out.size() > ANSWER_BYTES_MAX) {
                throw new MappingException("UPnP: an answer of more than " + ANSWER_BYTES_MAX + " bytes");
            }
            if (System.nanoTime() - begin > ANSWER_NANOS_MAX) {
                throw new MappingException("UPnP: an answer that does not end");
            }
        }
        return out.toByteArray();
    }

    private static Document parse(byte[] xml) throws IOException {
        try {
            var factory = DocumentBuilderFactory.newInstance();
            factory.setNamespaceAware(true);
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            factory.setExpandEntityReferences(false);
            var builder = factory.newDocumentBuilder();
            builder.setErrorHandler(null);
            return builder.parse(new ByteArrayInputStream(xml));
        } catch (SAXException | ParserConfigurationException failure) {
            throw new MappingException("UPnP: not XML: " + failure.getMessage());
        }
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    /** The router whose description this is, if it says so by its address: what a search found must not lead elsewhere. */
    static boolean describes(URI description, InetAddress sender) {
        return Ip.parse(String.valueOf(description.getHost()))
                .map(ip -> java.util.Arrays.equals(ip.bytes(), sender.getAddress()))
                .orElse(false);
    }
}
