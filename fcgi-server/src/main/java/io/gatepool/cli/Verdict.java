package io.gatepool.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gatepool.cgi.MalformedHead;
import io.gatepool.cgi.ResponseHead;
import io.gatepool.cgi.ResponseHeadParser;
import io.gatepool.exchange.Cause;
import io.gatepool.exchange.Failure;
import io.gatepool.process.ExitStatus;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What is wrong with a script, in words for its author: what happened, and what to do. */
final class Verdict {

    private static final String EXAMPLE = "Print \"Content-Type: text/html\" and an empty line before it.";

    /** More does not fit nginx's buffer for it, unless that is made larger. */
    private static final int LARGE_HEAD = 4096;

    private Verdict() {}

    /** One paragraph for each thing that is wrong; empty when nothing is. */
    static List<String> of(ScriptTrial trial, int headLimit) {
        List<String> words = new ArrayList<>();
        Failure failure = trial.failure();
        if (failure != null) {
            words.add(ofFailure(trial, failure, headLimit));
            return words;
        }
        ResponseHead head = trial.head();
        if (head != null) {
            ofHead(trial, head, words);
        }
        ExitStatus exit = trial.exit();
        if (exit != null && !exit.isSuccess()) {
            words.add("The answer was complete, but the script " + exit.describe()
                    + ". Web servers do not look at that; the access log has it.");
        }
        return words;
    }

    private static String ofFailure(ScriptTrial trial, Failure failure, int headLimit) {
        if (failure.cause() == Cause.HEAD_MALFORMED) {
            return ofMalformed(trial, headLimit);
        }
        return sentence(failure.cause().sentence()) + "\n" + sentence(failure.detail());
    }

    private static String ofMalformed(ScriptTrial trial, int headLimit) {
        ExitStatus exit = trial.exit();
        String exited = exit == null || exit.isSuccess() ? "" : " The script " + exit.describe() + ".";
        if (trial.outputBytes() == 0) {
            return "The script printed nothing at all." + exited
                    + (trial.errors().isEmpty() ? "" : " What it wrote to stderr may say why.")
                    + "\nA CGI script prints \"Content-Type: text/html\", an empty line, and then the page.";
        }
        MalformedHead fault = fault(trial.output(), headLimit);
        if (fault == null) {
            return "The head of the response is malformed." + exited;
        }
        String line = fault.firstBadLine().orElse("");
        boolean ended = fault.reason().startsWith("the output ended before");
        if (!line.isEmpty() && (ended || fault.reason().contains("has no colon")) && line.indexOf(':') < 0) {
            return "No blank line after the headers: the first body line was taken for a header:\n'" + line + "'. "
                    + (trial.output().startsWith(line) ? EXAMPLE : "Print an empty line before it.") + exited;
        }
        if (ended && line.isEmpty()) {
            return "No blank line after the headers: the output ended before it.\n"
                    + "Print an empty line after the last header, even if there is no body." + exited;
        }
        return sentence(fault.reason()) + (line.isEmpty() ? "" : "\n'" + line + "'") + exited;
    }

    private static @Nullable MalformedHead fault(String output, int headLimit) {
        ResponseHeadParser parser = new ResponseHeadParser(headLimit);
        try {
            return parser.feed(Unpooled.copiedBuffer(output, ISO_8859_1)) == null ? parser.endOfOutput() : null;
        } catch (MalformedHead e) {
            return e;
        }
    }

    private static void ofHead(ScriptTrial trial, ResponseHead head, List<String> words) {
        boolean bodiless = head.status() == 204 || head.status() == 304;
        if (!head.hasContentType() && trial.bodyBytes() > 0) {
            words.add("There is no Content-Type: web server and browser have to guess one.\n"
                    + "Print \"Content-Type: text/html\", or what it is, among the headers.");
        }
        if (head.contentLength() >= 0 && head.contentLength() != trial.bodyBytes() && !bodiless) {
            words.add("Content-Length promises " + head.contentLength() + " bytes, the body has " + trial.bodyBytes()
                    + ": "
                    + (trial.bodyBytes() > head.contentLength()
                            ? "what is more is cut off."
                            : "clients see that something is missing."));
        }
        if (bodiless && trial.bodyBytes() > 0) {
            words.add("A response with status " + head.status() + " has no body: its " + trial.bodyBytes()
                    + " bytes are cut off.");
        }
        if (head.size() > LARGE_HEAD) {
            words.add("The head has " + head.size() + " bytes. Behind nginx set fastcgi_buffer_size to 16k, or it"
                    + " answers 502.");
        }
    }

    private static String sentence(String text) {
        String begun = text.isEmpty() ? "" : text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
        return begun.endsWith(".") ? begun : begun + ".";
    }
}
