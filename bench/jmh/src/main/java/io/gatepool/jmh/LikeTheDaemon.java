package io.gatepool.jmh;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * How all benchmarks run unless told otherwise: on one thread of Netty's, with the collector, the heap and the switches
 * of Netty that bin/gatepool has, and briefly.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
        value = 1,
        jvmArgs = {
            "-XX:+UseSerialGC",
            "-Xms24m",
            "-Xmx64m",
            "-Xmn12m",
            "-Dio.netty.jfr.enabled=false",
            "-Dio.netty.allocator.type=pooled",
            "-Dio.netty.allocator.maxOrder=7",
            "-Dio.netty.leakDetection.level=disabled",
            "-Dio.netty.trackPinnedMemory=false",
            "-Djmh.executor=CUSTOM",
            "-Djmh.executor.class=io.gatepool.jmh.NettyThreads"
        })
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public abstract class LikeTheDaemon {}
