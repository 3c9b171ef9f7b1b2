package io.gatepool.control;

import io.netty.util.NetUtil;
import java.util.List;
import java.util.Locale;

/**
 * By which names a browser may call the admin pages. A page of a stranger can let its own name point to 127.0.0.1 and
 * read what it finds there (DNS rebinding); an IP address, localhost, and the names of the configuration it cannot
 * have.
 */
record AdminHosts(List<String> names) {

    AdminHosts {
        names = names.stream().map(name -> name.toLowerCase(Locale.ROOT)).toList();
    }

    /** @param host the Host field, with or without a port; empty when there was none, which no browser does */
    boolean allow(String host) {
        if (host.isEmpty()) {
            return true;
        }
        if (host.startsWith("[")) {
            int end = host.indexOf(']');
            return end > 0 && NetUtil.isValidIpV6Address(host.substring(1, end));
        }
        int colon = host.indexOf(':');
        String name = (colon < 0 ? host : host.substring(0, colon)).toLowerCase(Locale.ROOT);
        return name.equals("localhost") || NetUtil.isValidIpV4Address(name) || names.contains(name);
    }
}
