// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.nio;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import org.orrery.net.PollSource;
import org.orrery.net.Poller;

/** The JDK's selector. */
final class NioPoller implements Poller {
    private final Selector selector;
    private final List<SelectionKey> ready = new ArrayList<>();

    private record Entry(PollSource source, Runnable whenReadable) {}

    NioPoller() throws IOException {
        selector = Selector.open();
    }

    @Override
    public void add(PollSource source, Runnable whenReadable) throws IOException {
        if (!(source instanceof NioSource nio)) {
            throw new IllegalArgumentException("not a source of these ports: " + source);
        }
        if (selector.keys().size() >= SOURCES_MAX) {
            throw new IllegalStateException("more than " + SOURCES_MAX + " sources");
        }
        nio.channel().register(selector, SelectionKey.OP_READ, new Entry(source, whenReadable));
    }

    @Override
    public void remove(PollSource source) {
        if (!(source instanceof NioSource nio)) {
            return;
        }
        SelectionKey key = nio.channel().keyFor(selector);
        if (key == null) {
            return;
        }
        key.cancel();
        try {
            selector.selectNow(); // forgets the key now, so that the source may be added again
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Override
    public int await(long timeoutMillis) {
        ready.clear();
        try {
            if (timeoutMillis == 0) {
                selector.selectNow();
            } else {
                selector.select(Math.max(timeoutMillis, 0)); // 0 means without end to the selector
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        for (SelectionKey key : selector.selectedKeys()) {
            if (key.isValid()) {
                ready.add(key);
            }
        }
        selector.selectedKeys().clear();
        return ready.size();
    }

    @Override
    public PollSource ready(int index) {
        return entry(index).source;
    }

    @Override
    public void serve(int index) {
        if (ready.get(index).isValid()) {
            entry(index).whenReadable.run();
        }
    }

    private Entry entry(int index) {
        return (Entry) ready.get(index).attachment();
    }

    @Override
    public void wake() {
        selector.wakeup();
    }

    @Override
    public void close() {
        try {
            selector.close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
