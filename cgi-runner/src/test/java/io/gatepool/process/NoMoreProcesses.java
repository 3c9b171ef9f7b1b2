package io.gatepool.process;

import io.netty.channel.epoll.Epoll;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/** A program for {@link OneShotTest}: it takes itself the right to have more processes, and tries to run a command. */
final class NoMoreProcesses {

    private static final Spawner SPAWNER = new Spawner(Reaper.start(Reaper.Mode.WAITID), 0);
    private static final OneShot COMMANDS = new OneShot(SPAWNER);

    private NoMoreProcesses() {}

    public static void main(String[] arguments) {
        Epoll.ensureAvailability();
        // Threads count too: now there is one for each of the commands to come.
        List<CompletableFuture<OneShot.Result>> first =
                IntStream.range(0, 8).mapToObj(number -> start("/bin/true")).toList();
        System.out.println(
                "before: " + first.stream().allMatch(result -> result.join().isSuccess()));
        int none = 1;
        setLimit(none);
        System.out.println("at the limit: " + start("/bin/true").join().refusal());
        setLimit(1_000);
        System.out.println("afterwards: " + start("/bin/true").join().isSuccess());
        Runtime.getRuntime().halt(0);
    }

    private static CompletableFuture<OneShot.Result> start(String program) {
        return COMMANDS.run(
                Command.plain(Command.bytes(List.of(program)), List.of(), new byte[] {'/'}, 022, true, true),
                Duration.ofSeconds(30));
    }

    /** The soft limit, RLIMIT_NPROC; the hard one stays. */
    private static void setLimit(long processes) {
        final int rlimitNproc = 6;
        Libc.Native.LIBC.prlimit(0, rlimitNproc, new long[] {processes, 10_000}, null);
    }
}
