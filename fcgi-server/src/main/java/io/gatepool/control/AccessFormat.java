package io.gatepool.control;

import io.gatepool.config.LogFormat;

/** How an {@link AccessEntry} becomes a line. Belongs to the thread that writes the log, but for {@link #wanted}. */
abstract class AccessFormat {

    static AccessFormat of(LogFormat format) {
        return format instanceof LogFormat.Text text ? new TextFormat(text) : new JsonFormat();
    }

    /** What it needs of requests; immutable. */
    abstract AccessEntry.Wanted wanted();

    /** Appends the line, without its end. Whatever strangers have sent cannot look like another line, or column. */
    abstract void append(AccessEntry entry, StringBuilder out);
}
