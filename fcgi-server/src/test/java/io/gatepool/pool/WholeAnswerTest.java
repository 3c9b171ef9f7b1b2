package io.gatepool.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepool.fastcgi.ProtocolStatus;
import io.gatepool.fastcgi.RecordEncoder;
import io.gatepool.fastcgi.RecordHeader;
import io.gatepool.fastcgi.RecordType;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;

class WholeAnswerTest {

    private final ByteBuf out = Unpooled.buffer();

    private void output(int id, int length) {
        RecordEncoder.stream(out, RecordType.STDOUT, id, Unpooled.wrappedBuffer(new byte[length]));
    }

    private void end(int id) {
        RecordEncoder.endRequest(out, id, 0, ProtocolStatus.REQUEST_COMPLETE);
    }

    @Test
    void recordsUpToTheEndAreOne() {
        output(1, 100);
        RecordEncoder.streamEnd(out, RecordType.STDOUT, 1);
        end(1);
        assertThat(WholeAnswer.end(out, 0, 1)).isEqualTo(out.writerIndex());
    }

    @Test
    void theEndAloneIsOne() {
        end(1);
        assertThat(WholeAnswer.end(out, 0, 1)).isEqualTo(out.writerIndex());
    }

    @Test
    void paddingBelongsToIt() {
        RecordHeader.write(out, RecordType.STDOUT, 1, 3, 5);
        out.writeZero(8);
        end(1);
        assertThat(WholeAnswer.end(out, 0, 1)).isEqualTo(out.writerIndex());
    }

    @Test
    void noneIsOneThatLacksAnything() {
        output(1, 100);
        end(1);
        for (int length = 0; length < out.readableBytes(); length++) {
            assertThat(WholeAnswer.end(out.slice(0, length), 0, 1))
                    .as("%d bytes", length)
                    .isEqualTo(WholeAnswer.NONE);
        }
    }

    @Test
    void whatIsBehindItsEndBelongsToAnotherOne() {
        output(1, 100);
        end(1);
        int first = out.writerIndex();
        output(2, 50);
        end(2);
        assertThat(WholeAnswer.end(out, 0, 1)).isEqualTo(first);
        assertThat(WholeAnswer.end(out, first, 2)).isEqualTo(out.writerIndex());
        assertThat(WholeAnswer.end(out, first, 1)).isEqualTo(WholeAnswer.NONE);
    }

    @Test
    void thereIsNoneBehindTheLastByte() {
        end(1);
        assertThat(WholeAnswer.end(out, out.writerIndex(), 1)).isEqualTo(WholeAnswer.NONE);
    }

    @Test
    void recordsOfAnotherRequestAreNoAnswer() {
        output(2, 10);
        end(1);
        assertThat(WholeAnswer.end(out, 0, 1)).isEqualTo(WholeAnswer.NONE);
    }

    @Test
    void anotherVersionIsLeftToTheDecoder() {
        end(1);
        out.setByte(0, 2);
        assertThat(WholeAnswer.end(out, 0, 1)).isEqualTo(WholeAnswer.NONE);
    }
}
