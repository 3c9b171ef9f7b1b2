package io.gatepool.config;

import java.util.List;
import java.util.Optional;

/**
 * One address of an app, and who may connect there.
 *
 * @param owner of a Unix socket; empty for the app's user
 * @param group of a Unix socket; empty for the app's group
 * @param mode of a Unix socket, such as 0660
 * @param backlog connections that the kernel keeps until they are accepted
 * @param allowedClients addresses and networks (10.0.0.0/8) that may connect over TCP; empty for everyone. Without
 *     {@code allowed_clients} that is everyone for HTTP, and the loopback for all else, where a peer can name any
 *     script
 */
public record Listen(
        Address address,
        Optional<String> owner,
        Optional<String> group,
        int mode,
        int backlog,
        List<String> allowedClients) {
    public Listen {
        allowedClients = List.copyOf(allowedClients);
    }
}
