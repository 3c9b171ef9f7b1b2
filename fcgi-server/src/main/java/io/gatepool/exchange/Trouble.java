package io.gatepool.exchange;

/**
 * Why an application cannot answer, and what is done about it.
 *
 * @param what has happened, such as {@code worker 4182 exited with status 1 at start}; empty when nothing is wrong
 * @param lastWords the last line of stderr of the process that failed; empty when there was none
 * @param times so often in a row
 * @param sinceNanos when it happened first, as {@link System#nanoTime} tells the time
 * @param nextTryNanos when it is tried again; in the past while a try is under way
 */
public record Trouble(String what, String lastWords, int times, long sinceNanos, long nextTryNanos) {

    public static final Trouble NONE = new Trouble("", "", 0, 0, 0);

    /** Whether nothing is wrong. */
    public boolean isNone() {
        return what.isEmpty();
    }

    /** All of it in one line, without the figures; empty when nothing is wrong. */
    public String text() {
        return lastWords.isEmpty() ? what : what + ": " + lastWords;
    }
}
