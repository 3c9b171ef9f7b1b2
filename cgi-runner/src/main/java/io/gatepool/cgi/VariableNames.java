package io.gatepool.cgi;

/**
 * A few names of variables, as a sieve for those of an {@link Environ}. It compares keys and no bytes: another name may
 * pass for one of them, always the same one. So it is for deciding where a variable goes, never whether. Immutable.
 */
public final class VariableNames {

    /** Far more than there are names, so that nearly all are told apart at the first look. */
    private static final int SLOTS = 256;

    private final int[] keys = new int[SLOTS];
    private final int[] keysIfEmpty = new int[SLOTS];

    private VariableNames() {}

    /** @param names at most 64, none empty */
    public static VariableNames of(String... names) {
        VariableNames made = new VariableNames();
        add(names, made.keys);
        return made;
    }

    /**
     * Those names, and these others as far as their variables are empty.
     *
     * @param names at most 64, none empty
     */
    public VariableNames orIfEmpty(String... names) {
        VariableNames made = new VariableNames();
        System.arraycopy(keys, 0, made.keys, 0, SLOTS);
        System.arraycopy(keysIfEmpty, 0, made.keysIfEmpty, 0, SLOTS);
        add(names, made.keysIfEmpty);
        return made;
    }

    private static void add(String[] names, int[] keys) {
        if (names.length > SLOTS / 4) {
            throw new IllegalArgumentException(names.length + " names, more than " + SLOTS / 4);
        }
        for (String name : names) {
            int key = Environ.key(name);
            keys[slot(key, keys)] = key;
        }
    }

    /**
     * @param key of {@link Environ#key(String)}
     * @param isEmpty whether the variable's value is
     */
    boolean has(int key, boolean isEmpty) {
        return keys[slot(key, keys)] == key || (isEmpty && keysIfEmpty[slot(key, keysIfEmpty)] == key);
    }

    private static int slot(int key, int[] keys) {
        int slot = key & SLOTS - 1;
        while (keys[slot] != 0 && keys[slot] != key) {
            slot = slot + 1 & SLOTS - 1;
        }
        return slot;
    }
}
