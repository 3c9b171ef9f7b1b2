package io.gatepool.pool;

import io.gatepool.exchange.SpoolFiles;
import io.gatepool.process.OneShot;
import io.gatepool.process.Spawner;
import io.gatepool.process.Strays;
import io.netty.channel.IoEventLoop;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What all applications of a daemon share.
 *
 * @param loop the event loop that owns everything here
 * @param spawner starts the processes
 * @param commands runs hooks
 * @param strays looks for what scripts leave behind
 * @param files the thread for everything that asks the file system
 * @param runtimeDir where the workers' sockets lie
 * @param mark what every child carries in GATEPOOL_CHILD, see {@link io.gatepool.process.Leftovers}
 * @param baseDir what relative paths in commands start from, unless the application has a chdir
 * @param budget how many workers all applications together may have
 * @param drainTimeout how long the requests of a worker that is replaced may take
 * @param watch sees how scripts are run
 */
public record PoolContext(
        IoEventLoop loop,
        Spawner spawner,
        OneShot commands,
        Strays strays,
        SpoolFiles files,
        Path runtimeDir,
        String mark,
        Path baseDir,
        WorkerBudget budget,
        Duration drainTimeout,
        ScriptWatch watch) {}
