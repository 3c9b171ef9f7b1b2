package io.gatepool.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import org.junit.jupiter.api.Test;

/** What the commands print, to the letter. */
class TablesTest {

    private static Fields answer(String json) throws IOException {
        return new Fields(JSON.std.mapFrom(json));
    }

    private static String app(String name, String kind, String state, String numbers) {
        return "{\"name\":\"" + name + "\",\"kind\":\"" + kind + "\",\"state\":\"" + state + "\"," + numbers + "}";
    }

    private static String today(int hour, int minute, int second) {
        return ZonedDateTime.now(ZoneId.systemDefault())
                .withHour(hour)
                .withMinute(minute)
                .withSecond(second)
                .withNano(0)
                .toOffsetDateTime()
                .toString();
    }

    @Test
    void status() throws IOException {
        String trouble = "{\"what\":\"worker 4190 exited with status 1 at start\",\"times\":9,\"for_s\":252,"
                + "\"next_try_ms\":16200,\"last_words\":\"ModuleNotFoundError: No module named 'stripe'\"}";
        Fields status = answer("{\"version\":\"1.0.0\",\"pid\":812,\"uptime_s\":8040,\"generation\":1,\"loaded\":\""
                + today(12, 38, 7) + "\",\"apps\":["
                + app(
                        "blog",
                        "fastcgi",
                        "ok",
                        "\"workers\":3,\"max\":8,\"busy\":1,\"queue\":0,\"requests_per_s\":0.2,\"p99_ms\":38.2")
                + ","
                + app(
                        "cgi",
                        "cgi",
                        "ok",
                        "\"workers\":2,\"max\":8,\"busy\":2,\"queue\":0,\"requests_per_s\":0.8,\"p99_ms\":1210,"
                                + "\"errors_last_hour\":3")
                + "," + app("git", "cgi", "ok", "\"workers\":0,\"max\":8")
                + ","
                + app(
                        "shop",
                        "wsgi",
                        "failing",
                        "\"workers\":0,\"max\":5,\"requests_per_s\":0.9,\"errors_last_hour\":212,\"reason\":\"-\",\"trouble\":"
                                + trouble)
                + "]}");
        assertThat(StatusTable.text(status)).isEqualTo("""
                        gatepool 1.0.0  pid 812  up 2h 14m  generation 1, loaded 12:38:07

                        APP   KIND     STATE    WORKERS  BUSY  QUEUE  OLDEST  REQ/S    P99  5XX/H
                        blog  fastcgi  ok           3/8     1      0       -    0.2  38 ms      0
                        cgi   cgi      ok           2/8     2      0       -    0.8  1.2 s      3
                        git   cgi      ok           0/8     0      0       -    0.0      -      0
                        shop  wsgi     failing      0/5     0      0       -    0.9      -    212

                        shop: worker 4190 exited with status 1 at start, 9 times in 4 min; next try in
                              16 s
                              ModuleNotFoundError: No module named 'stripe'
                        """);
        assertThat(StatusTable.isWell(status)).isFalse();
    }

    @Test
    void aReloadThatFailedIsToldUntilOneSucceeds() throws IOException {
        Fields status = answer("{\"apps\":["
                + app(
                        "a",
                        "wsgi",
                        "ok",
                        "\"workers\":1,\"max\":1,\"reload_failure\":\"generation 3 did not come up,"
                                + " generation 2 stays: worker 7 exited with status 1 at start: E\"")
                + "]}");
        assertThat(StatusTable.text(status)).endsWith("""

                a: the last reload failed: generation 3 did not come up, generation 2 stays:
                   worker 7 exited with status 1 at start: E
                """);
        assertThat(StatusTable.isWell(status)).isTrue();
    }

    @Test
    void aConfigurationOfAnotherDayIsDated() throws IOException {
        Fields status = answer("{\"loaded\":\"" + OffsetDateTime.of(2020, 1, 2, 12, 0, 0, 0, ZoneOffset.UTC) + "\"}");
        assertThat(StatusTable.identity(status)).contains("loaded 2020-01-0");
    }

    @Test
    void theOldestIsShownWhenSomebodyWaits() throws IOException {
        Fields status = answer(
                "{\"apps\":[" + app("a", "cgi", "ok", "\"queue\":3,\"oldest_ms\":1234,\"workers\":1,\"max\":1") + "]}");
        assertThat(StatusTable.text(status)).contains("     3   1.2 s ");
        assertThat(StatusTable.isWell(status)).isTrue();
    }

    @Test
    void workers() throws IOException {
        Fields blog = answer(app(
                "blog",
                "fastcgi",
                "ok",
                "\"mode\":\"dynamic\",\"spare\":\"1-3\",\"workers\":3,\"max\":8,\"generation\":1,\"processes\":["
                        + "{\"pid\":4182,\"state\":\"busy\",\"age_s\":8040,\"requests\":711,\"rss_bytes\":50331648,"
                        + "\"cpu_percent\":3.1,\"now\":[{\"held_ms\":204,\"id\":\"r7f3a412\",\"title\":\"GET /index.php\"}]},"
                        + "{\"pid\":4183,\"state\":\"idle\",\"age_s\":8040,\"requests\":702,\"rss_bytes\":49283072,"
                        + "\"cpu_percent\":2.9},"
                        + "{\"pid\":5120,\"state\":\"idle\",\"age_s\":38,\"requests\":9,\"rss_bytes\":32505856,"
                        + "\"cpu_percent\":0.4}]"));
        assertThat(WorkersTable.text(blog)).isEqualTo("""
                        blog  fastcgi  dynamic, 3 of 8, spare 1-3  generation 1

                          PID  STATE    AGE     REQS     RSS  CPU %  NOW
                         4182  busy     2h 14m   711  48 MiB    3.1  0.2 s  r7f3a412  GET /index.php
                         4183  idle     2h 14m   702  47 MiB    2.9  -
                         5120  idle     38 s       9  31 MiB    0.4  -
                        """);
    }

