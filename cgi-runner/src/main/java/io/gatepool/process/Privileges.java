package io.gatepool.process;

import java.util.List;
import java.util.Optional;

/**
 * Whose rights a child has.
 *
 * @param user whom it runs as; empty for gatepool's own user, and then with gatepool's groups
 * @param group id of the group in place of the user's primary one
 * @param supplementaryGroups ids of the groups in place of those that the user is a member of
 * @param noNew whether programs with a set-user-id bit or file capabilities give it no rights (no_new_privs, prctl(2))
 */
public record Privileges(
        Optional<User> user, Optional<Integer> group, Optional<List<Integer>> supplementaryGroups, boolean noNew) {

    /** Those of gatepool itself. */
    public static final Privileges OWN = new Privileges(Optional.empty(), Optional.empty(), Optional.empty(), false);

    public Privileges {
        supplementaryGroups = supplementaryGroups.map(List::copyOf);
    }

    /** Those of a user, as login(1) gives them. */
    public static Privileges of(User user) {
        return new Privileges(Optional.of(user), Optional.empty(), Optional.empty(), false);
    }

    /** The same with another user. */
    public Privileges as(User other) {
        return new Privileges(Optional.of(other), group, supplementaryGroups, noNew);
    }

    /** Whether they differ from gatepool's own. */
    boolean areOther() {
        return user.isPresent() || noNew;
    }
}
