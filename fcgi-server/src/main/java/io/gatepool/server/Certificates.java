package io.gatepool.server;

import io.gatepool.config.TlsFiles;
import io.gatepool.config.TlsFiles.Fault;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the certificate of the https addresses and its key, and says what is wrong with them. Stateless. */
public final class Certificates {

    private static final int LARGEST = 1 << 20;
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----\\s+([A-Za-z0-9+/=\\s]+)-----END \\1-----");

    private Certificates() {}

    /**
     * A certificate that can be used.
     *
     * @param chain the server's own, then those of its issuers
     */
    record Pair(PrivateKey key, List<X509Certificate> chain) {
        X509Certificate own() {
            return chain.get(0);
        }
    }

    /** They cannot be used. */
    static final class Unusable extends Exception {
        private static final long serialVersionUID = 1L;
        private final transient Fault fault;

        Unusable(boolean ofKey, String problem, String remedy) {
            super(problem + "; " + remedy, null, false, false);
            this.fault = new Fault(ofKey, problem, remedy);
        }
    }

    /** Why no daemon can use them. */
    public static Optional<Fault> fault(TlsFiles files) {
        try {
            load(files);
            return Optional.empty();
        } catch (Unusable e) {
            return Optional.of(e.fault);
        }
    }

    /** The same, or that clients will not accept them: an expired certificate is better than no daemon. */
    public static Optional<Fault> faultOrExpiry(TlsFiles files) {
        try {
            return expiry(load(files))
                    .map(expired -> new Fault(
                            false,
                            files.certificate() + " " + expired,
                            "have it renewed; browsers refuse it as it is"));
        } catch (Unusable e) {
            return Optional.of(e.fault);
        }
    }

    /** Whether one of the chain is of no use today. */
    static Optional<String> expiry(Pair pair) {
        for (X509Certificate certificate : pair.chain()) {
            try {
                certificate.checkValidity();
            } catch (CertificateExpiredException e) {
                return Optional.of("has expired on " + certificate.getNotAfter().toInstant());
            } catch (CertificateNotYetValidException e) {
                return Optional.of(
                        "is not valid before " + certificate.getNotBefore().toInstant());
            }
        }
        return Optional.empty();
    }

    static Pair load(TlsFiles files) throws Unusable {
        List<X509Certificate> chain = chain(files.certificate());
        PrivateKey key = key(files.key(), chain.get(0));
        if (!belongTogether(key, chain.get(0))) {
            throw new Unusable(
                    true,
                    files.key() + " is not the key of " + files.certificate() + " ("
                            + chain.get(0).getSubjectX500Principal().getName() + ")",
                    "name the two files of one certificate; the server's own stands first in its file");
        }
        return new Pair(key, chain);
    }

    private static List<X509Certificate> chain(Path file) throws Unusable {
        List<X509Certificate> chain = new ArrayList<>();
        Matcher block = BLOCK.matcher(text(file, false));
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            while (block.find()) {
                if (block.group(1).endsWith("CERTIFICATE")) {
                    chain.add((X509Certificate)
                            factory.generateCertificate(new ByteArrayInputStream(decoded(block.group(2)))));
                }
            }
        } catch (CertificateException | IllegalArgumentException e) {
            throw new Unusable(false, file + " holds a broken certificate: " + e.getMessage(), "have it made again");
        }
        if (chain.isEmpty()) {
            throw new Unusable(
                    false,
                    file + " holds no certificate in PEM",
                    "it must have a line -----BEGIN CERTIFICATE-----; openssl x509 -in OLD -out NEW makes one");
        }
        return List.copyOf(chain);
    }

    private static PrivateKey key(Path file, X509Certificate certificate) throws Unusable {
        Matcher block = BLOCK.matcher(text(file, true));
        while (block.find()) {
            String kind = block.group(1);
            if (kind.equals("PRIVATE KEY")) {
                return key(file, certificate.getPublicKey().getAlgorithm(), block.group(2));
            }
            if (kind.endsWith("PRIVATE KEY")) {
                throw new Unusable(
                        true,
                        file + " holds a key as " + kind + ", which is not read",
                        "convert it: openssl pkcs8 -topk8 -nocrypt -in " + file + " -out NEW");
            }
        }
        throw new Unusable(
                true, file + " holds no private key in PEM", "it must have a line -----BEGIN PRIVATE KEY-----");
    }

    private static PrivateKey key(Path file, String algorithm, String base64) throws Unusable {
        try {
            return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(decoded(base64)));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new Unusable(
                    true,
                    file + " holds no key for a certificate with " + algorithm,
                    "name the key that the certificate was made with");
        }
    }

    /** What the one signs the other must confirm. */
    private static boolean belongTogether(PrivateKey key, X509Certificate certificate) {
        String algorithm =
                switch (key.getAlgorithm()) {
                    case "RSA" -> "SHA256withRSA";
                    case "EC" -> "SHA256withECDSA";
                    default -> key.getAlgorithm();
                };
        try {
            byte[] text = {1, 2, 3};
            Signature signer = Signature.getInstance(algorithm);
            signer.initSign(key);
            signer.update(text);
            byte[] signature = signer.sign();
            signer.initVerify(certificate.getPublicKey());
            signer.update(text);
            return signer.verify(signature);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static byte[] decoded(String base64) {
        return Base64.getMimeDecoder().decode(base64);
    }

    private static String text(Path file, boolean ofKey) throws Unusable {
        try {
            if (Files.size(file) > LARGEST) {
                throw new Unusable(ofKey, file + " is no PEM file: it has more than 1 MiB", "name another one");
            }
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException e) {
            throw new Unusable(ofKey, file + " does not exist", "name a file in PEM");
        } catch (AccessDeniedException e) {
            throw new Unusable(
                    ofKey,
                    file + " cannot be read: permission denied",
                    "have it readable for the user that gatepool runs as");
        } catch (IOException e) {
            throw new Unusable(ofKey, file + " cannot be read: " + e, "name a file in PEM");
        }
    }
}
