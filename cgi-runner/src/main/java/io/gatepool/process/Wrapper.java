package io.gatepool.process;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Puts {@code setpriv} (util-linux) in front of a command: it switches the user and ties the child's life to gatepool's
 * with a parent-death signal, then execs the command, so that pid and descriptors stay the same.
 *
 * <p>Both in one call, since a change of credentials clears the parent-death signal. A per-thread change of credentials
 * inside the daemon would be faster, but a process of that user could then signal the daemon through that thread.
 *
 * <p>The signal is not sent if gatepool died before setpriv asked for it. So a line of sh behind it compares its parent
 * with the gatepool it belongs to, and gives up when that has gone.
 */
public final class Wrapper {

    private static final String SETPRIV = "/usr/bin/setpriv";
    private static final String SAME_PARENT = "[ \"$PPID\" = \"$1\" ] || exit 1; shift; exec \"$@\"";

    private Wrapper() {}

    /**
     * The command that ends with gatepool, as {@code user} if one is given.
     *
     * @param group id of the group to take instead of the user's primary one
     */
    public static List<String> tied(List<String> command, Optional<User> user, Optional<Integer> group) {
        List<String> words = new ArrayList<>();
        words.add(SETPRIV);
        words.add("--pdeathsig");
        words.add("KILL");
        switchTo(words, user, group);
        words.add("--");
        words.addAll(List.of("/bin/sh", "-c", SAME_PARENT, "gatepool-worker"));
        words.add(Integer.toString(Libc.Native.LIBC.getpid()));
        words.addAll(command);
        return words;
    }

    /** The words to put before a command that is to run as {@code user} for one request, and ends with gatepool. */
    public static List<String> asUser(User user, Optional<Integer> group) {
        List<String> words = new ArrayList<>();
        words.add(SETPRIV);
        words.add("--pdeathsig");
        words.add("KILL");
        switchTo(words, Optional.of(user), group);
        words.add("--");
        return words;
    }

    private static void switchTo(List<String> words, Optional<User> user, Optional<Integer> group) {
        user.ifPresent(account -> {
            words.add("--reuid=" + account.uid());
            words.add("--regid=" + group.orElse(account.gid()));
            if (User.current().isRoot()) {
                words.add("--init-groups");
            } else {
                words.add("--keep-groups");
            }
        });
    }
}
