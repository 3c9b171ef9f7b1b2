package io.gatepool.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The two ends as the kernel describes them in /proc/self/fdinfo. */
class PipeTest {

    private static final int O_ACCMODE = 3;
    private static final int O_RDONLY = 0;
    private static final int O_WRONLY = 1;
    private static final int O_CLOEXEC = 02000000;

    private static int flags(int fd) throws Exception {
        String line = Files.readAllLines(Path.of("/proc/self/fdinfo/" + fd)).stream()
                .filter(text -> text.startsWith("flags:"))
                .findFirst()
                .orElseThrow();
        return Integer.parseInt(line.substring("flags:".length()).trim(), 8);
    }

    private static void close(Pipe pipe) {
        pipe.closeOurEnd();
        pipe.closeChildEnd();
    }

    @Test
    void fromTheChildWeReadAndItWrites() throws Exception {
        Pipe pipe = Pipe.fromChild();
        assertThat(flags(pipe.ourEnd()) & O_ACCMODE).isEqualTo(O_RDONLY);
        assertThat(flags(pipe.childEnd()) & O_ACCMODE).isEqualTo(O_WRONLY);
        close(pipe);
    }

    @Test
    void toTheChildWeWriteAndItReads() throws Exception {
        Pipe pipe = Pipe.toChild();
        assertThat(flags(pipe.ourEnd()) & O_ACCMODE).isEqualTo(O_WRONLY);
        assertThat(flags(pipe.childEnd()) & O_ACCMODE).isEqualTo(O_RDONLY);
        close(pipe);
    }

    @Test
    void onlyOurEndDoesNotBlock() throws Exception {
        for (Pipe pipe : new Pipe[] {Pipe.fromChild(), Pipe.toChild()}) {
            assertThat(flags(pipe.ourEnd()) & Libc.O_NONBLOCK).isNotZero();
            assertThat(flags(pipe.childEnd()) & Libc.O_NONBLOCK).isZero();
            close(pipe);
        }
    }

    @Test
    void neitherEndOutlivesAnExec() throws Exception {
        Pipe pipe = Pipe.fromChild();
        assertThat(flags(pipe.ourEnd()) & O_CLOEXEC).isNotZero();
        assertThat(flags(pipe.childEnd()) & O_CLOEXEC).isNotZero();
        close(pipe);
    }

    @Test
    void eachEndIsClosedForItself() throws Exception {
        Pipe pipe = Pipe.toChild();
        pipe.closeChildEnd();
        assertThat(flags(pipe.ourEnd()) & O_ACCMODE).isEqualTo(O_WRONLY);
        pipe.closeOurEnd();
    }
}
