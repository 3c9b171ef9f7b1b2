package io.gatepool.it;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/**
 * TCP ports for programs that cannot be asked which one the system has chosen (nginx, and a gatepool whose apps share
 * an address). They lie below those that the system gives to clients, so that no connection of a test takes one between
 * our look and the program's bind.
 */
final class Ports {

    private static final int FIRST = 10000;
    private static final int RANGE = 20000;

    private static int next = (int) (ProcessHandle.current().pid() * 37 % RANGE);

    private Ports() {}

    static synchronized int free() throws IOException {
        for (int tries = 0; tries < RANGE; tries++) {
            int port = FIRST + next;
            next = (next + 1) % RANGE;
            try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return probe.getLocalPort();
            } catch (IOException taken) {
                // Then the next one.
            }
        }
        throw new IOException("no free port from " + FIRST + " on");
    }
}
