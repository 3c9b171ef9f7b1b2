package io.gatepool.cgi;

import io.gatepool.fastcgi.NameValues;
import io.gatepool.fastcgi.ProtocolException;
import io.gatepool.jmh.LikeTheDaemon;
import io.gatepool.jmh.Typical;
import org.openjdk.jmh.annotations.Benchmark;

/** The PARAMS of a request become an {@link Environ}, over the bytes that have come. */
public class EnvironBenchmark extends LikeTheDaemon {

    private final byte[] params = Typical.params("GET", 0);

    @Benchmark
    public Environ ofParams() throws ProtocolException {
        Environ environ = Environ.over(params, params.length);
        NameValues.parse(params, 0, params.length, (name, nameLength, value, valueLength) -> {
            try {
                environ.add(name, nameLength, value, valueLength);
            } catch (TooManyVariables e) {
                throw new IllegalStateException(e);
            }
        });
        return environ;
    }
}
