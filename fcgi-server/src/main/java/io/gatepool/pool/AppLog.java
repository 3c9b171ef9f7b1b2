package io.gatepool.pool;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The log of one application: every line begins with its name. */
final class AppLog {

    private final Logger logger;
    private final String prefix;

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

    void error(String format, Object... values) {
        logger.error(prefix + format, values);
    }

    void debug(String format, Object... values) {
        if (logger.isDebugEnabled()) {
            logger.debug(prefix + format, values);
        }
    }
}
