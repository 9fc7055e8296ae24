// SPDX-License-Identifier: Apache-2.0
package org.orrery.bench;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Tells whether somebody else measures on this machine, by the file that every program with JMH locks while it does. JMH
 * itself gives up then, and also where the file is another user's.
 *
 * @param alone whether nobody else held it; also if that cannot be known
 */
record RunLock(@Nullable FileChannel channel, boolean alone) implements AutoCloseable {
    /** Where JMH has it. */
    static final Path USUAL = Path.of(System.getProperty("java.io.tmpdir", "/tmp"), "jmh.lock");

    /** Holds the lock, if it is free, until this is closed. */
    static RunLock take(Path file) {
        try {
            return lock(FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE), false);
        } catch (IOException anothers) {
            return ofAnother(file);
        }
    }

    /** What belongs to another user can be locked by readers only, which keeps its owner's lock out. */
    private static RunLock ofAnother(Path file) {
        try {
            return lock(FileChannel.open(file, StandardOpenOption.READ), true);
        } catch (IOException unknown) {
            return new RunLock(null, true);
        }
    }

    private static RunLock lock(FileChannel channel, boolean shared) throws IOException {
        try {
            return new RunLock(channel, channel.tryLock(0, Long.MAX_VALUE, shared) != null);
        } catch (OverlappingFileLockException inThisProcess) {
            return new RunLock(channel, false);
        } catch (IOException impossible) {
            channel.close();
            throw impossible;
        }
    }

    @Override
    public void close() {
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException gone) {
                // The lock goes with the process at the latest.
            }
        }
    }
}
