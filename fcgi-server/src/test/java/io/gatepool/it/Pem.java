package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A certificate for 127.0.0.1 and its key, as openssl writes them. */
record Pem(Path certificate, Path key) {

    static Pem make(Path directory, String name, int days) throws Exception {
        Path certificate = directory.resolve(name + ".crt");
        Path key = directory.resolve(name + ".key");
        openssl(
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-subj",
                "/CN=" + name,
                "-addext",
                "subjectAltName=IP:127.0.0.1",
                "-days",
                Integer.toString(days),
                "-keyout",
                key.toString(),
                "-out",
                certificate.toString());
        return new Pem(certificate, key);
    }

    static void openssl(String... arguments) throws Exception {
        Needs.program("openssl", "openssl");
        String[] command = new String[arguments.length + 1];
        command[0] = "/usr/bin/openssl";
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        try (Running running = Running.start(Path.of("/"), Map.of(), command)) {
            assertThat(running.awaitExit()).as(running.output()).isZero();
        }
    }

    /** Lines for [http]. */
    String toml() {
        return "certificate = \"" + certificate + "\"\ncertificate_key = \"" + key + "\"\n";
    }

    /** Puts this pair in the place of another. */
    void replace(Pem other) throws Exception {
        Files.copy(certificate, other.certificate, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        Files.copy(key, other.key, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }

    /** A client that believes in these certificates. */
    static SSLContext trusting(Pem... pairs) throws Exception {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        for (Pem pair : pairs) {
            try (InputStream in = Files.newInputStream(pair.certificate)) {
                X509Certificate certificate = (X509Certificate)
                        CertificateFactory.getInstance("X.509").generateCertificate(in);
                store.setCertificateEntry(certificate.getSerialNumber().toString(), certificate);
            }
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }
}
