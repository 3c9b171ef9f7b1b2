package io.gatepool.exchange;

/**
 * Every way in which gatepool itself fails a request: a closed set, so that each has its HTTP status, its name in the
 * log and on the error page, and a sentence for the person who meets it.
 */
public enum Cause {
    BAD_REQUEST(400, "bad-request", "The request could not be understood."),
    BODY_MISMATCH(400, "body-mismatch", "The request body did not have the length that was announced."),
    OUTSIDE_ROOT(403, "outside-root", "This path leads out of the directory of the scripts."),
    DIRECTORY(403, "directory", "This is a directory, and it has no index."),
    NOT_EXECUTABLE(403, "not-executable", "The file at this address is not executable."),
    WRONG_EXTENSION(403, "wrong-extension", "The file at this address is no script of this application."),
    PERMISSION_DENIED(403, "permission-denied", "The server may not run the file at this address."),
    OWNER_REFUSED(403, "owner-refused", "The script's owner, or its mode, is not one that may be run."),
    NOT_FOUND(404, "not-found", "There is nothing at this address."),
    BODY_TOO_LARGE(413, "body-too-large", "The request body is larger than allowed (max_body)."),
    HEADERS_TOO_LARGE(431, "headers-too-large", "The request line or the header fields are too large."),
    CLIENT_GONE(499, "client-gone", "The client went away before the answer."),
    SPOOL_FAILED(500, "spool-failed", "The server could not store the request or the response on its disk."),
    INTERPRETER_MISSING(500, "interpreter-missing", "The program that runs this script is not installed."),
    EXEC_FORMAT(500, "exec-format", "The file at this address is neither a program nor a script."),
    SPAWN_FAILED(500, "spawn-failed", "The program could not be started."),
    WORKER_CRASHED(502, "worker-crashed", "The application process ended before it had answered."),
    HEAD_MALFORMED(502, "head-malformed", "The application's answer did not start with valid headers."),
    PROTOCOL_ERROR(502, "protocol-error", "The application broke the FastCGI protocol."),
    REDIRECT_LOOP(502, "redirect-loop", "The application led from one of its addresses to the next too often."),
    TRUNCATED(502, "truncated", "The application ended in the middle of its answer."),
    ROLE_REFUSED(502, "role-refused", "The application does not serve this FastCGI role."),
    QUEUE_FULL(503, "queue-full", "Too many requests are waiting for this application."),
    QUEUE_TIMEOUT(503, "queue-timeout", "The application was busy for too long."),
    APP_FAILING(503, "app-failing", "The application does not start."),
    APP_OVERLOADED(503, "app-overloaded", "The application says that it is overloaded."),
    KILLED(503, "killed", "The request was ended by hand."),
    DRAINING(503, "draining", "The application takes no requests at present."),
    STOPPING(503, "stopping", "The server is being stopped."),
    REQUEST_TIMEOUT(504, "request-timeout", "The application took too long to answer."),
    FIRST_BYTE_TIMEOUT(504, "first-byte-timeout", "The application took too long to begin its answer."),
    OUTPUT_TIMEOUT(504, "output-timeout", "The application was silent for too long.");

    private final int status;
    private final String text;
    private final String sentence;

    Cause(int status, String text, String sentence) {
        this.status = status;
        this.text = text;
        this.sentence = sentence;
    }

    /** The HTTP status that the client gets. 499, as nginx logs it, is never sent. */
    public int status() {
        return status;
    }

    /** The name in logs, on error pages and in counters, such as {@code queue-full}. */
    public String text() {
        return text;
    }

    /** What it means, for the error page. */
    public String sentence() {
        return sentence;
    }

    /** Whether the same request may succeed a moment later, so that Retry-After is due. */
    public boolean isPassing() {
        return status == 503;
    }
}
