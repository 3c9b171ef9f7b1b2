package io.gatepool.it;

/**
 * The three kinds of application that the {@link RequestSuite} talks to; its program is src/test/apps/suite/suite.py in
 * each.
 */
enum SuiteKind {
    CGI("CGI", "/suite/suite.cgi", "/cgi/hello.sh?name=you", "Hello, you", "/cgi/status.sh?code=200"),
    FASTCGI("FastCGI", "/suite-fastcgi", "/counter", "Python, FastCGI", "/suite-fastcgi/ok"),
    WSGI("WSGI", "/suite-wsgi", "/clock", "in plain WSGI", "/suite-wsgi/ok");

    private final String label;
    private final String base;
    private final String sample;
    private final String says;
    private final String light;

    SuiteKind(String label, String base, String sample, String says, String light) {
        this.label = label;
        this.base = base;
        this.sample = sample;
        this.says = says;
        this.light = light;
    }

    /** As people write it. */
    String label() {
        return label;
    }

    /** SCRIPT_NAME of the suite's application; the rest of a path is its PATH_INFO. */
    String base() {
        return base;
    }

    /** A page of examples/apps. */
    String sample() {
        return sample;
    }

    /** What is on that page. */
    String says() {
        return says;
    }

    /** What costs little, to be asked for a thousand times. */
    String light() {
        return light;
    }
}
