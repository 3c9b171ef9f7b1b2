package io.gatepool.config;

/** A text that is not an {@link Address}, or one of a kind that gatepool does not have yet. */
public final class AddressException extends ValueException {
    private static final long serialVersionUID = 1L;

    AddressException(String problem, String remedy) {
        super(problem, remedy);
    }
}
