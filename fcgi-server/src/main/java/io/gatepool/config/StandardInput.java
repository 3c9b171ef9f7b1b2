package io.gatepool.config;

import java.util.List;

/**
 * What a configuration's only app listens on when it has no {@code listen}, and gatepool was started with a listening
 * socket as standard input: as spawn-fcgi and other FastCGI managers start programs (FastCGI 1.0, 2.2).
 *
 * @param webServers who may connect over TCP, if {@code allowed_clients} does not say: FCGI_WEB_SERVER_ADDRS (FastCGI
 *     1.0, 3.2); empty when the manager does not say either
 */
public record StandardInput(List<String> webServers) {
    public StandardInput {
        webServers = List.copyOf(webServers);
    }

    /** Its address. */
    public static Address address() {
        return new Address.Descriptor(Protocol.FASTCGI, 0);
    }

    /**
     * With what the environment says.
     *
     * @param addresses the value of FCGI_WEB_SERVER_ADDRS, IP addresses with commas between them; empty when it is not
     *     set
     * @throws AddressException when one is no address: then the list must not be taken for an empty one
     */
    public static StandardInput of(String addresses) throws AddressException {
        if (addresses.isBlank()) {
            return new StandardInput(List.of());
        }
        List<String> webServers = List.of(addresses.strip().split("\\s*,\\s*", -1));
        for (String one : webServers) {
            if (!IpLiteral.isNetwork(one)) {
                throw new AddressException(
                        "FCGI_WEB_SERVER_ADDRS: \"" + Shown.shortened(one) + "\" is no IP address",
                        "write addresses with commas between them");
            }
        }
        return new StandardInput(webServers);
    }

    void into(Values values) {
        values.put(AppKeys.LISTEN, List.of(address()));
        if (!webServers.isEmpty() && !values.has(AppKeys.ALLOWED_CLIENTS)) {
            values.put(AppKeys.ALLOWED_CLIENTS, webServers);
        }
    }
}
