// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A hash table with long keys for one writer and any number of readers: the control lane puts and removes, data lanes
 * look up without a lock and without allocating. A reader sees an entry that was put before its lookup began, or its
 * successor. The bound is the caller's: {@link #put} refuses to go past it.
 */
public final class LongTable<V> {
    private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(Entry[].class);

    private record Entry(long key, @Nullable Object value) {}

    private final int maximum;
    private volatile Entry[] slots = new Entry[16];
    private int used; // slots that are not null, removed entries included
    private int size;

    /** @param maximum the number of entries at which {@link #put} refuses a new key */
    public LongTable(int maximum) {
        this.maximum = maximum;
    }

    /** Any thread. */
    @SuppressWarnings("unchecked")
    public @Nullable V find(long key) {
        Entry[] array = slots;
        for (int i = start(key, array.length); ; i = (i + 1) & (array.length - 1)) {
            Entry entry = (Entry) SLOT.getAcquire(array, i);
            if (entry == null) {
                return null;
            }
            if (entry.key == key) {
                return (V) entry.value;
            }
        }
    }

    /** Writer only. Answers false, and changes nothing, if the key is new and the table is full. */
    public boolean put(long key, V value) {
        Entry[] array = slots;
        for (int i = start(key, array.length); ; i = (i + 1) & (array.length - 1)) {
            Entry entry = array[i];
            if (entry == null) {
                if (size == maximum) {
                    return false;
                }
                if (4 * (used + 1) > 3 * array.length) {
                    rehash();
                    return put(key, value);
                }
                SLOT.setRelease(array, i, new Entry(key, value));
                used++;
                size++;
                return true;
            }
            if (entry.key == key) {
                if (entry.value == null) {
                    if (size == maximum) {
                        return false;
                    }
                    size++;
                }
                SLOT.setRelease(array, i, new Entry(key, value));
                return true;
            }
        }
    }

    /** Writer only. The key's slot stays taken until the next rehash, so that probes of other keys go on past it. */
    public void remove(long key) {
        Entry[] array = slots;
        for (int i = start(key, array.length); ; i = (i + 1) & (array.length - 1)) {
            Entry entry = array[i];
            if (entry == null) {
                return;
            }
            if (entry.key == key) {
                if (entry.value != null) {
                    SLOT.setRelease(array, i, new Entry(key, null));
                    size--;
                }
                return;
            }
        }
    }

    /** Any thread; exact for the writer, a snapshot in time for others. */
    public int size() {
        return size;
    }

    /** Any thread: visits the entries of one moment, in no order. The writer may remove while it visits. */
    @SuppressWarnings("unchecked")
    public void forEach(Consumer<? super V> visitor) {
        for (Entry entry : slots) {
            if (entry != null && entry.value != null) {
                visitor.accept((V) entry.value);
            }
        }
    }

    /** Any thread: whether {@code condition} holds for an entry. */
    @SuppressWarnings("unchecked")
    public boolean any(Predicate<? super V> condition) {
        for (Entry entry : slots) {
            if (entry != null && entry.value != null && condition.test((V) entry.value)) {
                return true;
            }
        }
        return false;
    }

    private void rehash() {
        int capacity = 16;
        while (capacity < 4 * (size + 1)) {
            capacity <<= 1;
        }
        var array = new Entry[capacity];
        for (Entry entry : slots) {
            if (entry != null && entry.value != null) {
                int i = start(entry.key, capacity);
                while (array[i] != null) {
                    i = (i + 1) & (capacity - 1);
                }
                array[i] = entry;
            }
        }
        used = size;
        slots = array;
    }

    private static int start(long key, int capacity) {
        long mixed = key * 0x9e3779b97f4a7c15L;
        return (int) (mixed >>> 40) & (capacity - 1);
    }
}
