package io.gatepool.cli;

import java.util.Optional;
import picocli.CommandLine.IVersionProvider;

/** The version, as the build has written it into the jar. */
final class Version implements IVersionProvider {

    /** Such as {@code 1.0.0}; {@code dev} when run from classes. */
    static String text() {
        return Optional.ofNullable(Version.class.getPackage().getImplementationVersion())
                .orElse("dev");
    }

    @Override
    public String[] getVersion() {
        return new String[] {"gatepool " + text()};
    }
}
