package io.gatepool.pool;

import io.gatepool.process.Errno;
import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Why a worker could not be connected to.
 *
 * @param errno the number of the error; 0 where there is none
 * @param text the error in words
 */
record ConnectFault(int errno, String text) {

    /** Netty names the number of the error, and its text in the language of the locale. */
    private static final Pattern NUMBER = Pattern.compile("error\\(-(\\d+)\\)");

    static ConnectFault of(IOException cause) {
        String message = String.valueOf(cause.getMessage());
        Matcher number = NUMBER.matcher(message);
        int errno = number.find() ? Integer.parseInt(number.group(1)) : 0;
        if (errno == Errno.EAGAIN) {
            return new ConnectFault(
                    errno, "its backlog is full (EAGAIN): connections come faster than it accepts them, if it does");
        }
        return new ConnectFault(errno, Errno.isPassing(errno) ? "not connected: " + Errno.describe(errno) : message);
    }

    /** Whether the worker is as good as before: it is busy, or the fault is on our side. */
    boolean isPassing() {
        return Errno.isPassing(errno);
    }
}
