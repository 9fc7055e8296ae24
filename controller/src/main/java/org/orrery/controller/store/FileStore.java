// SPDX-License-Identifier: Apache-2.0
package org.orrery.controller.store;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.orrery.controller.store.StoreChange.CreateNetwork;
import org.orrery.controller.store.StoreChange.PutMember;
import org.orrery.controller.store.StoreChange.PutNetwork;
import org.orrery.controller.store.StoreChange.RemoveMember;
import org.orrery.controller.store.StoreChange.RemoveNetwork;
import org.orrery.controller.store.StoreChange.SetAsideMember;
import org.orrery.controller.store.StoreChange.SetAsideNetwork;
import org.orrery.core.value.Address;
import org.orrery.core.value.NetworkId;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Records as JSON files, in the layout that existing installations have:
 *
 * <pre>
 * controller.d/network/{network}.json
 * controller.d/network/{network}/member/{member}.json
 * </pre>
 *
 * <p>A record is written to {@code {name}.json.tmp} in the same folder, synced, renamed over the old one, and the folder
 * synced: whoever is killed at any moment leaves the old or the new record, never a part. Files that hold no readable
 * record are reported and left alone. Nothing else may write the folder at the same time. One thread.
 */
public final class FileStore implements ControllerStore {
    /** The greatest record that is read: far above 1024 rules and 16384 entries of every list, about 10 MB. */
    static final int RECORD_BYTES_MAX = 64 << 20;

    private static final Logger LOG = System.getLogger(FileStore.class.getName());

    private static final String ENDING = ".json";
    private static final String TEMPORARY = ".tmp";

    private final Path root;
    private final Path networks;

    /** Keeps its files in {@code controllerFolder}, which is created at the first need. */
    public FileStore(Path controllerFolder) {
        this.root = controllerFolder;
        this.networks = controllerFolder.resolve("network");
    }

    @Override
    public StoreContent load() throws IOException {
        var networkRecords = new TreeMap<NetworkId, ObjectNode>();
        var memberRecords = new TreeMap<NetworkId, SortedMap<Address, ObjectNode>>();
        var faults = new ArrayList<StoreFault>();
        for (Path file : recordFiles(networks)) {
            Optional<NetworkId> id = canonical(file, NetworkId::parse);
            if (id.isEmpty()) {
                faults.add(fault(file, "the name is not a network ID of 16 lower-case hex digits", null, null));
                continue;
            }
            switch (read(file, id.get().toString())) {
                case Fault(String text) -> faults.add(fault(file, text, id.get(), null));
                case Parsed(ObjectNode record) -> {
                    networkRecords.put(id.get(), record);
                    SortedMap<Address, ObjectNode> members = loadMembers(id.get(), faults);
                    if (!members.isEmpty()) {
                        memberRecords.put(id.get(), members);
                    }
                }
            }
        }
        reportOrphans(faults);
        return new StoreContent(networkRecords, memberRecords, faults);
    }

    @Override
    public void apply(StoreChange change) throws IOException {
        switch (change) {
            case CreateNetwork(NetworkId network, ObjectNode record) -> {
                if (!recordFiles(memberFolder(network)).isEmpty()) {
                    setAside(networks.resolve(network.toString()), ".orphaned");
                }
                write(networkFile(network), record);
            }
            case PutNetwork(NetworkId network, ObjectNode record) -> write(networkFile(network), record);
            case PutMember(NetworkId network, Address member, ObjectNode record) ->
                write(memberFile(network, member), record);
            case RemoveNetwork(NetworkId network) -> {
                // Once its own record is gone the network is removed: members that a crash or a failure leaves behind
                // are not used, are reported at the next start, and are put aside if the network is made again.
                remove(networkFile(network));
                removeLeftovers(networks.resolve(network.toString()));
            }
            case RemoveMember(NetworkId network, Address member) -> remove(memberFile(network, member));
            case SetAsideNetwork(NetworkId network) -> setAside(networkFile(network), ".broken");
            case SetAsideMember(NetworkId network, Address member) -> setAside(memberFile(network, member), ".broken");
        }
    }

