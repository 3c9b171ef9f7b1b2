package io.gatepool.server;

import io.gatepool.config.Address;
import io.gatepool.config.Configuration;
import io.gatepool.config.Listen;
import io.gatepool.control.AdminSite;
import io.gatepool.control.AdminSources;
import io.gatepool.front.ConnectionLimit;
import io.gatepool.front.FrontContext;
import io.gatepool.front.HttpFront;
import io.gatepool.front.Router;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The address of the admin pages. It is not one of the applications' listeners: it stays open until the end, so that
 * the probes also answer while the daemon drains.
 */
final class AdminListener {

    private static final Logger LOG = LoggerFactory.getLogger("gatepool");
    private static final int BACKLOG = 128;
    private static final int MOST_CONNECTIONS = 256;
    private static final int OWNER_ONLY = 0600;

    private AdminListener() {}

    /** @throws StartFailure when the address cannot be listened on */
    static Listener open(FrontContext context, Configuration configuration, AdminSources sources, HandedOver handed)
            throws StartFailure {
        Address address = configuration
                .server()
                .admin()
                .orElseThrow(() -> new IllegalArgumentException("no admin address is configured"));
        AdminSite site =
                new AdminSite(context.loop(), sources, configuration.server().adminHosts());
        Listen listen = new Listen(address, Optional.empty(), Optional.empty(), OWNER_ONLY, BACKLOG, List.of());
        HttpFront front = new HttpFront(
                context,
                new Router(List.of(), site),
                configuration.http(),
                // Its own: it must answer when the applications have too many.
                new ConnectionLimit(MOST_CONNECTIONS),
                null);
        // Out of the reserve: who looks after the server wants to see why the others have to wait.
        Listener listener = Listener.open(
                        context.loop(), listen, Optional.empty(), front, DescriptorReserve.NONE, handed)
                .begin();
        LOG.info("admin: {}", address instanceof Address.Tcp ? "http://" + listener.text() + "/" : listener.text());
        if (!listener.isLocal()) {
            LOG.warn(
                    "admin: {} is not a loopback address, and there is no password: whoever reaches it sees what is"
                            + " requested and what fails",
                    listener.text());
        }
        return listener;
    }
}
