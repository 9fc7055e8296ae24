// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.home;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/**
 * Whole-file reads and replacements that a crash cannot tear: after it a file has its old content or its new one. Any
 * thread, but one writer for each file.
 */
public final class AtomicFiles {
    /** Ends the name of a file that is being written; such a file found at start is left from a crash. */
    static final String UNFINISHED = ".unfinished";

    private AtomicFiles() {}

    /**
     * The content of {@code file}, nothing if it does not exist.
     *
     * @throws IOException if it cannot be read or is longer than {@code bytesMax}
     */
    public static Optional<byte[]> read(Path file, int bytesMax) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = channel.size();
            if (size > bytesMax) {
                throw new IOException(file + ": " + size + " bytes, at most " + bytesMax + " are expected");
            }
            ByteBuffer content = ByteBuffer.allocate((int) size);
            int read;
            do {
                read = channel.read(content);
            } while (read >= 0 && content.hasRemaining());
            return Optional.of(Arrays.copyOf(content.array(), content.position()));
        } catch (NoSuchFileException absent) {
            return Optional.empty();
        }
    }

    /**
     * Replaces {@code file}, following a symbolic link and keeping its mode unless that is secret, or creates it with
     * {@code mode}. Nothing is written if it has this content already.
     */
    static void replace(Path file, Mode mode, byte[] content) throws IOException {
        Path target = Files.isSymbolicLink(file) ? file.toRealPath() : file;
        if (sameContent(target, content)) {
            return;
        }
        Path unfinished = target.resolveSibling(target.getFileName() + UNFINISHED);
        try {
            prepare(unfinished, mode, target, content);
            move(unfinished, target);
        } catch (IOException | RuntimeException failure) {
            try {
                Files.deleteIfExists(unfinished);
            } catch (IOException further) {
                failure.addSuppressed(further);
            }
            throw failure;
        }
        syncFolderOf(target);
    }

    /** The file itself may be written to, but its folder does not let it be replaced. */
    public static final class NotReplaceableException extends IOException {
        private static final long serialVersionUID = 1;

        public NotReplaceableException(FileSystemException cause) {
            super(cause.getMessage(), cause);
        }
    }

    private static void prepare(Path unfinished, Mode mode, Path target, byte[] content) throws IOException {
        try {
            Files.deleteIfExists(unfinished);
            write(unfinished, mode, target, content);
        } catch (AccessDeniedException refused) {
            throw new NotReplaceableException(refused);
        } catch (FileSystemException refused) {
            // A full file system must not look like one that nobody may write to.
            throw readOnly(target) ? new NotReplaceableException(refused) : refused;
        }
    }

    private static boolean readOnly(Path file) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        return folder != null && Files.getFileStore(folder).isReadOnly();
    }

    /** A file that something is mounted on cannot be moved over. */
    private static void move(Path unfinished, Path target) throws IOException {
        try {
            Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (FileSystemException refused) {
            throw new NotReplaceableException(refused);
        }
    }

    /**
     * As {@link #replace}, for a file outside the home folder that everybody may read.
     *
     * @throws NotReplaceableException if only writing to the file itself is possible; it is as it was
     */
    public static void replaceReadable(Path file, byte[] content) throws IOException {
        replace(file, Mode.READABLE, content);
    }

    private static boolean sameContent(Path file, byte[] content) throws IOException {
        return Files.isRegularFile(file)
                && Files.size(file) == content.length
                && read(file, content.length)
                        .filter(old -> Arrays.equals(old, content))
                        .isPresent();
    }

    private static void write(Path file, Mode mode, Path before, byte[] content) throws IOException {
        try (FileChannel channel = create(file, mode, before)) {
            ByteBuffer left = ByteBuffer.wrap(content);
            while (left.hasRemaining()) {
                channel.write(left);
            }
            channel.force(true);
        }
    }

    /** Makes an empty file that at no time more people may read than its predecessor {@code before}, if there is one. */
    static FileChannel create(Path file, Mode mode, Path before) throws IOException {
        Set<StandardOpenOption> options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        Mode first = Files.exists(before) ? Mode.SECRET : mode;
        FileChannel channel = FileChannel.open(file, options, first.fileAttributes(file));
        try {
            mode.likeBefore(before, file);
            return channel;
        } catch (IOException | RuntimeException failure) {
            channel.close();
            throw failure;
        }
    }

    /**
     * Writes into {@code file} itself, for one that cannot be replaced. What it had before is put back if that fails, but
     * a crash can leave a mixture.
     */
    public static void overwrite(Path file, byte[] content) throws IOException {
        byte[] before = Files.readAllBytes(file);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            try {
                overwrite(channel, content);
            } catch (IOException failure) {
                try {
                    overwrite(channel, before); // its room was never given up
                } catch (IOException further) {
                    failure.addSuppressed(further);
                }
                throw failure;
            }
        }
    }

    private static void overwrite(FileChannel channel, byte[] content) throws IOException {
        ByteBuffer left = ByteBuffer.wrap(content);
        while (left.hasRemaining()) {
            channel.write(left, left.position());
        }
        channel.truncate(content.length);
        channel.force(true);
    }

    /** Deletes a file for good; one that does not exist is fine. */
    public static void delete(Path file) throws IOException {
        if (Files.deleteIfExists(file)) {
            syncFolderOf(file);
        }
    }

    /**
     * Moves a file out of the way under a name that no start reads and that says what it is.
     *
     * @return the new name
     */
    static Path setAside(Path file) throws IOException {
        int number = 1;
        Path aside;
        do {
            aside = file.resolveSibling(file.getFileName() + ".broken-" + number++);
        } while (Files.exists(aside, LinkOption.NOFOLLOW_LINKS));
        Files.move(file, aside);
        syncFolderOf(file);
        return aside;
    }

    /** Deletes what a crash left half written in {@code folder}. The caller holds the home folder's lock. */
    static void sweep(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (DirectoryStream<Path> left = Files.newDirectoryStream(folder, "*" + UNFINISHED)) {
            for (Path file : left) {
                Files.deleteIfExists(file);
            }
        }
    }

    /** Creates {@code folder} and the folders above it. */
    static void createFolders(Path folder, Mode mode) throws IOException {
        Files.createDirectories(folder, mode.folderAttributes(folder));
    }

    /** Makes a change of names last. */
    private static void syncFolderOf(Path file) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null || !Mode.posix(folder)) {
            return; // Where folders cannot be opened, the system orders renames itself.
        }
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
