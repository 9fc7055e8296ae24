// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.relay;

import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One binary message of WebSocket (RFC 6455, section 5) for each message, after the handshake. Fragmented messages are put
 * together within the usual bound; pings are answered; text, extensions and frames against the rules end the connection.
 */
final class WebSocketStream implements MessageStream {
    private static final int CONTINUATION = 0;
    private static final int BINARY = 2;
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int PONG = 10;

    private static final int FIN = 0x80;
    private static final int MASKED = 0x80;
    private static final int CONTROL_BYTES_MAX = 125;
    private static final int BUFFER_BYTES = 16 * 1024;
    private static final int FRAMES_WITHOUT_MESSAGE_MAX = 1_000;

    private final InputStream in;
    private final OutputStream out;

    /** Only a client masks what it sends, and always. */
    private final @Nullable RandomGenerator masks;

    /** Pongs and pings are written by other threads than messages. */
    private final ReentrantLock writing = new ReentrantLock();

    private final byte[] control = new byte[CONTROL_BYTES_MAX];
    private final byte[] head = new byte[14];
    private final byte[] masked = new byte[RelayMessages.BYTES_MAX];

    /**
     * @param in buffered
     * @param masks unpredictable, for the client's end; null for the server's
     */
    WebSocketStream(InputStream in, OutputStream out, @Nullable RandomGenerator masks) {
        this.in = in;
        this.out = new BufferedOutputStream(out, BUFFER_BYTES);
        this.masks = masks;
    }

    @Override
    public int read(byte[] into) throws IOException {
        int length = 0;
        boolean begun = false;
        for (int frames = 0; frames < FRAMES_WITHOUT_MESSAGE_MAX; frames++) {
            int first = in.read();
            if (first < 0) {
                return END;
            }
            int second = byteOf();
            if ((first & 0x70) != 0) {
                throw new MalformedMessageException("WebSocket frame with an extension that was not agreed on");
            }
            boolean isMasked = (second & MASKED) != 0;
            if (isMasked == (masks != null)) {
                throw new MalformedMessageException(isMasked ? "masked WebSocket frame" : "unmasked WebSocket frame");
            }
            int opcode = first & 0x0f;
            boolean last = (first & FIN) != 0;
            long bytes = length(second & 0x7f);
            int mask = isMasked ? byteOf() << 24 | byteOf() << 16 | byteOf() << 8 | byteOf() : 0;
            switch (opcode) {
                case CLOSE, PING, PONG -> {
                    if (!last || bytes > CONTROL_BYTES_MAX) {
                        throw new MalformedMessageException("long WebSocket control frame");
                    }
                    body(control, 0, (int) bytes, mask);
                    if (opcode == CLOSE) {
                        send(CLOSE, control, 0, (int) Math.min(bytes, 2), true);
                        return END;
                    }
                    if (opcode == PING) {
                        send(PONG, control, 0, (int) bytes, true);
                    }
                }
                case BINARY, CONTINUATION -> {
                    if (begun == (opcode == BINARY)) {
                        throw new MalformedMessageException("WebSocket fragments out of order");
                    }
                    if (bytes > RelayMessages.BYTES_MAX - length) {
                        throw new MalformedMessageException(
                                "WebSocket message of more than " + RelayMessages.BYTES_MAX + " bytes");
                    }
                    body(into, length, (int) bytes, mask);
                    length += (int) bytes;
                    begun = true;
                    if (last) {
                        return length;
                    }
                }
                default -> throw new MalformedMessageException("WebSocket frame of type " + opcode);
            }
        }
        throw new MalformedMessageException("too many WebSocket frames without a message");
    }

    private int byteOf() throws IOException {
        int next = in.read();
        if (next < 0) {
            throw new EOFException("ended inside a WebSocket frame");
        }
        return next;
    }

    private long length(int code) throws IOException {
        if (code < 126) {
            return code;
        }
        long length = 0;
        for (int i = code == 126 ? 2 : 8; i > 0; i--) {
            length = length << 8 | byteOf();
        }
        if (length < 0) {
            throw new MalformedMessageException("WebSocket frame of negative length");
        }
        return length;
    }

    private void body(byte[] into, int offset, int length, int mask) throws IOException {
        if (in.readNBytes(into, offset, length) < length) {
            throw new EOFException("ended inside a WebSocket frame");
        }
        if (mask != 0) {
            mask(into, offset, into, offset, length, mask);
        }
    }

    private static void mask(byte[] from, int fromOffset, byte[] into, int intoOffset, int length, int mask) {
        for (int i = 0; i < length; i++) {
            into[intoOffset + i] = (byte) (from[fromOffset + i] ^ mask >>> 24 - 8 * (i & 3));
        }
    }

    @Override
    public void write(byte[] message, int offset, int length) throws IOException {
        send(BINARY, message, offset, length, false);
    }

    @Override
    public void flush() throws IOException {
        writing.lock();
        try {
            out.flush();
        } finally {
            writing.unlock();
        }
    }

    @Override
    public void ping() throws IOException {
        send(PING, control, 0, 0, true);
    }

    private void send(int opcode, byte[] bytes, int offset, int length, boolean now) throws IOException {
        writing.lock();
        try {
            int at = 0;
            head[at++] = (byte) (FIN | opcode);
            int maskBit = masks != null ? MASKED : 0;
            if (length < 126) {
                head[at++] = (byte) (maskBit | length);
            } else {
                head[at++] = (byte) (maskBit | 126);
                head[at++] = (byte) (length >>> 8);
                head[at++] = (byte) length;
            }
            if (masks == null) {
                out.write(head, 0, at);
                out.write(bytes, offset, length);
            } else {
                int mask = masks.nextInt();
                for (int i = 0; i < 4; i++) {
                    head[at++] = (byte) (mask >>> 24 - 8 * i);
                }
                mask(bytes, offset, masked, 0, length, mask);
                out.write(head, 0, at);
                out.write(masked, 0, length);
            }
            if (now) {
                out.flush();
            }
        } finally {
            writing.unlock();
        }
    }
}
