// SPDX-License-Identifier: Apache-2.0
package org.orrery.controller.store;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Random;
import org.orrery.core.value.Address;
import org.orrery.core.value.NetworkId;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Changes a store without end and prints each change when it is acknowledged; made to be killed. */
final class CrashWriter {
    static final NetworkId NETWORK = new NetworkId(0x1234_5678_9a00_0001L);
    static final int MEMBERS = 4;

    /** Records of a few kilobytes take more than one write of a disk block. */
    private static final String FILLING = "filling ".repeat(1500);

    private CrashWriter() {}

    static Address member(int index) {
        return new Address(0x10_0000_0000L + index);
    }

    /** Arguments: folder, seed, first number. Prints {@code begin WHAT NUMBER} before and {@code done WHAT NUMBER} after. */
    public static void main(String[] args) throws Exception {
        var store = new FileStore(Path.of(args[0]));
        var random = new Random(Long.parseLong(args[1]));
        long number = Long.parseLong(args[2]);
        PrintStream out = System.out;
        if (store.load().networks().isEmpty()) {
            store.apply(new StoreChange.CreateNetwork(NETWORK, record(NETWORK.toString(), 0)));
        }
        out.println("ready");
        while (true) {
            number++;
            int what = random.nextInt(MEMBERS + 1);
            boolean removes = what < MEMBERS && random.nextInt(4) == 0;
            String line = (what == MEMBERS ? "network" : removes ? "remove" + what : "member" + what) + " " + number;
            out.println("begin " + line);
            out.flush();
            if (what == MEMBERS) {
                store.apply(new StoreChange.PutNetwork(NETWORK, record(NETWORK.toString(), number)));
            } else if (removes) {
                store.apply(new StoreChange.RemoveMember(NETWORK, member(what)));
            } else {
                Address address = member(what);
                store.apply(new StoreChange.PutMember(NETWORK, address, record(address.toString(), number)));
            }
            out.println("done " + line);
            out.flush();
        }
    }

    private static ObjectNode record(String id, long number) {
        ObjectNode record = JsonNodeFactory.instance.objectNode();
        record.put("id", id);
        record.put("filling", FILLING);
        record.put("number", number);
        return record;
    }
}
