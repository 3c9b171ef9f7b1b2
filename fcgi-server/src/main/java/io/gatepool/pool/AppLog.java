package io.gatepool.pool;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The log of one application: every line begins with its name. */
final class AppLog {

    private final Logger logger;
    private final String prefix;
    private final LineLimit stderr = new LineLimit(System.nanoTime());
    private final LineLimit failures = new LineLimit(System.nanoTime());
    private final HeadAdvice advice = new HeadAdvice(this);

    AppLog(String app) {
        this.logger = LoggerFactory.getLogger("app." + app);
        this.prefix = app + ": ";
    }

    void info(String format, Object... values) {
        if (logger.isInfoEnabled()) {
            logger.info(prefix + format, values);
        }
    }

    void warn(String format, Object... values) {
        logger.warn(prefix + format, values);
    }

    /** Who looks at the heads of its responses. */
    HeadAdvice advice() {
        return advice;
    }

    /** Whether a line of stderr may be told; if not it is counted. Event loop only, like {@link #tick}. */
    boolean takesErrorLine() {
        return stderr.take();
    }

    /** Whether a failed request may be told; if not it is counted. A full queue fails ten thousand a second. */
    boolean takesFailure() {
        return failures.take();
    }

    /** Called several times a second. */
    void tick(long nowNanos) {
        long leftOut = stderr.leftOut(nowNanos);
        if (leftOut > 0) {
            warn("{} lines of stderr left out, the log takes {} a second", leftOut, LineLimit.LINES_A_SECOND);
        }
        long untold = failures.leftOut(nowNanos);
        if (untold > 0) {
            error("{} more requests failed, the log takes {} a second", untold, LineLimit.LINES_A_SECOND);
        }
    }

    void error(String format, Object... values) {
        logger.error(prefix + format, values);
    }

    void debug(String format, Object... values) {
        if (logger.isDebugEnabled()) {
            logger.debug(prefix + format, values);
        }
    }
}
