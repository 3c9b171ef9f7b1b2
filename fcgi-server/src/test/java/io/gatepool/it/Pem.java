package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
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

    /** A certificate of the day before yesterday and its key, in one file. */
    static Path expired(Path directory) throws Exception {
        Path store = directory.resolve("expired.p12");
        Path file = directory.resolve("expired.pem");
        run(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keystore",
                store.toString(),
                "-storetype",
                "PKCS12",
                "-storepass",
                "changeit",
                "-alias",
                "gone",
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-dname",
                "CN=gone",
                "-startdate",
                "-2d",
                "-validity",
                "1");
        openssl("pkcs12", "-in", store.toString(), "-passin", "pass:changeit", "-nodes", "-out", file.toString());
        return file;
    }

    static void openssl(String... arguments) throws Exception {
        Needs.program("openssl", "openssl");
        String[] command = new String[arguments.length + 1];
        command[0] = "/usr/bin/openssl";
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        run(command);
    }

    private static void run(String... command) throws Exception {
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
        Files.copy(certificate, other.certificate, StandardCopyOption.REPLACE_EXISTING);
        Files.copy(key, other.key, StandardCopyOption.REPLACE_EXISTING);
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
