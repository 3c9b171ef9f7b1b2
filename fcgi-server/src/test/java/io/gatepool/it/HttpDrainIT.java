package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepool.it.RawHttp.Response;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A daemon that stops: what has come is answered, what is idle is closed. */
class HttpDrainIT {

    private static final String STOPPING = "stopping: no new requests";

    private HttpHouse house;

    @BeforeEach
    void start(@TempDir Path directory) throws Exception {
        house = new HttpHouse(directory, "");
    }

    @AfterEach
    void stop() throws Exception {
        assertThat(house.daemon().running().awaitExit()).isZero();
        house.close();
    }

    @Test
    void anAnswerUnderWaySaysThatTheConnectionClosesAndAnIdleOneIsClosed() throws Exception {
        String hold = house.newHold();
        try (RawHttp busy = house.connect();
                RawHttp idle = house.connect()) {
            assertThat(idle.get("/pid").response().closes()).isFalse();
            busy.get("/hold?f=" + hold);
            HttpHouse.awaitHeld(hold);
            house.daemon().signal("TERM");
            assertThat(idle.ends()).isTrue();
            HttpHouse.release(hold);
            Response response = busy.response();
            assertThat(response.status()).isEqualTo(200);
            assertThat(response.closes()).isTrue();
            assertThat(busy.ends()).isTrue();
        }
    }

    @Test
    void aRequestThatHasBegunIsAnswered() throws Exception {
        try (RawHttp http = house.connect()) {
            http.send("GET /pid HTTP/1.1\r\nHo");
            try (RawHttp other = house.connect()) {
                // By now the first bytes have been read.
                assertThat(other.get("/pid").response().status()).isEqualTo(200);
            }
            house.daemon().signal("TERM");
            house.daemon().running().await(STOPPING);
            Response response = http.send("st: test\r\n\r\n").response();
            assertThat(response.status()).isEqualTo(200);
            assertThat(response.closes()).isTrue();
            assertThat(http.ends()).isTrue();
        }
    }

    @Test
    void aRequestThatTheKernelHasReceivedIsAnswered() throws Exception {
        try (RawHttp http = house.connect()) {
            assertThat(http.get("/pid").response().status()).isEqualTo(200);
            Daemon.freeze(house.daemon().pid());
            http.get("/pid");
            house.daemon().signal("TERM");
            house.daemon().signal("CONT");
            Response response = http.response();
            assertThat(response.status()).isEqualTo(200);
            assertThat(http.ends()).isTrue();
        }
    }

    @Test
    void aSlowReaderGetsTheEndOfItsAnswer() throws Exception {
        try (RawHttp http = house.connectWithSmallBuffer()) {
            http.get("/size?n=3000000");
            try (RawHttp other = house.connect()) {
                assertThat(other.get("/pid").response().status()).isEqualTo(200);
            }
            house.daemon().signal("TERM");
            house.daemon().running().await(STOPPING);
            Response response = http.response();
            assertThat(response.body()).hasSize(3_000_000);
            assertThat(response.complete()).isTrue();
        }
    }
}
