package io.gatepool.config;

import io.gatepool.process.Limits;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The state in which the processes of an application run, workers and scripts alike.
 *
 * @param user who they run as; {@link #OWNER} for the owner of each script
 * @param ownerUids whom {@link #OWNER} may be
 * @param group in place of the user's own
 * @param supplementaryGroups in place of those that the user is a member of
 * @param noNewPrivileges whether set-user-id programs give them no rights
 * @param limits what they may use of the machine
 * @param nice added to gatepool's own priority
 * @param oomScoreAdj who is killed first when memory runs out, see {@link io.gatepool.process.OomScore}; empty for that
 *     of gatepool
 * @param env the application's own variables: texts by name, see {@link io.gatepool.cgi.EnvText}
 * @param passEnv names of variables that pass from gatepool's own environment
 * @param chdir working directory; empty for the default of the kind
 * @param umask file creation mask
 */
public record ProcessSettings(
        Optional<String> user,
        UidRange ownerUids,
        Optional<String> group,
        Optional<List<String>> supplementaryGroups,
        boolean noNewPrivileges,
        Limits limits,
        int nice,
        OptionalInt oomScoreAdj,
        Map<String, String> env,
        List<String> passEnv,
        Optional<Path> chdir,
        int umask) {

    /** As {@code user}: each script runs as the user to whom it belongs. */
    public static final String OWNER = "@owner";

    /** Whether each script runs as the user to whom it belongs. */
    public boolean runsAsOwner() {
        return user.equals(Optional.of(OWNER));
    }

    /** The account that the processes run as, if there is one for all of them. */
    public Optional<String> account() {
        return runsAsOwner() ? Optional.empty() : user;
    }

    ProcessSettings withoutUser() {
        return new ProcessSettings(
                Optional.empty(),
                ownerUids,
                Optional.empty(),
                Optional.empty(),
                noNewPrivileges,
                limits,
                nice,
                oomScoreAdj,
                env,
                passEnv,
                chdir,
                umask);
    }
}
