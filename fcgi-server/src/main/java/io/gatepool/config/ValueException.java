package io.gatepool.config;

/**
 * A piece of text that is not the value it should be.
 *
 * <p>The two halves are kept apart because a configuration file prints the remedy on a line of its own, while a command
 * line prints {@link #getMessage()}, which has both.
 */
public class ValueException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String problem;
    private final String remedy;

    ValueException(String problem, String remedy) {
        super(problem + "; " + remedy);
        this.problem = problem;
        this.remedy = remedy;
    }

    /** What is wrong, with the text in question, such as {@code "60" has no unit}. */
    public String problem() {
        return problem;
    }

    /** What to write instead. */
    public String remedy() {
        return remedy;
    }
}
