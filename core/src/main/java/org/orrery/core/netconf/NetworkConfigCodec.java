// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.netconf;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.orrery.core.credential.Capability;
import org.orrery.core.credential.Credential;
import org.orrery.core.credential.IdentifiedCredential;
import org.orrery.core.credential.MembershipCertificate;
import org.orrery.core.credential.OwnershipCertificate;
import org.orrery.core.credential.Tag;
import org.orrery.core.rules.RuleTable;
import org.orrery.core.value.Address;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;
import org.orrery.core.value.NetworkId;
import org.orrery.core.value.Prefix;
import org.orrery.core.wire.Dictionary;
import org.orrery.core.wire.DictionaryWriter;
import org.orrery.core.wire.DictionaryWriter.Numbers;
import org.orrery.core.wire.InetCodec;
import org.orrery.core.wire.WireReader;
import org.orrery.core.wire.WireWriter;

/** The dictionary form of a {@link NetworkConfig}. */
final class NetworkConfigCodec {
    private static final int FORMAT_VERSION = 7;
    private static final int FORMAT_VERSION_MIN = 6;
    private static final int TYPE_PUBLIC = 1;
    private static final int ROUTES_MAX_PROTOCOL_9 = 32;
    private static final int STATIC_IPS_MAX_PROTOCOL_9 = 16;
    private static final int DOMAIN_BYTES = 128;
    private static final int URL_BYTES_MAX = 2047;
    private static final int PROVIDER_BYTES_MAX = 63;
    private static final byte[] EMPTY = {};

    private NetworkConfigCodec() {}

    static @Nullable NetworkConfig read(Dictionary in) {
        var network = new NetworkId(in.u64("nwid", 0));
        var issuedTo = new Address(in.u64("id", 0) & 0xff_ffff_ffffL);
        if (network.bits() == 0 || issuedTo.bits() == 0 || in.u64("v", 0) < FORMAT_VERSION_MIN) {
            return null;
        }
        // The lists whose faults make the whole configuration useless share one verdict.
        var faults = new Faults();
        MembershipCertificate membership = in.contains("C") && reader(in, "C").remaining() > 0
                ? faults.check(MembershipCertificate.read(reader(in, "C")))
                : null;
        List<OwnershipCertificate> ownerships =
                faults.all(reader(in, "COO"), NetworkConfig.OWNERSHIPS_MAX, OwnershipCertificate::read);
        List<Route> routes = faults.all(reader(in, "RT"), NetworkConfig.ROUTES_MAX, NetworkConfigCodec::readRoute);
        List<Prefix> staticIps = readStaticIps(reader(in, "I"), faults);
        RuleTable rules = faults.check(RuleTable.readAll(reader(in, "R"), RuleTable.RULES_MAX));
        NameServers nameServers =
                in.contains("DNS") ? faults.check(readNameServers(reader(in, "DNS"))) : NameServers.NONE;
        if (faults.any || rules == null || nameServers == null) {
            return null;
        }
        return NetworkConfig.builder(network, issuedTo)
                .timestamp(in.u64("ts", 0))
                .credentialTimeMaxDeltaMillis(in.u64("ctmd", 0))
                .revision(in.u64("r", 0))
                .flags(in.u64("f", 0))
                .type(in.u64("t", 0) == TYPE_PUBLIC ? NetworkConfig.Type.PUBLIC : NetworkConfig.Type.PRIVATE)
                .name(text(in, "n", NetworkConfig.NAME_BYTES_MAX))
                .multicastLimit(in.u64("ml", 0) & 0xffff_ffffL)
                .mtu(clampedMtu(in.u64("mtu", NetworkConfig.MTU_DEFAULT)))
                .traceTarget(new Address(in.u64("tt", 0) & 0xff_ffff_ffffL))
                .traceLevel(in.u64("tl", 0))
                .specialists(readSpecialists(reader(in, "S")))
                .routes(routes)
                .staticIps(staticIps)
                .rules(rules)
                .capabilities(sorted(untilFault(reader(in, "CAP"), NetworkConfig.CAPABILITIES_MAX, Capability::read)))
                .tags(sorted(untilFault(reader(in, "TAG"), NetworkConfig.TAGS_MAX, Tag::read)))
                .ownerships(ownerships)
                .membership(membership)
                .nameServers(nameServers)
                .signOn(readSignOn(in))
                .build();
    }

    /** Whether anything was malformed so far. */
    private static final class Faults {
        boolean any;

        <T> @Nullable T check(@Nullable T value) {
            any |= value == null;
            return value;
        }

        <T> List<T> all(WireReader in, int maximum, Function<WireReader, @Nullable T> element) {
            List<T> list = untilFault(in, maximum, element);
            any |= !in.intact();
            return list;
        }
    }

