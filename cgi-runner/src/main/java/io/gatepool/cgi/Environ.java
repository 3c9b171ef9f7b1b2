package io.gatepool.cgi;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The CGI variables of one request (RFC 3875 section 4.1): names and values as bytes, in the order in which they came.
 *
 * <p>As a String a name or value has one char per byte (ISO-8859-1), so that every byte survives. A name occurs once:
 * of duplicates the last value wins and takes the first one's place.
 *
 * <p>Everything lies in one array; a variable is five ints, which say where, and what tells its name from most others
 * (its key). Pairs that the wire brought are adopted where they lie, without a copy. There is no hash table: a request
 * has about thirty variables, keys are compared before bytes, and a set of 64 bits tells of most names that they are
 * not there. What {@link #set} and {@link #remove} leave behind stays in the array as garbage, since an environ lives
 * as short as its request.
 *
 * <p>Owned by one thread at a time; the request hands it on.
 */
public final class Environ {

    /** How many variables {@link #add} takes; web servers limit headers to about a hundred. */
    public static final int MAX_VARIABLES = 1024;

    /** The most that are certain to fit a long. */
    private static final int MAX_DIGITS = 18;

    private static final int NAME = 0;
    private static final int NAME_LENGTH = 1;
    private static final int VALUE = 2;
    private static final int VALUE_LENGTH = 3;
    private static final int KEY = 4;
    private static final int INTS = 5;

    private static final int TYPICAL_BYTES = 1024;
    private static final int TYPICAL_VARIABLES = 40;
    private static final int TYPICAL_VARIABLE_BYTES = 24;

    private byte[] bytes;
    private int used;

    /** INTS for each variable, of which the first {@code end} ints are in use. */
    private int[] slices;

    private int end;

    /** A bit for each key that was ever there: one of 64, so others share it. */
    private long seen;

    public Environ() {
        this(new byte[TYPICAL_BYTES], 0, TYPICAL_VARIABLES);
    }

    private Environ(byte[] bytes, int used, int variables) {
        this.bytes = bytes;
        this.used = used;
        this.slices = new int[variables * INTS];
    }

    /**
     * An environ without variables over bytes in which {@link #add} will find them.
     *
     * @param bytes becomes the environ's own: the caller must not write to it afterwards
     * @param used how many bytes at the beginning hold names and values
     */
    public static Environ over(byte[] bytes, int used) {
        Objects.checkFromToIndex(0, used, bytes.length);
        return new Environ(bytes, used, Math.min(used / TYPICAL_VARIABLE_BYTES + 8, TYPICAL_VARIABLES));
    }

    /**
     * Another one with the same variables, and with room for more.
     *
     * @param variables how many are going to be added
     * @param length of their names and values together, in bytes; more than expected only costs time
     */
    public Environ copy(int variables, int length) {
        Environ made = new Environ(Arrays.copyOf(bytes, used + length), used, size() + variables);
        System.arraycopy(slices, 0, made.slices, 0, end);
        made.end = end;
        made.seen = seen;
        return made;
    }

    /** Gives back room that is not used, of one that is kept. */
    public void trim() {
        bytes = Arrays.copyOf(bytes, used);
        slices = Arrays.copyOf(slices, end);
    }

    /**
     * Adopts a pair that lies in the array.
     *
     * @throws TooManyVariables if {@link #MAX_VARIABLES} are there already and the name is a new one
     */
    public void add(int nameOffset, int nameLength, int valueOffset, int valueLength) throws TooManyVariables {
        Objects.checkFromIndexSize(nameOffset, nameLength, used);
        Objects.checkFromIndexSize(valueOffset, valueLength, used);
        int key = key(nameOffset, nameLength);
        int at = find(nameOffset, nameLength, key);
        if (at == end) {
            if (size() >= MAX_VARIABLES) {
                throw new TooManyVariables();
            }
            append(nameOffset, nameLength, key);
        }
        point(at, valueOffset, valueLength);
    }

    /**
     * Sets a variable, the limit notwithstanding: what gatepool adds by itself is not the peer's doing.
     *
     * @param value one char per byte; text beyond ISO-8859-1 is for {@link #set(String, byte[])}
     */
    public void set(String name, String value) {
        int offset = used;
        write(value);
        point(place(name), offset, value.length());
    }

    /** Sets a variable to a copy of these bytes. */
    public void set(String name, byte[] value) {
        int offset = used;
        reserve(value.length);
        System.arraycopy(value, 0, bytes, offset, value.length);
        used += value.length;
        point(place(name), offset, value.length);
    }

    /** The value, one char per byte, or null if there is no such variable. */
    public @Nullable String get(String name) {
        int at = find(name);
        return at == end ? null : text(at + VALUE);
    }

    /** The value, or "" if there is no such variable: RFC 3875 section 4.1 makes no difference between the two. */
    public String getOrEmpty(String name) {
        int at = find(name);
        return at == end ? "" : text(at + VALUE);
    }

    /** Whether the variable is there, be it empty. */
    public boolean has(String name) {
        return find(name) != end;
    }

    /** Whether the variable is there and has exactly this value. */
    public boolean is(String name, String value) {
        int at = find(name);
        return at != end && equal(value, slices[at + VALUE], slices[at + VALUE_LENGTH]);
    }

    /**
     * The value as a number of bytes or the like.
     *
     * @param otherwise what is returned if there is no such variable, or its value is not 1 to 18 digits
     */
    public long number(String name, long otherwise) {
        int at = find(name);
        int length = at == end ? 0 : slices[at + VALUE_LENGTH];
        if (length == 0 || length > MAX_DIGITS) {
            return otherwise;
        }
        long number = 0;
        for (int offset = slices[at + VALUE], rest = length; rest > 0; offset++, rest--) {
            int digit = bytes[offset] - '0';
            if (digit < 0 || digit > 9) {
                return otherwise;
            }
            number = number * 10 + digit;
        }
        return number;
    }

    /**
     * Whether the path, which is SCRIPT_NAME with PATH_INFO behind it (RFC 3875, 4.1.5 and 4.1.13), is {@code prefix}
     * or goes on behind it with a slash.
     *
     * @param prefix one char per byte, without a slash at its end
     */
    public boolean isPathUnder(String prefix) {
        int name = find("SCRIPT_NAME");
        int info = find("PATH_INFO");
        int nameLength = name == end ? 0 : slices[name + VALUE_LENGTH];
        int length = nameLength + (info == end ? 0 : slices[info + VALUE_LENGTH]);
        if (length < prefix.length()) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            int at = i < nameLength ? slices[name + VALUE] + i : slices[info + VALUE] + i - nameLength;
            if (i == prefix.length()) {
                return bytes[at] == '/';
            }
            if ((bytes[at] & 0xff) != prefix.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /**
     * Splits the path anew: SCRIPT_NAME is its first {@code length} bytes from now on, PATH_INFO the rest.
     *
     * @param length no more than the path has, SCRIPT_NAME and PATH_INFO together
     */
    public void splitPath(int length) {
        int name = find("SCRIPT_NAME");
        int info = find("PATH_INFO");
        int nameLength = name == end ? 0 : slices[name + VALUE_LENGTH];
        int infoLength = info == end ? 0 : slices[info + VALUE_LENGTH];
        Objects.checkFromToIndex(0, length, nameLength + infoLength);
        int nameAt = name == end ? 0 : slices[name + VALUE];
        int infoAt = info == end ? 0 : slices[info + VALUE];
        if (infoLength == 0) {
            infoAt = nameAt + length;
        } else if (length != nameLength) {
            // They lie apart, and one gets a piece of the other.
            reserve(nameLength + infoLength);
            System.arraycopy(bytes, nameAt, bytes, used, nameLength);
            System.arraycopy(bytes, infoAt, bytes, used + nameLength, infoLength);
            nameAt = used;
            infoAt = used + length;
            used += nameLength + infoLength;
        }
        point(place("SCRIPT_NAME"), nameAt, length);
        point(place("PATH_INFO"), infoAt, nameLength + infoLength - length);
    }

    /** Takes a variable out, if it is there. */
    public void remove(String name) {
        int at = find(name);
        if (at != end) {
            System.arraycopy(slices, at + INTS, slices, at, end - at - INTS);
            end -= INTS;
        }
    }

    /** The number of variables. */
    public int size() {
        return end / INTS;
    }

    /** What {@link #forEach} calls. */
    @FunctionalInterface
    public interface Slices {
        /** One variable; the array is the environ's own: read it, and only now. */
        void pair(byte[] bytes, int nameOffset, int nameLength, int valueOffset, int valueLength);
    }

    /** Shows every variable in order, without a copy. The visitor must not change the environ. */
    public void forEach(Slices visitor) {
        for (int at = 0; at < end; at += INTS) {
            visitor.pair(
                    bytes, slices[at + NAME], slices[at + NAME_LENGTH], slices[at + VALUE], slices[at + VALUE_LENGTH]);
        }
    }

    /** Shows, in order, the variables that are among {@code names} or, if {@code among} is false, the others. */
    public void forEach(VariableNames names, boolean among, Slices visitor) {
        for (int at = 0; at < end; at += INTS) {
            if (names.has(slices[at + KEY], slices[at + VALUE_LENGTH] == 0) == among) {
                visitor.pair(
                        bytes,
                        slices[at + NAME],
                        slices[at + NAME_LENGTH],
                        slices[at + VALUE],
                        slices[at + VALUE_LENGTH]);
            }
        }
    }

    /** The variables in order, for people and tests. */
    public Map<String, String> toMap() {
        Map<String, String> map = new LinkedHashMap<>();
        for (int at = 0; at < end; at += INTS) {
            map.put(text(at + NAME), text(at + VALUE));
        }
        return Collections.unmodifiableMap(map);
    }

    /**
     * The variables as "NAME=value" for a child's envp, without the terminating NUL.
     *
     * <p>Left out is what a C environ cannot hold, or would turn into something else: an empty name, a name with '=' or
     * NUL, a value with NUL.
     */
    public List<byte[]> entries() {
        List<byte[]> entries = new ArrayList<>(size());
        for (int at = 0; at < end; at += INTS) {
            int name = slices[at + NAME];
            int nameLength = slices[at + NAME_LENGTH];
            int value = slices[at + VALUE];
            int valueLength = slices[at + VALUE_LENGTH];
            if (nameLength == 0
                    || contains((byte) '=', name, nameLength)
                    || contains((byte) 0, name, nameLength)
                    || contains((byte) 0, value, valueLength)) {
                continue;
            }
            byte[] entry = new byte[nameLength + 1 + valueLength];
            System.arraycopy(bytes, name, entry, 0, nameLength);
            entry[nameLength] = '=';
            System.arraycopy(bytes, value, entry, nameLength + 1, valueLength);
            entries.add(entry);
        }
        return entries;
    }

    /** Only the size: values may be secrets, and this may end up in a log. */
    @Override
    public String toString() {
        return "Environ of " + size() + " variables";
    }

    private int find(String name) {
        return find(name, key(name));
    }

    private int find(String name, int key) {
        if (isNew(key)) {
            return end;
        }
        int length = name.length();
        for (int at = 0; at < end; at += INTS) {
            if (slices[at + KEY] == key
                    && slices[at + NAME_LENGTH] == length
                    && equal(name, slices[at + NAME], length)) {
                return at;
            }
        }
        return end;
    }

    private int find(int offset, int length, int key) {
        if (isNew(key)) {
            return end;
        }
        for (int at = 0; at < end; at += INTS) {
            if (slices[at + KEY] == key && slices[at + NAME_LENGTH] == length) {
                int name = slices[at + NAME];
                if (Arrays.equals(bytes, name, name + length, bytes, offset, offset + length)) {
                    return at;
                }
            }
        }
        return end;
    }

    private boolean isNew(int key) {
        return (seen & 1L << key) == 0;
    }

    /** What tells most names apart without reading all of them: their lengths, and three of their bytes. */
    private static int key(int length, int first, int middle, int last) {
        return ((length * 31 + first) * 31 + middle) * 31 + last;
    }

    static int key(String name) {
        int length = name.length();
        return length == 0 ? 0 : key(length, name.charAt(0), name.charAt(length / 2), name.charAt(length - 1));
    }

    private int key(int offset, int length) {
        return length == 0
                ? 0
                : key(
                        length,
                        bytes[offset] & 0xff,
                        bytes[offset + length / 2] & 0xff,
                        bytes[offset + length - 1] & 0xff);
    }

    private boolean equal(String text, int offset, int length) {
        if (text.length() != length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (text.charAt(i) != (bytes[offset + i] & 0xff)) {
                return false;
            }
        }
        return true;
    }

    private boolean contains(byte wanted, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            if (bytes[i] == wanted) {
                return true;
            }
        }
        return false;
    }

    private String text(int slice) {
        return new String(bytes, slices[slice], slices[slice + 1], ISO_8859_1);
    }

    /** Where the variable of this name is, made if need be; its value is the caller's to set. */
    private int place(String name) {
        int key = key(name);
        int at = find(name, key);
        if (at == end) {
            int offset = used;
            write(name);
            append(offset, name.length(), key);
        }
        return at;
    }

    private void append(int nameOffset, int nameLength, int key) {
        if (end == slices.length) {
            slices = Arrays.copyOf(slices, Math.max(end * 2, TYPICAL_VARIABLES * INTS));
        }
        slices[end + NAME] = nameOffset;
        slices[end + NAME_LENGTH] = nameLength;
        slices[end + KEY] = key;
        seen |= 1L << key;
        end += INTS;
    }

    private void point(int at, int valueOffset, int valueLength) {
        slices[at + VALUE] = valueOffset;
        slices[at + VALUE_LENGTH] = valueLength;
    }

    private void write(String text) {
        reserve(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c > 0xff) {
                throw new IllegalArgumentException("a variable's chars stand for bytes, and U+" + Integer.toHexString(c)
                        + " is none: set the bytes");
            }
            bytes[used + i] = (byte) c;
        }
        used += text.length();
    }

    private void reserve(int more) {
        if (bytes.length - used < more) {
            bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(used, more), (int) Math.min(2L * used, 1 << 30)));
        }
    }
}
