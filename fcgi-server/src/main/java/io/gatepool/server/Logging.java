package io.gatepool.server;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import io.gatepool.config.ServerSettings;
import io.gatepool.control.AccessLog;
import io.gatepool.exchange.Exchange;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.LoggerFactory;

/**
 * Sets the logs up: lines whole by themselves, each log written by a thread of its own behind a bounded ring
 * ({@link LogWriter}). When the disk or the terminal does not keep up, lines are dropped and counted; requests never
 * wait for a log. One for the process; for any thread, though {@link #reopen} asks the disk and is not for the event
 * loop.
 */
public final class Logging {

    /** Lines of text, most of them short. */
    private static final int RING = 8192;

    /** Entries that keep what their lines will tell, which strangers may make long. */
    private static final int ACCESS_RING = 4096;

    private static final org.slf4j.Logger LOG = LoggerFactory.getLogger("gatepool");

    private static final List<LogWriter> WRITERS = new CopyOnWriteArrayList<>();

    private Logging() {}

    /**
     * For commands that do their work in this process: to stderr.
     *
     * @param level off, error, warn, info, debug or trace
     */
    public static void startForCommand(String level) {
        try {
            context(level).addAppender(appender(mainLog("stderr")));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Opens the logs of a daemon.
     *
     * @throws StartFailure when one of them cannot be opened
     */
    public static void start(ServerSettings settings) throws StartFailure {
        Logger root = context(settings.logLevel());
        try {
            root.addAppender(appender(mainLog(settings.log())));
        } catch (IOException e) {
            throw cannotOpen("log", settings.log(), e);
        }
        if (!settings.slowLog().equals("log")) {
            try {
                Logger slow = root.getLoggerContext().getLogger("slow");
                slow.setAdditive(false);
                slow.addAppender(appender(writer("slow-log", settings.slowLog(), RING)));
            } catch (IOException e) {
                throw cannotOpen("slow_log", settings.slowLog(), e);
            }
        }
    }

    /**
     * Opens the access log, and returns what takes the requests of an application that are over.
     *
     * @throws StartFailure when it cannot be opened
     */
    static AccessLogs access(ServerSettings settings) throws StartFailure {
        if (settings.accessLog().equals("off")) {
            return app -> exchange -> {};
        }
        try {
            LogWriter writer = writer("access-log", settings.accessLog(), ACCESS_RING);
            return new AccessLog(settings.accessLogFormat(), line -> writer.offer(line::appendTo))::of;
        } catch (IOException e) {
            throw cannotOpen("access_log", settings.accessLog(), e);
        }
    }

    /** The access log of each application, by its name. */
    @FunctionalInterface
    interface AccessLogs {
        Consumer<Exchange> of(String app);
    }

    private static StartFailure cannotOpen(String key, String target, IOException e) {
        return new StartFailure("the log " + target + " cannot be opened: " + e + "; make it writable, or set another "
                + key + " in [server]");
    }

    private static Logger context(String level) {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.toLevel(level));
        context.getLogger("io.netty").setLevel(Level.WARN);
        return root;
    }

    /** Where the main log itself fails, only stderr is left to say so. */
    private static LogWriter mainLog(String target) throws IOException {
        return started(new LogWriter(
                "log", LogFile.open(target), RING, what -> System.err.println("gatepool: " + what), LOG::warn));
    }

    private static LogWriter writer(String name, String target, int limit) throws IOException {
        return started(new LogWriter(name, LogFile.open(target), limit, LOG::error, LOG::warn));
    }

    private static LogWriter started(LogWriter writer) {
        WRITERS.add(writer);
        return writer.start();
    }

    private static UnsynchronizedAppenderBase<ILoggingEvent> appender(LogWriter writer) {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        PatternLayout layout = new PatternLayout();
        layout.setContext(context);
        layout.setPattern("%d{yyyy-MM-dd HH:mm:ss} %-5level %msg%n");
        layout.start();
        UnsynchronizedAppenderBase<ILoggingEvent> appender = new ToWriter(writer, layout);
        appender.setContext(context);
        appender.start();
        return appender;
    }

    /** Passes logback's events on; the text is made of its arguments here, since they may change. */
    private static final class ToWriter extends UnsynchronizedAppenderBase<ILoggingEvent> {
        private final LogWriter writer;
        private final PatternLayout layout;

        ToWriter(LogWriter writer, PatternLayout layout) {
            this.writer = writer;
            this.layout = layout;
        }

        @Override
        protected void append(ILoggingEvent event) {
            event.prepareForDeferredProcessing();
            writer.offer(out -> out.append(layout.doLayout(event).stripTrailing()));
        }
    }

    /** How many lines of all logs were dropped since the start, because a ring or a disk was full. */
    public static long droppedLines() {
        return WRITERS.stream().mapToLong(LogWriter::dropped).sum();
    }

    /**
     * Opens every log that is a file anew under its name, as logrotate wants it. No line is lost. Returns what went
     * wrong, a sentence for each log that goes on in its old file; empty when all is well.
     */
    public static List<String> reopen() {
        List<String> problems = new ArrayList<>();
        for (LogWriter writer : WRITERS) {
            try {
                writer.file().reopen();
            } catch (IOException e) {
                problems.add(writer.file().name() + " cannot be opened anew, the old file is written on: " + e);
            }
        }
        problems.forEach(LOG::error);
        if (problems.isEmpty()) {
            LOG.info("logs reopened");
        }
        return problems;
    }

    /**
     * Writes out what is still in the rings; the last thing before the exit. The main log last, for news of the others.
     */
    public static void stop() {
        List<LogWriter> others = new ArrayList<>(WRITERS);
        others.stream().skip(1).forEach(LogWriter::stop);
        others.stream().limit(1).forEach(LogWriter::stop);
        ((LoggerContext) LoggerFactory.getILoggerFactory()).stop();
        WRITERS.clear();
    }
}
