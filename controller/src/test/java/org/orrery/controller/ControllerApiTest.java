// SPDX-License-Identifier: Apache-2.0
package org.orrery.controller;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.orrery.controller.Lab.json;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.orrery.core.value.NetworkId;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class ControllerApiTest {
    private static final List<String> COUNTERS =
            List.of("clock", "activeMemberCount", "authorizedMemberCount", "totalMemberCount");

    private final Lab lab = new Lab();
    private final NetworkId network = lab.networkId(0xa1);
    private final String path = Lab.networkPath(network);

    private String message(String method, String at, @org.jspecify.annotations.Nullable String body, int status) {
        ApiResponse response = lab.call(method, at, body);
        assertThat(response.status()).isEqualTo(status);
        return requireNonNull(response.body()).get("message").stringValue();
    }

    @Test
    void tellsAboutTheController() {
        assertThat(lab.get("/controller"))
                .isEqualTo(json("{'controller':true,'apiVersion':4,'clock':" + lab.now + ",'databaseReady':true}"));
    }

    @Test
    void createsANetworkWithTheFieldsOfBothVersions() {
        ObjectNode created = lab.post(path, "{}");
        assertThat(created.without(COUNTERS).without("lastModified"))
                .isEqualTo(json(("{'authTokens':[],'authorizationEndpoint':'','capabilities':[],'clientId':'',"
                                + "'creationTime':NOW,'dns':[],'enableBroadcast':true,'id':'ID',"
                                + "'ipAssignmentPools':[],'mtu':2800,'multicastLimit':32,'name':'','nwid':'ID',"
                                + "'objtype':'network','private':true,'remoteTraceLevel':0,'remoteTraceTarget':null,"
                                + "'revision':1,'routes':[],"
                                + "'rules':[{'not':false,'or':false,'type':'ACTION_ACCEPT'}],'rulesSource':'',"
                                + "'ssoEnabled':false,'tags':[],'v4AssignMode':{'zt':false},"
                                + "'v6AssignMode':{'6plane':false,'rfc4193':false,'zt':false}}")
                        .replace("NOW", Long.toString(lab.now))
                        .replace("ID", network.toString())));
        created = lab.get(path);
        assertThat(created.get("lastModified").longValue()).isEqualTo(lab.now);
        assertThat(created.get("clock").longValue()).isEqualTo(lab.now);
        assertThat(created.get("authorizedMemberCount").intValue()).isZero();
        assertThat(created.toString()).startsWith("{\"activeMemberCount\":0,\"authTokens\":[]");
    }

    @Test
    void createsAMemberWithTheFieldsOfBothVersions() {
        lab.post(path, "{}");
        ObjectNode created = lab.post(path + "/member/4f6dfb1558", "{'authorized':true}");
        assertThat(created.without(List.of("clock", "recentLog", "lastModified")))
                .isEqualTo(json(("{'activeBridge':false,'address':'4f6dfb1558','authenticationExpiryTime':0,"
                                + "'authorized':true,'capabilities':[],'creationTime':NOW,'id':'4f6dfb1558',"
                                + "'ipAssignments':[],'lastAuthorizedCredential':null,"
                                + "'lastAuthorizedCredentialType':'api','lastAuthorizedTime':NOW,"
                                + "'lastDeauthorizedTime':0,'noAutoAssignIps':false,'nwid':'ID','objtype':'member',"
                                + "'remoteTraceLevel':0,'remoteTraceTarget':null,'revision':1,'ssoExempt':false,"
                                + "'tags':[],'vMajor':-1,'vMinor':-1,'vProto':-1,'vRev':-1}")
                        .replace("NOW", Long.toString(lab.now))
                        .replace("ID", network.toString())));
    }

    @Test
    void makesUpNumbersBelowItsOwnAddress() {
        String own = lab.identity.identity().address().toString();
        ObjectNode first = lab.post("/controller/network/" + own + "______", "{'name':'a'}");
        ObjectNode second =
                lab.call("PUT", "/controller/network/" + own + "______", "{}").body() instanceof ObjectNode o
                        ? o
                        : json("null").asObject();
        ObjectNode third = lab.post("/controller/network", "{}");
        for (ObjectNode created : List.of(first, second, third)) {
            assertThat(created.get("id").stringValue())
                    .matches(own + "[0-9a-f]{6}")
                    .doesNotEndWith("000000");
        }
        assertThat(lab.call("GET", "/controller/network", null).body()).hasSize(3);
        assertThat(message("POST", "/controller/network/0123456789______", "{}", 400))
                .contains(own);
        assertThat(message("GET", "/controller/network/" + own + "______", null, 404))
                .isNotEmpty();
    }

    @Test
    void keepsTheScriptThatRulesWereMadeOf() {
        String path = Lab.networkPath(lab.networkId(0x10));
        lab.post(path, "{'rules':[{'type':'ACTION_ACCEPT'}],'rulesSource':'accept;'}");
        lab.post(path, "{'name':'lab'}");
        assertThat(lab.get(path).get("rulesSource").stringValue()).isEqualTo("accept;");
        assertThat(message("POST", path, "{'rulesSource':'" + "#".repeat((1 << 20) + 1) + "'}", 400))
                .isEqualTo("rulesSource: has 1048577 characters; 1048576 are the most");
    }

    @Test
    void listsNetworksAscendingAndMembersWithRevisions() {
        for (int number : new int[] {0x30, 0x10, 0x20}) {
            lab.post(Lab.networkPath(lab.networkId(number)), "{}");
        }
        assertThat(lab.call("GET", "/controller/network", null).body())
                .isEqualTo(json(
                        "['" + lab.networkId(0x10) + "','" + lab.networkId(0x20) + "','" + lab.networkId(0x30) + "']"));
        String members = Lab.networkPath(lab.networkId(0x10)) + "/member";
        assertThat(lab.get(members)).isEqualTo(json("{}"));
        lab.post(members + "/c515bc6aea", "{}");
        lab.post(members + "/4f6dfb1558", "{'authorized':true}");
        lab.post(members + "/4f6dfb1558", "{'name':'ada'}");
        lab.post(members + "/4f6dfb1558", "{'name':'ada'}");
        assertThat(lab.get(members).toString()).isEqualTo("{\"4f6dfb1558\":2,\"c515bc6aea\":1}");
    }

    @Test
    void mergesWhatABodyNamesAndCountsChanges() {
        lab.post(path, "{'name':'one','multicastLimit':'64','mtu':100000,'enableBroadcast':0}");
        ObjectNode merged = lab.post(path, "{'private':'false','id':'ffffffffffffffff','revision':77,'unknown':1}");
        assertThat(merged.get("name").stringValue()).isEqualTo("one");
        assertThat(merged.get("multicastLimit").isInt()).isTrue();
        assertThat(merged.get("multicastLimit").intValue()).isEqualTo(64);
        assertThat(merged.get("mtu").intValue()).isEqualTo(10000);
        assertThat(merged.get("enableBroadcast").booleanValue()).isFalse();
        assertThat(merged.get("private").booleanValue()).isFalse();
        assertThat(merged.get("id").stringValue()).isEqualTo(network.toString());
        assertThat(merged.get("revision").intValue()).isEqualTo(2);
        assertThat(merged.has("unknown")).isFalse();
        lab.now += 1000;
        ObjectNode same = lab.post(path, "{'private':false,'name':'one'}");
        assertThat(same.get("revision").intValue()).as("nothing changed").isEqualTo(2);
        assertThat(same.get("lastModified")).isEqualTo(merged.get("lastModified"));
        assertThat(lab.post(path, "{'multicastLimit':-1}").get("multicastLimit").toString())
                .isEqualTo("18446744073709551615");
    }

    @Test
    void takesBackWhatItRenders() {
        lab.post(
                path,
                "{'routes':[{'target':'10.1.0.0/16'},{'target':'fd00::/8','via':'fd00::1'}],"
                        + "'ipAssignmentPools':[{'ipRangeStart':'10.1.0.1','ipRangeEnd':'10.1.0.9'}],"
                        + "'v6AssignMode':'rfc4193,zt','v4AssignMode':'zt','dns':{'domain':'home','servers':['10.1.0.1']},"
                        + "'tags':[{'id':1,'default':2},{'id':0}],"
                        + "'capabilities':[{'id':9,'default':true,'rules':[{'type':'ACTION_DROP'}]}],"
                        + "'rules':[{'type':'MATCH_ETHERTYPE','etherType':2048},{'type':'ACTION_ACCEPT'}],"
                        + "'authTokens':{'t':0},'allowPassiveBridging':true,'remoteTraceTarget':'4f6dfb1558'}");
        lab.post(
                path + "/member/4f6dfb1558",
                "{'ipAssignments':['10.1.0.3'],'tags':[[1,2]],'capabilities':[9],'name':'a'}");
        ObjectNode shown = lab.get(path);
        ApiResponse again = lab.call("POST", path, shown.toString().replace('"', '\''));
        assertThat(again.body()).isEqualTo(shown);
        assertThat(again.notes()).isEmpty();
        ObjectNode member = lab.get(path + "/member/4f6dfb1558");
        assertThat(lab.call(
                                "POST",
                                path + "/member/4f6dfb1558",
                                member.toString().replace('"', '\''))
                        .body())
                .isEqualTo(member);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "routes | [{'target':'10.1.1.1','x':1},{'target':'10.0.0.0/33'},{'target':7},5,"
                        + "{'target':'10.0.0.0/8','via':'fd00::1'},{'target':'10.5.0.0/16','via':'10.0.0.1/24'}]"
                        + " | [{'target':'10.1.1.1/0','via':null},{'target':'10.0.0.0/8','via':null},"
                        + "{'target':'10.5.0.0/16','via':'10.0.0.1'}]",
                "routes | {} | []",
                "ipAssignmentPools | [{'ipRangeStart':'10.0.0.9/24','ipRangeEnd':'10.0.0.1'},"
                        + "{'ipRangeStart':'10.0.0.1','ipRangeEnd':'fd00::1'},{'ipRangeStart':'x'},null]"
                        + " | [{'ipRangeEnd':'10.0.0.1','ipRangeStart':'10.0.0.9'}]",
                "rules | [{'type':'ACTION_DROP','x':1},{'type':'NONSENSE'},3] | [{'type':'ACTION_DROP'}]",
                "authTokens | [{'token':'a','expires':'5'},{'token':''}]"
                        + " | [{'expires':5,'maxUsesPerMember':0,'token':'a'}]",
                "authTokens | [null] | []",
                "authTokens | {'a':0,'b':-1,'c':'x','d':7} | {'a':0,'d':7}",
                "capabilities | [{'id':2,'rules':[{'type':'ACTION_DROP'}]},{'id':1,'default':1},{'id':2},7]"
                        + " | [{'default':true,'id':1,'rules':[]},{'default':false,'id':2,'rules':[]}]",
                "tags | [{'id':2,'default':'7'},{'id':1,'default':null},{'id':3},{'id':2,'default':8}]"
                        + " | [{'default':null,'id':1},{'default':8,'id':2},{'default':null,'id':3}]",
                "dns | {'domain':'d','servers':['10.0.0.1'],'x':1} | {'domain':'d','servers':['10.0.0.1']}",
                "dns | 'nonsense' | []",
                "v4AssignMode | 'zt' | {'zt':true}",
                "v4AssignMode | 7 | {'zt':false}",
                "v6AssignMode | {'zt':true,'x':1} | {'zt':true}",
                "v6AssignMode | '6plane,rfc4193' | {'6plane':true,'rfc4193':true,'zt':false}",
                "v6AssignMode | [] | {'6plane':false,'rfc4193':false,'zt':false}",
                "remoteTraceTarget | 'short' | null",
                "mtu | 5 | 1280",
                "name | 12 | '12'",
            })
    void bringsFieldsIntoTheirStoredForm(String field, String given, String stored) {
        ObjectNode shown = lab.post(path, "{'" + field + "':" + given + "}");
        assertThat(shown.get(field)).isEqualTo(json(stored));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "ipAssignments | ['10.1.0.3/24','x','10.1.0.4'] | ['10.1.0.3','10.1.0.4']",
                "tags | [[2,'7'],[1,-1],[2,8],[1],7] | [[1,4294967295],[2,8]]",
                "capabilities | [3,'1',3,true,null] | [0,1,3]",
                "activeBridge | 'true' | true",
                "authenticationExpiryTime | '77' | 77",
            })
    void bringsMemberFieldsIntoTheirStoredForm(String field, String given, String stored) {
        lab.post(path, "{}");
        ObjectNode shown = lab.post(path + "/member/4f6dfb1558", "{'" + field + "':" + given + "}");
        assertThat(shown.get(field)).isEqualTo(json(stored));
    }

    @Test
    void notesWhatItLeftOut() {
        ApiResponse response = lab.call("POST", path, "{'routes':[{'target':'x'}],'rules':[{'type':'NO'}]}");
        assertThat(response.notes()).hasSize(2);
        assertThat(response.notes().get(0)).startsWith("routes[0]: left out");
        assertThat(response.notes().get(1)).startsWith("rules[0]: left out").contains("NO");
        lab.post(path + "/member/4f6dfb1558", "{'ipAssignments':['10.0.0.1']}");
        assertThat(lab.call("POST", path + "/member/c515bc6aea", "{'ipAssignments':['10.0.0.1']}")
                        .notes())
                .singleElement()
                .asString()
                .contains("10.0.0.1 is assigned to another member too");
    }

    @Test
    void saysWhichFieldOfABodyItCannotTake() {
        assertThat(message("POST", path, null, 400)).isEqualTo("body JSON is invalid");
        assertThat(message("POST", path, "[]", 400)).isEqualTo("body is not a JSON object");
        assertThat(message("POST", path, "{'name':'x','authTokens':[{'expires':5}]}", 400))
                .startsWith("authTokens[0]: ");
        assertThat(message("GET", path, null, 404)).as("nothing was stored").contains(network.toString());
        lab.post(path, "{}");
        assertThat(message("POST", path + "/member/4f6dfb1558", "{'ipAssignments':['10.0.0.1',5]}", 400))
                .startsWith("ipAssignments[1]: ");
        assertThat(message("GET", path + "/member/4f6dfb1558", null, 404)).isNotEmpty();
    }

    @Test
    void answersADeletionWithTheObjectAsItWas() {
        lab.post(path, "{'name':'gone'}");
        lab.post(path + "/member/4f6dfb1558", "{'name':'ada','ipAssignments':['10.0.0.1']}");
        ObjectNode member = lab.get(path + "/member/4f6dfb1558");
        assertThat(lab.delete(path + "/member/4f6dfb1558")).isEqualTo(member);
        message("GET", path + "/member/4f6dfb1558", null, 404);
        message("DELETE", path + "/member/4f6dfb1558", null, 404);
        assertThat(lab.delete(path).get("name").stringValue()).isEqualTo("gone");
        message("GET", path, null, 404);
        message("DELETE", path, null, 404);
        message("GET", path + "/member", null, 404);
        message("POST", path + "/member/4f6dfb1558", "{}", 404);
        assertThat(lab.call("GET", "/controller/network", null).body()).isEqualTo(json("[]"));
    }

    @Test
    void takesIdsInUpperCaseAndStoresThemInLowerCase() {
        ObjectNode created = lab.post("/controller/network/ABCDEFABCDEFABCD", "{}");
        assertThat(created.get("id").stringValue()).isEqualTo("abcdefabcdefabcd");
        ObjectNode member = lab.post("/controller/network/abcdefABCDEFABCD/member/4F6DFB1558", "{}");
        assertThat(member.get("address").stringValue()).isEqualTo("4f6dfb1558");
        assertThat(member.get("nwid").stringValue()).isEqualTo("abcdefabcdefabcd");
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /controller/nothing",
        "GET, /controller/network/1234",
        "GET, /controller/network/zzzzzzzzzzzzzzzz",
        "POST, /controller",
        "DELETE, /controller/network",
        "PATCH, /controller",
        "GET, /elsewhere",
        "POST, /unstable/controller/network",
        "GET, /unstable/controller/nothing",
        "GET, /unstable/controller/network/0123456789abcdef/member",
        "GET, /unstable/controller/network/0123456789abcdef",
    })
    void knowsNoOtherResources(String method, String at) {
        assertThat(lab.call(method, at, "{}").status()).isEqualTo(404);
    }

    @Test
    void refusesPathsBelowANetworkThatItDoesNotKnow() {
        lab.post(path, "{}");
        for (String below : new String[] {"/test", "/member/xyz", "/member/4f6dfb1558/more", "/members"}) {
            assertThat(lab.call("GET", path + below, null).status()).as(below).isEqualTo(404);
        }
        assertThat(lab.call("DELETE", path + "/member", null).status()).isEqualTo(404);
    }

    @Test
    void listsNetworksAndMembersWithContents() {
        assertThat(lab.get("/unstable/controller/network")).isEqualTo(json("{'data':[],'meta':{'networkCount':0}}"));
        lab.post(path, "{'name':'one'}");
        lab.post(path + "/member/4f6dfb1558", "{'authorized':true}");
        lab.post(path + "/member/c515bc6aea", "{}");
        ObjectNode networks = lab.get("/unstable/controller/network");
        assertThat(networks.get("meta")).isEqualTo(json("{'networkCount':1}"));
        JsonNode only = networks.get("data").get(0);
        assertThat(only.get("name").stringValue()).isEqualTo("one");
        assertThat(only.get("meta")).isEqualTo(json("{'authorizedMemberCount':1,'totalMemberCount':2}"));
        ObjectNode members = lab.get("/unstable/controller/network/" + network + "/member");
        assertThat(members.get("meta")).isEqualTo(json("{'authorizedCount':1,'totalCount':2}"));
        assertThat(members.get("data").get(0).get("id").stringValue()).isEqualTo("4f6dfb1558");
        assertThat(members.get("data")).hasSize(2);
    }

    @Test
    void countsMembersAndShowsTheLatestRequests() {
        lab.post(path, "{}");
        var ada = TestIdentities.secret(1);
        lab.request(ada, network);
        lab.post(Lab.memberPath(network, ada), "{'authorized':true}");
        lab.request(ada, network);
        lab.request(ada, network);
        lab.post(path + "/member/4f6dfb1558", "{'authorized':true}");
        lab.post(path + "/member/c515bc6aea", "{}");
        ObjectNode shown = lab.get(path);
        assertThat(shown.get("totalMemberCount").intValue()).isEqualTo(3);
        assertThat(shown.get("authorizedMemberCount").intValue()).isEqualTo(2);
        assertThat(shown.get("activeMemberCount").intValue()).isEqualTo(1);
        ObjectNode member = lab.get(Lab.memberPath(network, ada));
        assertThat(member.get("recentLog"))
                .isEqualTo(json(("[{'auth':true,'authBy':'memberIsAuthorized','fromAddr':'192.0.2.7/9993','ts':T1,"
                                + "'vMajor':1,'vMinor':14,'vProto':12,'vRev':2},"
                                + "{'auth':true,'authBy':'memberIsAuthorized','fromAddr':'192.0.2.7/9993','ts':T2,"
                                + "'vMajor':1,'vMinor':14,'vProto':12,'vRev':2}]")
                        .replace("T1", Long.toString(lab.now))
                        .replace("T2", Long.toString(lab.now - 5000))));
        assertThat(member.get("lastRequestMetaData").stringValue())
                .contains("majv=")
                .contains("\n");
        assertThat(member.get("physicalAddr").stringValue()).isEqualTo("192.0.2.7/9993");
        lab.now += 121_000;
        assertThat(lab.get(path).get("activeMemberCount").intValue()).isZero();
    }

    @Test
    void remembersWhenAMemberWasLetInAndShutOut() {
        lab.post(path, "{}");
        ObjectNode first = lab.post(path + "/member/4f6dfb1558", "{'authorized':true}");
        assertThat(first.has("authHistory")).isFalse();
        lab.now += 1000;
        ObjectNode second = lab.post(path + "/member/4f6dfb1558", "{'authorized':false}");
        assertThat(second.get("lastDeauthorizedTime").longValue()).isEqualTo(lab.now);
        assertThat(second.get("lastAuthorizedTime").longValue()).isEqualTo(lab.now - 1000);
        assertThat(second.get("lastAuthorizedCredentialType").stringValue()).isEqualTo("api");
    }
}
