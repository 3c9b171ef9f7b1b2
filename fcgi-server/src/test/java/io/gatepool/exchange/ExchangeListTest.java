package io.gatepool.exchange;

import static io.gatepool.exchange.TestLoop.LOOP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.gatepool.cgi.Environ;
import io.gatepool.fastcgi.Role;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExchangeListTest {

    private final SpoolFiles files;
    private final ExchangeList list = new ExchangeList();
    private int made;

    ExchangeListTest(@TempDir Path directory) {
        files = new SpoolFiles(directory);
    }

    private Exchange exchange() {
        return new Exchange(
                ++made,
                Role.RESPONDER,
                false,
                new Environ(),
                new RequestBody(LOOP, files, 0),
                new RequestBody(LOOP, files, 0),
                new Response(LOOP, files, new RecordingSink(), 0));
    }

    private List<Exchange> add(int number) {
        List<Exchange> added = new ArrayList<>();
        for (int at = 0; at < number; at++) {
            Exchange exchange = exchange();
            list.addLast(exchange);
            added.add(exchange);
        }
        return added;
    }

    private List<Exchange> pollAll() {
        List<Exchange> polled = new ArrayList<>();
        for (Exchange next = list.poll(); next != null; next = list.poll()) {
            polled.add(next);
        }
        return polled;
    }

    @Test
    void anEmptyListHasNothing() {
        assertThat(list.isEmpty()).isTrue();
        assertThat(list.size()).isZero();
        assertThat(list.peek()).isNull();
        assertThat(list.poll()).isNull();
    }

    @Test
    void theFirstInIsTheFirstOut() {
        List<Exchange> added = add(3);
        assertThat(list.size()).isEqualTo(3);
        assertThat(pollAll()).isEqualTo(added);
        assertThat(list.isEmpty()).isTrue();
    }

    @Test
    void lookingTakesNothing() {
        List<Exchange> added = add(2);
        assertThat(list.peek()).isSameAs(added.get(0));
        assertThat(list.size()).isEqualTo(2);
    }

    @Test
    void oneThatHasToGoAgainGoesFirst() {
        List<Exchange> added = add(2);
        Exchange again = exchange();
        list.addFirst(again);
        assertThat(pollAll()).containsExactly(again, added.get(0), added.get(1));
    }

    @Test
    void anyOneLeavesAndTheOthersStayInOrder() {
        for (int gone = 0; gone < 3; gone++) {
            List<Exchange> added = add(3);
            list.remove(added.get(gone));
            added.remove(gone);
            assertThat(list.size()).isEqualTo(2);
            assertThat(pollAll()).isEqualTo(added);
        }
    }

    @Test
    void oneThatIsNotListedIsLeftAlone() {
        List<Exchange> added = add(2);
        Exchange other = exchange();
        list.remove(other);
        list.remove(added.get(0));
        list.remove(added.get(0));
        assertThat(list.size()).isEqualTo(1);
    }

    @Test
    void twiceInAListIsRefused() {
        Exchange exchange = add(1).get(0);
        assertThatIllegalStateException()
                .isThrownBy(() -> list.addLast(exchange))
                .withMessageContaining(exchange.id());
        assertThatIllegalStateException().isThrownBy(() -> new ExchangeList().addFirst(exchange));
        assertThat(list.size()).isEqualTo(1);
    }

    @Test
    void oneThatWasTakenMayComeBack() {
        Exchange exchange = add(1).get(0);
        list.poll();
        list.addLast(exchange);
        assertThat(pollAll()).containsExactly(exchange);
    }

    @Test
    void anySequenceGivesWhatADequeWould() {
        Random random = new Random(20260);
        Deque<Exchange> expected = new ArrayDeque<>();
        for (int step = 0; step < 5000; step++) {
            Exchange exchange = exchange();
            switch (random.nextInt(4)) {
                case 0 -> {
                    list.addLast(exchange);
                    expected.addLast(exchange);
                }
                case 1 -> {
                    list.addFirst(exchange);
                    expected.addFirst(exchange);
                }
                case 2 -> assertThat(list.poll()).isSameAs(expected.pollFirst());
                default -> {
                    List<Exchange> listed = List.copyOf(expected);
                    if (!listed.isEmpty()) {
                        Exchange leaving = listed.get(random.nextInt(listed.size()));
                        list.remove(leaving);
                        expected.remove(leaving);
                    }
                }
            }
            assertThat(list.size()).isEqualTo(expected.size());
        }
        assertThat(pollAll()).containsExactlyElementsOf(expected);
    }
}
