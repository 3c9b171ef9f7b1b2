package io.gatepool.config;

import java.nio.file.Path;

/**
 * Where the certificate of all https addresses lies; both in PEM, absolute.
 *
 * @param certificate the server's own first, then those of its issuers
 * @param key its private key; may be the same file
 */
public record TlsFiles(Path certificate, Path key) {

    /**
     * What is wrong with them.
     *
     * @param ofKey whether with the key, and not with the certificate
     * @param problem follows the name of the setting: {@code /etc/x.pem cannot be read}
     */
    public record Fault(boolean ofKey, String problem, String remedy) {}
}
