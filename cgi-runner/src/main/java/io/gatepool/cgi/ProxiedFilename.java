package io.gatepool.cgi;

import java.util.List;
import java.util.Locale;

/**
 * SCRIPT_FILENAME as Apache's mod_proxy_fcgi sends it, turned into the path that it stands for.
 *
 * <ul>
 *   <li>Unless told {@code ProxyFCGIBackendType GENERIC} it puts {@code proxy:fcgi://HOST:PORT}, or {@code
 *       proxy:balancer://NAME}, in front; with a "/" at the end of a SetHandler, or in a ProxyPass, the path then
 *       begins with "//".
 *   <li>Old ones leave a RewriteRule's {@code ?QUERY} at the end.
 *   <li>With ProxyPass it is percent-encoded, with SetHandler it is not. SCRIPT_NAME never is, so where the two end
 *       alike they tell which one it was. {@code %2F} stays in both (AllowEncodedSlashes NoDecode).
 * </ul>
 *
 * All are bytes, one per char.
 */
public final class ProxiedFilename {

    private static final List<String> PREFIXES = List.of("proxy:fcgi://", "proxy:balancer://");

    private ProxiedFilename() {}

    /** The path that {@code filename} means; what Apache has not touched stays as it is. */
    public static String plain(String filename, String scriptName, String query) {
        String path = filename;
        for (String prefix : PREFIXES) {
            if (filename.startsWith(prefix)) {
                path = withoutQuery(withoutHost(filename, prefix.length()), query);
            }
        }
        path = withOneSlash(path);
        return path.indexOf('%') >= 0 && isEncoded(path, scriptName) ? decoded(path) : path;
    }

    private static String withoutHost(String filename, int hostAt) {
        int path = filename.indexOf('/', hostAt);
        return path < 0 ? "/" : filename.substring(path);
    }

    private static String withOneSlash(String path) {
        int at = 0;
        while (path.startsWith("//", at)) {
            at++;
        }
        return path.substring(at);
    }

    private static String withoutQuery(String path, String query) {
        return !query.isEmpty() && path.endsWith("?" + query)
                ? path.substring(0, path.length() - query.length() - 1)
                : path;
    }

    /** Whether decoding makes the two equal where, seen from their ends, they first differ. */
    private static boolean isEncoded(String path, String scriptName) {
        int pathEnd = path.length();
        int nameEnd = scriptName.length();
        while (pathEnd > 0 && nameEnd > 0) {
            int pathAt = path.lastIndexOf('/', pathEnd - 1);
            int nameAt = scriptName.lastIndexOf('/', nameEnd - 1);
            String raw = path.substring(pathAt + 1, pathEnd);
            String plain = scriptName.substring(nameAt + 1, nameEnd);
            if (!raw.equals(decoded(raw))) {
                return decoded(raw).equals(plain);
            }
            if (!raw.equals(plain)) {
                return false;
            }
            pathEnd = pathAt;
            nameEnd = nameAt;
        }
        return false;
    }

    /** But for encoded slashes; what is not well encoded stays as it is. */
    private static String decoded(String text) {
        String kept = text.toUpperCase(Locale.ROOT).contains("%2F")
                ? text.replace("%2F", "%252F").replace("%2f", "%252f")
                : text;
        return PercentCoding.decoded(kept).orElse(text);
    }
}
