package io.gatepool.cli;

import io.gatepool.cgi.PathBytes;
import picocli.CommandLine.Option;

/** What the target of a request has behind its script. */
final class TargetOptions {

    @Option(names = "--path-info", paramLabel = "PATH", description = "What follows the script in the path.")
    private String pathInfo = "";

    @Option(names = "--query", paramLabel = "QUERY", description = "The query string, without its question mark.")
    private String query = "";

    /** @param script the path that leads to the script, not encoded */
    String target(String script) {
        String path = PathBytes.utf8(script) + PathBytes.utf8(pathInfo);
        return Encoded.path(path.isEmpty() ? "/" : path) + (query.isEmpty() ? "" : "?" + query);
    }
}
