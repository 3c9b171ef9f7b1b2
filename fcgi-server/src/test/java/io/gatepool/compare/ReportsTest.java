package io.gatepool.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReportsTest {

    private static final long MILLI = 1_000_000;
    private static final long MIB = 1 << 20;

    /** Rounds with so many requests a second, each of which took that long and cost that much. */
    private static Way way(String name, String how, double millis, double cpuMillis, double... rates) {
        Way way = new Way(name, how);
        for (double rate : rates) {
            Histogram latencies = Load.histogram();
            long answers = (long) (2 * rate);
            for (long i = 0; i < answers; i++) {
                latencies.recordValue((long) (millis * MILLI));
            }
            Load load = new Load(latencies, answers, 2_000 * MILLI, 0, 0, 0, 0, 0);
            long cpu = (long) (cpuMillis * MILLI * answers);
            Window window = new Window(load, new Meter.Cost(cpu / 4, cpu - cpu / 4, 0, 0, 0));
            way.alone().add(window);
            way.full().add(window);
            way.steady().add(window);
        }
        way.births(name.equals("persistent") ? 0 : 1);
        way.memory(new Memory(80 * MIB, 20 * MIB, 4));
        return way;
    }

    private static Comparison comparison(Way first, Way second, String... notes) {
        return new Comparison(
                "GET /<b>",
                "200 text/html",
                List.of(first, second),
                second.name().equals("persistent"),
                16,
                first.full().size(),
                2,
                500,
                List.of(notes));
    }

    private static String words(Way first, Way second) {
        return String.join("\n", Words.of(comparison(first, second)));
    }

    @Test
    void whatIsCheaperIsCalledSo() {
        assertThat(words(way("forked", "", 12, 10, 200, 180, 190), way("persistent", "", 1, 0.2, 8000, 9000, 9500)))
                .contains("One request costs 10 ms of CPU forked, 0.20 ms persistent: 50 times less.")
                .contains("forked answers 190 requests a second, persistent 9,000: 50 times as many.")
                .contains("a request takes 12 ms forked and 1.0 ms persistent. The difference is starting over")
                .contains(
                        "Below some 95.0 requests a second, half of what it can do on this machine, forked is enough.");
    }

    @Test
    void whatIsNotFasterIsCalledSo() {
        assertThat(words(way("forked", "", 12, 10, 200), way("persistent", "", 12, 10.2, 205)))
                .contains("no difference that this measurement could tell")
                .contains("persistent is not faster here");
        assertThat(words(way("forked", "", 10, 10, 200), way("persistent", "", 12, 20, 100)))
                .contains("the persistent form costs 2.0 times as much")
                .contains("persistent is slower here, by 50 %")
                .doesNotContain("starting over");
    }

    @Test
    void withoutAPersistentFormTheStartIsToldFromTheScript() {
        assertThat(words(way("forked", "", 12, 10, 200), way("empty", "", 2, 1, 2000)))
                .contains("10 ms of CPU: 1.0 ms to take it")
                .contains("9.0 ms that the script takes itself (90 %)")
                .contains("--fastcgi 'COMMAND' or --wsgi MODULE:APP");
        assertThat(words(way("forked", "", 2, 1, 2000), way("empty", "", 2, 1, 2000)))
                .contains("too little to be told apart");
    }

    /** The ratio of the medians, 2,000 to 100, would be 20: that of two rounds apart. */
    @Test
    void ratiosAreMadeWithinARound() {
        Way forked = way("forked", "", 1, 1, 100, 200, 50);
        Way persistent = way("persistent", "", 1, 1, 1000, 2000, 3000);
        assertThat(Figures.ratio(persistent.full(), forked.full(), window -> window.load()
                        .rate()))
                .isEqualTo(10);
    }

    @Test
    void theTerminalsReportHasEightyColumnsAndNoCharactersThatItCannotShow() {
        Comparison comparison = comparison(
                way("forked", "/srv/cgi-bin/a-script-with-a-rather-long-name.pl, a new process each time", 12, 10, 200),
                way("persistent", "x".repeat(60), 1, 0.2, 9000, 9100),
                "the two do not answer the same: status 200 forked, 404 persistent");
        for (boolean blocks : new boolean[] {true, false}) {
            assertThat(TextReport.of(comparison, blocks).lines())
                    .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
        }
        assertThat(StandardCharsets.US_ASCII.newEncoder().canEncode(TextReport.of(comparison, false)))
                .isTrue();
        assertThat(TextReport.of(comparison, true)).contains("█").contains("warning: the two do not answer the same");
    }

    @Test
    void nothingThatWasMeasuredIsMarkupInHtml() {
        Comparison comparison = comparison(
                way("forked", "<script>alert(1)</script> & \"x\"", 12, 10, 200),
                way("persistent", "y", 1, 0.2, 9000),
                "<i>note</i>");
        assertThat(HtmlReport.of(comparison, "here <now>"))
                .contains("GET /&lt;b&gt;", "&lt;script&gt;", "&amp; &quot;x&quot;", "&lt;i&gt;note&lt;/i&gt;", "<svg")
                .contains("here &lt;now&gt;")
                .doesNotContain("<script>", "<i>", "<b>", "http://", "https://");
    }

    @Test
    void doubtsAreSaid() {
        Way noisy = way("forked", "", 1, 1, 100, 200);
        assertThat(Doubts.of(comparison(noisy, way("persistent", "", 1, 0.2, 9000, 9000))))
                .anyMatch(doubt -> doubt.startsWith("forked: the rounds differ by 67 %"))
                .anyMatch(doubt -> doubt.startsWith("forked could not keep up with 500 requests a second"))
                .noneMatch(doubt -> doubt.startsWith("persistent"));
    }

    @Test
    void everyRunIsInTheJson() {
        assertThat(JsonReport.of(comparison(way("forked", "", 1, 1, 100, 100), way("persistent", "", 1, 1, 100))))
                .containsEntry("format", "gatepool-compare 1")
                .extractingByKey("ways")
                .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.LIST)
                .first()
                .extracting("full")
                .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.LIST)
                .hasSize(2);
    }

    @ParameterizedTest
    @CsvSource({"0, true, ''", "0.01, true, ▏", "1, true, █", "2.5, true, ██▌", "0.2, false, .", "2.5, false, ###"})
    void barsEndInEighthsAndWhatIsMoreThanNothingIsSeen(double cells, boolean blocks, String bar) {
        assertThat(Bars.bar(cells, blocks)).isEqualTo(bar);
    }

    @ParameterizedTest
    @CsvSource({
        ",, en_US.UTF-8, true",
        ",, C, false",
        "C, C.UTF-8, en_US.UTF-8, false",
        "'', de_DE.utf8, C, true",
        ",,, false"
    })
    void blocksAreForTerminalsWithUtf8(String all, String type, String lang, boolean shown) {
        assertThat(TextReport.hasBlocks(all, type, lang)).isEqualTo(shown);
    }

    static Stream<String> logLines() {
        return Stream.of(
                "2026-11-21 22:00:00 INFO  gatepool 1.0.0",
                "2026-11-21 22:00:00 WARN  app: worker 11 stderr: oh dear",
                "2026-11-21 22:00:00 ERROR app: worker 11 exited with status 1 at start: oh dear; next try in 90 ms",
                "2026-11-21 22:00:00 WARN  app: worker 12 stderr: oh dear",
                "2026-11-21 22:00:00 ERROR app: worker 12 exited with status 1 at start: oh dear; next try in 85 ms");
    }

    @Test
    void whatSeveralWorkersSayIsShownOnce() {
        assertThat(Server.complaints(logLines().toList(), 10))
                .containsExactly(
                        "app: worker 11 stderr: oh dear", "app: worker 11 exited with status 1 at start: oh dear");
    }

    @ParameterizedTest
    @CsvSource({
        "'a\nb\nc', 'a\nb\nc', ''",
        "'a\nb 1\nc', 'a\nb 2\nc', line 2 is 'b 1' forked; 'b 2' persistent",
        "'a', 'ab', line 1 is 'a' forked; 'ab' persistent"
    })
    void theFirstDifferenceOfTwoAnswersIsShown(String one, String other, String difference) {
        assertThat(answer(200, "text/plain", one)
                        .difference("forked", answer(200, "text/plain", other), "persistent")
                        .orElse(""))
                .isEqualTo(difference.replace(";", ","));
    }

    @Test
    void statusAndTypeCountBeforeTheBody() {
        Answer good = answer(200, "text/plain", "a");
        assertThat(good.difference("forked", answer(404, "text/html", "b"), "persistent"))
                .contains("status 200 forked, 404 persistent");
        assertThat(good.difference("forked", answer(200, "text/html", "b"), "persistent"))
                .contains("Content-Type 'text/plain' forked, 'text/html' persistent");
    }

    private static Answer answer(int status, String type, String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        return new Answer(status, type, bytes, bytes.length);
    }
}
