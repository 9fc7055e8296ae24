// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.dns;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.orrery.daemon.home.AtomicFiles;
import org.orrery.daemon.home.HomeFolder;

/**
 * Edits the host's {@code resolv.conf} so that the edit can always be taken back. Before the file is touched, a note in the
 * home folder says which file it is, what was in it and what will be. A file that is as it was left gets its former
 * content again, to the byte, and so does one that is empty now; from one that somebody changed since, only the marked
 * lines are taken.
 *
 * <p>A symbolic link is followed, and stays. The file is replaced in one step, or, where that is not possible because it
 * is mounted, written in place. One thread.
 */
final class ResolvConfFile {
    private static final String NOTE = "resolv.conf.note";
    private static final String ABSENT = "absent";
    private static final int BYTES_MAX = 256 * 1024;

    private final Path file;
    private final HomeFolder home;
    private final String node;
    private final Replacement replacement;

    /** @param node the node's address, which its marks bear */
    ResolvConfFile(Path file, HomeFolder home, String node) {
        this(file, home, node, AtomicFiles::replaceReadable);
    }

    ResolvConfFile(Path file, HomeFolder home, String node, Replacement replacement) {
        this.file = file;
        this.home = home;
        this.node = node;
        this.replacement = replacement;
    }

    /** Replaces a file in one step, or leaves it as it is. */
    @FunctionalInterface
    interface Replacement {
        void replace(Path path, byte[] content) throws IOException;
    }

    /** The host's own part of the file, empty if there is none. */
    String base() throws IOException {
        return ResolvConfText.without(read(target()).orElse(""), node);
    }

    /**
     * Brings the lines of {@code networks}, which are some, into the file.
     *
     * @return whether it had to be changed
     */
    boolean apply(List<NetworkDns> networks) throws IOException {
        Path target = target();
        Optional<String> present = read(target);
        String base = ResolvConfText.without(present.orElse(""), node);
        String wanted = ResolvConfText.with(base, node, networks);
        if (present.filter(wanted::equals).isPresent()) {
            return false;
        }
        Optional<Note> before = note();
        if (before.isPresent() && !before.get().target.equals(target)) {
            undo(); // The link leads elsewhere now: the former file is done with.
        }
        boolean absent = present.isEmpty() || before.filter(Note::absent).isPresent() && base.isEmpty();
        home.saveNote(
                NOTE, new Note(target, digest(wanted), absent, base).text().getBytes(StandardCharsets.UTF_8));
        write(target, wanted);
        return true;
    }

    /**
     * Takes the lines out again, wherever they are; the note goes when that is done.
     *
     * @return whether there was anything to take back
     */
    boolean undo() throws IOException {
        Optional<Note> found = note();
        if (found.isEmpty()) {
            return false;
        }
        Note note = found.get();
        Set<Path> files = new LinkedHashSet<>(List.of(note.target, target()));
        for (Path each : files) {
            Optional<String> present = read(each);
            if (present.isEmpty()) {
                continue;
            }
            boolean emptied = present.get().isEmpty() && !note.absent && each.equals(note.target);
            boolean asLeft = emptied || digest(present.get()).equals(note.written);
            String restored = asLeft ? note.base : ResolvConfText.without(present.get(), node);
            if (restored.isEmpty() && note.absent && each.equals(note.target)) {
                AtomicFiles.delete(each);
            } else if (!restored.equals(present.get())) {
                write(each, restored);
            }
        }
        home.deleteNote(NOTE);
        return true;
    }

    /** The file itself, behind any links, even if it does not exist yet. */
    private Path target() throws IOException {
        Path at = file.toAbsolutePath();
        for (int i = 0; i < 16 && Files.isSymbolicLink(at); i++) {
            at = at.resolveSibling(Files.readSymbolicLink(at)).normalize();
        }
        if (Files.isSymbolicLink(at)) {
            throw new IOException(file + " is a link that leads in a circle");
        }
        return Files.exists(at, LinkOption.NOFOLLOW_LINKS) ? at.toRealPath() : at;
    }

    private static Optional<String> read(Path path) throws IOException {
        // Byte for byte: a comment in another encoding must survive.
        return AtomicFiles.read(path, BYTES_MAX).map(bytes -> new String(bytes, StandardCharsets.ISO_8859_1));
    }

    private void write(Path path, String text) throws IOException {
        byte[] content = text.getBytes(StandardCharsets.ISO_8859_1);
        try {
            replacement.replace(path, content);
        } catch (AtomicFiles.NotReplaceableException mounted) {
            if (!Files.isRegularFile(path)) {
                throw mounted;
            }
            AtomicFiles.overwrite(path, content);
        }
    }

    private static String digest(String text) {
        try {
            byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible); // every JDK has it
        }
    }

    private Optional<Note> note() throws IOException {
        return home.note(NOTE).flatMap(bytes -> Note.read(new String(bytes, StandardCharsets.UTF_8)));
    }

    /**
     * What was done.
     *
     * @param target the file
     * @param written the digest of its new content
     * @param absent whether there was no file before
     * @param base its former content
     */
    private record Note(Path target, String written, boolean absent, String base) {
        String text() {
            return target + "\n" + written + "\n" + (absent ? ABSENT : "") + "\n" + base;
        }

        static Optional<Note> read(String text) {
            String[] parts = text.split("\n", 4);
            return parts.length < 4
                    ? Optional.empty()
                    : Optional.of(new Note(Path.of(parts[0]), parts[1], parts[2].equals(ABSENT), parts[3]));
        }
    }
}
