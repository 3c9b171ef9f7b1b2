package io.gatepool.config;

/**
 * What CGI scripts are, what they get and what is done with their streams and with those they leave behind.
 *
 * @param requiresExecuteBit whether a script needs an execute bit even when an interpreter runs it
 * @param linksMayLeaveRoot whether symbolic links may lead to scripts outside the root
 * @param passesAuthorization whether a script gets the client's credentials
 * @param takesIndexedQueries whether the words of a query without a '=' become arguments
 * @param buffersRequests whether a body is gathered before the script starts
 * @param stderr where its errors go
 * @param strays what becomes of processes that outlive it
 */
public record ScriptSettings(
        boolean requiresExecuteBit,
        boolean linksMayLeaveRoot,
        boolean passesAuthorization,
        boolean takesIndexedQueries,
        boolean buffersRequests,
        Errors stderr,
        Strays strays) {

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