    /** Elements back to back, until the end, the maximum or a fault. */
    private static <T> List<T> untilFault(WireReader in, int maximum, Function<WireReader, @Nullable T> element) {
        var list = new ArrayList<T>();
        while (in.remaining() > 0 && list.size() < maximum) {
            T value = element.apply(in);
            if (value == null) {
                break;
            }
            list.add(value);
        }
        return list;
    }

    private static <T extends IdentifiedCredential> List<T> sorted(List<T> list) {
        list.sort(Comparator.comparing(IdentifiedCredential::id, Integer::compareUnsigned));
        return list;
    }

    private static WireReader reader(Dictionary in, String key) {
        byte[] value = in.bytes(key);
        return new WireReader(value == null ? EMPTY : value);
    }

    private static int clampedMtu(long mtu) {
        if (mtu < 0 || mtu > NetworkConfig.MTU_MAX) {
            return NetworkConfig.MTU_MAX;
        }
        return Math.max((int) mtu, NetworkConfig.MTU_MIN);
    }

    private static @Nullable Route readRoute(WireReader in) {
        Prefix target = InetCodec.readPrefix(in);
        Endpoint via = InetCodec.read(in);
        int flags = in.u16();
        int metric = in.u16();
        return in.intact() ? new Route(target, via == null ? null : via.ip(), flags, metric) : null;
    }

    private static List<Prefix> readStaticIps(WireReader in, Faults faults) {
        var list = new ArrayList<Prefix>();
        while (in.remaining() > 0 && list.size() < NetworkConfig.STATIC_IPS_MAX) {
            Prefix prefix = InetCodec.readPrefix(in);
            if (prefix != null) {
                list.add(prefix);
            }
        }
        faults.any |= !in.intact();
        return list;
    }

    private static List<Specialist> readSpecialists(WireReader in) {
        var list = new ArrayList<Specialist>();
        while (in.remaining() >= 8 && list.size() < NetworkConfig.SPECIALISTS_MAX) {
            list.add(new Specialist(in.u64()));
        }
        return list;
    }

    private static @Nullable NameServers readNameServers(WireReader in) {
        byte[] domain = in.bytes(DOMAIN_BYTES);
        int length = 0;
        while (length < Math.min(domain.length, DOMAIN_BYTES - 1) && domain[length] != 0) {
            length++;
        }
        var servers = new ArrayList<Ip>();
        for (int i = 0; i < NameServers.SERVERS_MAX; i++) {
            Endpoint server = InetCodec.read(in);
            if (server != null) {
                servers.add(server.ip());
            }
        }
        if (!in.intact()) {
            return null;
        }
        return new NameServers(new String(domain, 0, length, StandardCharsets.UTF_8), servers);
    }

    private static SignOn readSignOn(Dictionary in) {
        int version = (int) in.u64("ssov", 0);
        boolean enabled = in.bool("ssoe", false);
        if (version == 0) {
            return enabled ? SignOn.version0(text(in, "aurl", URL_BYTES_MAX), in.u64("aexpt", 0)) : SignOn.NONE;
        }
        if (!enabled || version != 1) {
            return new SignOn(enabled, version, "", 0, "", "", "", "", "", "");
        }
        String provider = text(in, "ssop", PROVIDER_BYTES_MAX);
        return SignOn.version1(
                text(in, "iurl", URL_BYTES_MAX),
                text(in, "ssoce", URL_BYTES_MAX),
                text(in, "sson", 127),
                text(in, "ssos", 255),
                text(in, "ssocid", 255),
                provider.isEmpty() ? SignOn.DEFAULT_PROVIDER : provider);
    }

    private static String text(Dictionary in, String key, int bytesMax) {
        byte[] value = in.bytes(key, bytesMax);
        return value == null ? "" : new String(value, StandardCharsets.UTF_8);
    }

    static byte @Nullable [] write(NetworkConfig config, ConfigForm form) {
        boolean newer = form == ConfigForm.PROTOCOL_12;
        var out = new DictionaryWriter(
                newer ? NetworkConfig.CAPACITY_BYTES : NetworkConfig.CAPACITY_BYTES_PROTOCOL_9,
                newer ? Numbers.PADDED : Numbers.PLAIN);
        out.u64("v", FORMAT_VERSION);
        out.u64("nwid", config.network().bits());
        out.u64("ts", config.timestamp());
        out.u64("ctmd", config.credentialTimeMaxDeltaMillis());
        out.u64("r", config.revision());
        out.text("id", config.issuedTo().toString());
        if (newer) {
            out.text("tt", config.traceTarget().toString());
            out.u64("tl", config.traceLevel());
        }
        out.u64("f", config.flags());
        out.u64("ml", config.multicastLimit());
        out.u64("t", config.publicNetwork() ? TYPE_PUBLIC : 0);
        out.bytes("n", cut(config.name(), NetworkConfig.NAME_BYTES_MAX));
        if (newer) {
            out.u64("mtu", config.mtu());
        }
        writeLists(out, config, newer);
        if (newer) {
            out.bytes("DNS", nameServers(config.nameServers()));
            writeSignOn(out, config.signOn());
        }
        return out.complete() ? out.toByteArray() : null;
    }