    private Path networkFile(NetworkId network) {
        return networks.resolve(network + ENDING);
    }

    private Path memberFolder(NetworkId network) {
        return networks.resolve(network.toString()).resolve("member");
    }

    private Path memberFile(NetworkId network, Address member) {
        return memberFolder(network).resolve(member + ENDING);
    }

    private SortedMap<Address, ObjectNode> loadMembers(NetworkId network, List<StoreFault> faults) throws IOException {
        var records = new TreeMap<Address, ObjectNode>();
        for (Path file : recordFiles(memberFolder(network))) {
            Optional<Address> address = canonical(file, Address::parse);
            if (address.isEmpty()) {
                faults.add(fault(file, "the name is not an address of 10 lower-case hex digits", null, null));
                continue;
            }
            switch (read(file, address.get().toString())) {
                case Fault(String text) -> faults.add(fault(file, text, network, address.get()));
                case Parsed(ObjectNode record) -> records.put(address.get(), record);
            }
        }
        return records;
    }

    /** Members whose network has no record: prepared by an old version, or the rest of an interrupted removal. */
    private void reportOrphans(List<StoreFault> faults) throws IOException {
        var folders = new ArrayList<Path>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(networks, "????????????????")) {
            entries.forEach(folders::add);
        } catch (NoSuchFileException absent) {
            return;
        } catch (DirectoryIteratorException failure) {
            throw failure.getCause();
        }
        folders.sort(null);
        for (Path folder : folders) {
            Optional<NetworkId> id = NetworkId.parse(folder.getFileName().toString());
            if (id.isPresent() && !Files.exists(networkFile(id.get()))) {
                int count = recordFiles(memberFolder(id.get())).size();
                if (count > 0) {
                    faults.add(fault(folder, count + " member records without a network record; not used", null, null));
                }
            }
        }
    }

    /** The record files of a folder in order of their names; leftovers of interrupted writes are removed on the way. */
    private static List<Path> recordFiles(Path folder) throws IOException {
        var files = new ArrayList<Path>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            for (Path entry : entries) {
                String name = entry.getFileName().toString();
                if (name.endsWith(ENDING + TEMPORARY)) {
                    Files.deleteIfExists(entry);
                } else if (name.endsWith(ENDING)) {
                    files.add(entry);
                }
            }
        } catch (NoSuchFileException absent) {
            return List.of();
        } catch (DirectoryIteratorException failure) {
            throw failure.getCause();
        }
        files.sort(null);
        return files;
    }

    private static <T> Optional<T> canonical(Path file, Function<String, Optional<T>> parse) {
        String name = file.getFileName().toString();
        String stem = name.substring(0, name.length() - ENDING.length());
        return parse.apply(stem).filter(id -> id.toString().equals(stem));
    }

    private sealed interface Reading {}

    private record Parsed(ObjectNode record) implements Reading {}

    private record Fault(String text) implements Reading {}

    private static Reading read(Path file, String id) {
        try {
            if (!Files.isRegularFile(file)) {
                return new Fault("not a regular file");
            }
            long size = Files.size(file);
            if (size > RECORD_BYTES_MAX) {
                return new Fault(size + " bytes, more than " + RECORD_BYTES_MAX);
            }
            // Bytes after the record are a fault: they are how a record looks that was overwritten in place.
            JsonNode tree = JsonTree.read(Files.readAllBytes(file));
            if (!(tree instanceof ObjectNode record)) {
                return new Fault(size == 0 ? "empty file" : "not a JSON object");
            }
            // Some versions store the ID as it was spelled in a request, in upper case too.
            JsonNode stated = record.get("id");
            if (stated == null || !stated.isString() || !stated.stringValue().equalsIgnoreCase(id)) {
                return new Fault("its \"id\" is " + (stated == null ? "absent" : stated) + ", expected \"" + id + "\"");
            }
            return new Parsed(record);
        } catch (JacksonException failure) {
            return new Fault("not valid JSON: " + failure.getOriginalMessage()
                    + (failure.getLocation() == null
                            ? ""
                            : " (line " + failure.getLocation().getLineNr() + ", column "
                                    + failure.getLocation().getColumnNr() + ")"));
        } catch (IOException failure) {
            return new Fault("cannot be read: " + failure.getMessage());
        }
    }

    private StoreFault fault(Path file, String text, @Nullable NetworkId network, @Nullable Address member) {
        return new StoreFault(file.toString(), text, network, member);
    }

    private void write(Path file, ObjectNode record) throws IOException {
        byte[] content = JsonTree.write(record);
        Path folder = parent(file);
        createFolder(folder);
        Path temporary = folder.resolve(file.getFileName() + TEMPORARY);
        try (FileChannel channel = FileChannel.open(
                temporary, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            for (var rest = ByteBuffer.wrap(content); rest.hasRemaining(); ) {
                channel.write(rest);
            }
            channel.force(true);
        } catch (IOException failure) {
            Files.deleteIfExists(temporary);
            throw failure;
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        syncFolder(folder);
    }

    /** Creates the folder and those above it, and syncs each folder that got a new entry. */
    private void createFolder(Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            return;
        }
        Path above = parent(folder);
        if (!folder.equals(root)) {
            createFolder(above);
        } else if (!Files.isDirectory(above)) {
            Files.createDirectories(above);
        }
        // Only the root is closed to others: it holds join tokens, and what lies below is reached through it alone.
        String mode = folder.equals(root) ? "rwx------" : "rwxr-xr-x";
        if (Files.getFileStore(above).supportsFileAttributeView("posix")) {
            Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode)));
        } else {
            Files.createDirectory(folder);
        }
        syncFolder(above);
    }

    private static void remove(Path file) throws IOException {
        if (Files.deleteIfExists(file)) {
            syncFolder(parent(file));
        }
    }

    private static void removeLeftovers(Path folder) {
        try {
            removeTree(folder);
            syncFolder(parent(folder));
        } catch (IOException failure) {
            LOG.log(Level.WARNING, "controller.leftovers folder=" + folder + " fault=" + failure);
        }
    }

    private static void removeTree(Path folder) throws IOException {
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            Files.deleteIfExists(folder);
            return;
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            for (Path entry : entries) {
                removeTree(entry);
            }
        } catch (DirectoryIteratorException failure) {
            throw failure.getCause();
        }
        Files.delete(folder);
    }

    /** Renames to the first free {@code {name}{ending}}, {@code {name}{ending}.2}, ... */
    private static void setAside(Path file, String ending) throws IOException {
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        String name = file.getFileName() + ending;
        Path aside = file.resolveSibling(name);
        for (int number = 2; Files.exists(aside, LinkOption.NOFOLLOW_LINKS); number++) {
            aside = file.resolveSibling(name + "." + number);
        }
        Files.move(file, aside, StandardCopyOption.ATOMIC_MOVE);
        syncFolder(parent(file));
    }

    /** Makes renames and removals in {@code folder} survive a power cut, where the system can sync folders at all. */
    private static void syncFolder(Path folder) throws IOException {
        FileChannel channel;
        try {
            channel = FileChannel.open(folder, StandardOpenOption.READ);
        } catch (FileSystemException unsupported) {
            // Windows opens no folders; there the rename itself is all one can have.
            if (Files.isDirectory(folder)
                    && !folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
                return;
            }
            throw unsupported;
        }
        try (channel) {
            channel.force(true);
        }
    }

    private static Path parent(Path file) {
        return Objects.requireNonNull(file.toAbsolutePath().getParent());
    }
}
