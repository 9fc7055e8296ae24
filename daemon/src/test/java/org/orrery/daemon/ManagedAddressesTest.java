// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.orrery.core.node.NetworkStatus;
import org.orrery.core.value.Ip;
import org.orrery.core.value.Mac;
import org.orrery.core.value.NetworkId;
import org.orrery.core.value.Prefix;
import org.orrery.core.vl2.MulticastCut;
import org.orrery.daemon.home.NetworkSettings;
import org.orrery.net.Route;

class ManagedAddressesTest {
    private static final int TABLE = 9993;
    private static final NetworkSettings ALL = new NetworkSettings(true, List.of(), true, true, true);
    private static final NetworkSettings USUAL = NetworkSettings.DEFAULT;

    private static Prefix prefix(String text) {
        return Prefix.parse(text).orElseThrow();
    }

    private static List<Prefix> prefixes(String... texts) {
        return Arrays.stream(texts).map(ManagedAddressesTest::prefix).toList();
    }

    private static Ip ip(String text) {
        return Ip.parse(text).orElseThrow();
    }

    private static NetworkStatus.Route to(String target, String via) {
        return new NetworkStatus.Route(prefix(target), via.isEmpty() ? Optional.empty() : Optional.of(ip(via)));
    }

    private static NetworkStatus network(List<Prefix> addresses, NetworkStatus.Route... routes) {
        return new NetworkStatus(
                new NetworkId(0x8056c2e21c000001L),
                new Mac(0x02169a95df53L),
                "",
                NetworkStatus.State.OK,
                true,
                2800,
                false,
                true,
                1,
                addresses,
                List.of(routes),
                List.of(),
                "",
                List.of(),
                Optional.empty(),
                MulticastCut.NONE);
    }

    private static List<Route> routes(NetworkSettings settings, List<Prefix> own, NetworkStatus.Route... routes) {
        return routes(network(own, routes), settings, own, own, true);
    }

    private static List<Route> routes(
            NetworkStatus network, NetworkSettings settings, List<Prefix> applied, List<Prefix> all, boolean online) {
        return decide(network, settings, applied, all, online).stream()
                .map(ManagedAddresses.RouteDecision::system)
                .filter(Objects::nonNull)
                .toList();
    }

    private static List<ManagedAddresses.RouteDecision> decide(
            NetworkStatus network, NetworkSettings settings, List<Prefix> applied, List<Prefix> all, boolean online) {
        return ManagedAddresses.routes(
                network,
                settings,
                new ManagedAddresses.Surroundings(applied, all, online, TABLE, List.of(), List.of()));
    }

    private static Route tunnel(String target, String via, String source) {
        Route route = route(target, via, source);
        return new Route(route.target(), route.via(), route.source(), route.metric(), TABLE);
    }

    /** Why each route is not applied, {@code applied} otherwise. */
    private static List<String> reasons(List<ManagedAddresses.RouteDecision> decisions) {
        return decisions.stream()
                .map(each -> each.route().target() + " "
                        + (each.refusal() == null ? "applied" : each.refusal().name()))
                .toList();
    }

    private static Route route(String target, String via, String source) {
        return new Route(
                prefix(target),
                via.isEmpty() ? null : ip(via),
                ip(source),
                via.isEmpty() ? 0 : ManagedAddresses.GATEWAY_METRIC);
    }

    @ParameterizedTest
    @CsvSource({
        "10.1.2.3/24,true,true",
        "100.64.0.1/10,true,true",
        "25.1.1.1/8,true,true",
        "fd00::1/64,true,true",
        "8.8.8.8/32,false,true",
        "2001:db8::1/64,false,true",
        "169.254.1.1/16,false,false",
        "fe80::1:1/64,false,false",
        "127.0.0.1/8,false,false",
        "::1/128,false,false",
        "224.0.0.1/4,false,false",
        "ff02::1/16,false,false",
        "0.0.0.0/8,false,false",
        "0.0.0.0/0,false,true",
        "::/0,false,true",
        "128.0.0.0/1,false,true",
        "8.0.0.0/7,false,true",
    })
    void scopeDecides(String target, boolean usually, boolean withEverySwitch) {
        assertThat(ManagedAddresses.allowed(prefix(target), USUAL)).isEqualTo(usually);
        assertThat(ManagedAddresses.allowed(prefix(target), ALL)).isEqualTo(withEverySwitch);
    }

    @Test
    void nothingIsAllowedWhileManagedIsOff() {
        NetworkSettings off = new NetworkSettings(false, List.of(), true, true, true);
        assertThat(ManagedAddresses.allowed(prefix("10.0.0.1/24"), off)).isFalse();
        assertThat(ManagedAddresses.allowed(prefix("0.0.0.0/0"), off)).isFalse();
    }

