package io.gatepool.cli;

import io.gatepool.config.AppSettings;
import io.gatepool.config.Configuration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The option that names an application of the configuration. */
final class AppChoice {

    @Option(names = "--app", paramLabel = "NAME", description = "The application of the configuration.")
    private @Nullable String name;

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // picocli sets it.
    private CommandSpec spec;

    boolean isGiven() {
        return name != null;
    }

    /** @throws ParameterException naming the applications there are, when it is none of them */
    AppSettings in(Configuration configuration) {
        List<AppSettings> apps = configuration.apps();
        return apps.stream()
                .filter(app -> app.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new ParameterException(
                        spec.commandLine(),
                        (name == null ? "--app is needed" : "--app " + name + ": there is no such app") + " in "
                                + configuration.file() + "; it has "
                                + (apps.isEmpty()
                                        ? "none"
                                        : String.join(
                                                ", ",
                                                apps.stream()
                                                        .map(AppSettings::name)
                                                        .toList()))));
    }
}
