// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.netconf;

import java.nio.charset.StandardCharsets;
import org.orrery.core.rules.RuleTable;
import org.orrery.core.wire.Dictionary;
import org.orrery.core.wire.DictionaryWriter;
import org.orrery.core.wire.DictionaryWriter.Numbers;

/**
 * What a member tells its controller about itself with every request. All of it is the member's own word.
 *
 * @param formatVersion the configuration format it understands; below 6 is older than anything served here
 * @param vendor 0 for unspecified
 * @param rulesEngine revision of its rules engine; 0 means that it has none and gets a single ACCEPT
 * @param platform such as {@code linux/x86_64}; empty if it does not say
 * @param authentication a join credential, {@code token:...}; empty if there is none
 */
public record RequestMetadata(
        int formatVersion,
        int vendor,
        int protocol,
        int major,
        int minor,
        int revision,
        int rulesMax,
        int capabilitiesMax,
        int capabilityRulesMax,
        int tagsMax,
        long flags,
        int rulesEngine,
        String platform,
        String authentication) {
    /** Capacity of the dictionary, a NUL at its end included. */
    public static final int CAPACITY_BYTES = 1024;

    private static final int PLATFORM_BYTES_MAX = 127;
    private static final int AUTHENTICATION_BYTES_MAX = 511;

    /** What this implementation says: configuration format 7, rules engine 1, and the limits of all versions. */
    public static RequestMetadata ours(int protocol, int major, int minor, int revision, String platform) {
        return new RequestMetadata(
                7,
                0,
                protocol,
                major,
                minor,
                revision,
                RuleTable.RULES_MAX,
                NetworkConfig.CAPABILITIES_MAX,
                RuleTable.CAPABILITY_RULES_MAX,
                NetworkConfig.TAGS_MAX,
                0,
                1,
                platform,
                "");
    }

    /** Reads what is there; what is not is 0 or empty. */
    public static RequestMetadata read(Dictionary in) {
        return new RequestMetadata(
                number(in, "v"),
                number(in, "vend"),
                number(in, "pv"),
                number(in, "majv"),
                number(in, "minv"),
                number(in, "revv"),
                number(in, "mr"),
                number(in, "mc"),
                number(in, "mcr"),
                number(in, "mt"),
                in.u64("f", 0),
                number(in, "revr"),
                text(in, "o", PLATFORM_BYTES_MAX),
                text(in, "a", AUTHENTICATION_BYTES_MAX));
    }

    /** A number of the member's, brought into what an int holds: nobody means more. */
    private static int number(Dictionary in, String key) {
        long value = in.u64(key, 0);
        return value < 0 || value > Integer.MAX_VALUE ? Integer.MAX_VALUE : (int) value;
    }

    private static String text(Dictionary in, String key, int bytesMax) {
        byte[] value = in.bytes(key, bytesMax);
        return value == null ? "" : new String(value, StandardCharsets.UTF_8);
    }

    /** The dictionary's bytes, without a NUL at the end. A text that does not fit is left out. */
    public byte[] write(ConfigForm form) {
        var out = new DictionaryWriter(CAPACITY_BYTES, form == ConfigForm.PROTOCOL_12 ? Numbers.PADDED : Numbers.PLAIN);
        out.u64("v", formatVersion);
        out.u64("vend", vendor);
        out.u64("pv", protocol);
        out.u64("majv", major);
        out.u64("minv", minor);
        out.u64("revv", revision);
        out.u64("mr", rulesMax);
        out.u64("mc", capabilitiesMax);
        out.u64("mcr", capabilityRulesMax);
        out.u64("mt", tagsMax);
        out.u64("f", flags);
        out.u64("revr", rulesEngine);
        if (!platform.isEmpty()) {
            out.text("o", platform);
        }
        if (!authentication.isEmpty()) {
            out.text("a", authentication);
        }
        return out.toByteArray();
    }
}
