package io.gatepool.process;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What to start and in which state.
 *
 * @param argv the program (an absolute path) and its arguments, as the bytes the kernel gets
 * @param envp the whole environment, {@code NAME=value} each; nothing of the daemon's own is added
 * @param directory the working directory, as the bytes the kernel gets
 * @param stdin descriptor that becomes 0; {@link Spawner#devNull()} for none
 * @param stdout descriptor that becomes 1
 * @param stderr descriptor that becomes 2
 * @param umask the child's file creation mask
 * @param groupDiesWithIt kill what is left of the child's process group when the child has ended
 * @param nice added to gatepool's own priority, -20 to 19; below 0 needs root
 * @param ownSession whether it needs a session of its own, and not only a process group: for those who live long
 * @param limitsDescriptors whether its command sets a limit of descriptors itself, see {@link Limits}
 */
@SuppressWarnings("ArrayRecordComponent") // The kernel's bytes; two requests are never compared.
public record SpawnRequest(
        List<byte[]> argv,
        List<byte[]> envp,
        byte[] directory,
        int stdin,
        int stdout,
        int stderr,
        int umask,
        boolean groupDiesWithIt,
        int nice,
        boolean ownSession,
        boolean limitsDescriptors) {

    /** One with a session of its own, and gatepool's priority and limits. */
    public static SpawnRequest plain(
            List<byte[]> argv,
            List<byte[]> envp,
            byte[] directory,
            int stdin,
            int stdout,
            int stderr,
            int umask,
            boolean groupDiesWithIt) {
        return new SpawnRequest(argv, envp, directory, stdin, stdout, stderr, umask, groupDiesWithIt, 0, true, false);
    }

    /** Words as the kernel gets them: text of the configuration is UTF-8 there. */
    public static List<byte[]> bytes(List<String> words) {
        List<byte[]> bytes = new ArrayList<>(words.size());
        for (String word : words) {
            bytes.add(word.getBytes(StandardCharsets.UTF_8));
        }
        return bytes;
    }

    /** An environment block from names and values. */
    public static List<byte[]> environment(Map<String, String> variables) {
        List<byte[]> entries = new ArrayList<>(variables.size());
        variables.forEach((name, value) -> entries.add((name + "=" + value).getBytes(StandardCharsets.UTF_8)));
        return entries;
    }

    /**
     * Finds a program as execvp(3) would, but before a wrapper stands in front of it, so that the error can name it.
     *
     * @param searchPath as in {@code PATH}; used when {@code program} has no slash
     * @return the absolute path, or empty when there is no such executable file
     */
    public static Optional<Path> find(String program, Path directory, String searchPath) {
        if (program.contains("/")) {
            return Optional.of(directory.resolve(program).normalize()).filter(SpawnRequest::isProgram);
        }
        for (String place : searchPath.split(":", -1)) {
            Path candidate = directory.resolve(place).resolve(program);
            if (isProgram(candidate)) {
                return Optional.of(candidate);
            }
        }
        return Optional.empty();
    }

    private static boolean isProgram(Path path) {
        return java.nio.file.Files.isRegularFile(path) && java.nio.file.Files.isExecutable(path);
    }
}
