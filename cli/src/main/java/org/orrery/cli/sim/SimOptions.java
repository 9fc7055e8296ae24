// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.sim;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What all experiments take. */
final class SimOptions {
    @Spec(Spec.Target.MIXEE)
    @Nullable
    CommandSpec spec;

    @Option(names = "--seed", paramLabel = "NUMBER", defaultValue = "1", description = "The first seed (default: 1).")
    long seed;

    @Option(names = "--json", description = "Print JSON.")
    boolean json;

    /** Refuses a number out of bounds. */
    void check(String option, int value, int least, int most) {
        if (value < least || value > most) {
            throw new ParameterException(
                    Objects.requireNonNull(spec).commandLine(),
                    option + " is from " + least + " to " + most + ", not " + value);
        }
    }
}
