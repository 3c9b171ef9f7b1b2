package io.gatepool.cli;

import io.gatepool.process.SearchPath;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A command that stands in one word of the command line, such as {@code 'php-cgi -d memory_limit=64M'}. */
final class CommandWords {

    private CommandWords() {}

    /**
     * Its words: spaces part them, quotes keep them together. Nothing else means anything; no shell is asked.
     *
     * @throws IllegalArgumentException when a quote is not closed, or there is no word
     */
    static List<String> split(String text) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean begun = false;
        char quote = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quote != 0) {
                if (c == quote) {
                    quote = 0;
                } else {
                    word.append(c);
                }
            } else if (c == '\'' || c == '"') {
                quote = c;
                begun = true;
            } else if (c == ' ' || c == '\t') {
                if (begun) {
                    words.add(word.toString());
                }
                word.setLength(0);
                begun = false;
            } else {
                word.append(c);
                begun = true;
            }
        }
        if (quote != 0) {
            throw new IllegalArgumentException("a quote (" + quote + ") is not closed");
        }
        if (begun) {
            words.add(word.toString());
        }
        if (words.isEmpty()) {
            throw new IllegalArgumentException("it is empty; write a program and its arguments");
        }
        return words;
    }

    /**
     * The same with the program as an absolute path: a file from {@code directory}, or what is found in PATH.
     *
     * @throws IllegalArgumentException when it is not there, or cannot be executed, with what to do
     */
    static List<String> found(String text, Path directory) {
        List<String> words = new ArrayList<>(split(text));
        String program = words.get(0);
        Path file = directory.resolve(program).normalize();
        if (Files.isRegularFile(file)) {
            if (!Files.isExecutable(file)) {
                throw new IllegalArgumentException(program + " is not executable; chmod +x " + program
                        + ", or write its interpreter in front of it: 'perl " + program + "'");
            }
            words.set(0, file.toString());
            return words;
        }
        if (program.contains("/")) {
            throw new IllegalArgumentException("there is no file " + program);
        }
        words.set(
                0,
                SearchPath.find(program, directory, String.valueOf(System.getenv("PATH")))
                        .orElseThrow(() ->
                                new IllegalArgumentException(program + " is neither a file here nor a program in PATH"))
                        .toString());
        return words;
    }
}
