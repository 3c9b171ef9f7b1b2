package io.gatepool.front;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The connections of a {@link Front} that are open, and whether they are to come to an end. Event loop only. */
final class OpenConnections<C extends OpenConnections.Member> {

    /** One of them. */
    interface Member {

        /** Whether something is under way that the daemon's end has to wait for; asked after {@link #drain}. */
        boolean isBusy();

        /** The daemon is being stopped, or the address closed: what has begun is answered, nothing else is taken. */
        void drain();
    }

    private final Set<C> open = new LinkedHashSet<>();
    private boolean draining;

    void opened(C connection) {
        open.add(connection);
        if (draining) {
            // It was accepted while the address was being closed.
            connection.drain();
        }
    }

    void closed(C connection) {
        open.remove(connection);
    }

    int count() {
        return open.size();
    }

    /** All of them, the oldest first. A copy. */
    List<C> list() {
        return List.copyOf(open);
    }

    boolean areIdle() {
        return open.stream().noneMatch(Member::isBusy);
    }

    void drain() {
        draining = true;
        list().forEach(Member::drain);
    }
}
