// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.relay;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * Messages in records that look like data of TLS, without any of its protection: 0x17 0x03 0x03, length u16, message. The
 * first three bytes are sent and never looked at.
 */
final class RecordStream implements MessageStream {
    private static final int HEADER_BYTES = 5;
    private static final int BUFFER_BYTES = 16 * 1024;

    private final InputStream in;
    private final OutputStream out;
    private final byte[] header = new byte[HEADER_BYTES];
    private final byte[] sentHeader = {0x17, 0x03, 0x03, 0, 0};

    /** No record may be longer; the first one perhaps shorter than the others. */
    private int limit;

    RecordStream(InputStream in, OutputStream out) {
        this(in, out, RelayMessages.BYTES_MAX);
    }

    /** @param firstBytesMax length of the first record at most */
    RecordStream(InputStream in, OutputStream out, int firstBytesMax) {
        limit = firstBytesMax;
        this.in = new BufferedInputStream(in, BUFFER_BYTES);
        this.out = new BufferedOutputStream(out, BUFFER_BYTES);
    }

    @Override
    public int read(byte[] into) throws IOException {
        int first = in.read();
        if (first < 0) {
            return END;
        }
        if (in.readNBytes(header, 1, HEADER_BYTES - 1) < HEADER_BYTES - 1) {
            throw new EOFException("ended inside a record");
        }
        int length = (header[3] & 0xff) << 8 | header[4] & 0xff;
        if (length > limit) {
            throw new MalformedMessageException("record of " + length + " bytes");
        }
        limit = RelayMessages.BYTES_MAX;
        if (in.readNBytes(into, 0, length) < length) {
            throw new EOFException("ended inside a record");
        }
        return length;
    }

    @Override
    public void write(byte[] message, int offset, int length) throws IOException {
        sentHeader[3] = (byte) (length >>> 8);
        sentHeader[4] = (byte) length;
        out.write(sentHeader);
        out.write(message, offset, length);
    }

    @Override
    public void flush() throws IOException {
        out.flush();
    }

    /** This transport has none. */
    @Override
    public void ping() {}
}
