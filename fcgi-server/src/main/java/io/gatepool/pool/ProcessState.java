package io.gatepool.pool;

import io.gatepool.cgi.OwnVariables;
import io.gatepool.config.ProcessSettings;
import io.gatepool.process.Limits;
import io.gatepool.process.Privileges;
import io.gatepool.process.User;
import io.gatepool.process.Wrapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What the processes of an application, workers and scripts alike, are started with: {@link ProcessSettings} with names
 * of users, groups and variables looked up. Immutable, and made anew where a name may have got another meaning.
 */
record ProcessState(Privileges privileges, Limits limits, int nice, OptionalInt oomScoreAdj, OwnVariables variables) {

    static ProcessState of(ProcessSettings settings) {
        Optional<List<Integer>> groups = settings.supplementaryGroups().map(names -> names.stream()
                .flatMap(name -> User.groupNamed(name).stream())
                .toList());
        Privileges privileges = new Privileges(
                settings.account().flatMap(User::named),
                settings.group().flatMap(User::groupNamed),
                groups,
                settings.noNewPrivileges());
        return new ProcessState(
                privileges,
                settings.limits(),
                settings.nice(),
                settings.oomScoreAdj(),
                OwnVariables.of(settings.passEnv(), settings.env()));
    }

    /** See {@link Wrapper#tied}. */
    List<String> tied(List<String> command) {
        return ranked(Wrapper.tied(command, privileges, limits));
    }

    /** See {@link Wrapper#around}. */
    List<String> around(Privileges whose) {
        return ranked(Wrapper.around(whose, limits));
    }

    /** With its priority and score before all else, which later words may have lost the right to set. */
    private List<String> ranked(List<String> command) {
        List<String> words = new ArrayList<>();
        if (nice != 0) {
            words.addAll(Wrapper.niced(nice));
        }
        oomScoreAdj.ifPresent(adj -> words.addAll(Wrapper.scored(adj)));
        words.addAll(command);
        return words;
    }
}
