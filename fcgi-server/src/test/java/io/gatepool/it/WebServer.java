package io.gatepool.it;

/**
 * A real web server with its sample configuration, in front of a gatepool: what the {@link RequestSuite} is run
 * against.
 */
interface WebServer extends AutoCloseable {

    /** Its name as people write it, such as "lighttpd". */
    String name();

    /** Where it listens on the loopback. */
    int port();

    /** Its address, without a slash at the end. */
    default String address() {
        return "http://127.0.0.1:" + port();
    }

    /** What it has printed: its error log. */
    String log();

    /** Why it cannot pass {@code check}, measured and documented (docs/web-servers.md); "" if it can. */
    default String limitation(RequestCheck check) {
        return "";
    }

    @Override
    void close() throws Exception;
}
