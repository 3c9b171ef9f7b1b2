package io.gatepool.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The daemon itself.
 *
 * @param runtimeDir where the workers' sockets lie; absolute
 * @param spoolDir where bodies and responses too large for memory wait; absolute
 * @param log {@code stderr} or an absolute path
 * @param logLevel error, warn, info, debug or trace
 * @param drainTimeout how long running requests may take at a graceful stop; may be {@link Durations#OFF}
 * @param maxWorkers how many workers all apps together may have; {@link Integer#MAX_VALUE} for no limit
 * @param accessLog {@code off}, {@code -} (stdout) or an absolute path
 * @param accessLogFormat of its lines
 * @param slowLog {@code log}, or an absolute path: where requests that take long are told of
 * @param trustedProxies addresses, networks and {@code unix}: peers whose word on a request's id is taken
 * @param admin where the status page, probes and metrics are; HTTP; empty for nowhere
 * @param adminHosts names by which browsers may call it, besides IP addresses and localhost
 * @param controlGroup whose members may control it, besides root and its own user; empty for nobody
 */
public record ServerSettings(
        Path runtimeDir,
        Path spoolDir,
        String log,
        String logLevel,
        ReaperMode reaper,
        Duration drainTimeout,
        int maxWorkers,
        String accessLog,
        LogFormat accessLogFormat,
        String slowLog,
        List<String> trustedProxies,
        Optional<Address> admin,
        List<String> adminHosts,
        Optional<String> controlGroup) {
    public ServerSettings {
        trustedProxies = List.copyOf(trustedProxies);
        adminHosts = List.copyOf(adminHosts);
    }

    /** What holds when nothing is configured. */
    public static ServerSettings defaults() {
        return ServerKeys.settings(new Values());
    }
}
