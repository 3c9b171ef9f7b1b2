package io.gatepool.cli;

import io.gatepool.config.AddressException;
import io.gatepool.config.StandardInput;
import io.gatepool.server.HandedOver;
import java.util.Optional;

/** Where a daemon listens that was told of no address, by what it was started with. */
final class Inherited {

    private Inherited() {}

    /**
     * Standard input, if that is a socket that listens.
     *
     * @throws AddressException when the environment names web servers for it that are no addresses
     */
    static Optional<StandardInput> standardInput() throws AddressException {
        return HandedOver.isStandardInput()
                ? Optional.of(StandardInput.of(Optional.ofNullable(System.getenv("FCGI_WEB_SERVER_ADDRS"))
                        .orElse("")))
                : Optional.empty();
    }
}
