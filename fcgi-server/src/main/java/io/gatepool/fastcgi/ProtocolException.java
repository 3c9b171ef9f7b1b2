package io.gatepool.fastcgi;

/**
 * The peer broke the protocol in a way that leaves the connection without meaning: close it.
 *
 * <p>The message says what came, where in the record, and what was allowed. It has no stack trace: it tells of the
 * peer's bytes, not of our code, and a hostile peer could otherwise make us fill one per connection.
 */
public final class ProtocolException extends Exception {

    private static final long serialVersionUID = 1L;

    public ProtocolException(String message) {
        super(message, null, false, false);
    }
}
