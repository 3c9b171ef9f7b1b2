package io.gatepool.process;

import java.util.Optional;
import jnr.ffi.Pointer;

/**
 * An account of the system, as the name service knows it.
 *
 * @param name its login name
 * @param uid user id
 * @param gid id of its primary group
 * @param home its home directory
 */
public record User(String name, int uid, int gid, String home) {

    private static final int PW_UID = 16;
    private static final int PW_GID = 20;
    private static final int PW_DIR = 32;
    private static final int GR_GID = 16;

    /** Looks a login name up. The libc functions share a static buffer, hence one at a time. */
    public static synchronized Optional<User> named(String name) {
        return Optional.ofNullable(Libc.Native.LIBC.getpwnam(name)).map(User::read);
    }

    /** Looks an account up by its number. */
    public static synchronized Optional<User> withUid(int uid) {
        return Optional.ofNullable(Libc.Native.LIBC.getpwuid(uid)).map(User::read);
    }

    /** The account that gatepool itself runs as; a uid without an entry gets its number for a name. */
    public static synchronized User current() {
        int uid = Libc.Native.LIBC.geteuid();
        return withUid(uid).orElseGet(() -> new User(Integer.toString(uid), uid, uid, "/"));
    }

    /** The id of a group by name. */
    public static synchronized Optional<Integer> groupNamed(String name) {
        return Optional.ofNullable(Libc.Native.LIBC.getgrnam(name)).map(entry -> entry.getInt(GR_GID));
    }

    private static User read(Pointer entry) {
        return new User(
                entry.getPointer(0).getString(0),
                entry.getInt(PW_UID),
                entry.getInt(PW_GID),
                entry.getPointer(PW_DIR).getString(0));
    }

    public boolean isRoot() {
        return uid == 0;
    }
}
