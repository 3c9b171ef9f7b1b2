package io.gatepool.cgi;

/** A request brought more variables than {@link Environ#MAX_VARIABLES}. */
public final class TooManyVariables extends Exception {

    private static final long serialVersionUID = 1L;

    TooManyVariables() {
        // The peer causes it at will: no stack trace, which would be the expensive part.
        super(
                "the request has more than " + Environ.MAX_VARIABLES
                        + " variables (a fixed limit; does the web server pass every header of a hostile request?)",
                null,
                false,
                false);
    }
}
