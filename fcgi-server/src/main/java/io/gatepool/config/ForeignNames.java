package io.gatepool.config;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What the keys are called in php-fpm, gunicorn, uwsgi, lighttpd, nginx, mod_fcgid and fcgiwrap, for those who come
 * from there.
 */
final class ForeignNames {
    private static final Map<String, String> OURS = Map.ofEntries(
            // php-fpm
            Map.entry("pm", "workers.mode"),
            Map.entry("pm.max_children", "workers.max"),
            Map.entry("pm.start_servers", "workers.start"),
            Map.entry("pm.min_spare_servers", "workers.min_spare"),
            Map.entry("pm.max_spare_servers", "workers.max_spare"),
            Map.entry("pm.process_idle_timeout", "workers.idle_timeout"),
            Map.entry("pm.max_requests", "max_requests"),
            Map.entry("listen.owner", "listen_owner"),
            Map.entry("listen.group", "listen_group"),
            Map.entry("listen.mode", "listen_mode"),
            Map.entry("listen.backlog", "backlog"),
            Map.entry("listen.allowed_clients", "allowed_clients"),
            Map.entry("security.limit_extensions", "extensions"),
            Map.entry("request_terminate_timeout", "request_timeout"),
            Map.entry("request_slowlog_timeout", "slow_after"),
            Map.entry("process_control_timeout", "drain_timeout"),
            Map.entry("access.log", "access_log"),
            Map.entry("access.format", "access_log_format"),
            Map.entry("slowlog", "slow_log"),
            Map.entry("error_log", "log"),
            Map.entry("process.max", "max_workers"),
            Map.entry("process.priority", "nice"),
            Map.entry("rlimit_files", "limits.files"),
            Map.entry("pm.status_path", "admin"),
            Map.entry("pm.status_listen", "admin"),
            Map.entry("ping.path", "admin"),
            // gunicorn
            Map.entry("bind", "listen"),
            Map.entry("workers", "workers.max"),
            Map.entry("worker_connections", "workers.connections"),
            Map.entry("timeout", "output_timeout"),
            Map.entry("graceful_timeout", "drain_timeout"),
            Map.entry("keepalive", "keep_alive"),
            Map.entry("limit_request_line", "request_line"),
            Map.entry("limit_request_fields", "headers"),
            Map.entry("limit_request_field_size", "header_size"),
            Map.entry("accesslog", "access_log"),
            Map.entry("errorlog", "log"),
            Map.entry("loglevel", "log_level"),
            Map.entry("raw_env", "env"),
            Map.entry("wsgi_app", "module"),
            Map.entry("access_logformat", "access_log_format"),
            Map.entry("reload", "watch"),
            Map.entry("reload_extra_files", "watch"),
            Map.entry("certfile", "certificate"),
            Map.entry("keyfile", "certificate_key"),
            Map.entry("forwarded_allow_ips", "trusted_proxies"),
            // uwsgi
            Map.entry("socket", "listen"),
            Map.entry("http-socket", "listen"),
            Map.entry("processes", "workers.max"),
            Map.entry("harakiri", "request_timeout"),
            Map.entry("reload-on-rss", "max_rss"),
            Map.entry("evil-reload-on-rss", "max_rss"),
            Map.entry("fastcgi-socket", "listen"),
            Map.entry("http", "listen"),
            Map.entry("chmod-socket", "listen_mode"),
            Map.entry("chown-socket", "listen_owner"),
            Map.entry("wsgi-file", "module"),
            Map.entry("wsgi", "module"),
            Map.entry("callable", "module"),
            Map.entry("virtualenv", "python"),
            Map.entry("venv", "python"),
            Map.entry("home", "python"),
            Map.entry("cheaper", "workers.min_spare"),
            Map.entry("cheaper-initial", "workers.start"),
            Map.entry("idle", "workers.idle_timeout"),
            Map.entry("max-worker-lifetime", "max_age"),
            Map.entry("worker-reload-mercy", "drain_timeout"),
            Map.entry("touch-reload", "watch"),
            Map.entry("py-autoreload", "watch"),
            Map.entry("python-autoreload", "watch"),
            Map.entry("buffer-size", "header_size"),
            Map.entry("limit-post", "max_body"),
            Map.entry("limit-as", "limits.memory"),
            Map.entry("limit-nproc", "limits.processes"),
            Map.entry("http-keepalive", "keep_alive"),
            Map.entry("socket-timeout", "read_timeout"),
            Map.entry("logto", "log"),
            Map.entry("logto2", "log"),
            Map.entry("logformat", "access_log_format"),
            Map.entry("log-format", "access_log_format"),
            Map.entry("log-slow", "slow_after"),
            Map.entry("exec-pre-app", "hooks.before_start"),
            Map.entry("stats", "admin"),
            Map.entry("uid", "user"),
            Map.entry("gid", "group"),
            // lighttpd and nginx
            Map.entry("bin-path", "command"),
            Map.entry("bin-environment", "env"),
            Map.entry("max-procs", "workers.max"),
            Map.entry("document_root", "root"),
            Map.entry("client_max_body_size", "max_body"),
            // mod_fcgid
            Map.entry("FcgidWrapper", "command"),
            Map.entry("FcgidInitialEnv", "env"),
            Map.entry("FcgidMaxProcesses", "max_workers"),
            Map.entry("FcgidMaxProcessesPerClass", "workers.max"),
            Map.entry("FcgidMinProcessesPerClass", "workers.min_spare"),
            Map.entry("FcgidIdleTimeout", "workers.idle_timeout"),
            Map.entry("FcgidProcessLifeTime", "max_age"),
            Map.entry("FcgidMaxRequestsPerProcess", "max_requests"),
            Map.entry("FcgidBusyTimeout", "request_timeout"),
            Map.entry("FcgidIOTimeout", "output_timeout"),
            Map.entry("FcgidMaxRequestLen", "max_body"),
            Map.entry("FcgidIPCDir", "runtime_dir"),
            // fcgiwrap and spawn-fcgi have options only; this is what their unit files and manuals call them
            Map.entry("prefork", "max_running"),
            Map.entry("children", "workers.max"));

    private ForeignNames() {}

    /** Our name for it. */
    static Optional<String> find(String name) {
        return Optional.ofNullable(OURS.get(name));
    }

    /** All their names. */
    static Set<String> theirs() {
        return OURS.keySet();
    }

    /** What they are here. */
    static Set<String> ours() {
        return Set.copyOf(OURS.values());
    }

    /** Whether the table holds such a name: {@code pm.max_children} is a table {@code pm} to TOML. */
    static boolean isIn(Setting table) {
        return leaves(table).anyMatch(leaf -> find(leaf.name()).isPresent());
    }

    /** Reports the name, or each name in a table of them, as unknown among these. */
    static void refuse(Setting setting, Collection<String> names) {
        List<Setting> leaves = leaves(setting).toList();
        leaves.forEach(leaf -> Suggestions.refuseUnknown(leaf, names));
    }

    private static Stream<Setting> leaves(Setting setting) {
        return setting.isTable() ? setting.members().stream().flatMap(ForeignNames::leaves) : Stream.of(setting);
    }
}
