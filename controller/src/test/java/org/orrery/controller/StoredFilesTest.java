// SPDX-License-Identifier: Apache-2.0
package org.orrery.controller;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.orrery.controller.store.FileStore;
import org.orrery.core.value.NetworkId;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Folders written by other versions are continued in place. */
class StoredFilesTest {
    @TempDir
    Path home;

    private Path folder(String name) throws IOException, URISyntaxException {
        Path source = Path.of(
                requireNonNull(StoredFilesTest.class.getResource("/" + name)).toURI());
        Path target = home.resolve("controller.d");
        try (Stream<Path> all = Files.walk(source)) {
            for (Path file : all.toList()) {
                Path copy = target.resolve(source.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(copy);
                } else {
                    Files.copy(file, copy);
                }
            }
        }
        return target;
    }

    private static ObjectNode file(Path path) {
        return (ObjectNode) Lab.MAPPER.readTree(path);
    }

    @ParameterizedTest
    @CsvSource({
        "controller-1.2.0, 343752eb180ebcb8, c515bc6aea, 10.147.20.29",
        "controller-1.14.2, 74374e38035262aa, 4f6dfb1558, 10.147.20.41"
    })
    void continuesTheFolderOfEitherVersion(String version, String network, String member, String ip) throws Exception {
        Path root = folder(version);
        Path networkFile = root.resolve("network/" + network + ".json");
        Path memberFile = root.resolve("network/" + network + "/member/" + member + ".json");
        byte[] networkBefore = Files.readAllBytes(networkFile);
        ObjectNode before = file(networkFile);
        ObjectNode memberBefore = file(memberFile);

        var lab = new Lab(new FileStore(root));
        assertThat(lab.controller.faults()).isEmpty();
        assertThat(lab.call("GET", "/controller/network", null).body()).isEqualTo(Lab.json("['" + network + "']"));
        String path = "/controller/network/" + network;
        ObjectNode shown = lab.get(path);
        before.properties()
                .forEach(field ->
                        assertThat(shown.get(field.getKey())).as(field.getKey()).isEqualTo(field.getValue()));
        ObjectNode shownMember = lab.get(path + "/member/" + member);
        memberBefore
                .without(List.of("recentLog", "lastRequestMetaData"))
                .properties()
                .forEach(field -> assertThat(shownMember.get(field.getKey()))
                        .as(field.getKey())
                        .isEqualTo(field.getValue()));
        assertThat(Files.readAllBytes(networkFile)).as("reading writes nothing").isEqualTo(networkBefore);

        lab.post(path, "{'name':'continued'}");
        ObjectNode after = file(networkFile);
        assertThat(after.get("name").stringValue()).isEqualTo("continued");
        assertThat(after.get("revision").longValue())
                .isEqualTo(before.get("revision").longValue() + 1);
        assertThat(after.get("creationTime")).isEqualTo(before.get("creationTime"));
        lab.post(path + "/member/" + member, "{'name':'continued'}");
        ObjectNode memberAfter = file(memberFile);
        assertThat(memberAfter.get("identity")).isEqualTo(memberBefore.get("identity"));
        assertThat(memberAfter.get("ipAssignments").toString()).contains(ip);
        assertThat(memberAfter.get("authHistory")).isEqualTo(memberBefore.get("authHistory"));
        assertThat(memberAfter.has("recentLog")).isFalse();
        assertThat(memberAfter.has("clock")).isFalse();
    }

    @Test
    void continuesAHistoryOfAdmissionsThatAnOlderVersionBegan() throws Exception {
        Path root = folder("controller-1.2.0");
        var lab = new Lab(new FileStore(root));
        lab.post("/controller/network/343752eb180ebcb8/member/c515bc6aea", "{'authorized':false}");
        JsonNode history = file(root.resolve("network/343752eb180ebcb8/member/c515bc6aea.json"))
                .get("authHistory");
        assertThat(history).hasSize(2);
        assertThat(history.get(1))
                .isEqualTo(Lab.json("{'a':false,'by':'api','c':null,'ct':null,'ts':" + lab.now + "}"));
    }

