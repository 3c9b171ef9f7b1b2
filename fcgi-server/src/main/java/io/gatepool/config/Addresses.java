package io.gatepool.config;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Who listens where. Apps may share an address when they differ in their mounts; then they must agree on everything
 * else about it, since there is only one socket.
 */
final class Addresses {
    private record Claim(String app, Setting at, Listen listen) {
        String owner() {
            return "app '" + app + "' (" + at.place() + ")";
        }
    }

    private final Map<String, Claim> byAddress = new HashMap<>();
    private final Map<String, Claim> byMount = new HashMap<>();

    /** Reports what the app has in common with one before it. */
    void claim(AppSettings app, Setting header, Values values) {
        for (Listen listen : app.listens()) {
            if (!(listen.address() instanceof Address.Tcp tcp && tcp.port() == 0)) {
                claim(app, header, values, listen);
            }
        }
    }

    private void claim(AppSettings app, Setting header, Values values, Listen listen) {
        String address = listen.address().text();
        Claim claim = new Claim(app.name(), header, listen);
        Setting listenAt = values.place(AppKeys.LISTEN).orElse(header);
        Claim sameAddress = byAddress.putIfAbsent(address, claim);
        Claim sameMount = byMount.putIfAbsent(address + " " + app.mount(), claim);
        if (sameMount != null && sameMount.app().equals(app.name())) {
            listenAt.refuseKey("listen: " + address + " is there twice", Optional.of("leave out one of the two"));
        } else if (sameMount != null) {
            values.place(AppKeys.MOUNT)
                    .orElse(listenAt)
                    .refuseKey(
                            header.section() + " mount \"" + app.mount() + "\" on " + address + " is taken by "
                                    + sameMount.owner(),
                            Optional.of("give one of the two another mount, or another address"));
        } else if (sameAddress != null && !sameAddress.listen().equals(listen)) {
            listenAt.refuseKey(
                    header.section() + " " + address + " is shared with " + sameAddress.owner() + " and not the same: "
                            + difference(sameAddress.listen(), listen),
                    Optional.of("make it the same in both, or use another address"));
        }
    }

    private static String difference(Listen a, Listen b) {
        if (a.address().protocol() != b.address().protocol()) {
            return "protocol";
        } else if (!a.owner().equals(b.owner())) {
            return "listen_owner";
        } else if (!a.group().equals(b.group())) {
            return "listen_group";
        } else if (a.mode() != b.mode()) {
            return "listen_mode";
        }
        return a.backlog() != b.backlog() ? "backlog" : "allowed_clients";
    }
}
