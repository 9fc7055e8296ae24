// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.portmap;

/** How a router was asked. */
public enum MappingMethod {
    PCP("PCP"),
    NAT_PMP("NAT-PMP"),
    UPNP("UPnP");

    private final String text;

    MappingMethod(String text) {
        this.text = text;
    }

    /** The name that people know it by. */
    @Override
    public String toString() {
        return text;
    }
}
