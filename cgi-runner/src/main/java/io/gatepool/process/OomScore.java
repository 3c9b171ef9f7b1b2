package io.gatepool.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * {@code oom_score_adj} of proc(5): from -1000, never killed when memory runs out, to 1000, killed first. Everybody may
 * raise his own.
 */
public final class OomScore {

    public static final int MIN = -1000;
    public static final int MAX = 1000;

    private OomScore() {}

    /** That of gatepool itself, which its children begin with. */
    public static int own() {
        try {
            return Integer.parseInt(
                    Files.readString(Path.of("/proc/self/oom_score_adj")).strip());
        } catch (IOException | NumberFormatException e) {
            return 0;
        }
    }
}
