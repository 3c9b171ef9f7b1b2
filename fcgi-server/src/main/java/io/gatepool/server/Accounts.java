package io.gatepool.server;

import io.gatepool.config.AppSettings;
import io.gatepool.config.Listen;
import io.gatepool.config.ProcessSettings;
import io.gatepool.process.Capability;
import io.gatepool.process.OomScore;
import io.gatepool.process.User;
import java.util.List;

/** Checks the accounts that a configuration names: whether they exist, and whether we may take them. */
final class Accounts {

    private Accounts() {}

    /**
     * @param rootAllowed whether applications may stay root
     * @throws StartFailure naming the application, the key and the remedy
     */
    static void check(AppSettings app, boolean rootAllowed) throws StartFailure {
        String where = "[app." + app.name() + "] ";
        User self = User.current();
        ProcessSettings process = app.process();
        if (process.user().isEmpty() && self.isRoot() && !rootAllowed) {
            throw new StartFailure(
                    where + "needs a user, since gatepool runs as root: set user = \"www-data\" (-u www-data), or start"
                            + " with -R to let it stay root",
                    true);
        }
        if (process.runsAsOwner() && !self.isRoot()) {
            throw new StartFailure(
                    where + "user: only root can run scripts as their owners, and gatepool runs as '" + self.name()
                            + "'; leave user out, or start gatepool as root",
                    true);
        }
        if (process.account().isPresent()) {
            user(where, process.account().get(), self, rootAllowed);
        }
        if (process.group().isPresent()) {
            group(where + "group", process.group().get());
        }
        for (String group : process.supplementaryGroups().orElse(List.of())) {
            group(where + "supplementary_groups", group);
        }
        if (process.nice() < 0) {
            needs(Capability.SYS_NICE, where + "nice: a priority above gatepool's own", self, "write 0 to 19");
        }
        int ownScore = OomScore.own();
        if (process.oomScoreAdj().orElse(ownScore) < ownScore) {
            needs(
                    Capability.SYS_RESOURCE,
                    where + "oom_score_adj: a score below gatepool's own, " + ownScore + ",",
                    self,
                    "write " + ownScore + " to " + OomScore.MAX);
        }
        for (Listen listen : app.listens()) {
            if (listen.group().isPresent()) {
                group(where + "listen_group", listen.group().get());
            }
            if (listen.owner().isPresent() && User.named(listen.owner().get()).isEmpty()) {
                throw new StartFailure(
                        where + "listen_owner: there is no user '"
                                + listen.owner().get() + "'",
                        true);
            }
        }
    }

    private static void needs(Capability capability, String what, User self, String remedy) throws StartFailure {
        if (!capability.isHeld()) {
            throw new StartFailure(
                    what + " needs CAP_" + capability + ", which gatepool, running as '" + self.name()
                            + "', does not have; " + remedy
                            + ", or give it that capability (systemd: CapabilityBoundingSet)",
                    true);
        }
    }

    private static void user(String where, String name, User self, boolean rootAllowed) throws StartFailure {
        User user = User.named(name)
                .orElseThrow(() -> new StartFailure(where + "user: there is no user '" + name + "'", true));
        if (user.isRoot() && !rootAllowed) {
            throw new StartFailure(where + "user: root is refused; start with -R to allow it", true);
        }
        if (user.uid() != self.uid() && !self.isRoot()) {
            throw new StartFailure(
                    where + "user: only root can run it as '" + name + "', and gatepool runs as '" + self.name()
                            + "'; leave user out, or start gatepool as root",
                    true);
        }
    }

    private static void group(String what, String name) throws StartFailure {
        if (User.groupNamed(name).isEmpty()) {
            throw new StartFailure(what + ": there is no group '" + name + "'", true);
        }
    }
}
