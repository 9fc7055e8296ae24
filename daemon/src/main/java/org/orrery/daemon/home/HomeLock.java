// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.home;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a second service away from a home folder. The system drops the lock with the process, so nothing is left to
 * clean up after a crash; the file stays and holds the pid of the last holder.
 */
final class HomeLock implements AutoCloseable {
    static final String FILE = "orrery.lock";

    private final FileChannel channel;

    private HomeLock(FileChannel locked) {
        this.channel = locked;
    }

    /** @throws HomeException if another process, or another part of this one, holds the folder */
    static HomeLock take(Path home) throws IOException, HomeException {
        Path file = home.resolve(FILE);
        FileChannel channel = FileChannel.open(
                file,
                new HashSet<>(Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)),
                Mode.READABLE.fileAttributes(file));
        boolean taken = false;
        try {
            if (tryLock(channel) == null) {
                throw new HomeException(home, "in use by another Orrery, process " + holder(channel));
            }
            channel.truncate(0);
            channel.write(
                    ByteBuffer.wrap(Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII)));
            taken = true;
            return new HomeLock(channel);
        } finally {
            if (!taken) {
                channel.close();
            }
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException heldHere) {
            return null;
        }
    }

    private static String holder(FileChannel channel) throws IOException {
        ByteBuffer pid = ByteBuffer.allocate(20);
        channel.read(pid, 0);
        String text = new String(pid.array(), 0, pid.position(), StandardCharsets.US_ASCII).strip();
        return text.isEmpty() ? "unknown" : text;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
