package io.gatepool.control;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.gatepool.config.LogFormat;
import io.gatepool.config.ValueException;
import io.gatepool.process.ExitStatus;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the lines of the access log say, and that nobody can forge one. */
class AccessFormatTest {

    private static final Instant OVER = Instant.parse("2026-11-21T01:30:40.257Z");

    private final Map<String, String> variables = new HashMap<>(Map.of(
            "REMOTE_ADDR", "192.0.2.7",
            "REQUEST_METHOD", "GET",
            "REQUEST_URI", "/a/b?x=1&y=2",
            "QUERY_STRING", "x=1&y=2",
            "SERVER_PROTOCOL", "HTTP/1.1",
            "HTTP_USER_AGENT", "curl/8.5 (x y)"));
    private @Nullable ExitStatus exit;
    private String cause = "";
    private int pid = 4182;
    private int status = 200;
    private long service = 11_500_000;

    private String line(String format) throws ValueException {
        AccessFormat compiled = AccessFormat.of(LogFormat.parse(format));
        AccessEntry entry = new AccessEntry(
                "r7f3a412",
                "blog",
                pid,
                status,
                512,
                OVER,
                500_000,
                service,
                12_345_678,
                exit,
                cause,
                compiled.wanted().variables().stream()
                        .map(name -> variables.getOrDefault(name, ""))
                        .toList(),
                compiled.wanted().fields().stream()
                        .map(name -> "<" + name + ">")
                        .toList());
        StringBuilder out = new StringBuilder("before ");
        compiled.append(entry, out);
        return out.substring("before ".length());
    }

    private static String time(Instant time, String pattern) {
        return DateTimeFormatter.ofPattern(pattern, Locale.ROOT).format(time.atZone(ZoneId.systemDefault()));
    }

    @Test
    void combinedIsWhatAnalysersKnowAndWhatGatepoolKnows() throws ValueException {
        assertThat(line("combined"))
                .isEqualTo("192.0.2.7 - - [" + time(OVER, "dd/MMM/yyyy:HH:mm:ss Z")
                        + "] \"GET /a/b?x=1&y=2 HTTP/1.1\" 200 512 \"-\" \"curl/8.5 (x y)\""
                        + " r7f3a412 app=blog pid=4182 queue=0.001 total=0.012");
    }

    @Test
    void anEndAndACauseStandBehindIt() throws ValueException {
        exit = new ExitStatus(3, 0, false);
        cause = "head-malformed";
        assertThat(line("combined")).endsWith(" total=0.012 exit=3 cause=head-malformed");
        exit = new ExitStatus(0, 9, false);
        assertThat(line("combined")).endsWith(" total=0.012 signal=SIGKILL cause=head-malformed");
        assertThat(line("%(exit)s %(cause)s")).isEqualTo("SIGKILL head-malformed");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '|',
            value = {
                "%(h)s %(l)s %(u)s|192.0.2.7 - -",
                "%(m)s %(U)s %(q)s %(H)s|GET /a/b x=1&y=2 HTTP/1.1",
                "%(s)s %(B)s %(b)s|200 512 512",
                "%(D)s %(L)s %(M)s %(T)s|12345 0.012346 12 0",
                "%(p)s %({x-served-by}o)s %({user-agent}i)s|4182 <x-served-by> curl/8.5\\x20(x\\x20y)",
                "%({REMOTE_ADDR}e)s|192.0.2.7",
                "%(app)s %(queue)s %(service)s %(total)s|blog 0.001 0.012 0.012",
                "%R %u %m %r%Q%q %s|192.0.2.7 - GET /a/b?x=1&y=2 200",
                "%d %{seconds}d %{milliseconds}d %{mili}d %{microseconds}d|0.012 0.012 12.346 12.346 12345",
                "%n %p %f %l %(id)s|blog 4182 - - r7f3a412",
                "%{User-Agent}i \"%{HTTP_USER_AGENT}e\"|curl/8.5\\x20(x\\x20y) \"curl/8.5 (x y)\"",
            })
    void fieldsSayWhatTheySayInTheirProgram(String format, String expected) throws ValueException {
        assertThat(line(format)).isEqualTo(expected);
    }

    @Test
    void timesAreThoseOfTheArrivalAndOfTheEnd() throws ValueException {
        Instant arrival = OVER.minusNanos(12_345_678);
        assertThat(line("%{%s}t %{%s}T %T"))
                .isEqualTo(arrival.getEpochSecond() + " " + OVER.getEpochSecond() + " "
                        + time(OVER, "dd/MMM/yyyy:HH:mm:ss Z"));
    }

