package io.gatepool.pool;

import io.gatepool.config.AppSettings;
import io.gatepool.config.Kind;
import io.gatepool.config.WorkerSettings;

/**
 * How many requests a worker takes on one connection (FastCGI 3.3), each under an id of its own, and what it does with
 * them. Immutable.
 *
 * @param depth how many; 1 for an application that does not multiplex
 * @param inOrder whether it serves them one after the other, as gatepool's WSGI worker does: then a second one is only
 *     placed behind another to spare the worker its sleep, see {@link Lookahead}. Any other application is taken at its
 *     word: it serves them side by side
 */
record Multiplexing(int depth, boolean inOrder) {

    /** One request after the other. */
    static final Multiplexing NONE = new Multiplexing(1, false);

    /** What an application gets that multiplexes and does not say how much (FCGI_MAX_REQS). */
    static final int UNTOLD = 16;

    /**
     * @param told what the worker has answered to FCGI_GET_VALUES: how many requests it takes on one connection; 1 where
     *     it has not, or does not multiplex
     */
    static Multiplexing of(AppSettings settings, int told) {
        int wanted = settings.workers().multiplex();
        if (settings.kind() == Kind.WSGI) {
            // One that takes what it cannot serve at once is only used where a request may be sent again.
            int takes = wanted == WorkerSettings.AUTO ? told : Math.min(wanted, told);
            return new Multiplexing(settings.queue().retries() ? takes : 1, true);
        }
        return new Multiplexing(wanted == WorkerSettings.AUTO ? told : wanted, false);
    }
}
