// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.netconf;

import java.util.HashSet;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.orrery.core.crypto.Identity;
import org.orrery.core.value.Address;
import org.orrery.core.value.Bytes;
import org.orrery.core.value.DropReason;
import org.orrery.core.value.NetworkId;
import org.orrery.core.verb.ConfigChunk;
import org.orrery.core.wire.Dictionary;
import org.orrery.core.wire.WireReader;

/**
 * Puts a member's configuration of one network together from chunks, which may come from anybody and in any order because
 * each is signed. Nothing is kept of a chunk before its signature was verified. Owner lane only.
 */
public final class ConfigAssembler {
    /** Configurations in progress. A further one takes the place of that which got its last chunk longest ago. */
    public static final int UPDATES_MAX =
            3; // 3 * CAPACITY_BYTES (484,520) = 1.5 MB, all of it signed by the controller

    /** Chunks of one configuration: the greatest dictionary in the small chunks of protocol 9 needs 418. */
    public static final int CHUNKS_MAX = 474;

    private final NetworkId network;
    private final Address self;
    private final @Nullable Update[] updates = new @Nullable Update[UPDATES_MAX];
    private long turn;

    /** What became of a chunk. */
    public sealed interface Outcome {
        /** Kept; others are missing. */
        record Held() implements Outcome {}

        /** The configuration is complete. {@code dictionary} is what was received, for safekeeping. */
        record Complete(NetworkConfig config, Dictionary dictionary, long updateId) implements Outcome {}

        /** Of no use. */
        record Refused(DropReason reason) implements Outcome {}

        /** The identity of {@code controller} is needed. Nothing was kept; present the chunk again. */
        record Waiting(Address controller) implements Outcome {}
    }

    private static final class Update {
        final long id;
        final byte[] dictionary;
        final Set<Long> chunkIds = new HashSet<>();
        long received;
        long lastTurn;

        Update(long id, int total) {
            this.id = id;
            this.dictionary = new byte[total];
        }
    }

    /** For the configurations of {@code network} that are issued to {@code self}. */
    public ConfigAssembler(NetworkId network, Address self) {
        this.network = network;
        this.self = self;
    }

    /**
     * Takes a chunk. If the outcome is {@code Held} or {@code Complete} and the chunk says {@link
     * ConfigChunk#fastPropagate}, it has to be passed on.
     *
     * @param from who sent the packet; the unsigned form counts from the controller only
     * @param packetId the packet's ID as transmitted, which the unsigned form uses as update ID
     * @param identities answers null for an address whose identity is not known
     */
    public Outcome accept(
            ConfigChunk chunk, Address from, long packetId, Function<Address, @Nullable Identity> identities) {
        Address controller = network.controller();
        if (!chunk.network().equals(network) || network.adHoc()) {
            return new Outcome.Refused(DropReason.CONFIG_NOT_OURS);
        }
        if (chunk.totalBytes() >= NetworkConfig.CAPACITY_BYTES
                || chunk.positionBytes() + chunk.data().length() > chunk.totalBytes()) {
            return new Outcome.Refused(DropReason.CONFIG_CHUNK_BAD);
        }
        Bytes signature = chunk.signature();
        if (signature == null) {
            if (!from.equals(controller)) {
                return new Outcome.Refused(DropReason.CONFIG_CHUNK_UNSIGNED);
            }
            return complete(chunk.data().toByteArray(), packetId);
        }
        if (chunk.updateId() == 0) {
            return new Outcome.Refused(DropReason.CONFIG_CHUNK_BAD);
        }
        Update update = find(chunk.updateId());
        if (update != null && update.chunkIds.contains(chunkId(signature))) {
            return new Outcome.Refused(DropReason.CONFIG_CHUNK_DUPLICATE);
        }
        Identity signer = identities.apply(controller);
        if (signer == null) {
            return new Outcome.Waiting(controller);
        }
        if (!signer.verify(chunk.signedBytes(), signature.toByteArray())) {
            return new Outcome.Refused(DropReason.CONFIG_CHUNK_SIGNATURE);
        }
        return keep(chunk, chunkId(signature), update == null ? begin(chunk) : update);
    }

    /** What duplicates are told apart by: the first 16 bytes of the signature, folded. */
    private static long chunkId(Bytes signature) {
        var in = new WireReader(signature.toByteArray());
        long first = in.u64();
        return first ^ in.u64();
    }

    private Outcome keep(ConfigChunk chunk, long chunkId, Update update) {
        if (update.dictionary.length != chunk.totalBytes() || update.chunkIds.size() == CHUNKS_MAX) {
            return new Outcome.Refused(DropReason.CONFIG_CHUNK_BAD);
        }
        update.lastTurn = ++turn;
        update.chunkIds.add(chunkId);
        update.received += chunk.data().length();
        chunk.data().copyTo(update.dictionary, (int) chunk.positionBytes());
        // Late duplicates of a complete update are still recognised, so it stays until its place is needed.
        return update.received == update.dictionary.length
                ? complete(update.dictionary, update.id)
                : new Outcome.Held();
    }

    private Outcome complete(byte[] bytes, long updateId) {
        Dictionary dictionary = Dictionary.of(bytes);
        NetworkConfig config = NetworkConfig.read(dictionary);
        if (config == null) {
            return new Outcome.Refused(DropReason.CONFIG_BAD);
        }
        if (!config.network().equals(network) || !config.issuedTo().equals(self)) {
            return new Outcome.Refused(DropReason.CONFIG_NOT_OURS);
        }
        return new Outcome.Complete(config, dictionary, updateId);
    }

    private @Nullable Update find(long updateId) {
        for (Update update : updates) {
            if (update != null && update.id == updateId) {
                return update;
            }
        }
        return null;
    }

    private Update begin(ConfigChunk chunk) {
        int place = 0;
        for (int i = 0; i < UPDATES_MAX; i++) {
            if (lastTurn(i) < lastTurn(place)) {
                place = i;
            }
        }
        var update = new Update(chunk.updateId(), (int) chunk.totalBytes());
        updates[place] = update;
        return update;
    }

    /** A place that was never used comes before all others. */
    private long lastTurn(int place) {
        Update update = updates[place];
        return update == null ? -1 : update.lastTurn;
    }
}
