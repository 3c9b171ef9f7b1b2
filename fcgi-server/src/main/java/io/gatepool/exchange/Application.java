package io.gatepool.exchange;

import io.gatepool.fastcgi.Role;

/** An application as the fronts see it. Event loop only. */
public interface Application {

    /** Its name in the configuration. */
    String name();

    /** The path prefix under which it lives: {@code "/"}, or {@code "/blog"} without a slash at the end. */
    String mount();

    /**
     * The largest request body it takes, in bytes.
     *
     * @param overHttp whether the request came through the HTTP front, which has no web server with limits before it
     */
    long maxBody(boolean overHttp);

    /** How much of a response is kept on disk for a slow reader before the worker has to wait, in bytes. */
    long responseBuffer();

    /** Whether it takes a request before its body is complete, and reads that while it arrives. */
    default boolean takesBodiesAsTheyCome() {
        return false;
    }

    /** Whether a full queue is told to a web server as FCGI_OVERLOADED instead of a 503 page. */
    boolean saysOverloaded();

    /** Whether it can take this FastCGI role; every application is a RESPONDER. */
    boolean serves(Role role);

    /** A request for it has arrived, its body is still coming. */
    void opened(Exchange exchange);

    /** Takes a request, its body complete unless it is passed on; answers it, sooner or later, in every case. */
    void submit(Exchange exchange);
}
