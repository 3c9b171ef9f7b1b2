package io.gatepool.control;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;

/** Times to the second; the lines of one second share the text. One thread at a time. */
final class LogTime {

    private final DateTimeFormatter format;
    private long second = Long.MIN_VALUE;
    private String text = "";

    /** @param format of what is not less than a second */
    LogTime(DateTimeFormatter format) {
        this.format = format;
    }

    String text(Instant time) {
        if (time.getEpochSecond() != second) {
            second = time.getEpochSecond();
            text = format.format(time.atZone(ZoneId.systemDefault()));
        }
        return text;
    }
}
