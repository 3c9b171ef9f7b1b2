package io.gatepool.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * The daemon itself.
 *
 * @param runtimeDir where the workers' sockets lie; absolute
 * @param spoolDir where bodies and responses too large for memory wait; absolute
 * @param log {@code stderr} or an absolute path
 * @param logLevel error, warn, info, debug or trace
 * @param drainTimeout how long running requests may take at a graceful stop; may be {@link Durations#OFF}
 * @param accessLog {@code off}, {@code -} (stdout) or an absolute path
 * @param controlGroup whose members may control it, besides root and its own user; empty for nobody
 */
public record ServerSettings(
        Path runtimeDir,
        Path spoolDir,
        String log,
        String logLevel,
        ReaperMode reaper,
        Duration drainTimeout,
        String accessLog,
        Optional<String> controlGroup) {
    /** What holds when nothing is configured. */
    public static ServerSettings defaults() {
        return ServerKeys.settings(new Values());
    }

    /** The same with another access log; the short forms of the command line write theirs to {@code -}. */
    public ServerSettings withAccessLog(String accessLog) {
        return new ServerSettings(runtimeDir, spoolDir, log, logLevel, reaper, drainTimeout, accessLog, controlGroup);
    }

    /** The same with another runtime directory: a short form has one of its own. */
    public ServerSettings withRuntimeDir(Path runtimeDir) {
        return new ServerSettings(runtimeDir, spoolDir, log, logLevel, reaper, drainTimeout, accessLog, controlGroup);
    }
}
