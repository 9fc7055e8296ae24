// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.orrery.cli.lab.NodeProgram;

/** The kinds that can be asked for: by the name of a program, or by a folder. */
public final class Kinds {
    private static final Map<String, Kind> BY_NAME = new TreeMap<>(
            Map.of("nebula", new NebulaKind(), "tinc", new TincKind(), "wireguard-go", new WireGuardKind()));

    private Kinds() {}

    /** What is wrong with the first of these that means nothing; empty if all are understood. */
    public static Optional<String> unknown(List<String> names) {
        return names.stream()
                .filter(name -> !BY_NAME.containsKey(name) && !NodeProgram.isIn(Path.of(name)))
                .findFirst()
                .map(name -> "'" + name + "' is neither one of " + String.join(", ", BY_NAME.keySet())
                        + " nor a folder that holds a zerotier-one");
    }

    /**
     * Orrery and those asked for, each once.
     *
     * @param mixed whether each folder is also measured with Orrery at the other end
     * @param skipped is told of each that is not installed
     */
    public static List<Kind> of(List<String> names, boolean mixed, Consumer<String> skipped) throws Exception {
        List<Kind> kinds = new ArrayList<>(List.of(NodeKind.orrery()));
        for (String name : names.stream().distinct().toList()) {
            Kind kind = BY_NAME.get(name);
            if (kind == null) {
                kinds.add(NodeKind.in(Path.of(name)));
                if (mixed) {
                    kinds.add(NodeKind.mixed(Path.of(name)));
                }
                continue;
            }
            Optional<String> missing = kind.missing();
            if (missing.isPresent()) {
                skipped.accept("Going on without " + name + ", which is not installed: " + missing.get());
            } else {
                kinds.add(kind);
            }
        }
        return kinds;
    }
}
