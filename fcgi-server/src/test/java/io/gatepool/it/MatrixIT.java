package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** `make matrix` in small: the one row that needs no web server. The other rows are the suite's other test classes. */
class MatrixIT {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    private int run(Path logs, String... words) throws Exception {
        return Matrix.run(List.of(words), logs, new PrintStream(bytes, true, StandardCharsets.UTF_8));
    }

    private String text() {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void gatepoolAlonePassesTheWholeSuite(@TempDir Path logs) throws Exception {
        assertThat(run(logs, "GATEPOOL", "http")).as(text()).isZero();
        assertThat(text()).contains("Good: 1 of 1 rows run").contains(" 0 failed, 0 left out");
    }

    @Test
    void wordsThatFitNoRowAreAnsweredWithTheRows(@TempDir Path logs) throws Exception {
        assertThat(run(logs, "nginx", "nonsense")).isEqualTo(2);
        assertThat(text()).contains("No row has all of: nginx nonsense.", "  HAProxy, FastCGI over TCP\n");
    }
}