    @Test
    void defaultRouteHasItsOwnSwitchWhateverGlobalSays() {
        NetworkSettings global = new NetworkSettings(true, List.of(), true, false, false);
        NetworkSettings everywhere = new NetworkSettings(true, List.of(), false, true, false);
        assertThat(ManagedAddresses.allowed(prefix("0.0.0.0/0"), global)).isFalse();
        assertThat(ManagedAddresses.allowed(prefix("0.0.0.0/0"), everywhere)).isTrue();
        assertThat(ManagedAddresses.allowed(prefix("8.8.8.8/32"), everywhere)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "10.1.2.3/24,true",
        "10.1.0.0/16,true",
        "10.0.0.0/15,false",
        "10.2.0.0/16,false",
        "fd00::1/64,false",
        "0.0.0.0/0,false",
    })
    void listMustContainTheTarget(String target, boolean allowed) {
        NetworkSettings listed = new NetworkSettings(true, prefixes("192.168.0.0/16", "10.1.0.0/16"), true, true, true);
        assertThat(ManagedAddresses.allowed(prefix(target), listed)).isEqualTo(allowed);
    }

    @Test
    void listDoesNotLiftTheScopeRules() {
        NetworkSettings listed = new NetworkSettings(true, prefixes("0.0.0.0/0"), false, false, false);
        assertThat(ManagedAddresses.allowed(prefix("8.8.8.8/32"), listed)).isFalse();
        assertThat(ManagedAddresses.allowed(prefix("10.0.0.1/8"), listed)).isTrue();
    }

    @Test
    void addressesAreAllowedOnesInOrderEachOnce() {
        NetworkStatus network =
                network(prefixes("fd00::1/64", "10.2.0.1/24", "8.8.8.8/32", "10.1.0.1/24", "10.2.0.1/24"));
        assertThat(ManagedAddresses.addresses(network, USUAL))
                .containsExactlyElementsOf(prefixes("10.1.0.1/24", "10.2.0.1/24", "fd00::1/64"));
    }

    @Test
    void changeOfPrefixLengthRemovesBeforeItAdds() {
        ManagedAddresses.AddressChange change = ManagedAddresses.change(
                prefixes("10.1.0.1/24", "10.2.0.1/24"), prefixes("10.1.0.1/16", "10.2.0.1/24", "fd00::1/64"));
        assertThat(change.remove()).containsExactlyElementsOf(prefixes("10.1.0.1/24"));
        assertThat(change.add()).containsExactlyElementsOf(prefixes("10.1.0.1/16", "fd00::1/64"));
    }

    @Test
    void onLinkRoutesComeFirst() {
        assertThat(routes(
                        USUAL,
                        prefixes("10.1.0.5/24"),
                        to("10.9.0.0/16", "10.1.0.1"),
                        to("172.20.0.0/16", ""),
                        to("10.8.0.0/16", "10.1.0.1"),
                        to("172.16.0.0/16", "")))
                .containsExactly(
                        route("172.20.0.0/16", "", "10.1.0.5"),
                        route("172.16.0.0/16", "", "10.1.0.5"),
                        route("10.9.0.0/16", "10.1.0.1", "10.1.0.5"),
                        route("10.8.0.0/16", "10.1.0.1", "10.1.0.5"));
    }

    @Test
    void firstRouteToATargetWins() {
        assertThat(routes(
                        USUAL,
                        prefixes("10.1.0.5/24"),
                        to("10.9.0.0/16", "10.1.0.1"),
                        to("10.9.1.1/16", "10.1.0.2"),
                        to("10.8.0.0/16", "10.1.0.1"),
                        to("10.8.0.0/16", "")))
                .containsExactly(route("10.8.0.0/16", "", "10.1.0.5"), route("10.9.0.0/16", "10.1.0.1", "10.1.0.5"));
    }

    @Test
    void refusedRouteDoesNotHideAUsableOneToItsTarget() {
        assertThat(routes(USUAL, prefixes("10.1.0.5/24"), to("10.9.0.0/16", "10.1.0.5"), to("10.9.0.0/16", "10.1.0.2")))
                .containsExactly(route("10.9.0.0/16", "10.1.0.2", "10.1.0.5"));
    }

