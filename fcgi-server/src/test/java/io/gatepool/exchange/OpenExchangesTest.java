package io.gatepool.exchange;

import static io.gatepool.exchange.TestLoop.LOOP;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatepool.cgi.Environ;
import io.gatepool.fastcgi.Role;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpenExchangesTest {

    private final OpenExchanges open = new OpenExchanges();
    private final SpoolFiles files;

    OpenExchangesTest(@TempDir Path directory) {
        files = new SpoolFiles(directory);
    }

    private Exchange exchange(int number) {
        Exchange exchange = new Exchange(
                number,
                Role.RESPONDER,
                false,
                new Environ(),
                new RequestBody(LOOP, files, 0),
                new RequestBody(LOOP, files, 0),
                new Response(LOOP, files, new RecordingSink(), 0));
        open.add(exchange);
        return exchange;
    }

    private List<Exchange> first(int most) {
        List<Exchange> seen = new ArrayList<>();
        open.forEach(most, seen::add);
        return seen;
    }

    @Test
    void theyAreShownInOrderOfArrival() {
        Exchange one = exchange(1);
        Exchange two = exchange(2);
        Exchange three = exchange(3);
        assertThat(first(9)).containsExactly(one, two, three);
        assertThat(first(2)).containsExactly(one, two);
        assertThat(open.size()).isEqualTo(3);
    }

    @Test
    void oneLeavesFromAnywhere() {
        Exchange one = exchange(1);
        Exchange two = exchange(2);
        Exchange three = exchange(3);
        open.remove(two);
        assertThat(first(9)).containsExactly(one, three);
        open.remove(one);
        assertThat(first(9)).containsExactly(three);
        Exchange four = exchange(4);
        open.remove(three);
        open.remove(four);
        assertThat(first(9)).isEmpty();
        assertThat(open.size()).isZero();
        Exchange five = exchange(5);
        assertThat(first(9)).containsExactly(five);
    }

    @Test
    void oneIsFoundByItsId() {
        exchange(1);
        Exchange two = exchange(0x7f3a412);
        assertThat(open.find("r7f3a412")).isSameAs(two);
        assertThat(open.find("r7f3a413")).isNull();
    }

    @Test
    void oneThatWaitsInTheQueueIsStillHere() {
        ExchangeList queue = new ExchangeList();
        Exchange one = exchange(1);
        Exchange two = exchange(2);
        queue.addLast(two);
        queue.addLast(one);
        assertThat(first(9)).containsExactly(one, two);
        queue.poll();
        assertThat(first(9)).containsExactly(one, two);
    }
}
