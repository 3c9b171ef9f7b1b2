package io.gatepool.process;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A program and the state in which it starts; where its descriptors lead, says a {@link SpawnRequest}.
 *
 * @param argv the program (an absolute path) and its arguments, as the bytes the kernel gets
 * @param envp the whole environment, {@code NAME=value} each; nothing of the daemon's own is added
 * @param directory the working directory, as the bytes the kernel gets
 * @param umask the child's file creation mask
 * @param groupDiesWithIt kill what is left of the child's process group when the child has ended
 * @param ownSession whether it needs a session of its own, and not only a process group: for those who live long
 * @param limitsDescriptors whether {@code argv} sets a limit of descriptors itself, see {@link Limits}
 */
@SuppressWarnings("ArrayRecordComponent") // The kernel's bytes; two commands are never compared.
public record Command(
        List<byte[]> argv,
        List<byte[]> envp,
        byte[] directory,
        int umask,
        boolean groupDiesWithIt,
        boolean ownSession,
        boolean limitsDescriptors) {

    /** One with gatepool's own limits. */
    public static Command plain(
            List<byte[]> argv,
            List<byte[]> envp,
            byte[] directory,
            int umask,
            boolean groupDiesWithIt,
            boolean ownSession) {
        return new Command(argv, envp, directory, umask, groupDiesWithIt, ownSession, false);
    }

    /** Words as the kernel gets them: text of the configuration is UTF-8 there. */
    public static List<byte[]> bytes(List<String> words) {
        List<byte[]> bytes = new ArrayList<>(words.size());
        for (String word : words) {
            bytes.add(word.getBytes(StandardCharsets.UTF_8));
        }
        return bytes;
    }
}
