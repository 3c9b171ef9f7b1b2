package io.gatepool.exchange;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** An application as those see it who look after it. Event loop only. */
public interface ManagedApp {

    /** Its name in the configuration. */
    String name();

    /** What it is doing, in numbers. */
    AppStatus status();

    /**
     * Its requests that have arrived and are not over, the oldest first.
     *
     * @param most how many at the most; {@link #openRequests} has the number of all
     */
    List<RequestStatus> requests(int most);

    /** How many requests have arrived and are not over. */
    int openRequests();

    /**
     * Fails one of these requests with {@link Cause#KILLED}, and replaces the worker, or ends the script, that has it.
     *
     * @return what it was; null when there is no such request here
     */
    @Nullable
    RequestStatus kill(String id);

    /** What has arrived goes on, what arrives from now on is answered with {@link Cause#DRAINING}. */
    void pause();

    /** Takes {@link #pause} back. */
    void resume();
}