    @Test
    void routeImpliedByAnAppliedAddressIsLeftOut() {
        List<Prefix> own = prefixes("10.1.0.5/24");
        NetworkStatus network = network(own, to("10.1.0.0/24", ""), to("10.1.0.0/16", ""));
        assertThat(routes(network, USUAL, own, own, true)).containsExactly(route("10.1.0.0/16", "", "10.1.0.5"));
        assertThat(routes(network, USUAL, List.of(), prefixes("10.1.0.7/32"), true))
                .extracting(Route::target)
                .containsExactly(prefix("10.1.0.0/24"), prefix("10.1.0.0/16"));
    }

    @Test
    void gatewayThatIsThisNodeIsLeftOutEvenIfItsAddressWasNotApplied() {
        NetworkStatus network = network(
                prefixes("10.1.0.5/24", "8.8.8.8/32"), to("10.9.0.0/16", "10.1.0.5"), to("10.8.0.0/16", "8.8.8.8"));
        assertThat(routes(network, USUAL, prefixes("10.1.0.5/24"), prefixes("10.1.0.5/24"), true))
                .isEmpty();
    }

    @Test
    void familyWithoutAnAddressGetsNoRoutes() {
        assertThat(routes(USUAL, prefixes("10.1.0.5/24"), to("fd00:1::/64", ""), to("fd00:2::/64", "fd00:1::1")))
                .isEmpty();
        NetworkStatus network = network(List.of(), to("fd00:1::/64", ""));
        assertThat(routes(network, USUAL, List.of(), prefixes("fe80::5/64"), true))
                .isEmpty();
        assertThat(routes(network, USUAL, List.of(), prefixes("fd00:9::5/64"), true))
                .containsExactly(route("fd00:1::/64", "", "fd00:9::5"));
    }

    @Test
    void gatewayOfAnotherFamilyOrNoneIsLeftOut() {
        assertThat(routes(
                        USUAL,
                        prefixes("10.1.0.5/24", "fd00::5/64"),
                        to("10.9.0.0/16", "fd00::1"),
                        to("fd00:2::/64", "10.1.0.1"),
                        to("10.8.0.0/16", "0.0.0.0")))
                .isEmpty();
    }

    @Test
    void sourceSharesTheLongestPrefixWithTheTarget() {
        List<Prefix> own = prefixes("10.200.0.5/24", "10.9.7.7/30", "10.9.128.1/30", "fd00:1::5/64", "fd00:2::5/64");
        assertThat(routes(USUAL, own, to("10.9.0.0/16", ""), to("10.9.192.0/18", "")))
                .containsExactly(route("10.9.0.0/16", "", "10.9.7.7"), route("10.9.192.0/18", "", "10.9.128.1"));
        assertThat(routes(USUAL, own, to("fd00:2:0:1::/64", "fd00:2::1"), to("172.16.0.0/12", "")))
                .containsExactly(
                        route("172.16.0.0/12", "", "10.9.7.7"), route("fd00:2:0:1::/64", "fd00:2::1", "fd00:2::5"));
    }

    @Test
    void defaultRouteGoesToATableOfItsOwn() {
        assertThat(routes(
                        ALL, prefixes("10.1.0.5/24", "fd00::5/64"), to("0.0.0.0/0", "10.1.0.1"), to("::/0", "fd00::1")))
                .containsExactly(tunnel("0.0.0.0/0", "10.1.0.1", "10.1.0.5"), tunnel("::/0", "fd00::1", "fd00::5"));
        assertThat(routes(ALL, prefixes("10.1.0.5/24"), to("0.0.0.0/1", "10.1.0.1")))
                .isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = NetworkStatus.State.class,
            names = {"ACCESS_DENIED", "NOT_FOUND"})
    void aMemberThatIsRefusedKeepsNoDefaultRoute(NetworkStatus.State state) {
        List<Prefix> own = prefixes("10.1.0.5/24");
        NetworkStatus network = network(own, to("10.7.0.0/16", "10.1.0.1"), to("0.0.0.0/0", "10.1.0.1"));
        assertThat(reasons(decide(network, ALL, own, own, true)))
                .containsExactly("10.7.0.0/16 applied", "0.0.0.0/0 applied");
        assertThat(reasons(decide(network.inState(state), ALL, own, own, true)))
                .containsExactly("10.7.0.0/16 applied", "0.0.0.0/0 EXPELLED");
    }

    @Test
    void onlyOneNetworkCarriesEverythingAndOnlyWhereThereAreRules() {
        List<Prefix> own = prefixes("10.1.0.5/24", "fd00::5/64");
        NetworkStatus network = network(own, to("0.0.0.0/0", "10.1.0.1"), to("::/0", "fd00::1"));
        var second = new ManagedAddresses.Surroundings(own, own, true, TABLE, prefixes("0.0.0.0/0"), List.of());
        assertThat(reasons(ManagedAddresses.routes(network, ALL, second)))
                .containsExactly("0.0.0.0/0 OTHER_TUNNEL", "::/0 applied");
        var without = new ManagedAddresses.Surroundings(own, own, true, 0, List.of(), List.of());
        assertThat(reasons(ManagedAddresses.routes(network, ALL, without)))
                .containsExactly("0.0.0.0/0 NO_RULES", "::/0 NO_RULES");
    }

