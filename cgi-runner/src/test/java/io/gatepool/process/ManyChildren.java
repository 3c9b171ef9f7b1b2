package io.gatepool.process;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A program for {@link ReaperTest}: 2,000 children with known ends, every status compared. How long that takes is the
 * machine's business; it gives up when nothing has ended for {@value #PATIENCE_SECONDS} s.
 */
final class ManyChildren {

    private static final int CHILDREN = 2000;
    private static final int PATIENCE_SECONDS = 20;

    private ManyChildren() {}

    public static void main(String[] arguments) throws Exception {
        Reaper reaper = Reaper.start(Reaper.Mode.valueOf(arguments[0]));
        Spawner spawner = new Spawner(reaper, 0);
        Map<Integer, ExitStatus> statuses = new ConcurrentHashMap<>();
        CountDownLatch ended = new CountDownLatch(CHILDREN);
        for (int number = 0; number < CHILDREN; number++) {
            int mine = number;
            spawner.execute(() -> {
                try {
                    spawner.spawn(request(spawner, mine), status -> {
                        statuses.put(mine, status);
                        ended.countDown();
                    });
                } catch (SpawnFailure e) {
                    System.out.println("child " + mine + ": " + e.getMessage());
                    ended.countDown();
                }
            });
        }
        awaitAll(ended);
        long right = statuses.entrySet().stream()
                .filter(entry -> entry.getValue().equals(expected(entry.getKey())))
                .count();
        System.out.println(right + " of " + CHILDREN + " statuses right, "
                + reaper.counters().alive() + " children left; "
                + reaper.counters().describe());
    }

    private static void awaitAll(CountDownLatch ended) throws InterruptedException {
        long before;
        do {
            before = ended.getCount();
        } while (!ended.await(PATIENCE_SECONDS, TimeUnit.SECONDS) && ended.getCount() < before);
    }

    private static SpawnRequest request(Spawner spawner, int number) {
        String script = number % 10 == 9 ? "kill -9 $$" : "exit " + number % 200;
        int none = spawner.devNull();
        return new SpawnRequest(
                Command.plain(
                        Command.bytes(List.of("/bin/sh", "-c", script)), List.of(), new byte[] {'/'}, 022, true, true),
                none,
                none,
                none);
    }

    private static ExitStatus expected(int number) {
        return number % 10 == 9 ? new ExitStatus(-1, 9, false) : new ExitStatus(number % 200, 0, false);
    }
}
