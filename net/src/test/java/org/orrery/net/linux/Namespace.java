// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.linux;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A network namespace of its own, held by one thread: what is called runs on that thread, in that namespace, and so do
 * the programs it starts. The namespace is gone when the thread is and the sockets made in it are closed.
 */
final class Namespace implements AutoCloseable {
    private static final int CLONE_NEWNET = 0x4000_0000;
    private static final MethodHandle UNSHARE = Linker.nativeLinker()
            .downcallHandle(
                    Linker.nativeLinker().defaultLookup().findOrThrow("unshare"),
                    FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

    private final ExecutorService thread = Executors.newSingleThreadExecutor(task -> new Thread(task, "namespace"));

    Namespace() throws Exception {
        call(() -> {
            try {
                if ((int) UNSHARE.invokeExact(CLONE_NEWNET) != 0) {
                    throw new IOException("unshare");
                }
            } catch (Throwable failure) {
                throw new IOException("no network namespace", failure);
            }
            return run("ip", "link", "set", "lo", "up");
        });
    }

    <T> T call(Callable<T> body) throws Exception {
        try {
            return thread.submit(body).get();
        } catch (ExecutionException failure) {
            switch (failure.getCause()) {
                case Exception exception -> throw exception;
                case Error error -> throw error;
                case null, default -> throw failure;
            }
        }
    }

    /** Runs a program in the namespace; answers its output, fails if it does. */
    String program(String... command) throws Exception {
        return call(() -> run(command));
    }

    /**
     * Pings until an answer comes: both hosts then know each other's MAC, and nothing has to wait for that.
     *
     * @throws IOException if none comes in half a minute
     */
    void awaitAnswer(String host) throws Exception {
        long end = System.nanoTime() + 30_000_000_000L;
        while (true) {
            try {
                program("ping", "-n", "-c", "1", "-W", "1", host);
                return;
            } catch (IOException none) {
                if (System.nanoTime() - end >= 0) {
                    throw none;
                }
                Thread.sleep(50);
            }
        }
    }

    private static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int status = process.waitFor();
        if (status != 0) {
            throw new IOException(List.of(command) + " ended with " + status + ": " + output);
        }
        return output;
    }

    @Override
    public void close() {
        thread.close();
    }
}