    private static void writeLists(DictionaryWriter out, NetworkConfig config, boolean newer) {
        MembershipCertificate membership = config.membership();
        if (membership != null) {
            writeBinary(out, "C", membership::write);
        }
        writeCredentials(out, "CAP", config.capabilities(), NetworkConfig.CAPABILITIES_MAX);
        writeCredentials(out, "TAG", config.tags(), NetworkConfig.TAGS_MAX);
        writeCredentials(out, "COO", config.ownerships(), NetworkConfig.OWNERSHIPS_MAX);
        writeBinary(
                out,
                "S",
                bytes -> config.specialists().stream()
                        .limit(NetworkConfig.SPECIALISTS_MAX)
                        .forEach(specialist -> bytes.u64(specialist.bits())));
        writeBinary(
                out,
                "RT",
                bytes -> config.routes().stream()
                        .limit(newer ? NetworkConfig.ROUTES_MAX : ROUTES_MAX_PROTOCOL_9)
                        .forEach(route -> writeRoute(bytes, route)));
        writeBinary(
                out,
                "I",
                bytes -> config.staticIps().stream()
                        .limit(newer ? NetworkConfig.STATIC_IPS_MAX : STATIC_IPS_MAX_PROTOCOL_9)
                        .forEach(ip -> InetCodec.writePrefix(bytes, ip)));
        writeBinary(out, "R", bytes -> config.rules().cut(RuleTable.RULES_MAX).write(bytes));
    }

    private static void writeCredentials(
            DictionaryWriter out, String key, List<? extends Credential> list, int maximum) {
        writeBinary(out, key, bytes -> list.stream().limit(maximum).forEach(each -> each.write(bytes)));
    }

    /** Binary values are left out when they are empty. One too large for any dictionary is handed on to be refused. */
    private static void writeBinary(DictionaryWriter out, String key, Consumer<WireWriter> content) {
        var bytes = new WireWriter(NetworkConfig.CAPACITY_BYTES);
        content.accept(bytes);
        if (bytes.overflowed()) {
            out.bytes(key, new byte[NetworkConfig.CAPACITY_BYTES]);
        } else if (bytes.length() > 0) {
            out.bytes(key, bytes.toByteArray());
        }
    }

    private static void writeRoute(WireWriter out, Route route) {
        InetCodec.writePrefix(out, route.target());
        Ip via = route.via();
        InetCodec.write(out, via == null ? null : new Endpoint(via, 0));
        out.u16(route.flags()).u16(route.metric());
    }

    private static byte[] nameServers(NameServers settings) {
        var out = new WireWriter(DOMAIN_BYTES + NameServers.SERVERS_MAX * InetCodec.BYTES_MAX);
        byte[] domain = cut(settings.domain(), DOMAIN_BYTES - 1);
        out.bytes(domain).fill(0, DOMAIN_BYTES - domain.length);
        for (int i = 0; i < NameServers.SERVERS_MAX; i++) {
            InetCodec.write(
                    out,
                    i < settings.servers().size()
                            ? new Endpoint(settings.servers().get(i), 0)
                            : null);
        }
        return out.toByteArray();
    }

    private static void writeSignOn(DictionaryWriter out, SignOn signOn) {
        out.u64("ssov", signOn.version());
        out.bool("ssoe", signOn.enabled());
        if (signOn.version() == 0 && signOn.enabled()) {
            if (!signOn.authenticationUrl().isEmpty()) {
                out.bytes("aurl", cut(signOn.authenticationUrl(), URL_BYTES_MAX));
            }
            out.signed("aexpt", signOn.authenticationExpiryMillis());
        } else if (signOn.version() == 1) {
            out.bytes("iurl", cut(signOn.issuerUrl(), URL_BYTES_MAX));
            out.bytes("ssoce", cut(signOn.centralUrl(), URL_BYTES_MAX));
            out.bytes("sson", cut(signOn.nonce(), 127));
            out.bytes("ssos", cut(signOn.state(), 255));
            out.bytes("ssocid", cut(signOn.clientId(), 255));
            out.bytes("ssop", cut(signOn.provider(), PROVIDER_BYTES_MAX));
        }
    }

    /** The text as UTF-8, without a character that would be cut in two at the limit. */
    private static byte[] cut(String text, int bytesMax) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length <= bytesMax) {
            return bytes;
        }
        int end = bytesMax;
        while (end > 0 && (bytes[end] & 0xc0) == 0x80) {
            end--;
        }
        return Arrays.copyOf(bytes, end);
    }
}
