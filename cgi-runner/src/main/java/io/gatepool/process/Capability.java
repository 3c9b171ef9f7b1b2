package io.gatepool.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** A part of root's power that a daemon may lack though it is root: in a container, under systemd. capabilities(7). */
public enum Capability {
    SYS_NICE(23),
    SYS_RESOURCE(24);

    private final int bit;

    Capability(int bit) {
        this.bit = bit;
    }

    /** Whether gatepool has it; when that cannot be told, it is taken to. */
    public boolean isHeld() {
        try (Stream<String> status = Files.lines(Path.of("/proc/self/status"))) {
            return status.filter(line -> line.startsWith("CapEff:"))
                    .map(line -> Long.parseUnsignedLong(
                            line.substring("CapEff:".length()).strip(), 16))
                    .allMatch(held -> (held >> bit & 1) != 0);
        } catch (IOException e) {
            return true;
        }
    }
}
