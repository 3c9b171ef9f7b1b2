package io.gatepool.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** {@link ServerSettings} in the making by the short forms of the command line; the rest has its default. */
public final class ServerBuilder {
    private final Values values = new Values();

    private <T> ServerBuilder set(Key<T> key, T value) {
        values.put(key, value);
        return this;
    }

    /** {@code off}, {@code -} for stdout, or an absolute path. */
    public ServerBuilder accessLog(String log, LogFormat format) {
        return set(ServerKeys.ACCESS_LOG, log).set(ServerKeys.ACCESS_LOG_FORMAT, format);
    }

    /** {@code stderr}, or an absolute path. */
    public ServerBuilder log(String log) {
        return set(ServerKeys.LOG, log);
    }

    /** {@code error}, {@code warn}, {@code info}, {@code debug} or {@code trace}. */
    public ServerBuilder logLevel(String level) {
        return set(ServerKeys.LOG_LEVEL, level);
    }

    /** Where sockets lie; absolute. */
    public ServerBuilder runtimeDir(Path directory) {
        return set(ServerKeys.RUNTIME_DIR, directory);
    }

    /** How long running requests may take at a graceful stop. */
    public ServerBuilder drainTimeout(Duration timeout) {
        return set(ServerKeys.DRAIN_TIMEOUT, timeout);
    }

    /**
     * Addresses, networks, or {@code unix}.
     *
     * @throws IllegalArgumentException if one of them is none of these
     */
    public ServerBuilder trustedProxies(List<String> proxies) {
        for (String proxy : proxies) {
            if (!ServerKeys.isPeer(proxy)) {
                throw new IllegalArgumentException(
                        "'" + proxy + "' is not an IP address or network; " + ServerKeys.WRITE_PEER);
            }
        }
        return set(ServerKeys.TRUSTED_PROXIES, List.copyOf(proxies));
    }

    public ServerSettings build() {
        return ServerKeys.settings(values);
    }
}
