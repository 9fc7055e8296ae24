// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import java.util.List;
import org.orrery.core.value.Endpoint;

/**
 * How the way out treats one local socket, told from where others see it.
 *
 * @param local the socket's own endpoint
 * @param seen where it was seen, each once
 * @param observers endpoints of others that told so
 */
public record NatMapping(Endpoint local, Kind kind, List<Endpoint> seen, int observers) {
    public NatMapping {
        seen = List.copyOf(seen);
    }

    /** Mapping behaviour, in the words of RFC 4787. */
    public enum Kind {
        NONE("no NAT: others see the socket's own address"),
        ENDPOINT_INDEPENDENT("a NAT with endpoint-independent mapping: everybody sees the same outside port"),
        ENDPOINT_DEPENDENT(
                "a NAT with endpoint-dependent mapping (symmetric): each destination sees another outside port"),
        UNKNOWN("a NAT; its mapping cannot be told from a single observer");

        private final String text;

        Kind(String text) {
            this.text = text;
        }

        /** For a person. */
        public String text() {
            return text;
        }
    }
}
