package io.gatepool.cgi;

import static io.gatepool.cgi.Heads.buffer;
import static io.gatepool.cgi.Heads.controls;
import static io.gatepool.cgi.Heads.fault;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How a head is taken off an output that comes in fragments, and what becomes of one that never ends. */
class ResponseHeadParserTest {

    @ParameterizedTest
    @ValueSource(strings = {"", "b", "\n", "\r\n\r\n", "body\n\nmore"})
    void theBodysFirstBytesAreLeft(String body) throws MalformedHead {
        ByteBuf in = buffer("Content-Type: text/html\n\n" + body);

        assertThat(new ResponseHeadParser(Heads.LIMIT).feed(in)).isNotNull();
        assertThat(in.toString(ISO_8859_1)).isEqualTo(body);
    }

    @Test
    void aHeadMayLieAnywhereInABufferOfAnyKind() throws MalformedHead {
        ByteBuf in = Unpooled.directBuffer();
        in.writeCharSequence("skipped\n\nStatus: 404\r\n\r\nbody", ISO_8859_1);
        in.skipBytes(9);

        ResponseHead head = new ResponseHeadParser(Heads.LIMIT).feed(in);

        assertThat(head).isNotNull().returns(404, ResponseHead::status);
        assertThat(in.toString(ISO_8859_1)).isEqualTo("body");
        in.release();
    }

    @Test
    void anIncompleteHeadIsTakenWhole() throws MalformedHead {
        ResponseHeadParser parser = new ResponseHeadParser(Heads.LIMIT);
        ByteBuf in = buffer("Content-Type: text/html\r\n\r");

        assertThat(parser.feed(in)).isNull();
        assertThat(in.isReadable()).isFalse();
    }