    @Test
    void whatIsNotKnownIsNotMadeUp() throws ValueException {
        pid = 0;
        service = -1;
        variables.clear();
        assertThat(line("%(p)s %(service)s %(exit)s %(cause)s [%Q%q] %(U)s")).isEqualTo("- - - - [] -");
    }

    @Test
    void ourOwnProcessIsTheParent() throws ValueException {
        assertThat(line("%P")).isEqualTo(Long.toString(ProcessHandle.current().pid()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"REQUEST_URI", "REQUEST_METHOD", "HTTP_USER_AGENT", "HTTP_REFERER", "REMOTE_USER"})
    void nobodyEndsALineOrAColumn(String name) throws ValueException {
        variables.put(name, "x\" 200 5 \"\r\n1.2.3.4 - - \u0000\u001b\u009b\u00e9\\");
        String line = line("combined");
        assertThat(line).matches("[ -~]+");
        assertThat(line.chars().filter(c -> c == '"').count()).isEqualTo(6);
        assertThat(line).contains("x\\x22").contains("\\x0d\\x0a1.2.3.4").contains("\\x00\\x1b\\x9b\\xe9\\\\");
        assertThat(line.replaceAll("\"[^\"]*\"", "-").split(" ")).hasSize(15);
    }

    @Test
    void jsonIsOneObjectWithUnitsInItsNames() throws Exception {
        exit = new ExitStatus(0, 9, false);
        cause = "worker-crashed";
        variables.put("REMOTE_USER", "fran\u00c3\u00a7ois");
        Map<String, Object> object = parsed(line("json"));
        assertThat(object)
                .containsEntry("time", time(OVER, "yyyy-MM-dd'T'HH:mm:ss.SSSxxx"))
                .containsEntry("id", "r7f3a412")
                .containsEntry("app", "blog")
                .containsEntry("pid", 4182L)
                .containsEntry("client", "192.0.2.7")
                .containsEntry("user", "fran\u00e7ois")
                .containsEntry("method", "GET")
                .containsEntry("uri", "/a/b?x=1&y=2")
                .containsEntry("protocol", "HTTP/1.1")
                .containsEntry("user_agent", "curl/8.5 (x y)")
                .containsEntry("status", 200L)
                .containsEntry("response_bytes", 512L)
                .containsEntry("queue_seconds", 0.0005)
                .containsEntry("service_seconds", 0.0115)
                .containsEntry("total_seconds", 0.012346)
                .containsEntry("exit_signal", "SIGKILL")
                .containsEntry("cause", "worker-crashed")
                .doesNotContainKeys("referer", "exit_status");
    }

    @Test
    void whatIsNotKnownIsNotInTheObject() throws Exception {
        pid = 0;
        status = 0;
        service = -1;
        assertThat(parsed(line("json")))
                .doesNotContainKeys("pid", "user", "status", "service_seconds", "exit_signal", "cause");
    }

    @Test
    void nobodyEndsAnObjectOrALine() throws Exception {
        String nasty = "x\",\"status\":200}\r\n{\u0000\u001b\u009b\u00ff\\";
        variables.put("REQUEST_URI", nasty);
        String line = line("json");
        assertThat(line).matches("[ -~]+");
        // Bytes that are no UTF-8 are the replacement character.
        assertThat(parsed(line))
                .containsEntry("uri", nasty.replace('\u009b', '\ufffd').replace('\u00ff', '\ufffd'));
    }

    private static Map<String, Object> parsed(String line) throws IOException {
        Map<String, Object> object = new LinkedHashMap<>();
        try (JsonParser parser = new JsonFactory().createParser(line)) {
            assertThat(parser.nextToken()).isEqualTo(JsonToken.START_OBJECT);
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String name = parser.currentName();
                JsonToken value = parser.nextToken();
                Object known = value == JsonToken.VALUE_NUMBER_INT
                        ? Long.valueOf(parser.getLongValue())
                        : value == JsonToken.VALUE_NUMBER_FLOAT
                                ? Double.valueOf(parser.getDoubleValue())
                                : parser.getText();
                assertThat(object.put(name, known)).as(name).isNull();
            }
            assertThat(parser.nextToken()).isNull();
        }
        return object;
    }
}
