package io.gatepool.cgi;

import java.util.regex.Pattern;

/** Keeps what sounds like a secret from the screens that people look over each other's shoulders at. */
public final class Secrets {

    /** What stands in the place of a secret. */
    public static final String MASK = "********";

    private static final Pattern VARIABLE =
            Pattern.compile(".*(_KEY|_SECRET|TOKEN|PASSWORD|PASSWD|AUTHORIZATION|COOKIE).*");

    private static final Pattern FIELD = Pattern.compile(
            "(?i)([?&;][^=&;\\s]*(?:key|secret|token|passw|pwd|auth|session|signature|credential)[^=&;\\s]*=)[^&;\\s]+");

    private Secrets() {}

    /** Whether the value of an environment variable of this name is nobody's business. */
    public static boolean isSecret(String variable) {
        return VARIABLE.matcher(variable).matches();
    }

    /** A request in one line, such as {@code GET /a?user=me&token=x}, with the values of such fields masked. */
    public static String maskQuery(String title) {
        return title.indexOf('=') < 0 ? title : FIELD.matcher(title).replaceAll("$1" + MASK);
    }
}
