package io.gatepool.cgi;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What the kernel would execute a file as, by its first bytes (execve(2)). Immutable; asks the file system.
 *
 * @param isProgram whether it is a program in the machine's own format
 * @param interpreter the program that its {@code #!} line names, as bytes; "" if it has no such line
 */
public record Executable(boolean isProgram, String interpreter) {

    /** Of a longer {@code #!} line the kernel sees only so much (BINPRM_BUF_SIZE). */
    private static final int SEEN = 256;

    /** Looks at a file; one that cannot be read is taken for a program, since those need not be readable. */
    public static Executable of(Path file) {
        byte[] head;
        try (InputStream in = Files.newInputStream(file)) {
            head = in.readNBytes(SEEN);
        } catch (IOException e) {
            return new Executable(true, "");
        }
        String text = new String(head, ISO_8859_1);
        return text.startsWith("#!") ? new Executable(false, word(text)) : new Executable(isElf(text), "");
    }

    /** Whether the kernel knows what to do with it. */
    public boolean isKnown() {
        return isProgram || !interpreter.isEmpty();
    }

    /** What is wrong with the interpreter, for an exec that failed with ENOENT; "" when nothing seems to be. */
    public String fault() {
        if (interpreter.isEmpty()) {
            return "";
        }
        if (interpreter.endsWith("\r")) {
            return "its #! line ends in a carriage return, as files from Windows do: dos2unix mends it";
        }
        return Files.exists(PathBytes.path(interpreter.startsWith("/") ? interpreter : "/" + interpreter))
                ? ""
                : "its #! line names " + Printable.of(interpreter, 200) + ", which is not there";
    }

    private static boolean isElf(String head) {
        return head.startsWith("\u007fELF");
    }

    private static String word(String line) {
        int begin = 2;
        while (begin < line.length() && isBlank(line.charAt(begin))) {
            begin++;
        }
        int end = begin;
        while (end < line.length() && !isBlank(line.charAt(end)) && line.charAt(end) != '\n') {
            end++;
        }
        return line.substring(begin, end);
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }
}
