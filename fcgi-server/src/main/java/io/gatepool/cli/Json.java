package io.gatepool.cli;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;

/** Answers as they came, for programs. */
final class Json {

    private Json() {}

    /** One line. */
    static String line(Fields answer) throws IOException {
        return JSON.std.asString(answer.values()) + "\n";
    }
}
