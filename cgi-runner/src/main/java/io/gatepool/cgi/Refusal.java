package io.gatepool.cgi;

/** Why a path leads to no script that may run. */
public enum Refusal {
    /** There is nothing, or nothing that is a file. */
    NOT_FOUND(404),
    /** A symbolic link, or the web server's path, leads out of the root. */
    OUTSIDE_ROOT(403),
    /** A directory without an index. */
    DIRECTORY(403),
    /** A file without an interpreter that nobody may execute. */
    NOT_EXECUTABLE(403),
    /** A file, but none of those that are scripts. */
    WRONG_EXTENSION(403),
    /** The daemon itself may not look there. */
    NOT_ACCESSIBLE(403),
    /** No path at all, or one that only an attacker sends. */
    BAD_PATH(400);

    private final int status;

    Refusal(int status) {
        this.status = status;
    }

    /** The HTTP status of the answer. */
    public int status() {
        return status;
    }
}
