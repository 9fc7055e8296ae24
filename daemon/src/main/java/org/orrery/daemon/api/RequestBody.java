// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.api;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Reads request bodies within one budget for all of them: many large bodies at a time wait for each other, and are
 * refused when that takes too long. Any thread.
 */
final class RequestBody {
    /** The largest body: a controller's largest network object is some MB. */
    static final int BYTES_MAX = 64 << 20;

    /** All bodies being read or worked on: one of the largest, and many small ones beside it. */
    private static final int UNITS_MAX = (BYTES_MAX + (16 << 20)) / RequestBody.UNIT_BYTES;

    private static final int UNIT_BYTES = 64 << 10;
    private static final long WAIT_SECONDS = 5;

    private final Semaphore units = new Semaphore(UNITS_MAX, true);

    /** A body, and its part of the budget until it is closed. */
    final class Held implements AutoCloseable {
        private final ByteArrayOutputStream content = new ByteArrayOutputStream();
        private int held;

        byte[] bytes() {
            return content.toByteArray();
        }

        private boolean reserve() throws InterruptedException {
            if (!units.tryAcquire(WAIT_SECONDS, TimeUnit.SECONDS)) {
                return false;
            }
            held++;
            return true;
        }

        @Override
        public void close() {
            units.release(held);
            held = 0;
        }
    }

    /**
     * The whole body, or the status that refuses it. To be closed when it has been used.
     *
     * @throws Refused with 413 for a body past {@link #BYTES_MAX}, 503 if the budget stays used up
     */
    Held read(Optional<String> contentLength, InputStream in) throws IOException, Refused {
        if (contentLength.filter(RequestBody::pastMaximum).isPresent()) {
            throw new Refused(413);
        }
        Held body = new Held();
        try {
            fill(body, in);
            return body;
        } catch (IOException | Refused | RuntimeException failure) {
            body.close();
            throw failure;
        }
    }

    private static boolean pastMaximum(String contentLength) {
        String digits = contentLength.strip();
        return digits.length() > 10 || digits.matches("[0-9]+") && Long.parseLong(digits) > BYTES_MAX;
    }

    private void fill(Held body, InputStream in) throws IOException, Refused {
        byte[] piece = new byte[UNIT_BYTES];
        for (int length = in.read(piece); length >= 0; length = in.read(piece)) {
            if (body.content.size() + length > BYTES_MAX) {
                throw new Refused(413);
            }
            body.content.write(piece, 0, length);
            while ((long) body.held * UNIT_BYTES < body.content.size()) {
                try {
                    if (!body.reserve()) {
                        throw new Refused(503);
                    }
                } catch (InterruptedException stopping) {
                    Thread.currentThread().interrupt();
                    throw new Refused(503);
                }
            }
        }
    }

    /** A body that is not taken. */
    static final class Refused extends Exception {
        private final int status;

        Refused(int status) {
            super(Integer.toString(status));
            this.status = status;
        }

        int status() {
            return status;
        }
    }
}