    @Test
    void preservesFieldsThatItDoesNotKnow() throws Exception {
        Path root = folder("controller-1.14.2");
        Path networkFile = root.resolve("network/74374e38035262aa.json");
        Path memberFile = root.resolve("network/74374e38035262aa/member/4f6dfb1558.json");
        JsonNode extra = Lab.json("{'deep':[1,{'x':null}],'text':'kept'}");
        for (Path file : List.of(networkFile, memberFile)) {
            ObjectNode edited = file(file);
            edited.set("ofAnotherTool", extra);
            Files.writeString(file, edited.toString());
        }
        var lab = new Lab(new FileStore(root));
        lab.post("/controller/network/74374e38035262aa", "{'name':'x'}");
        lab.post("/controller/network/74374e38035262aa/member/4f6dfb1558", "{'name':'x'}");
        assertThat(file(networkFile).get("ofAnotherTool")).isEqualTo(extra);
        assertThat(file(memberFile).get("ofAnotherTool")).isEqualTo(extra);
    }

    @Test
    void writesObjectsWithSortedKeysAndNothingVolatile() throws Exception {
        var root = home.resolve("controller.d");
        var lab = new Lab(new FileStore(root));
        NetworkId network = lab.networkId(7);
        lab.post(Lab.networkPath(network), "{'routes':[{'via':null,'target':'10.0.0.0/8'}]}");
        lab.request(TestIdentities.secret(1), network);
        ObjectNode stored = file(root.resolve("network/" + network + ".json"));
        assertThat(stored.propertyNames()).containsExactlyElementsOf(new TreeSet<>(stored.propertyNames()));
        assertThat(stored.propertyNames())
                .doesNotContain("clock", "authorizedMemberCount", "activeMemberCount", "totalMemberCount");
        ObjectNode member = file(root.resolve("network/" + network + "/member/"
                + TestIdentities.secret(1).identity().address() + ".json"));
        assertThat(member.propertyNames()).doesNotContain("clock", "recentLog", "lastRequestMetaData", "physicalAddr");
    }

    @Test
    void neitherServesNorOverwritesABrokenRecord() throws Exception {
        var root = home.resolve("controller.d");
        var lab = new Lab(new FileStore(root));
        NetworkId network = lab.networkId(7);
        var ada = TestIdentities.secret(1);
        lab.post(Lab.networkPath(network), "{}");
        lab.post(Lab.memberPath(network, ada), "{'authorized':true}");
        lab.configure(ada, network);
        Path memberFile =
                root.resolve("network/" + network + "/member/" + ada.identity().address() + ".json");
        Files.writeString(memberFile, "{\"id\": torn");

        lab.restart();
        lab.takeSent();
        assertThat(lab.events).anyMatch(line -> line.startsWith("controller.unreadable " + memberFile));
        assertThat(lab.request(ada, network)).isEqualTo(RequestOutcome.UNREADABLE);
        assertThat(lab.takeSent()).as("the member keeps what it has").isEmpty();
        ApiResponse refusal = lab.call("POST", Lab.memberPath(network, ada), "{'authorized':true}");
        assertThat(refusal.status()).isEqualTo(500);
        assertThat(requireNonNull(refusal.body()).get("message").stringValue())
                .contains(memberFile.toString())
                .contains("not valid JSON");
        assertThat(lab.get("/controller").get("faults")).hasSize(1);
        assertThat(Files.readString(memberFile)).isEqualTo("{\"id\": torn");

        assertThat(lab.call("DELETE", Lab.memberPath(network, ada), null).status())
                .isEqualTo(200);
        assertThat(Files.readString(memberFile.resolveSibling(memberFile.getFileName() + ".broken")))
                .isEqualTo("{\"id\": torn");
        assertThat(lab.get("/controller").has("faults")).isFalse();
        assertThat(lab.request(ada, network)).isEqualTo(RequestOutcome.DENIED);

        Files.writeString(root.resolve("network/" + network + ".json"), "");
        lab.restart();
        lab.takeSent();
        assertThat(lab.request(ada, network)).isEqualTo(RequestOutcome.UNREADABLE);
        assertThat(lab.call("POST", Lab.networkPath(network), "{}").status()).isEqualTo(500);
        assertThat(lab.call("GET", Lab.memberPath(network, ada), null).status()).isEqualTo(500);
        assertThat(lab.takeSent()).isEmpty();
    }
}
