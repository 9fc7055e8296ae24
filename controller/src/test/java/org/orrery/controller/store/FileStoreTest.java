// SPDX-License-Identifier: Apache-2.0
package org.orrery.controller.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.orrery.core.value.Address;
import org.orrery.core.value.NetworkId;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class FileStoreTest {
    private static final NetworkId NETWORK = NetworkId.parse("74374e38035262aa").orElseThrow();
    private static final Address MEMBER = Address.parse("4f6dfb1558").orElseThrow();
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    @TempDir
    Path home;

    private Path root;
    private Path networkFile;
    private Path memberFile;
    private FileStore store;

    @BeforeEach
    void open() {
        root = home.resolve("controller.d");
        networkFile = root.resolve("network/74374e38035262aa.json");
        memberFile = root.resolve("network/74374e38035262aa/member/4f6dfb1558.json");
        store = new FileStore(root);
    }

    private static ObjectNode record(String id, String name) {
        return MAPPER.createObjectNode().put("id", id).put("name", name);
    }

    private void put(String name) throws IOException {
        store.apply(new StoreChange.CreateNetwork(NETWORK, record(NETWORK.toString(), name)));
        store.apply(new StoreChange.PutMember(NETWORK, MEMBER, record(MEMBER.toString(), name)));
    }

    private List<String> files() throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            return all.filter(Files::isRegularFile)
                    .map(file -> root.relativize(file).toString())
                    .sorted()
                    .toList();
        }
    }

    @Test
    void writesTheLayoutThatInstallationsHave() throws IOException {
        put("first");
        assertThat(files())
                .containsExactly("network/74374e38035262aa.json", "network/74374e38035262aa/member/4f6dfb1558.json");
        assertThat(Files.readString(networkFile)).isEqualTo("{\"id\":\"74374e38035262aa\",\"name\":\"first\"}");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(root)))
                .isEqualTo("rwx------");
        store.apply(new StoreChange.PutNetwork(NETWORK, record(NETWORK.toString(), "second")));
        StoreContent content = new FileStore(root).load();
        assertThat(content.networks()).containsEntry(NETWORK, record(NETWORK.toString(), "second"));
        assertThat(content.members().get(NETWORK)).containsEntry(MEMBER, record(MEMBER.toString(), "first"));
        assertThat(content.faults()).isEmpty();
    }

    @Test
    void beginsWithoutAFolder() throws IOException {
        assertThat(store.load().networks()).isEmpty();
        assertThat(Files.exists(root)).isFalse();
    }

    @Test
    void forgetsMembersAndNetworks() throws IOException {
        put("first");
        store.apply(new StoreChange.RemoveMember(NETWORK, MEMBER));
        assertThat(files()).containsExactly("network/74374e38035262aa.json");
        store.apply(new StoreChange.RemoveMember(NETWORK, MEMBER));
        put("again");
        store.apply(new StoreChange.RemoveNetwork(NETWORK));
        assertThat(files()).isEmpty();
        assertThat(Files.exists(root.resolve("network/74374e38035262aa"))).isFalse();
        store.apply(new StoreChange.RemoveNetwork(NETWORK));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | empty file",
                "'{\"id\":\"4f6dfb1558\",\"na' | not valid JSON",
                "'{\"id\":\"4f6dfb1558\"}}' | not valid JSON",
                "'[]' | not a JSON object",
                "'{\"name\":\"x\"}' | its \"id\" is absent",
                "'{\"id\":\"0000000001\"}' | its \"id\" is \"0000000001\"",
                "'{\"id\":7}' | its \"id\" is 7",
            })
    void reportsAnUnreadableRecordAndLeavesItAlone(String content, String fault) throws IOException {
        put("first");
        Files.writeString(memberFile, content);
        StoreContent loaded = new FileStore(root).load();
        assertThat(loaded.members()).isEmpty();
        assertThat(loaded.networks()).hasSize(1);
        assertThat(loaded.faults()).hasSize(1);
        StoreFault reported = loaded.faults().getFirst();
        assertThat(reported.toString()).contains(memberFile.toString()).contains(fault);
        assertThat(reported.network()).isEqualTo(NETWORK);
        assertThat(reported.member()).isEqualTo(MEMBER);
        assertThat(Files.readString(memberFile)).isEqualTo(content);
    }

    @Test
    void takesRecordsWhoseIdIsSpelledInUpperCase() throws IOException {
        put("first");
        Files.writeString(memberFile, "{\"id\":\"4F6DFB1558\"}");
        assertThat(store.load().members().get(NETWORK)).containsKey(MEMBER);
    }

    @Test
    void reportsOddNamesAndIgnoresOtherFiles() throws IOException {
        put("first");
        Files.writeString(root.resolve("network/74374E38035262AB.json"), "{}");
        Files.writeString(root.resolve("network/74374e38035262aa/member/short.json"), "{}");
        Files.writeString(root.resolve("network/notes.txt"), "mine");
        Files.createDirectories(root.resolve("trace"));
        Files.createDirectories(root.resolve("network/74374e38035262aa/test"));
        Files.writeString(root.resolve("network/74374e38035262aa/test/report.json"), "{}");
        StoreContent content = store.load();
        assertThat(content.networks()).hasSize(1);
        assertThat(content.faults())
                .hasSize(2)
                .allSatisfy(fault -> assertThat(fault.network()).isNull());
    }

    @Test
    void removesLeftoversOfInterruptedWrites() throws IOException {
        put("first");
        Files.writeString(networkFile.resolveSibling("74374e38035262aa.json.tmp"), "{\"id\":");
        Files.writeString(memberFile.resolveSibling("4f6dfb1558.json.tmp"), "");
        assertThat(store.load().faults()).isEmpty();
        assertThat(files()).hasSize(2).noneMatch(name -> name.endsWith(".tmp"));
    }

    @Test
    void setsAnUnreadableRecordAsideUnderAFreeName() throws IOException {
        for (String content : new String[] {"broken once", "broken twice"}) {
            put("first");
            Files.writeString(memberFile, content);
            store.apply(new StoreChange.SetAsideMember(NETWORK, MEMBER));
        }
        assertThat(Files.readString(memberFile.resolveSibling("4f6dfb1558.json.broken")))
                .isEqualTo("broken once");
        assertThat(Files.readString(memberFile.resolveSibling("4f6dfb1558.json.broken.2")))
                .isEqualTo("broken twice");
        Files.write(networkFile, "{".getBytes(UTF_8));
        store.apply(new StoreChange.SetAsideNetwork(NETWORK));
        assertThat(Files.exists(networkFile)).isFalse();
        assertThat(store.load().faults()).isEmpty();
    }

    @Test
    void doesNotLetMembersOfARemovedNetworkComeBack() throws IOException {
        put("first");
        Files.delete(networkFile); // what a kill within a removal leaves
        StoreContent content = store.load();
        assertThat(content.members()).isEmpty();
        assertThat(content.faults()).hasSize(1);
        assertThat(content.faults().getFirst().fault()).contains("1 member records without a network record");
        store.apply(new StoreChange.CreateNetwork(NETWORK, record(NETWORK.toString(), "second")));
        content = store.load();
        assertThat(content.members()).isEmpty();
        assertThat(content.faults()).isEmpty();
        assertThat(files()).contains("network/74374e38035262aa.orphaned/member/4f6dfb1558.json");
    }

    @Test
    void leavesTheOldRecordWhenTheNewOneCannotBeWritten() throws IOException {
        put("first");
        Files.createDirectory(networkFile.resolveSibling("74374e38035262aa.json.tmp"));
        var change = new StoreChange.PutNetwork(NETWORK, record(NETWORK.toString(), "second"));
        assertThatThrownBy(() -> store.apply(change)).isInstanceOf(IOException.class);
        assertThat(Files.readString(networkFile)).contains("first");
    }
}
