// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.orrery.cli.lab.LabException;

/** What a process uses, as the kernel shows it under {@code /proc}. */
final class ProcessUse {
    /** The unit of times there: fixed for programs, whatever the kernel's own clock is. */
    private static final double TICKS_PER_SECOND = 100;

    private static final Pattern RESIDENT = Pattern.compile("^VmRSS:\\s+([0-9]+) kB$", Pattern.MULTILINE);

    /** Positions of user and system time, counted from the field behind the process's name. */
    private static final int USER_TIME = 11;

    private static final int SYSTEM_TIME = 12;

    private ProcessUse() {}

    /** Processor time of all threads of these processes together, from their start. */
    static double cpuSeconds(List<Long> pids) throws IOException {
        double seconds = 0;
        for (long pid : pids) {
            seconds += cpuSeconds(read(pid, "stat"));
        }
        return seconds;
    }

    /** Resident memory of these processes together, in MB of 1,000,000 bytes. */
    static double residentMegabytes(List<Long> pids) throws IOException {
        double megabytes = 0;
        for (long pid : pids) {
            megabytes += residentMegabytes(read(pid, "status"));
        }
        return megabytes;
    }

    /** Bytes that arrived at a device of the host that the process is on. */
    static long receivedBytes(long pid, String device) throws IOException {
        return receivedBytes(read(pid, "net/dev"), device);
    }

    private static String read(long pid, String file) throws IOException {
        return Files.readString(Path.of("/proc", "" + pid, file));
    }

    /** Reads {@code /proc/PID/stat}. The name in it may hold anything, brackets and spaces too. */
    static double cpuSeconds(String stat) throws LabException {
        String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ");
        if (fields.length <= SYSTEM_TIME) {
            throw new LabException("not a process's times: " + stat);
        }
        return (Long.parseLong(fields[USER_TIME]) + Long.parseLong(fields[SYSTEM_TIME])) / TICKS_PER_SECOND;
    }

    /** Reads {@code /proc/PID/net/dev}. */
    static long receivedBytes(String devices, String device) throws LabException {
        Matcher line = Pattern.compile("^\\s*" + Pattern.quote(device) + ":\\s*([0-9]+) ", Pattern.MULTILINE)
                .matcher(devices);
        if (!line.find()) {
            throw new LabException("no device " + device + " in: " + devices);
        }
        return Long.parseLong(line.group(1));
    }

    /** Reads {@code /proc/PID/status}. */
    static double residentMegabytes(String status) throws LabException {
        Matcher resident = RESIDENT.matcher(status);
        if (!resident.find()) {
            throw new LabException("no resident memory in: " + status);
        }
        return Long.parseLong(resident.group(1)) * 1024 / 1e6;
    }
}
