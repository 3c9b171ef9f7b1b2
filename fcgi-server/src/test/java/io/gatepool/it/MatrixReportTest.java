package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepool.it.RequestSuite.Outcome;
import io.gatepool.it.RequestSuite.Verdict;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class MatrixReportTest {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final MatrixReport report = new MatrixReport(new PrintStream(bytes, true, StandardCharsets.UTF_8));

    private String text() {
        return bytes.toString(StandardCharsets.UTF_8).replaceAll(" +\n", "\n");
    }

    private void row(String server, String way, Outcome... each) {
        report.row(server, way);
        for (SuiteKind kind : SuiteKind.values()) {
            report.cell(server, way, kind, List.of(each));
        }
        report.endOfRow();
    }

    private static Outcome outcome(RequestCheck check, Verdict verdict, String reason) {
        return new Outcome(check, verdict, reason);
    }

    @Test
    void aRowSaysWhatHasPassedForEachKind() {
        report.begin();
        row("nginx", "FastCGI over TCP", outcome(RequestCheck.GET, Verdict.PASSED, ""));
        assertThat(report.end(Duration.ofSeconds(75))).isZero();
        assertThat(text()).isEqualTo("""
                web server              way to gatepool      CGI            FastCGI        WSGI
                nginx                   FastCGI over TCP     1/1            1/1            1/1

                Good: 1 of 1 rows run; 3 checks passed, 0 failed, 0 left out; 1:15 minutes
                """);
    }

    @Test
    void aFailureIsShownInItsCellAndBelowWithItsReasonAndFailsTheWhole() {
        report.row("nginx", "HTTP");
        report.cell("nginx", "HTTP", SuiteKind.CGI, List.of(outcome(RequestCheck.GET, Verdict.PASSED, "")));
        report.cell(
                "nginx",
                "HTTP",
                SuiteKind.WSGI,
                List.of(
                        outcome(RequestCheck.GET, Verdict.PASSED, ""),
                        outcome(RequestCheck.HEAD, Verdict.FAILED, "\nexpected: 200\n but was: 500\n")));
        report.endOfRow();
        assertThat(report.end(Duration.ZERO)).isEqualTo(1);
        assertThat(text()).isEqualTo("""
                nginx                   HTTP                 1/1            1/2 FAILED

                Failed:
                  HEAD - nginx, HTTP (WSGI)
                      expected: 200
                       but was: 500

                FAILED: 1 of 1 rows run; 2 checks passed, 1 failed, 0 left out; 0:00 minutes
                """);
    }

    @Test
    void whatAWebServerCannotDoIsToldOnceWithAllItsCellsAndCountsInTheTotal() {
        for (String way : List.of("FastCGI over Unix", "FastCGI over TCP")) {
            row("lighttpd", way, outcome(RequestCheck.BYTES_IN_PATH, Verdict.SKIPPED, "it answers 400"));
        }
        assertThat(report.end(Duration.ZERO)).isZero();
        assertThat(text())
                .contains("lighttpd                FastCGI over TCP     0/1 ")
                .contains("""

                Left out, for what the web server cannot do:
                  bytes in a path that are no UTF-8 - lighttpd, every way
                      it answers 400

                Good: 2 of 2 rows run; 0 checks passed, 0 failed, 6 left out; 0:00 minutes
                """);
    }

    @Test
    void whatMakesNoSenseForAKindIsNoPartOfItsTotal() {
        for (String server : List.of("nginx", "Caddy")) {
            report.row(server, "HTTP");
            report.cell(
                    server,
                    "HTTP",
                    SuiteKind.CGI,
                    List.of(
                            outcome(RequestCheck.GET, Verdict.PASSED, ""),
                            outcome(RequestCheck.TIMEOUT, Verdict.NOT_FOR_KIND, "the same")));
            report.endOfRow();
        }
        assertThat(report.end(Duration.ZERO)).isZero();
        assertThat(text())
                .contains("Caddy                   HTTP                 1/1\n")
                .contains("""

                Not for every kind:
                  504 that explains itself - (CGI)
                      the same
                """);
    }

    @Test
    void aProgramThatIsMissingIsNamedAndFailsNothing() {
        report.row("Caddy", "HTTP");
        report.absent("Caddy", "HTTP", "caddy is missing: apt install caddy");
        assertThat(report.end(Duration.ZERO)).isZero();
        assertThat(text())
                .contains("Caddy                   HTTP                 not run: caddy is missing: apt install caddy\n")
                .contains("Good: 0 of 1 rows run");
    }

    @Test
    void aServerThatDoesNotStartFailsTheWhole() {
        report.row("Caddy", "HTTP");
        report.broken("Caddy", "HTTP", "caddy never printed /ready/, but:\nno such directive");
        assertThat(report.end(Duration.ZERO)).isEqualTo(1);
        assertThat(text())
                .contains(
                        "HTTP                 FAILED\n",
                        "  Caddy, HTTP\n  caddy never printed /ready/, but:\n  no such directive\n");
    }
}
