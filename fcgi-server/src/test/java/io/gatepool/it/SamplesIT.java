package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A first look over HTTP, as a newcomer takes it. */
class SamplesIT {

    @Test
    void aScriptIsANewProcessEachTimeAndAWorkerStays(@TempDir Path directory) throws Exception {
        try (Daemon daemon = Daemon.serve(directory, """
                [app.cgi]
                kind = "cgi"
                listen = "http:127.0.0.1:0"
                mount = "/cgi"
                root = "%1$s/cgi"

                [app.counter]
                kind = "fastcgi"
                command = ["%1$s/fastcgi/counter.py"]
                listen = "http:127.0.0.1:0"
                mount = "/counter"
                workers.max = 1
                """.formatted(Daemon.REPOSITORY.resolve("examples/apps")))) {
            String script = "http://127.0.0.1:" + daemon.port("cgi", "http") + "/cgi/hello.sh?plain";
            assertThat(get(script)).isNotEqualTo(get(script)).contains("count 1");
            String counter = "http://127.0.0.1:" + daemon.port("counter", "http") + "/counter?plain";
            assertThat(get(counter))
                    .contains("count 1", "pid " + daemon.workers("counter").get(0));
            assertThat(get(counter))
                    .contains("count 2", "pid " + daemon.workers("counter").get(0));
        }
    }

    private static String get(String uri) throws Exception {
        HttpResponse<String> response = HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(uri)).build(), HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).isEqualTo(200);
        return response.body();
    }
}
