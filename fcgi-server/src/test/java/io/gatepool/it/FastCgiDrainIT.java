package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepool.it.RawFastCgi.Answer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What comes over FastCGI when there is no room for it, or no time. */
class FastCgiDrainIT {

    private static Daemon serve(Path directory) throws Exception {
        return Daemon.serve(directory, """
                [app.work]
                kind = "fastcgi"
                command = ["%s/testapp.py"]
                listen = "fastcgi:127.0.0.1:0"
                workers.max = 1
                queue.size = 1
                queue.full = "overloaded"
                """.formatted(Daemon.TEST_APPS));
    }

    private static void get(RawFastCgi connection, int id, String path, String query) {
        Map<String, String> variables = RawFastCgi.get(path, query);
        connection.begin(id).params(id, variables).endStdin(id).send();
    }

    private static Path hold(RawFastCgi connection, Path directory) {
        Path held = directory.resolve("held");
        get(connection, 1, "/hold", "f=" + held);
        Poll.until("the worker is busy", () -> Files.exists(held));
        return held;
    }

    @Test
    void whatComesWhileGatepoolStopsGetsAPageAndTheOthersTheirAnswer(@TempDir Path directory) throws Exception {
        try (Daemon daemon = serve(directory);
                RawFastCgi connection = RawFastCgi.tcp(daemon.port("work", "fastcgi"))) {
            Path held = hold(connection, directory);
            int from = daemon.log().length();
            daemon.signal("TERM");
            daemon.running().await("(?i)stop", from);
            get(connection, 2, "/pid", "");
            Answer late = connection.answer(2);
            assertThat(late.text()).startsWith("Status: 503").contains("X-Gatepool-Cause: stopping", "Retry-After: 1");
            assertThat(late.protocolStatus()).isZero();
            Files.delete(held);
            assertThat(connection.answer(1).body()).isEqualTo("let go\n");
            assertThat(connection.ends()).isTrue();
            assertThat(daemon.running().awaitExit()).isZero();
        }
    }

    @Test
    void overloadedIsSaidWithThePage(@TempDir Path directory) throws Exception {
        try (Daemon daemon = serve(directory);
                RawFastCgi connection = RawFastCgi.tcp(daemon.port("work", "fastcgi"))) {
            Path held = hold(connection, directory);
            get(connection, 2, "/pid", "");
            get(connection, 3, "/pid", "");
            Answer refused = connection.answer(3);
            assertThat(refused.text()).startsWith("Status: 503").contains("X-Gatepool-Cause: queue-full");
            assertThat(refused.protocolStatus()).isEqualTo(2);
            Files.delete(held);
            assertThat(connection.answer(1).protocolStatus()).isZero();
            assertThat(connection.answer(2).protocolStatus()).isZero();
        }
    }
}
