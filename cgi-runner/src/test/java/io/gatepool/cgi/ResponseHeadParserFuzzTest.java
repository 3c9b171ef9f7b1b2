package io.gatepool.cgi;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Arbitrary bytes into the parser; the corpus lies beside this class in the resources. */
class ResponseHeadParserFuzzTest {

    private static final int LIMIT = 512;

    /** Nothing but MalformedHead is thrown, and no more than the limit is kept. */
    @FuzzTest
    void arbitraryOutputIsAHeadOrMalformed(byte[] output) {
        ResponseHeadParser parser = new ResponseHeadParser(LIMIT);
        ByteBuf in = Unpooled.wrappedBuffer(output);
        try {
            @Nullable ResponseHead head = null;
            while (head == null && in.isReadable()) {
                head = parser.feed(in.readSlice(Math.min(7, in.readableBytes())));
                assertThat(parser.gathered()).isLessThanOrEqualTo(LIMIT);
            }
            if (head == null) {
                assertThat(output.length).isLessThan(LIMIT);
                assertThat(parser.endOfOutput()).hasMessageMatching("\\p{Print}+");
            } else {
                assertThat(head.status()).isBetween(200, 999);
            }
        } catch (MalformedHead e) {
            assertThat(e).hasMessageMatching("\\p{Print}+");
            assertThat(e.firstBadLine().orElse("")).hasSizeLessThanOrEqualTo(MalformedHead.LINE_LENGTH);
        }
    }

    /** Fragments do not matter. */
    @FuzzTest
    void wholeAndCutOutputAgree(byte[] output) {
        String text = new String(output, ISO_8859_1);
        Random random = new Random(Arrays.hashCode(output));
        int[] cuts =
                random.ints(random.nextInt(20), 0, output.length + 1).sorted().toArray();

        assertThat(ResponseHeadParserTest.outcome(LIMIT, text, cuts))
                .isEqualTo(ResponseHeadParserTest.outcome(LIMIT, text, new int[0]));
    }

    /** What goes to the web server means what the script said, and would go on unchanged. */
    @FuzzTest
    void whatIsWrittenParsesAgain(byte[] output) throws MalformedHead {
        ResponseHead head;
        try {
            head = new ResponseHeadParser(LIMIT).feed(Unpooled.wrappedBuffer(output));
        } catch (MalformedHead e) {
            return;
        }
        if (head == null) {
            return;
        }
        String written = Heads.written(head);
        ResponseHead again = new ResponseHeadParser(2 * LIMIT).feed(Heads.buffer(written));

        assertThat(again)
                .isNotNull()
                .returns(head.status(), ResponseHead::status)
                .returns(head.reason(), ResponseHead::reason)
                .returns(head.headers(), ResponseHead::headers)
                .returns(head.contentLength(), ResponseHead::contentLength)
                .returns(head.location(), ResponseHead::location)
                .returns(head.contentType(), ResponseHead::contentType)
                .returns(head.isLocalRedirect(), ResponseHead::isLocalRedirect)
                .returns(false, ResponseHead::isNph)
                .returns(written, Heads::written);
    }
}
