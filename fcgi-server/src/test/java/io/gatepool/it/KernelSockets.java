package io.gatepool.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/** Connections as the kernel knows them, by the inode of the accepted socket: another one is another connection. */
final class KernelSockets {

    private static final String ESTABLISHED = "01";
    private static final String CONNECTED = "03";

    private KernelSockets() {}

    /** Those that were accepted on a TCP port, over IPv4 or by an IPv6 socket that takes both. */
    static Set<String> acceptedOn(int port) throws IOException {
        String local = String.format(Locale.ROOT, ":%04X", port);
        Set<String> inodes = new TreeSet<>();
        for (String table : new String[] {"/proc/net/tcp", "/proc/net/tcp6"}) {
            if (!Files.exists(Path.of(table))) {
                continue;
            }
            for (String line : Files.readAllLines(Path.of(table))) {
                String[] field = line.trim().split("\\s+");
                if (field[1].endsWith(local) && field[3].equals(ESTABLISHED)) {
                    inodes.add(field[9]);
                }
            }
        }
        return inodes;
    }

    /** Those that were accepted on a Unix socket. */
    static Set<String> acceptedOn(Path socket) throws IOException {
        Set<String> inodes = new TreeSet<>();
        for (String line : Files.readAllLines(Path.of("/proc/net/unix"))) {
            String[] field = line.trim().split("\\s+");
            if (field.length == 8 && field[7].equals(socket.toString()) && field[5].equals(CONNECTED)) {
                inodes.add(field[6]);
            }
        }
        return inodes;
    }
}
