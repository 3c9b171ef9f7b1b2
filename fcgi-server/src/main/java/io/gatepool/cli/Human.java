package io.gatepool.cli;

import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Numbers as people read them: with a unit, and not more digits than anybody wants. */
final class Human {

    private static final int WIDTH = 80;
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);
    private static final DateTimeFormatter DATE_AND_TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);

    private Human() {}

    /** {@code 38 s}, {@code 4m 12s}, {@code 2h 14m}, {@code 3d 4h}. */
    static String age(long seconds) {
        if (seconds < 60) {
            return seconds + " s";
        }
        if (seconds < 3600) {
            return seconds / 60 + "m " + seconds % 60 + "s";
        }
        return seconds < 86_400
                ? seconds / 3600 + "h " + seconds / 60 % 60 + "m"
                : seconds / 86_400 + "d " + seconds / 3600 % 24 + "h";
    }

    /** {@code 38 s}, {@code 4 min}, {@code 2 h}: where the seconds do not matter. */
    static String roughly(long seconds) {
        if (seconds < 60) {
            return seconds + " s";
        }
        return seconds < 3600 ? seconds / 60 + " min" : seconds / 3600 + " h";
    }

    /** How long something has been going on: {@code 0.2 s}, {@code 38 s}, {@code 4m 12s}. */
    static String running(double millis) {
        return millis < 9_950 ? String.format(Locale.ROOT, "%.1f s", millis / 1000) : age(Math.round(millis / 1000));
    }

    /** How long something took: {@code 0.4 ms}, {@code 38 ms}, {@code 1.2 s}. */
    static String took(double millis) {
        if (millis < 9.95) {
            return String.format(Locale.ROOT, "%.1f ms", millis);
        }
        return millis < 999.5 ? Math.round(millis) + " ms" : running(millis);
    }

    /** {@code 512 B}, {@code 3.2 KiB}, {@code 48 MiB}. */
    static String bytes(long bytes) {
        if (bytes < 1024) {
            return bytes + " B";
        }
        double value = bytes;
        int unit = -1;
        while (value >= 1023.5 && unit < 3) {
            value /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, value < 9.95 ? "%.1f" : "%.0f", value) + " " + "KMGT".charAt(unit) + "iB";
    }

    /** An ISO time as the clock on the wall shows it, with the date when it was not today. */
    static String clock(String iso) {
        try {
            ZonedDateTime time = OffsetDateTime.parse(iso).atZoneSameInstant(ZoneId.systemDefault());
            boolean today = time.toLocalDate().equals(LocalDate.now(ZoneId.systemDefault()));
            return (today ? TIME : DATE_AND_TIME).format(time);
        } catch (DateTimeParseException e) {
            return iso;
        }
    }

    /** An ISO time with its date. */
    static String date(String iso) {
        try {
            return DATE_AND_TIME.format(OffsetDateTime.parse(iso).atZoneSameInstant(ZoneId.systemDefault()));
        } catch (DateTimeParseException e) {
            return iso;
        }
    }

    static String count(long number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }

    /** Prose in lines of at most 80 columns, each behind {@code indent} spaces; a word that is longer stays whole. */
    static List<String> wrapped(String text, int indent) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : text.strip().split("\\s+", -1)) {
            if (!line.isEmpty() && indent + line.length() + 1 + word.length() > WIDTH) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.isEmpty() ? "" : " ").append(word);
        }
        lines.add(line.toString());
        return lines;
    }

    /** A word, and behind it a text of one or more lines, all of them {@code indent} columns from the left. */
    static String paragraph(String head, int indent, List<String> lines) {
        StringBuilder text = new StringBuilder();
        for (int line = 0; line < lines.size(); line++) {
            String before = line == 0 ? head : "";
            text.append(before).append(" ".repeat(Math.max(1, indent - before.length())));
            text.append(lines.get(line)).append('\n');
        }
        return text.toString();
    }
}
