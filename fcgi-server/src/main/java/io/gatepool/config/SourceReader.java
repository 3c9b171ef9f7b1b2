package io.gatepool.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** Gets the text of a file, or says why not. */
final class SourceReader {
    /**
     * 3,000 apps, measured, and then the parser just fits in a heap of 64 MB. It also keeps a wrong path such as
     * /dev/zero from filling the memory. The limit is for one file: included ones are parsed one after the other.
     */
    private static final int LIMIT = 256 << 10;

    private SourceReader() {}

    static Optional<Source> read(Path file, Problems problems) {
        problems.file(file);
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(LIMIT + 1);
            if (bytes.length > LIMIT) {
                problems.add(Problem.ofFile(
                        file,
                        "is larger than " + Sizes.text(LIMIT),
                        Optional.of("split it, and name the parts in include")));
                return Optional.empty();
            }
            return decode(file, bytes, problems);
        } catch (IOException e) {
            problems.add(Problem.ofFile(file, "cannot be read: " + reason(e), Optional.empty()));
            return Optional.empty();
        }
    }

    private static Optional<Source> decode(Path file, byte[] bytes, Problems problems) {
        CharBuffer text = CharBuffer.allocate(bytes.length);
        ByteBuffer rest = ByteBuffer.wrap(bytes);
        CoderResult result = StandardCharsets.UTF_8.newDecoder().decode(rest, text, true);
        if (!result.isError()) {
            return Optional.of(new Source(file, text.flip().toString()));
        }
        String before = text.flip().toString();
        int lineStart = before.lastIndexOf('\n') + 1;
        int line = (int) before.chars().filter(c -> c == '\n').count() + 1;
        int column = before.codePointCount(lineStart, before.length()) + 1;
        Source lenient = new Source(file, new String(bytes, StandardCharsets.UTF_8));
        problems.add(lenient.problem(
                new Span(line, column, 1),
                String.format("byte 0x%02x is not UTF-8", rest.get()),
                Optional.of("save the file as UTF-8")));
        return Optional.empty();
    }

    private static String reason(IOException e) {
        if (e instanceof NoSuchFileException) {
            return "there is no such file";
        } else if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        String reason = e instanceof FileSystemException f ? f.getReason() : e.getMessage();
        return reason == null ? e.getClass().getSimpleName() : reason;
    }
}
