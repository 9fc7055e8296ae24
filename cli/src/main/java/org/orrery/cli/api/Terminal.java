// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.api;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * What a program sees of the world that started it; tests make their own.
 *
 * @param program the name it was called by, which starts its messages
 * @param folder against which file names are resolved
 * @param clockMillis the time, since 1970
 */
public record Terminal(
        String program,
        Map<String, String> environment,
        Path folder,
        LongSupplier clockMillis,
        PrintStream out,
        PrintStream err) {
    /** The real one. UTF-8 whatever the locale says: names of networks must come out as they are. */
    public static Terminal ofProcess(String otherwiseNamed) {
        return new Terminal(
                System.getProperty("orrery.program", otherwiseNamed),
                System.getenv(),
                Path.of(""),
                System::currentTimeMillis,
                new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8),
                new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8));
    }

    /** Prints a line that ends in LF. */
    public void line(String text) {
        out.print(text + "\n");
    }

    /** Prints a line of error that ends in LF. */
    public void complain(String text) {
        err.print(text + "\n");
    }

    public Path file(String name) {
        return folder.resolve(name);
    }

    /** Ends the process after everything printed has left. */
    public void exit(int code) {
        out.flush();
        err.flush();
        System.exit(code);
    }
}
