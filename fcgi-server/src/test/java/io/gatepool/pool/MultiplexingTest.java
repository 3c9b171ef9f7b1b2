package io.gatepool.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MultiplexingTest {

    private static final String FASTCGI = "kind = \"fastcgi\"\ncommand = [\"/bin/true\"]\n";
    private static final String WSGI = "kind = \"wsgi\"\nmodule = \"shop:app\"\n";

    private final Path directory;

    MultiplexingTest(@TempDir Path directory) {
        this.directory = directory;
    }

    private Multiplexing of(String settings, Multiplexing.Answer answer, int requests) throws Exception {
        return Multiplexing.of(Settings.of(directory, settings), new Multiplexing.Told(answer, requests));
    }

    @ParameterizedTest
    @CsvSource({
        // What is not written is 1.
        "'',1,YES,10,1",
        "1,1,YES,10,1",
        "1,1,NOTHING,0,1",
        // What it says.
        "'\"auto\"',1,YES,10,10",
        "'\"auto\"',1,YES,1,1",
        "'\"auto\"',1,YES,0,16",
        "'\"auto\"',1,NO,10,1",
        "'\"auto\"',1,NOTHING,0,1",
        "'\"auto\"',1,NOTHING,10,1",
        // All its connections share it, and each has one at least.
        "'\"auto\"',4,YES,10,2",
        "'\"auto\"',4,YES,2,1",
        "'\"auto\"',4,YES,0,16",
        // Not more than can be looked after.
        "'\"auto\"',1,YES,999999999,1000",
        // A number is as many at the most, and a worker that says nothing is no liar.
        "8,1,YES,10,8",
        "8,1,YES,3,3",
        "8,4,YES,8,2",
        "8,1,YES,0,8",
        "1000,1,YES,0,1000",
        "8,1,NO,10,1",
        "8,1,NOTHING,0,8",
    })
    void anApplicationGetsWhatItSaysUpToWhatIsWritten(
            String multiplex, int connections, Multiplexing.Answer answer, int requests, int depth) throws Exception {
        String settings = FASTCGI + "workers.connections = " + connections + "\n"
                + (multiplex.isEmpty() ? "" : "multiplex = " + multiplex + "\n");
        assertThat(of(settings, answer, requests)).isEqualTo(new Multiplexing(depth, false));
    }

    @ParameterizedTest
    @CsvSource({
        "'',1,YES,4,4",
        "'',1,YES,2,2",
        "'',3,YES,12,4",
        "1,1,YES,4,1",
        "2,1,YES,4,2",
        "'\"auto\"',1,YES,7,7",
        "'',1,NO,1,1",
        // An interpreter that is none, perhaps.
        "'',1,NOTHING,0,1",
    })
    void gatepoolsOwnWorkerServesInOrder(
            String multiplex, int threads, Multiplexing.Answer answer, int requests, int depth) throws Exception {
        String settings =
                WSGI + "threads = " + threads + "\n" + (multiplex.isEmpty() ? "" : "multiplex = " + multiplex + "\n");
        assertThat(of(settings, answer, requests)).isEqualTo(new Multiplexing(depth, true));
    }

    @ParameterizedTest
    @CsvSource({"4", "'\"auto\"'"})
    void whereNothingMayRunTwiceNothingIsSentAheadToAWorkerThatServesInOrder(String multiplex) throws Exception {
        String settings = "retry = false\nmultiplex = " + multiplex + "\n";
        assertThat(of(WSGI + settings, Multiplexing.Answer.YES, 4).depth()).isEqualTo(1);
        assertThat(of(FASTCGI + settings, Multiplexing.Answer.YES, 4).depth()).isEqualTo(4);
    }

    @ParameterizedTest
    @CsvSource({
        "1,4,YES,4",
        "0,4,NO,4",
        "2,4,NOTHING,4",
        "'',4,NOTHING,4",
        "true,4,NOTHING,4",
        "1,'',YES,0",
        "1,0,YES,0",
        "1,-4,YES,0",
        "1,four,YES,0",
        "1,4.5,YES,0",
        "1,' 4',YES,0",
        "1,٤,YES,0",
        "1,999999999,YES,999999999",
        "1,9999999999999999999999,YES,0",
    })
    void whatAWorkerSaysIsUnderstoodOrIgnored(
            String multiplexes, String requests, Multiplexing.Answer answer, int number) {
        assertThat(WorkerProbe.told(Map.of("FCGI_MPXS_CONNS", multiplexes, "FCGI_MAX_REQS", requests)))
                .isEqualTo(new Multiplexing.Told(answer, number));
    }
}
