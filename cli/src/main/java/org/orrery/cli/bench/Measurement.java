// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What can be measured of a pair, by the name it is asked for with. */
public enum Measurement {
    TCP1("tcp1"),
    TCP1_BACK("tcp1-back"),
    TCP8("tcp8"),
    TCP8_BACK("tcp8-back"),
    /** What arrives of what is sent as fast as it goes. */
    UDP64("udp64"),
    PING("ping"),
    /** Beside a TCP stream. */
    PING_LOAD("ping-load"),
    /** Of a new node, and of one that rests after all other measurements. */
    MEMORY("memory"),
    /** Through a root, the direct way blocked. */
    RELAY("relay");

    private final String id;

    Measurement(String id) {
        this.id = id;
    }

    private List<Figure> tcp(String title) {
        return List.of(Figure.more(id, title, "Mbit/s"), Figure.less(id + "-cpu", title + ": CPU", "s/GB"));
    }

    private List<Figure> ping(String title) {
        return List.of(
                Figure.less(id + "-average", title + ": average", "ms"),
                Figure.less(id + "-median", title + ": median", "ms"),
                Figure.less(id + "-p99", title + ": 99 of 100 within", "ms"),
                Figure.less(id + "-lost", title + ": lost", "%"));
    }

    /** By the name it is asked for with. */
    public static Optional<Measurement> named(String id) {
        return Arrays.stream(values()).filter(each -> each.id.equals(id)).findFirst();
    }

    public String id() {
        return id;
    }

    /** What it finds, in the order of its values. */
    public List<Figure> figures() {
        return switch (this) {
            case TCP1 -> tcp("TCP, 1 stream");
            case TCP1_BACK -> tcp("TCP, 1 stream, back");
            case TCP8 -> tcp("TCP, 8 streams");
            case TCP8_BACK -> tcp("TCP, 8 streams, back");
            case UDP64 ->
                List.of(
                        Figure.more(id, "UDP, 64 bytes", "kpackets/s"),
                        Figure.less(id + "-cpu", "UDP, 64 bytes: CPU", "µs/packet"));
            case PING -> ping("Ping, idle");
            case PING_LOAD -> ping("Ping, under load");
            case MEMORY ->
                List.of(
                        Figure.less(id, "Memory, new", "MB/node"),
                        Figure.less(id + "-used", "Memory, after traffic", "MB/node"));
            case RELAY ->
                List.of(
                        Figure.more(id, "Relayed TCP, 1 stream", "Mbit/s"),
                        Figure.less(id + "-cpu", "Relayed TCP: CPU of the root", "s/GB"));
        };
    }

    /** Whether it needs a pair whose direct way is blocked. */
    public boolean relayed() {
        return this == RELAY;
    }
}
