package io.gatepool.exchange;

/**
 * Where a request is.
 *
 * @param what {@code arriving} (its body is), {@code lookup} (its script is looked for), {@code queue}, {@code worker}
 *     or {@code script}
 * @param pid the process that works on it; 0 when none does
 */
public record Place(String what, int pid) {

    /** Its body is not complete. */
    public static final Place ARRIVING = new Place("arriving", 0);

    /** Its script is looked for. */
    public static final Place LOOKUP = new Place("lookup", 0);

    /** It waits for a worker, or for the end of another script. */
    public static final Place QUEUE = new Place("queue", 0);

    public static Place worker(int pid) {
        return new Place("worker", pid);
    }

    public static Place script(int pid) {
        return new Place("script", pid);
    }

    /** {@code worker 4182}, or {@code queue}. */
    public String text() {
        return pid == 0 ? what : what + " " + pid;
    }
}
