package io.gatepool.server;

import io.gatepool.config.Durations;
import io.gatepool.config.HttpSettings;
import io.gatepool.config.TlsFiles;
import io.gatepool.front.Tls;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TLS 1.2 and 1.3 for the https addresses, by the JDK. The certificate can be replaced: connections that there are keep
 * theirs. A handshake costs milliseconds of signing, which a few threads do in place of the event loop.
 *
 * <p>Handlers are made on the event loop; the certificate is read on any other thread.
 */
final class Encryption implements Tls {

    private static final Logger LOG = LoggerFactory.getLogger("gatepool");

    private static final long DEFAULT_HANDSHAKE_MILLIS = 60_000;
    private static final int MOST_THREADS = 4;
    private static final int SESSIONS = 2048;

    private final ExecutorService handshakes;
    private final long handshakeMillis;
    private volatile @Nullable SslContext context;

    Encryption(HttpSettings settings) {
        this.handshakeMillis = Durations.isOff(settings.headerTimeout())
                ? DEFAULT_HANDSHAKE_MILLIS
                : settings.headerTimeout().toMillis();
        int threads = Math.max(1, Math.min(MOST_THREADS, Runtime.getRuntime().availableProcessors()));
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                threads,
                threads,
                10,
                TimeUnit.SECONDS,
                // When it is full, the connection is closed.
                new LinkedBlockingQueue<>(settings.maxConnections()),
                task -> {
                    Thread thread = new Thread(task, "tls-handshake");
                    thread.setDaemon(true);
                    return thread;
                });
        pool.allowCoreThreadTimeOut(true);
        this.handshakes = pool;
    }

    /** A certificate that is read and ready to be used. */
    record Prepared(SslContext context, Certificates.Pair pair, TlsFiles files) {}

    /**
     * Reads a certificate, and changes nothing.
     *
     * @throws StartFailure when it cannot be used; the message says why
     */
    static Optional<Prepared> prepare(Optional<TlsFiles> files) throws StartFailure {
        if (files.isEmpty()) {
            return Optional.empty();
        }
        try {
            Certificates.Pair pair = Certificates.load(files.get());
            SslContext context = SslContextBuilder.forServer(
                            pair.key(), pair.chain().toArray(X509Certificate[]::new))
                    .sslProvider(SslProvider.JDK)
                    .protocols("TLSv1.3", "TLSv1.2")
                    .sessionCacheSize(SESSIONS)
                    .applicationProtocolConfig(new ApplicationProtocolConfig(
                            ApplicationProtocolConfig.Protocol.ALPN,
                            ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                            ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                            ApplicationProtocolNames.HTTP_1_1))
                    .build();
            return Optional.of(new Prepared(context, pair, files.get()));
        } catch (Certificates.Unusable e) {
            throw new StartFailure("https: " + e.getMessage(), true);
        } catch (SSLException e) {
            throw new StartFailure("https: " + files.get().certificate() + ": " + e.getMessage(), true);
        }
    }

    /** Uses it for connections from now on. */
    void use(Prepared prepared) {
        context = prepared.context();
        X509Certificate own = prepared.pair().own();
        LOG.info(
                "https: certificate {} of {}, valid until {}",
                own.getSerialNumber().toString(16),
                own.getSubjectX500Principal().getName(),
                own.getNotAfter().toInstant());
        Certificates.expiry(prepared.pair())
                .ifPresent(expired -> LOG.warn("https: {} {}", prepared.files().certificate(), expired));
    }

    @Override
    public Optional<SslHandler> newHandler(ByteBufAllocator buffers) {
        SslContext present = context;
        if (present == null) {
            return Optional.empty();
        }
        SslHandler handler = present.newHandler(buffers, handshakes);
        handler.setHandshakeTimeoutMillis(handshakeMillis);
        return Optional.of(handler);
    }
}
