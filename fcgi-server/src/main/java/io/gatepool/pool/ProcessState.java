package io.gatepool.pool;

import io.gatepool.cgi.OwnVariables;
import io.gatepool.config.ProcessSettings;
import io.gatepool.process.Limits;
import io.gatepool.process.Privileges;
import io.gatepool.process.User;
import java.util.List;
import java.util.Optional;

/**
 * What the processes of an application, workers and scripts alike, are started with: {@link ProcessSettings} with names
 * of users, groups and variables looked up. Immutable, and made anew where a name may have got another meaning.
 */
record ProcessState(Privileges privileges, Limits limits, OwnVariables variables) {

    static ProcessState of(ProcessSettings settings) {
        Optional<List<Integer>> groups = settings.supplementaryGroups().map(names -> names.stream()
                .flatMap(name -> User.groupNamed(name).stream())
                .toList());
        Privileges privileges = new Privileges(
                settings.account().flatMap(User::named),
                settings.group().flatMap(User::groupNamed),
                groups,
                settings.noNewPrivileges());
        return new ProcessState(privileges, settings.limits(), OwnVariables.of(settings.passEnv(), settings.env()));
    }
}
