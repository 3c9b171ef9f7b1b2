package io.gatepool.pool;

import io.gatepool.cgi.Environ;
import io.gatepool.cgi.Origins;
import io.gatepool.cgi.OwnVariables;
import io.gatepool.cgi.PathBytes;
import io.gatepool.config.AppSettings;
import io.gatepool.exchange.Cause;
import io.gatepool.exchange.Exchange;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The {@link Mapping} of an application whose requests name script files, such as PHP. Every script is found under the
 * root, with an allowed extension, before a worker sees the request: php-cgi itself runs x.gif as PHP when asked to.
 *
 * <p>The file system is asked on the file thread. What was found is believed for a second, as PHP's opcache believes
 * its files (opcache.revalidate_freq), so a busy site costs no system calls here. Owned by the event loop.
 */
final class ScriptMapping implements Mapping {

    private static final long BELIEVED_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int REMEMBERED = 1024;

    /** What was found, and until when it is believed. */
    private record Remembered(ScriptPlace.Found found, long until) {}

    private final PoolContext context;
    private final ScriptPlace place;
    private final byte[] documentRoot;
    private final OwnVariables own;
    private final Map<ScriptPlace.Query, Remembered> memory = new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<ScriptPlace.Query, Remembered> eldest) {
            return size() > REMEMBERED;
        }
    };

    ScriptMapping(AppSettings settings, PoolContext context) {
        this.context = context;
        this.place = new ScriptPlace(settings);
        this.own = OwnVariables.of(List.of(), settings.process().env());
        this.documentRoot = PathBytes.text(settings.root().orElseThrow()).getBytes(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void map(Exchange exchange, Consumer<Exchange> then) {
        ScriptPlace.Query query = ScriptPlace.Query.of(exchange);
        Remembered known = recall(query);
        if (known != null) {
            apply(exchange, known.found());
            then.accept(exchange);
            return;
        }
        context.files().execute(() -> {
            ScriptPlace.Result result = place.find(query);
            context.loop().execute(() -> found(exchange, query, result, then));
        });
    }

    private @Nullable Remembered recall(ScriptPlace.Query query) {
        Remembered known = memory.get(query);
        return known != null && known.until() - System.nanoTime() > 0 ? known : null;
    }

    private void found(Exchange exchange, ScriptPlace.Query query, ScriptPlace.Result result, Consumer<Exchange> then) {
        if (exchange.isOver()) {
            return;
        }
        if (result instanceof ScriptPlace.Found found) {
            memory.put(query, new Remembered(found, System.nanoTime() + BELIEVED_NANOS));
            apply(exchange, found);
            then.accept(exchange);
        } else if (result instanceof ScriptPlace.Refused refused) {
            exchange.fail(refused.cause(), refused.detail());
        } else {
            exchange.fail(Cause.NOT_FOUND, "no script");
        }
    }

    private void apply(Exchange exchange, ScriptPlace.Found found) {
        Environ environ = exchange.environ();
        environ.set("SCRIPT_FILENAME", found.scriptFilename());
        environ.set("SCRIPT_NAME", found.scriptName());
        if (found.pathInfo().isEmpty()) {
            environ.remove("PATH_INFO");
            environ.remove("PATH_TRANSLATED");
        } else {
            environ.set("PATH_INFO", found.pathInfo());
        }
        environ.set("DOCUMENT_ROOT", documentRoot);
        // php-cgi refuses to run without it (cgi.force_redirect).
        environ.set("REDIRECT_STATUS", "200");
        own.apply(environ, Origins.UNSEEN);
    }
}
