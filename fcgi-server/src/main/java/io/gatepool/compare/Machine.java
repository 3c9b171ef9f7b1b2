package io.gatepool.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Where something was measured. */
public final class Machine {

    private Machine() {}

    /** A sentence: when, on what processors, under which kernel. */
    public static String describe() {
        int cores = Runtime.getRuntime().availableProcessors();
        return "Measured on "
                + DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT)
                        .format(LocalDateTime.now(ZoneId.systemDefault()))
                + ", " + cores + (cores == 1 ? " processor" : " processors") + model() + ", Linux "
                + System.getProperty("os.version") + ", Java " + System.getProperty("java.version") + ".";
    }

    private static String model() {
        try {
            return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                    .filter(line -> line.startsWith("model name"))
                    .findFirst()
                    .map(line -> " (" + line.replaceFirst(".*: *", "") + ")")
                    .orElse("");
        } catch (IOException e) {
            return "";
        }
    }
}
