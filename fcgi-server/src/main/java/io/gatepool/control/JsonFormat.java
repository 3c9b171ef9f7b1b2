package io.gatepool.control;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import io.gatepool.process.ExitStatus;
import io.gatepool.process.Signals;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;

/**
 * One JSON object to a line, in ASCII; numbers are numbers, and their names have the unit. What is not known is not
 * there. Text is taken for UTF-8, bytes that are none become U+FFFD.
 */
final class JsonFormat extends AccessFormat {

    private static final JsonFactory FACTORY =
            JsonFactory.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSxxx");

    private static final List<String> NAMES =
            List.of("client", "user", "method", "uri", "protocol", "referer", "user_agent");

    private static final AccessEntry.Wanted WANTED = new AccessEntry.Wanted(
            List.of(
                    "REMOTE_ADDR",
                    "REMOTE_USER",
                    "REQUEST_METHOD",
                    "REQUEST_URI",
                    "SERVER_PROTOCOL",
                    "HTTP_REFERER",
                    "HTTP_USER_AGENT"),
            List.of());

    @Override
    AccessEntry.Wanted wanted() {
        return WANTED;
    }

    @Override
    void append(AccessEntry entry, StringBuilder out) {
        StringWriter line = new StringWriter(512);
        try (JsonGenerator json = FACTORY.createGenerator(line)) {
            json.writeStartObject();
            json.writeStringField("time", TIME.format(entry.over().atZone(ZoneId.systemDefault())));
            json.writeStringField("id", entry.id());
            json.writeStringField("app", entry.app());
            if (entry.pid() != 0) {
                json.writeNumberField("pid", entry.pid());
            }
            for (int index = 0; index < NAMES.size(); index++) {
                String value = entry.variables().get(index);
                if (!value.isEmpty()) {
                    json.writeStringField(NAMES.get(index), new String(value.getBytes(ISO_8859_1), UTF_8));
                }
            }
            if (entry.status() != 0) {
                json.writeNumberField("status", entry.status());
            }
            json.writeNumberField("response_bytes", entry.bytes());
            seconds(json, "queue_seconds", entry.queueNanos());
            if (entry.serviceNanos() >= 0) {
                seconds(json, "service_seconds", entry.serviceNanos());
            }
            seconds(json, "total_seconds", entry.totalNanos());
            outcome(json, entry);
            json.writeEndObject();
        } catch (IOException e) {
            // A StringWriter has none.
            throw new UncheckedIOException(e);
        }
        out.append(line.getBuffer());
    }

    private static void seconds(JsonGenerator json, String name, long nanos) throws IOException {
        StringBuilder number = new StringBuilder(16);
        LogText.seconds(number, nanos, 6);
        json.writeFieldName(name);
        json.writeNumber(number.toString());
    }

    private static void outcome(JsonGenerator json, AccessEntry entry) throws IOException {
        ExitStatus status = entry.exit();
        if (status != null && status.signal() == 0) {
            json.writeNumberField("exit_status", status.code());
        } else if (status != null) {
            json.writeStringField("exit_signal", Signals.name(status.signal()));
        }
        if (!entry.cause().isEmpty()) {
            json.writeStringField("cause", entry.cause());
        }
    }
}
