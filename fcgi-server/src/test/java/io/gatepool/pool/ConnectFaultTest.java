package io.gatepool.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConnectFaultTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            connect(..) failed with error(-11): Resource temporarily unavailable | true  | its backlog is full (EAGAIN)
            newSocketDomain(..) failed with error(-24): Zu viele offene Dateien  | true  | EMFILE (out of descriptors
            newSocketDomain(..) failed with error(-23): Too many open files      | true  | ENFILE (the system is out
            connect(..) failed with error(-111): Connection refused              | false | Connection refused
            connect(..) failed with error(-2): No such file or directory         | false | No such file or directory
            something without a number                                           | false | something without a number
            """)
    void onlyWhatIsNoFaultOfTheWorkersPasses(String message, boolean passes, String said) {
        ConnectFault fault = ConnectFault.of(new IOException(message));
        assertThat(fault.isPassing()).isEqualTo(passes);
        assertThat(fault.text()).contains(said);
    }

    @Test
    void anErrorWithoutWordsIsNoneThatPasses() {
        assertThat(ConnectFault.of(new IOException()).isPassing()).isFalse();
    }
}
