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

    /** What an application gets on a connection that multiplexes and does not say how much (FCGI_MAX_REQS). */
    static final int UNTOLD = 16;

    /** The most that one gets on a connection, whatever it says. */
    static final int MOST = 1000;

    /**
     * What a worker has answered to FCGI_GET_VALUES (FastCGI 4.1).
     *
     * @param multiplexes FCGI_MPXS_CONNS; {@link Answer#NOTHING} of it was said, or yes or no
     * @param requests FCGI_MAX_REQS, on all its connections together; 0 when it does not say
     */
    record Told(Answer multiplexes, int requests) {

        /** Nothing at all. */
        static final Told NOTHING = new Told(Answer.NOTHING, 0);
    }

    /** To a question that a worker may not understand. */
    enum Answer {
        NOTHING,
        NO,
        YES
    }

    static Multiplexing of(AppSettings settings, Told told) {
        boolean inOrder = settings.kind() == Kind.WSGI;
        int wanted = settings.workers().multiplex();
        // One that takes what it cannot serve at once is only used where a request may be sent again.
        boolean may =
                told.multiplexes() != Answer.NO && (!inOrder || settings.queue().retries());
        if (!may) {
            return new Multiplexing(1, inOrder);
        }
        if (told.multiplexes() == Answer.NOTHING) {
            // Whoever writes a number knows what the application can; but gatepool's own worker says what it can.
            return new Multiplexing(wanted == WorkerSettings.AUTO || inOrder ? 1 : wanted, inOrder);
        }
        int takes = told.requests() == 0
                ? UNTOLD
                : Math.max(1, told.requests() / settings.workers().connections());
        int most = wanted == WorkerSettings.AUTO ? MOST : wanted;
        if (told.requests() == 0 && wanted != WorkerSettings.AUTO) {
            takes = wanted;
        }
        return new Multiplexing(Math.min(takes, most), inOrder);
    }
}
