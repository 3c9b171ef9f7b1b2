package io.gatepool.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExitStatusTest {

    /** The first two as waitid(2) gives them: CLD_EXITED 1, CLD_KILLED 2, CLD_DUMPED 3. */
    @ParameterizedTest
    @CsvSource({
        "1,   0, exited with status 0,          0",
        "1,   1, exited with status 1,          1",
        "1, 255, exited with status 255,        255",
        "1,   9, exited with status 9,          9",
        "2,   9, died of SIGKILL,               137",
        "2,  15, died of SIGTERM,               143",
        "2,  40, died of signal 40,             168",
        "3,  11, died of SIGSEGV (core dumped), 139"
    })
    void anEndIsToldInWordsAndAsAShellWould(int code, int status, String words, int shellCode) {
        ExitStatus exit = ExitStatus.of(code, status);
        assertThat(exit.describe()).isEqualTo(words);
        assertThat(exit.shellCode()).isEqualTo(shellCode);
    }

    @ParameterizedTest
    @CsvSource({"1,0,true", "1,1,false", "1,255,false", "2,9,false", "3,6,false"})
    void onlyAnExitWithZeroIsASuccess(int code, int status, boolean success) {
        assertThat(ExitStatus.of(code, status).isSuccess()).isEqualTo(success);
    }

    @Test
    void aSignalLeavesNoExitCode() {
        assertThat(ExitStatus.of(2, 15)).isEqualTo(new ExitStatus(-1, 15, false));
        assertThat(ExitStatus.of(3, 6)).isEqualTo(new ExitStatus(-1, 6, true));
    }

    @Test
    void theKernelsWordOnRealEndsIsUnderstood() throws Exception {
        assertThat(Processes.run("/bin/sh", "-c", "exit 3").status().describe()).isEqualTo("exited with status 3");
        assertThat(Processes.run("/bin/sh", "-c", "kill -USR1 $$").status().describe())
                .isEqualTo("died of SIGUSR1");
    }
}
