package io.gatepool.cli;

import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options that describe a request. */
final class RequestOptions {

    @Option(
            names = {"-X", "--method"},
            paramLabel = "METHOD",
            description = "The request method (default: GET, with --data POST).")
    private @Nullable String method;

    @Option(
            names = {"-H", "--header"},
            paramLabel = "'NAME: VALUE'",
            description = "A header field of the request; may be given several times.")
    private List<String> headers = new ArrayList<>();

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // picocli sets it.
    private CommandSpec spec;

    /**
     * The request.
     *
     * @param bodyLength of its body in bytes; negative for none
     */
    HttpRequest request(String target, long bodyLength) {
        boolean hasBody = bodyLength >= 0;
        HttpRequest request;
        try {
            String name = method != null ? method.toUpperCase(Locale.ROOT) : hasBody ? "POST" : "GET";
            request = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.valueOf(name), target);
            for (String header : headers) {
                int colon = header.indexOf(':');
                if (colon < 1) {
                    throw new IllegalArgumentException("'" + header + "' is no header; write 'Name: value'");
                }
                request.headers()
                        .add(
                                header.substring(0, colon).strip(),
                                header.substring(colon + 1).strip());
            }
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
        if (!request.headers().contains(HttpHeaderNames.HOST)) {
            request.headers().set(HttpHeaderNames.HOST, "localhost");
        }
        if (hasBody) {
            request.headers().set(HttpHeaderNames.CONTENT_LENGTH, Long.toString(bodyLength));
            if (!request.headers().contains(HttpHeaderNames.CONTENT_TYPE)) {
                request.headers().set(HttpHeaderNames.CONTENT_TYPE, "application/x-www-form-urlencoded");
            }
        }
        return request;
    }

    /** Which option a variable of the request comes from. */
    String originOf(String variable, String ofTarget) {
        return switch (variable) {
            case "REQUEST_METHOD" -> "--method";
            case "GATEWAY_INTERFACE" -> "always";
            case "CONTENT_LENGTH" -> "--data";
            case "CONTENT_TYPE" -> isGiven("content-type") ? "--header" : "--data";
            case "REQUEST_ID" -> isGiven("x-request-id") ? "--header" : "always";
            case "HTTP_HOST" -> isGiven("host") ? "--header" : "default";
            case "QUERY_STRING", "REQUEST_URI", "SCRIPT_NAME" -> ofTarget;
            default -> variable.startsWith("HTTP_") ? "--header" : "default";
        };
    }

    private boolean isGiven(String name) {
        return headers.stream()
                .anyMatch(header -> header.toLowerCase(Locale.ROOT).startsWith(name + ":"));
    }
}
