package io.gatepool.server;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.FileAppender;
import ch.qos.logback.core.OutputStreamAppender;
import org.slf4j.LoggerFactory;

/**
 * Sets the log up: lines whole by themselves, written by a thread of their own behind a bounded ring. When the disk or
 * the terminal does not keep up, lines are dropped and counted; requests never wait for a log.
 */
public final class Logging {

    private static final int RING = 8192;

    private Logging() {}

    /**
     * @param log {@code stderr} or a file
     * @param level error, warn, info, debug or trace
     * @param accessLog {@code off}, {@code -} for standard output, or a file
     */
    public static void start(String log, String level, String accessLog) {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.toLevel(level));
        context.getLogger("io.netty").setLevel(Level.WARN);
        root.addAppender(async(context, output(context, log, "System.err"), "%d{yyyy-MM-dd HH:mm:ss} %-5level %msg%n"));
        if (!accessLog.equals("off")) {
            Logger access = context.getLogger("access");
            access.setAdditive(false);
            access.setLevel(Level.INFO);
            access.addAppender(async(context, output(context, accessLog, "System.out"), "%msg%n"));
        }
    }

    /** Writes out what is still in the ring; the last thing before the exit. */
    public static void stop() {
        ((LoggerContext) LoggerFactory.getILoggerFactory()).stop();
    }

    private static OutputStreamAppender<ILoggingEvent> output(LoggerContext context, String target, String console) {
        OutputStreamAppender<ILoggingEvent> output;
        if (target.equals("stderr") || target.equals("-")) {
            ConsoleAppender<ILoggingEvent> terminal = new ConsoleAppender<>();
            terminal.setTarget(console);
            output = terminal;
        } else {
            FileAppender<ILoggingEvent> file = new FileAppender<>();
            file.setFile(target);
            output = file;
        }
        output.setContext(context);
        return output;
    }

    private static Appender<ILoggingEvent> async(
            LoggerContext context, OutputStreamAppender<ILoggingEvent> output, String pattern) {
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern(pattern);
        encoder.start();
        output.setEncoder(encoder);
        output.start();
        AsyncAppender async = new CountingAppender();
        async.setContext(context);
        async.setQueueSize(RING);
        async.setNeverBlock(true);
        async.setDiscardingThreshold(0);
        async.addAppender(output);
        async.start();
        return async;
    }

    /** Tells in the log, once there is room again, how many lines it had to drop. */
    private static final class CountingAppender extends AsyncAppender {
        private long dropped;

        @Override
        protected synchronized void append(ILoggingEvent event) {
            if (getRemainingCapacity() == 0) {
                dropped++;
                return;
            }
            super.append(event);
            if (dropped > 0 && getRemainingCapacity() > RING / 2) {
                long lines = dropped;
                dropped = 0;
                LoggerFactory.getLogger("gatepool")
                        .warn("{} log lines were dropped: the log could not be written", lines);
            }
        }
    }
}
