package io.gatepool.pool;

import io.gatepool.exchange.WorkerEvents.Reason;
import io.gatepool.process.ExitStatus;
import io.gatepool.process.Signals;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * What the end of a worker that nobody asked for means: a program that has had enough, a crash, or a start that failed.
 * Says so in the log, counts it, and decides how long the next try waits.
 *
 * <p>Owned by the event loop.
 */
final class Postmortem {

    private final PoolContext context;
    private final Requeue app;
    private final Runnable tryAgain;
    private final Backoff backoff = new Backoff();
    private boolean over;

    /** @param tryAgain called when the wait after a failure is over */
    Postmortem(PoolContext context, Requeue app, Runnable tryAgain) {
        this.context = context;
        this.app = app;
        this.tryAgain = tryAgain;
    }

    /** How long to wait before the next start, and why. */
    Backoff backoff() {
        return backoff;
    }

    /** From now on nobody is started again. */
    void close() {
        over = true;
    }

    /** @param othersAreReady whether the program works, as others show */
    void ended(Worker worker, ExitStatus status, boolean othersAreReady) {
        String account = worker.account(status);
        String words = worker.lastWords();
        if (!worker.killedFor().isEmpty()) {
            app.events().replaced(Reason.MAX_RSS);
            app.log().error("worker {} was killed: {}", worker.pid(), worker.killedFor());
        } else if (worker.hasProvenItself() && status.isSuccess() && worker.hasLostNothing()) {
            app.events().replaced(Reason.EXIT);
            app.log().info("{}", account);
        } else if (worker.hasProvenItself()) {
            app.events().replaced(Reason.CRASH);
            app.log().error("{}", account);
            if (!words.isEmpty()) {
                app.log().error("worker {} stderr: {}", worker.pid(), words);
            }
        } else if (status.signal() == Signals.KILL && othersAreReady) {
            // From outside, and not the program's fault, as the others show.
            app.events().replaced(Reason.CRASH);
            app.log().error("{}", account);
        } else if (worker.wasReady() || status.signal() == Signals.KILL) {
            crashed(account, words);
        } else {
            failed(account, words);
        }
    }

    /** It was up, so requests may wait for its successor; unless it goes on like that. */
    private void crashed(String what, String words) {
        boolean known = backoff.isKnown(what, words);
        app.events().replaced(Reason.CRASH);
        retry(what, words, known, backoff.crashed(what, words, System.nanoTime()));
    }

    /** A worker did not come up. */
    void failed(String what, String words) {
        boolean known = backoff.isKnown(what, words);
        app.events().replaced(Reason.START_FAILED);
        retry(what, words, known, backoff.failed(what, words, System.nanoTime()));
    }

    /** @param known whether it has been said: several workers, or every further try, may fail for the same reason */
    private void retry(String what, String words, boolean known, Duration wait) {
        if (over) {
            return;
        }
        String reason = words.isEmpty() ? what : what + ": " + words;
        if (known) {
            app.log().debug("{}; next try in {} ms", reason, wait.toMillis());
        } else {
            app.log().error("{}; next try in {} ms", reason, wait.toMillis());
        }
        context.loop().schedule(tryAgain, wait.toNanos(), TimeUnit.NANOSECONDS);
    }
}
