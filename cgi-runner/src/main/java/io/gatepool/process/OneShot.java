package io.gatepool.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.commons.exec.CommandLine;
import org.apache.commons.exec.ExecuteException;
import org.apache.commons.exec.ExecuteWatchdog;
import org.apache.commons.exec.PumpStreamHandler;

/**
 * Runs commands to their end, such as hooks, with commons-exec and its watchdog, but on processes that the {@link
 * Spawner} starts and the {@link Reaper} waits for. Never for requests: each command takes three threads while it runs.
 *
 * <p>When a command ends, or its time is over, what is left of its process group is killed. What has a session of its
 * own by then lives on; it cannot hold anybody up.
 *
 * <p>Any thread. A few commands run at once on threads of this class; others wait for them.
 */
public final class OneShot {

    /** So many bytes of a command's output are kept, the last ones. */
    public static final int OUTPUT_LIMIT = 4096;

    private static final int AT_ONCE = 8;

    private final Spawner spawner;
    private final AtomicInteger number = new AtomicInteger();
    private final ThreadFactory threadFactory = task -> {
        Thread thread = new Thread(task, "oneshot-" + number.incrementAndGet());
        thread.setDaemon(true);
        return thread;
    };
    private final ThreadPoolExecutor threads =
            new ThreadPoolExecutor(AT_ONCE, AT_ONCE, 60, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), threadFactory);

    public OneShot(Spawner spawner) {
        this.spawner = spawner;
        threads.allowCoreThreadTimeOut(true);
    }

    /**
     * How a command ended.
     *
     * @param status empty if it could not be started
     * @param refusal why it could not; empty if it could
     * @param timedOut whether it was killed since its time was over
     * @param output the last that it printed, both to stdout and to stderr: a character for each byte
     * @param cut whether it had printed more than {@link #OUTPUT_LIMIT}
     */
    public record Result(Optional<ExitStatus> status, String refusal, boolean timedOut, String output, boolean cut) {

        /** Of a command that could not be started. */
        public static Result refused(String why) {
            return new Result(Optional.empty(), why, false, "", false);
        }

        /** Whether it was started and exited with 0. */
        public boolean isSuccess() {
            return status.filter(ExitStatus::isSuccess).isPresent();
        }

        /** The last lines of the output, {@code most} at most; empty ones are left out. */
        public List<String> lastLines(int most) {
            List<String> lines = output.lines().filter(line -> !line.isBlank()).toList();
            return lines.subList(Math.max(0, lines.size() - most), lines.size());
        }
    }

    /**
     * Runs a command as soon as there is a thread for it. It must be one whose group dies with it.
     *
     * @param timeout from its start to its end; then its process group is killed
     * @return completed, on a thread of this class, when it has ended, and always normally
     */
    public CompletableFuture<Result> run(Command command, Duration timeout) {
        CompletableFuture<Result> result = new CompletableFuture<>();
        try {
            threads.execute(() -> {
                try {
                    result.complete(runNow(command, timeout));
                } catch (RuntimeException e) {
                    // A mistake of ours; without the news somebody would wait for ever.
                    result.complete(Result.refused(e.toString()));
                }
            });
        } catch (OutOfMemoryError e) {
            // So the JDK says that the system has no thread to give.
            result.complete(Result.refused(Errno.describe(Errno.EAGAIN)));
        }
        return result;
    }

    private Result runNow(Command command, Duration timeout) {
        LastBytes output = new LastBytes(OUTPUT_LIMIT);
        SpawnerExecutor executor = new SpawnerExecutor(spawner, command);
        ExecuteWatchdog watchdog = ExecuteWatchdog.builder()
                .setThreadFactory(threadFactory)
                .setTimeout(timeout)
                .get();
        executor.setWatchdog(watchdog);
        executor.setStreamHandler(new PumpStreamHandler(output, null));
        try {
            executor.execute(new CommandLine(new String(command.argv().get(0), StandardCharsets.ISO_8859_1)));
        } catch (ExecuteException e) {
            // It ended with a status other than 0, which the process knows better.
        } catch (IOException e) {
            return Result.refused(String.valueOf(e.getMessage()));
        } catch (OutOfMemoryError e) {
            executor.abandon();
            return Result.refused(Errno.describe(Errno.EAGAIN));
        }
        ExitStatus status = executor.status();
        boolean killed = status != null && status.signal() == Signals.KILL && watchdog.killedProcess();
        return new Result(Optional.ofNullable(status), "", killed, output.text(), output.isCut());
    }
}
