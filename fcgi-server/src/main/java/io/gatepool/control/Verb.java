package io.gatepool.control;

import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/** What can be asked of a running daemon, and the fields that belong to it. */
@SuppressWarnings("ImmutableEnumChecker") // Set.of makes immutable ones.
enum Verb {
    STATUS("status", Set.of(), Set.of("app")),
    WORKERS("workers", Set.of("app"), Set.of()),
    DUMP("dump", Set.of(), Set.of("app")),
    EXPLAIN("explain", Set.of("id"), Set.of()),
    KILL_REQUEST("kill-request", Set.of("id"), Set.of()),
    DRAIN("drain", Set.of("app"), Set.of()),
    RESUME("resume", Set.of("app"), Set.of()),
    RELOAD("reload", Set.of(), Set.of("app", "changed")),
    RESTART("restart", Set.of("app"), Set.of()),
    SCALE("scale", Set.of("app", "workers"), Set.of()),
    REOPEN_LOGS("reopen-logs", Set.of(), Set.of()),
    STOP("stop", Set.of(), Set.of("now"));

    private final String text;
    private final Set<String> required;
    private final Set<String> optional;

    Verb(String text, Set<String> required, Set<String> optional) {
        this.text = text;
        this.required = required;
        this.optional = optional;
    }

    /** As requests spell it. */
    String text() {
        return text;
    }

    /** The fields that it cannot do without. */
    Set<String> required() {
        return required;
    }

    boolean takes(String field) {
        return required.contains(field) || optional.contains(field);
    }

    static Optional<Verb> of(String text) {
        return Arrays.stream(values()).filter(verb -> verb.text.equals(text)).findFirst();
    }
}
