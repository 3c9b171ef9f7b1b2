package io.gatepool.exchange;

import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** An event loop without channels, and ways to let it come to rest. */
public final class TestLoop {

    public static final EventLoop LOOP = new DefaultEventLoop(new DefaultThreadFactory("loop", true));

    private static final int ROUNDS = 200;

    private TestLoop() {}

    /** Runs {@code task} on the loop and brings its result. */
    public static <T> T call(Callable<T> task) throws Exception {
        return LOOP.submit(task).get(20, TimeUnit.SECONDS);
    }

    public static void run(Runnable task) throws Exception {
        LOOP.submit(task).get(20, TimeUnit.SECONDS);
    }

    /** Lets everything be done that file thread and loop ask of one another, up to so many times there and back. */
    public static void settle(SpoolFiles files) throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            CountDownLatch done = new CountDownLatch(1);
            files.execute(done::countDown);
            done.await();
            run(() -> {});
        }
    }
}
