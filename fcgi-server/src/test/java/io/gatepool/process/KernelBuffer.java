package io.gatepool.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the kernel of this machine holds of what was sent over a Unix socket, where nobody has asked for more. */
public final class KernelBuffer {

    private KernelBuffer() {}

    /** Bytes: more than ever lie in a socket that nobody reads. The last piece goes in whole where there is any room. */
    public static int mostByDefault() {
        // A file of /proc/sys says all in the first read and nothing in a second: Files.readString gets one digit.
        try (BufferedReader setting = Files.newBufferedReader(Path.of("/proc/sys/net/core/wmem_default"))) {
            return Integer.parseInt(setting.readLine()) * 3 / 2;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
