// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.command;

import java.util.List;

/** A command cannot do its work: what is wrong, and what to do about it. */
public final class Trouble extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient List<String> remedies;

    public Trouble(String message, String... remedies) {
        super(message);
        this.remedies = List.of(remedies);
    }

    public List<String> remedies() {
        return remedies;
    }
}