    @Test
    void anEmptyFragmentChangesNothing() throws MalformedHead {
        ResponseHeadParser parser = new ResponseHeadParser(Heads.LIMIT);

        assertThat(parser.feed(buffer(""))).isNull();
        assertThat(parser.endOfOutput()).hasMessage("there is no output at all");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Type: text/html\n\nbody",
                "Content-Type: text/html\r\n\r\nbody",
                "A: b\r\n\nbody",
                "A: b\n\r\nbody",
                "A: b\n c\r\n\td\r\n\n\n",
                "HTTP/1.1 404 Not Found\r\nConnection: close\r\nA: b\r\n\r\n\r\n",
                "A: b\r\rB: c\n\n",
                "A: b\n\rB: c\n\nbody",
                "\n\n",
                "\r\n",
                "<html>\n<p>\n\nbody",
                "Status: 20\n\n",
            })
    void everyCutGivesTheSame(String output) {
        String whole = outcome(Heads.LIMIT, output, new int[0]);
        for (int first = 0; first <= output.length(); first++) {
            for (int second = first; second <= output.length(); second++) {
                assertThat(outcome(Heads.LIMIT, output, new int[] {first, second}))
                        .as("cut at %d and %d", first, second)
                        .isEqualTo(whole);
            }
        }
    }

    /** Heads put together at random, cut at random, under limits around their size. */
    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14})
    void generatedHeadsSurviveAnyFragmentation(long seed) {
        Random random = new Random(seed);
        int heads = 0;
        for (int round = 0; round < 500; round++) {
            String output = output(random);
            int limit = random.nextInt(4) == 0 ? Math.max(1, output.length() - random.nextInt(10)) : Heads.LIMIT;
            String whole = outcome(limit, output, new int[0]);
            heads += whole.startsWith("head") ? 1 : 0;
            for (int cut = 0; cut < 5; cut++) {
                int[] cuts = random.ints(random.nextInt(output.length() + 1), 0, output.length() + 1)
                        .sorted()
                        .toArray();
                assertThat(outcome(limit, output, cuts)).as(output).isEqualTo(whole);
            }
        }
        assertThat(heads).as("generated outputs that have a head").isBetween(100, 450);
    }

    @ParameterizedTest
    @CsvSource({"18,true", "17,false", "1,false"})
    void theLimitCountsTheBlankLine(int limit, boolean fits) {
        String outcome = outcome(limit, "Status: 200 OK\r\n\r\n".substring(0, 16) + "\r\nbody", new int[0]);

        assertThat(outcome.startsWith("head")).isEqualTo(fits);
    }

    @Test
    void aHeadOverTheLimitNamesItAndItsKey() {
        assertThat(fault("X: " + "y".repeat(Heads.LIMIT)))
                .hasMessage("the header is longer than response_head = 1024 bytes allows");
    }

    @Test
    void aHeadOverTheLimitShowsTheFirstBadLine() {
        assertThat(fault("Content-Type: text/html\n<html>\n" + "<p>\n".repeat(Heads.LIMIT))
                        .firstBadLine())
                .hasValue("<html>");
    }

    @Test
    void theLineThatTheLimitCutsIsNotBlamed() {
        assertThat(fault("X: y\n" + "z".repeat(Heads.LIMIT)).firstBadLine()).isEmpty();
    }

    @Test
    void noMoreThanTheLimitIsGathered() throws MalformedHead {
        ResponseHeadParser parser = new ResponseHeadParser(1000);
        for (int i = 0; i < 999; i++) {
            assertThat(parser.feed(buffer("x"))).isNull();
            assertThat(parser.gathered()).isBetween(i + 1, 1000);
        }
    }

    @Test
    void aHeadInOneFragmentIsNotGathered() throws MalformedHead {
        ResponseHeadParser parser = new ResponseHeadParser(Heads.LIMIT);

        assertThat(parser.feed(buffer("A: b\n\n"))).isNotNull();
        assertThat(parser.gathered()).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Content-Type: text/html|''",
                "Content-Type: text/html~|''",
                "Content-Type: text/html{CR}~{CR}|''",
                "Content-Type: text/html~<html>~<p>|<html>",
                "Hello world|Hello world",
            })
    void outputWithoutABlankLineShowsTheFirstBadLine(String output, String badLine) {
        MalformedHead fault = fault(controls(output).replace("~", "\n"));

        assertThat(fault.reason()).isEqualTo("the output ended before the blank line that ends the header");
        assertThat(fault.firstBadLine().orElse("")).isEqualTo(badLine);
    }

    @Test
    void aParserIsForOneResponse() throws MalformedHead {
        ResponseHeadParser parser = new ResponseHeadParser(Heads.LIMIT);
        assertThat(parser.feed(buffer("A: b\n\n"))).isNotNull();

        assertThatIllegalStateException().isThrownBy(() -> parser.feed(buffer("A: b\n\n")));
    }

    @Test
    void aLimitMustBePositive() {
        assertThatIllegalArgumentException().isThrownBy(() -> new ResponseHeadParser(0));
    }

    @Test
    void aHeadOfGatepoolsOwnIsWhole() {
        assertThat(ResponseHeadParser.whole("Status: 404 Not Found\r\nA: b\r\n\r\n"))
                .extracting(ResponseHead::status, ResponseHead::reason)
                .containsExactly(404, "Not Found");
        assertThatIllegalStateException()
                .isThrownBy(() -> ResponseHeadParser.whole("Status: 404 Not Found\r\n"))
                .withMessageContaining("incomplete");
        assertThatIllegalStateException().isThrownBy(() -> ResponseHeadParser.whole("no head\r\n\r\n"));
    }

    /** All that can be seen of parsing this output in these fragments. */
    static String outcome(int limit, String output, int[] cuts) {
        ResponseHeadParser parser = new ResponseHeadParser(limit);
        int start = 0;
        try {
            for (int i = 0; i <= cuts.length; i++) {
                int end = i < cuts.length ? cuts[i] : output.length();
                ByteBuf in = buffer(output.substring(start, end));
                ResponseHead head = parser.feed(in);
                if (head != null) {
                    int taken = end - in.readableBytes();
                    return "head of " + taken + " bytes: " + described(head) + Heads.written(head);
                }
                start = end;
            }
            return "end: " + parser.endOfOutput().getMessage();
        } catch (MalformedHead e) {
            return "malformed: " + e.getMessage();
        }
    }

    private static String described(ResponseHead head) {
        return head.status() + " " + head.reason() + head.headers() + head.contentLength() + head.isNph()
                + head.isLocalRedirect();
    }

    private static String output(Random random) {
        String[] lines = {
            "Content-Type: text/html",
            "Status: 404 Not Found",
            "Status: 404",
            "Content-Length: 12",
            "X-Long: " + "y".repeat(40),
            "Connection: close",
            "Location: /x",
            "Location: http://x/",
            "X: a",
            "Set-Cookie: \u00e9=1",
            " folded",
            "\tfolded"
        };
        String[] rare = {"no colon", "A : b", "A: \u0000", "A: b\rc", "Status: x", "Content-Length: 13", ""};
        String[] lineEnds = {"\n", "\r\n"};
        StringBuilder output = new StringBuilder(random.nextInt(5) == 0 ? "HTTP/1.1 404 Not Found\r\n" : "");
        int count = random.nextInt(6);
        for (int i = 0; i < count; i++) {
            String[] from = random.nextInt(12) == 0 ? rare : lines;
            output.append(from[random.nextInt(from.length)]).append(lineEnds[random.nextInt(2)]);
        }
        return output.append(random.nextInt(10) == 0 ? "" : lineEnds[random.nextInt(2)])
                .append("body\n\n".substring(0, random.nextInt(7)))
                .toString();
    }
}
