package io.gatepool.config;

/**
 * What is done with the streams of a CGI script, and with those it leaves behind.
 *
 * @param buffersRequests whether a body is gathered before the script starts
 * @param stderr where its errors go
 * @param strays what becomes of processes that outlive it
 */
public record ScriptSettings(boolean buffersRequests, Errors stderr, Strays strays) {

    /** Where stderr goes. */
    public enum Errors {
        /** Line by line to gatepool's log. */
        LOG,
        /** To the web server as FCGI_STDERR; to the log where the client speaks no FastCGI. */
        FASTCGI,
        /** To both. */
        BOTH
    }

    /** What becomes of processes that outlive the script that has started them. */
    public enum Strays {
        /** They are ended with it. */
        KILL,
        /** They are logged, and live on. */
        REPORT,
        /** They live on. */
        LEAVE
    }
}
