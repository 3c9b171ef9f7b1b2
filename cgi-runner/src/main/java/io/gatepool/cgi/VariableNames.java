package io.gatepool.cgi;

/**
 * A few names of variables, as a sieve for those of an {@link Environ}. It compares keys and no bytes: another name may
 * pass for one of them, always the same one. So it is for deciding where a variable goes, never whether. Immutable.
 */
public final class VariableNames {

    /** Far more than there are names, so that nearly all are told apart at the first look. */
    private static final int SLOTS = 256;

    private final int[] keys = new int[SLOTS];

    private VariableNames() {}

    /** @param names at most 64, none empty */
    public static VariableNames of(String... names) {
        if (names.length > SLOTS / 4) {
            throw new IllegalArgumentException(names.length + " names, more than " + SLOTS / 4);
        }
        VariableNames made = new VariableNames();
        for (String name : names) {
            int key = Environ.key(name);
            made.keys[made.slot(key)] = key;
        }
        return made;
    }

    /** @param key of {@link Environ#key(String)} */
    boolean has(int key) {
        return keys[slot(key)] == key;
    }

    private int slot(int key) {
        int slot = key & SLOTS - 1;
        while (keys[slot] != 0 && keys[slot] != key) {
            slot = slot + 1 & SLOTS - 1;
        }
        return slot;
    }
}
