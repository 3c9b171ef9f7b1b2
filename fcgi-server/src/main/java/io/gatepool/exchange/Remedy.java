package io.gatepool.exchange;

/** What can be done about each {@link Cause}, for those who look after the server. */
public final class Remedy {

    private Remedy() {}

    /** One sentence; names of settings and commands stand in backticks. */
    public static String of(Cause cause) {
        return switch (cause) {
            case BAD_REQUEST -> "Look at the client: the log says what was wrong.";
            case BODY_MISMATCH -> "Look at the client: its upload was cut off.";
            case OUTSIDE_ROOT -> "Take the symbolic link out, or see `root` and `symlinks`.";
            case DIRECTORY -> "Name its start page in `index`.";
            case NOT_EXECUTABLE -> "`chmod +x` it, or name its program in `interpreters`.";
            case WRONG_EXTENSION -> "Rename it, or add its extension to `extensions`.";
            case PERMISSION_DENIED -> "Let the `user` read the file, and pass through the directories above it.";
            case OWNER_REFUSED -> "The log names the rule of `user = \"@owner\"` that it breaks (docs/cgi.md).";
            case NOT_FOUND -> "See `mount` and `root` if it should be there.";
            case BODY_TOO_LARGE -> "Raise `max_body` if such requests are wanted.";
            case HEADERS_TOO_LARGE -> "Most often it is cookies; else raise the limits in `[http]`.";
            case CLIENT_GONE -> "Nothing to mend, unless the answer took too long for the client.";
            case SPOOL_FAILED -> "Make room, or mend the rights, in `spool_dir`.";
            case INTERPRETER_MISSING ->
                "Install it; or mend the `#!` line (a carriage return at its end?), or `interpreters`.";
            case EXEC_FORMAT -> "Give it a `#!` line; a program may be one for another machine.";
            case SPAWN_FAILED -> "Look for what is short: memory, `ulimit -u`, TasksMax of the systemd unit.";
            case WORKER_CRASHED -> "Its stderr has the reason. It was not sent again, since it may have been executed.";
            case HEAD_MALFORMED ->
                "If it ended too early, its stderr says why; else have it print headers such as "
                        + "\"Content-Type: text/html\", and an empty line, before anything else.";
            case PROTOCOL_ERROR -> "Look whether it prints to descriptor 0, or is no FastCGI program at all.";
            case REDIRECT_LOOP -> "Mend the script's `Location`: it led to more than 10 local redirects in a row.";
            case TRUNCATED -> "Its stderr has the reason; a limit (`limits`) may have ended it.";
            case ROLE_REFUSED -> "Take authorizer or filter out of the configuration of the web server.";
            case QUEUE_FULL ->
                "Find the slow requests (gatepool dump), or raise `workers.max`, or `queue.size` for short peaks.";
            case QUEUE_TIMEOUT ->
                "Find the slow requests (gatepool dump), or raise `workers.max`; the log says if something else was short.";
            case APP_FAILING -> "gatepool status has the reason; it is tried again by itself.";
            case APP_OVERLOADED -> "It is its own decision: look at the application.";
            case KILLED -> "Nothing to mend: somebody has typed gatepool kill-request.";
            case DRAINING -> "gatepool resume APP takes it back.";
            case STOPPING -> "Nothing to mend: try again when it has been started.";
            case REQUEST_TIMEOUT -> "Look where it hung (its stderr); raise `request_timeout` if it may take so long.";
            case FIRST_BYTE_TIMEOUT ->
                "Look where it hung (its stderr); raise `first_byte_timeout` if it may take so long.";
            case OUTPUT_TIMEOUT ->
                "Look where it hung (its stderr); raise `output_timeout`, but nginx gives up after 60 s.";
        };
    }
}
