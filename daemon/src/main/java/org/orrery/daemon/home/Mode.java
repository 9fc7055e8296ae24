// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.home;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Who may read a file of the home folder. A file or folder has its mode from its creation on. */
enum Mode {
    /** The owner alone: keys, tokens, network configurations, peers. */
    SECRET("rw-------", "rwx------"),
    /** Everybody may read: what tools of other users look up. */
    READABLE("rw-r--r--", "rwxr-xr-x");

    private final String file;
    private final String folder;

    Mode(String file, String folder) {
        this.file = file;
        this.folder = folder;
    }

    /** For creating a file at {@code path}; nothing where the file system knows no modes. */
    FileAttribute<?>[] fileAttributes(Path path) {
        return attributes(path, PosixFilePermissions.fromString(file));
    }

    /** Gives the successor of a readable file the rights that a person gave to the file. */
    void likeBefore(Path before, Path successor) throws IOException {
        if (this == READABLE && Files.exists(before) && posix(before)) {
            Files.setPosixFilePermissions(successor, Files.getPosixFilePermissions(before));
        }
    }

    /** For creating a folder at {@code path}. */
    FileAttribute<?>[] folderAttributes(Path path) {
        return attributes(path, PosixFilePermissions.fromString(folder));
    }

    private static FileAttribute<?>[] attributes(Path path, Set<PosixFilePermission> permissions) {
        return posix(path)
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(permissions)}
                : new FileAttribute<?>[0];
    }

    /** Whether the file system of {@code path} has modes. */
    static boolean posix(Path path) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    /** Takes rights away from a file that an older installation, or a person, left open to others. */
    void restrict(Path existing) throws IOException {
        if (exceededBy(existing)) {
            Files.setPosixFilePermissions(existing, PosixFilePermissions.fromString(file));
        }
    }

    /** Whether more people may do more with a file than this allows. */
    boolean exceededBy(Path existing) throws IOException {
        return posix(existing)
                && !PosixFilePermissions.fromString(file).containsAll(Files.getPosixFilePermissions(existing));
    }
}
