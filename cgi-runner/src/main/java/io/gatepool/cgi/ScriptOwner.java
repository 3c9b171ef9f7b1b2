package io.gatepool.cgi;

import io.gatepool.process.User;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;

/**
 * Whom a script belongs to, for {@code user = "@owner"}: it runs as that user, so it must be beyond doubt that nobody
 * else has had a hand in it. The rules are those of Apache's suEXEC.
 *
 * <p>Asks the file system and the name service: not for the event loop.
 *
 * @param user the owner
 * @param script where it really is: the path to run it by, so that a link on the way to it cannot be changed afterwards
 */
public record ScriptOwner(User user, Path script) {

    private static final int WRITABLE_BY_OTHERS = 022;
    private static final int SET_ID = 06000;

    /** The script must not run; the message says why, and names the file. */
    public static final class Doubtful extends Exception {

        private static final long serialVersionUID = 1L;

        Doubtful(String file, String fault) {
            super(Printable.of(file, 200) + " " + fault + " (user = \"@owner\")", null, false, false);
        }
    }

    /**
     * Looks at a script.
     *
     * @param minUid the least user id that scripts may run as
     * @param maxUid the greatest
     * @throws Doubtful if it is not certain that its owner, and nobody else, wrote it, or he is none of those
     * @throws IOException if the system does not tell
     */
    public static ScriptOwner of(Path script, int minUid, int maxUid) throws Doubtful, IOException {
        Path directory = parent(script).toRealPath();
        Path real = PathBytes.child(directory, name(script));
        String file = PathBytes.text(real);
        Map<String, Object> found =
                Files.readAttributes(real, "unix:uid,mode,isRegularFile", LinkOption.NOFOLLOW_LINKS);
        if (!Boolean.TRUE.equals(found.get("isRegularFile"))) {
            throw new Doubtful(file, "is a symbolic link: its owner is not the owner of what it leads to");
        }
        int uid = number(found, "uid");
        if ((number(found, "mode") & WRITABLE_BY_OTHERS) != 0) {
            throw new Doubtful(file, "can be written by its group or by others: chmod go-w");
        }
        if ((number(found, "mode") & SET_ID) != 0) {
            throw new Doubtful(file, "has a set-user-id or set-group-id bit: chmod ug-s");
        }
        Map<String, Object> around = Files.readAttributes(directory, "unix:uid,mode");
        if (number(around, "uid") != uid) {
            throw new Doubtful(
                    file, "belongs to user id " + uid + ", its directory to " + number(around, "uid") + ": chown one");
        }
        if ((number(around, "mode") & WRITABLE_BY_OTHERS) != 0) {
            throw new Doubtful(PathBytes.text(directory), "can be written by its group or by others: chmod go-w");
        }
        if (uid < minUid || uid > maxUid) {
            throw new Doubtful(file, "belongs to user id " + uid + ", which is not in owner_uids");
        }
        User user = User.withUid(uid)
                .orElseThrow(() -> new Doubtful(file, "belongs to user id " + uid + ", which has no account"));
        return new ScriptOwner(user, real);
    }

    private static Path parent(Path script) {
        Path parent = script.getParent();
        return parent == null ? script : parent;
    }

    private static String name(Path script) {
        String text = PathBytes.text(script);
        return text.substring(text.lastIndexOf('/') + 1);
    }

    private static int number(Map<String, Object> attributes, String name) {
        return attributes.get(name) instanceof Integer value ? value : -1;
    }
}
