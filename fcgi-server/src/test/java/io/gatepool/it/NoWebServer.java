package io.gatepool.it;

/** gatepool's own HTTP front, in place of a web server. */
record NoWebServer(int port) implements WebServer {

    @Override
    public String name() {
        return "gatepool";
    }

    @Override
    public String log() {
        return "";
    }

    @Override
    public void close() {
        // The house belongs to somebody else.
    }
}
