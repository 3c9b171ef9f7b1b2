package io.gatepool.it;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;

/** A browser for tests: HTTP/1.1, follows no redirect, and gives up after {@link Poll#PATIENCE} instead of hanging. */
final class Web {

    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();

    private Web() {}

    /** What came back. */
    record Answer(int status, HttpHeaders headers, String text) {

        /** The header's first value; empty without one. */
        String header(String name) {
            return headers.firstValue(name).orElse("");
        }

        /** The number after {@code name} in the "?plain" form of the sample pages. */
        int number(String name) {
            for (String line : text.split("\n", -1)) {
                if (line.startsWith(name + " ")) {
                    return Integer.parseInt(line.substring(name.length() + 1).trim());
                }
            }
            throw new AssertionError("no line '" + name + " …' in:\n" + text);
        }
    }

    static Answer get(String uri) throws Exception {
        return send(request(uri));
    }

    static Answer head(String uri) throws Exception {
        return send(request(uri).method("HEAD", HttpRequest.BodyPublishers.noBody()));
    }

    static Answer post(String uri, String body) throws Exception {
        return send(request(uri).POST(HttpRequest.BodyPublishers.ofString(body, StandardCharsets.ISO_8859_1)));
    }

    static HttpRequest.Builder request(String uri) {
        return HttpRequest.newBuilder(URI.create(uri)).timeout(Poll.PATIENCE);
    }

    /** The answer's body is read as bytes, one character each. */
    static Answer send(HttpRequest.Builder request) throws Exception {
        HttpResponse<String> response =
                exchange(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.ISO_8859_1));
        return new Answer(response.statusCode(), response.headers(), response.body());
    }

    /** For answers that are not read as a whole. */
    static <T> HttpResponse<T> exchange(HttpRequest.Builder request, HttpResponse.BodyHandler<T> handler)
            throws Exception {
        return CLIENT.send(request.build(), handler);
    }
}