    @Test
    void aWorkerWithSeveralRequestsHasALineForEach() throws IOException {
        Fields app = answer(app(
                "php",
                "fastcgi",
                "ok",
                "\"mode\":\"static\",\"workers\":1,\"max\":1,\"generation\":2,\"processes\":["
                        + "{\"pid\":7,\"state\":\"busy\",\"age_s\":5,\"requests\":3,\"now\":["
                        + "{\"held_ms\":100,\"id\":\"r1\",\"title\":\"GET /a\"},"
                        + "{\"held_ms\":90,\"id\":\"r2\",\"title\":\"GET /b\"}]}]"));
        assertThat(WorkersTable.text(app)).isEqualTo("""
                        php  fastcgi  static, 1 of 1  generation 2

                          PID  STATE    AGE     REQS     RSS  CPU %  NOW
                            7  busy     5 s        3       -      -  0.1 s  r1  GET /a
                                                                     0.1 s  r2  GET /b
                        """);
    }

    @Test
    void dump() throws IOException {
        Fields dump = answer("{\"version\":\"1.0.0\",\"pid\":812,\"uptime_s\":5,\"generation\":1,\"loaded\":\""
                + today(12, 0, 0) + "\",\"apps\":["
                + app(
                        "blog",
                        "fastcgi",
                        "ok",
                        "\"mode\":\"static\",\"workers\":1,\"max\":1,\"busy\":1,\"queue\":2,\"open\":4,\"requests\":["
                                + "{\"id\":\"r7f3a412\",\"age_ms\":200,\"where\":\"worker\",\"pid\":4182,"
                                + "\"received_bytes\":0,\"sent_bytes\":12288,\"title\":\"GET /index.php\"},"
                                + "{\"id\":\"r7f3a413\",\"age_ms\":12000,\"where\":\"queue\",\"received_bytes\":99,"
                                + "\"title\":\"POST /\"}],"
                                + "\"processes\":[{\"pid\":4182,\"state\":\"busy\",\"age_s\":38,\"requests\":9,\"now\":"
                                + "[{\"held_ms\":200,\"id\":\"r7f3a412\",\"title\":\"GET /index.php\"}]}]")
                + "]}");
        assertThat(DumpReport.text(dump)).isEqualTo("""
                        gatepool 1.0.0  pid 812  up 5 s  generation 1, loaded 12:00:00

                        blog  fastcgi  ok  1 worker of 1, 1 busy, 2 queued

                        REQUEST     FOR  WHERE          IN     OUT  WHAT
                        r7f3a412  0.2 s  worker 4182   0 B  12 KiB  GET /index.php
                        r7f3a413   12 s  queue        99 B     0 B  POST /
                        and 2 more

                          PID  STATE    AGE     REQS  NOW
                         4182  busy     38 s       9  0.2 s  r7f3a412  GET /index.php
                        """);
    }

    @Test
    void explanation() throws IOException {
        Fields failed = answer("""
                {"id":"r7f3a412","app":"blog","title":"POST /buy","client":"192.0.2.7","status":502,
                 "cause":"worker-crashed","meaning":"The application process ended before it had answered.",
                 "detail":"worker 4182 closed the connection before it had answered; not sent again, since it may have been executed",
                 "remedy":"Its stderr has the reason. It was not sent again, since it may have been executed.",
                 "ended":"2026-11-21T01:52:10Z","waited_ms":3.4,"dispatched_ms":3.5,"total_ms":12.2,"attempts":1,
                 "where":"worker","pid":4182,"stderr":[],
                 "ends":[{"where":"worker","pid":4182,"exit":"died of SIGSEGV","stderr":["one","zend_mm_heap corrupted"]}]}
                """);
        assertThat(Explanation.text(failed).replaceFirst("2026-11-\\d\\d \\d\\d:", "2026-11-21 01:"))
                .isEqualTo("""
                        r7f3a412  blog  POST /buy
                        502 worker-crashed

                        what    The application process ended before it had answered.
                                worker 4182 closed the connection before it had answered; not sent
                                again, since it may have been executed
                        when    2026-11-21 01:52:10, for 192.0.2.7
                                waited for 3.4 ms, handed out after 3.5 ms, failed after 12 ms
                        where   worker 4182, which died of SIGSEGV
                        stderr  one
                                zend_mm_heap corrupted
                        remedy  Its stderr has the reason. It was not sent again, since it may have been
                                executed.
                        """);
    }

    @Test
    void anExplanationOfWhatNoProcessHad() throws IOException {
        Fields failed = answer("""
                {"id":"r1","app":"a","title":"GET /","status":503,"cause":"queue-timeout","meaning":"M.","detail":"D",
                 "remedy":"R.","ended":"?","total_ms":10000,"waited_ms":10000,"where":"queue"}
                """);
        assertThat(Explanation.text(failed)).isEqualTo("""
                        r1  a  GET /
                        503 queue-timeout

                        what    M.
                                D
                        when    ?
                                waited for 10 s, failed after 10 s
                        where   in the queue
                        remedy  R.
                        """);
    }
}