    @Test
    void routesThatWouldCatchTheNodesOwnPacketsAreRefusedWhileItsSocketsAreNotTied() {
        List<Prefix> own = prefixes("10.1.0.5/24");
        NetworkStatus network = network(
                own,
                to("192.168.7.0/24", "10.1.0.1"),
                to("192.168.8.0/24", "10.1.0.1"),
                to("10.1.0.0/24", ""),
                to("0.0.0.0/0", "10.1.0.1"));
        var exposed = new ManagedAddresses.Surroundings(
                own, own, true, TABLE, List.of(), List.of(ip("192.168.7.9"), ip("10.1.0.77"), ip("203.0.113.5")));
        assertThat(reasons(ManagedAddresses.routes(network, ALL, exposed)))
                .containsExactlyInAnyOrder(
                        "192.168.7.0/24 OWN_TRAFFIC",
                        "192.168.8.0/24 applied",
                        "10.1.0.0/24 applied",
                        "0.0.0.0/0 applied");
    }

    @Test
    void saysWhyEachRouteIsNotApplied() {
        List<Prefix> own = prefixes("10.1.0.5/24");
        NetworkStatus network = network(
                own,
                to("10.1.0.0/24", ""),
                to("10.9.0.0/16", "10.1.0.5"),
                to("10.8.0.0/16", "fd00::1"),
                to("fd00:7::/64", "fd00::1"),
                to("8.8.8.0/24", "10.1.0.1"),
                to("0.0.0.0/0", "10.1.0.1"),
                to("10.7.0.0/16", "10.1.0.1"),
                to("10.7.0.0/16", "10.1.0.2"),
                to("224.0.0.0/4", "10.1.0.1"));
        assertThat(reasons(decide(network, USUAL, own, own, true)))
                .containsExactly(
                        "10.1.0.0/24 applied",
                        "10.9.0.0/16 OWN_GATEWAY",
                        "10.8.0.0/16 BAD_GATEWAY",
                        "fd00:7::/64 NO_ADDRESS",
                        "8.8.8.0/24 GLOBAL_OFF",
                        "0.0.0.0/0 DEFAULT_OFF",
                        "10.7.0.0/16 applied",
                        "10.7.0.0/16 SAME_TARGET",
                        "224.0.0.0/4 KIND");
        NetworkSettings off = new NetworkSettings(false, List.of(), true, true, true);
        assertThat(reasons(decide(network, off, List.of(), own, true))).allMatch(each -> each.endsWith("MANAGED_OFF"));
        NetworkSettings listed = new NetworkSettings(true, prefixes("10.7.0.0/16"), true, true, true);
        assertThat(reasons(decide(network, listed, List.of(), own, true)))
                .contains("10.7.0.0/16 applied", "10.9.0.0/16 NOT_LISTED", "0.0.0.0/0 NOT_LISTED");
        assertThat(reasons(decide(network, ALL, own, own, false))).contains("0.0.0.0/0 OFFLINE");
    }

    @Test
    void defaultRouteThroughAGatewayNeedsARoot() {
        List<Prefix> own = prefixes("10.1.0.5/24");
        NetworkStatus gateway = network(own, to("0.0.0.0/0", "10.1.0.1"), to("10.9.0.0/16", "10.1.0.1"));
        assertThat(routes(gateway, ALL, own, own, false)).containsExactly(route("10.9.0.0/16", "10.1.0.1", "10.1.0.5"));
        NetworkStatus onLink = network(own, to("0.0.0.0/0", ""));
        assertThat(routes(onLink, ALL, own, own, false)).containsExactly(tunnel("0.0.0.0/0", "", "10.1.0.5"));
    }

    @Test
    void settingsApplyToRoutes() {
        List<Prefix> own = prefixes("10.1.0.5/24");
        assertThat(routes(USUAL, own, to("8.8.8.0/24", "10.1.0.1"), to("0.0.0.0/0", "10.1.0.1")))
                .isEmpty();
        assertThat(routes(ALL, own, to("8.8.8.0/24", "10.1.0.1")))
                .containsExactly(route("8.8.8.0/24", "10.1.0.1", "10.1.0.5"));
    }
}
