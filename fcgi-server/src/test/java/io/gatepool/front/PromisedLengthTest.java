package io.gatepool.front;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.helpers.NOPLogger;

class PromisedLengthTest {

    private final PromisedLength promised = new PromisedLength();

    private int admitted(int length) {
        ByteBuf bytes = Unpooled.wrappedBuffer(new byte[length]);
        assertThat(promised.admits(bytes)).isEqualTo(bytes.isReadable());
        return bytes.readableBytes();
    }

    @Test
    void withoutAPromiseEverythingPasses() {
        assertThat(promised.isNone()).isTrue();
        assertThat(admitted(1000)).isEqualTo(1000);
        assertThat(promised.isKept(NOPLogger.NOP_LOGGER)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"10,10,0,true", "10,4,6,true", "10,4,5,false", "10,0,0,false", "0,0,0,true"})
    void whatIsMissingIsNoticed(int length, int first, int second, boolean kept) {
        promised.promise(length);
        if (first > 0) {
            assertThat(admitted(first)).isEqualTo(first);
        }
        if (second > 0) {
            assertThat(admitted(second)).isEqualTo(second);
        }
        assertThat(promised.isKept(NOPLogger.NOP_LOGGER)).isEqualTo(kept);
    }

    @Test
    void whatIsTooMuchIsCutOff() {
        promised.promise(10);
        assertThat(admitted(8)).isEqualTo(8);
        assertThat(admitted(8)).isEqualTo(2);
        assertThat(admitted(8)).isZero();
        assertThat(promised.isKept(NOPLogger.NOP_LOGGER)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"true,200,true", "false,200,false", "false,204,true", "false,304,true", "false,404,false"})
    void someHeadsHaveNoBodyBehindThem(boolean isHead, int status, boolean bodiless) {
        assertThat(PromisedLength.isBodiless(isHead, status)).isEqualTo(bodiless);
    }
}
