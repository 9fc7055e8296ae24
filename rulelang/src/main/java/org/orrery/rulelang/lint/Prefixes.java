// SPDX-License-Identifier: Apache-2.0
package org.orrery.rulelang.lint;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;
import org.orrery.rulelang.Entry;
import org.orrery.rulelang.EntryType;

/** Addresses with prefix lengths, which compilers copy without looking at them. */
final class Prefixes {
    private Prefixes() {}

    private static boolean v6(Entry entry) {
        return entry.type() == EntryType.IPV6_SOURCE || entry.type() == EntryType.IPV6_DEST;
    }

    /** What is wrong with the prefix of a match; null if nothing is. */
    static @Nullable String fault(Entry entry) {
        String text = entry.text("ip");
        int slash = text.indexOf('/');
        String bitsText = text.substring(slash + 1);
        int width = v6(entry) ? 128 : 32;
        if (!bitsText.matches("[0-9]{1,3}") || Integer.parseInt(bitsText) > width) {
            return "'/" + bitsText + "' is no prefix length: 0 to " + width + " is";
        }
        BigInteger address = address(text.substring(0, slash), v6(entry));
        if (address == null) {
            return "'" + text.substring(0, slash) + "' is no address: controllers will take it for another one";
        }
        int bits = Integer.parseInt(bitsText);
        BigInteger host = BigInteger.ONE.shiftLeft(width - bits).subtract(BigInteger.ONE);
        return v6(entry) && address.and(host).signum() != 0
                ? "this never matches: the address has bits set behind its " + bits + " prefix bits"
                : null;
    }

    static String remedy(Entry entry) {
        return v6(entry)
                ? "write the network's own address (2001:db8::/32), or /128 for one host"
                : "write ADDRESS/BITS: 10.0.0.0/8";
    }

    /** Only for text that is an address in digits: nothing is looked up. */
    private static @Nullable BigInteger address(String text, boolean v6) {
        boolean digits = v6
                ? text.matches("[0-9a-fA-F:.]+") && text.indexOf(':') >= 0
                : text.matches("([0-9]{1,3}\\.){3}[0-9]{1,3}");
        try {
            return digits ? new BigInteger(1, bytes(InetAddress.getByName(text), v6)) : null;
        } catch (UnknownHostException malformed) {
            return null;
        }
    }

    /** The JDK makes an IPv4 address of a mapped one; it is still sixteen bytes in a frame. */
    private static byte[] bytes(InetAddress address, boolean v6) {
        byte[] bytes = address.getAddress();
        if (!v6 || bytes.length == 16) {
            return bytes;
        }
        byte[] mapped = new byte[16];
        mapped[10] = (byte) 0xff;
        mapped[11] = (byte) 0xff;
        System.arraycopy(bytes, 0, mapped, 12, 4);
        return mapped;
    }
}
