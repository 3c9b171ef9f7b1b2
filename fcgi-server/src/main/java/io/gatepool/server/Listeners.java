package io.gatepool.server;

import io.gatepool.config.Address;
import io.gatepool.config.AppSettings;
import io.gatepool.config.HttpSettings;
import io.gatepool.config.Listen;
import io.gatepool.control.IndexPage;
import io.gatepool.control.Samples;
import io.gatepool.exchange.AppStatus;
import io.gatepool.exchange.Application;
import io.gatepool.front.ConnectionLimit;
import io.gatepool.front.FastCgiFront;
import io.gatepool.front.Front;
import io.gatepool.front.FrontContext;
import io.gatepool.front.HttpFront;
import io.gatepool.front.Router;
import io.gatepool.front.SoloFront;
import io.gatepool.front.SoloProtocol;
import io.gatepool.pool.App;
import io.gatepool.process.Descriptors;
import io.netty.channel.IoEventLoop;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The listening addresses of all applications, and which of these each address leads to. A reload opens what is new,
 * leaves alone what stays, with its connections, and closes what is gone.
 *
 * <p>Opening and closing wait for the event loop, so they are for other threads, one at a time; all else is for the
 * loop.
 */
final class Listeners {

    private static final Logger LOG = LoggerFactory.getLogger("gatepool");

    private final IoEventLoop loop;
    private final FrontContext context;
    private final HttpSettings http;
    private final HandedOver handed;
    private final Optional<Address> admin;
    private final DescriptorReserve reserve = new DescriptorReserve(Descriptors.limit());
    private final Encryption encryption;
    private final ConnectionLimit httpLimit;
    private final Map<String, Listener> open = new ConcurrentHashMap<>();

    /**
     * @param handed the sockets that gatepool was started with
     * @param admin an address that is open already, and is not for applications
     */
    Listeners(
            IoEventLoop loop,
            FrontContext context,
            HttpSettings http,
            Encryption encryption,
            HandedOver handed,
            Optional<Address> admin) {
        this.handed = handed;
        this.admin = admin;
        this.encryption = encryption;
        this.httpLimit = new ConnectionLimit(http.maxConnections());
        this.loop = loop;
        this.context = context;
        this.http = http;
    }

    /** One address, and the applications on it. */
    private record Place(Listen listen, Optional<String> account, List<App> apps) {

        boolean isHttp() {
            return listen.address().protocol().isHttp();
        }

        /** An address with one application is that application's, whatever the web server calls its paths. */
        Router router() {
            boolean indexed = isHttp() || apps.size() > 1;
            if (!indexed) {
                return new Router(List.copyOf(apps), apps.get(0));
            }
            Map<String, List<String>> samples = new LinkedHashMap<>();
            apps.forEach(app -> samples.put(app.name(), Samples.of(app.settings())));
            Application index = new IndexPage(this::statuses, samples);
            return new Router(List.copyOf(apps), index);
        }

        private List<AppStatus> statuses() {
            return apps.stream().map(App::status).toList();
        }
    }

    /**
     * The addresses that a configuration wants.
     *
     * @param settings of all applications
     * @param apps the application of each name in {@code settings}
     */
    private static Map<String, Place> places(List<AppSettings> settings, Map<String, App> apps) {
        Map<String, Place> places = new LinkedHashMap<>();
        for (AppSettings app : settings) {
            for (Listen listen : app.listens()) {
                places.computeIfAbsent(
                                name(app, listen.address()),
                                name -> new Place(listen, app.process().account(), new ArrayList<>()))
                        .apps()
                        .add(Objects.requireNonNull(apps.get(app.name())));
            }
        }
        return places;
    }

    /** Applications with the same address share its listener; with port 0 each gets one, and a port, of its own. */
    private static String name(AppSettings app, Address address) {
        boolean anyPort = address instanceof Address.Tcp tcp && tcp.port() == 0;
        return address + (anyPort ? " of " + app.name() : "");
    }

    /**
     * Opens the addresses that are not open yet. Each leads to its applications at once.
     *
     * @throws StartFailure when one cannot be opened; then none is, and nobody's connection was accepted
     */
    void openNew(List<AppSettings> settings, Map<String, App> apps) throws StartFailure {
        handed.check(addresses(settings));
        Map<String, Listener> opened = new LinkedHashMap<>();
        for (Map.Entry<String, Place> wanted : places(settings, apps).entrySet()) {
            if (!open.containsKey(wanted.getKey())) {
                Place place = wanted.getValue();
                try {
                    opened.put(
                            wanted.getKey(),
                            Listener.open(loop, place.listen(), place.account(), front(place), reserve, handed));
                } catch (StartFailure e) {
                    opened.values().forEach(Listener::close);
                    throw e;
                }
                tell(place, opened.get(wanted.getKey()));
            }
        }
        opened.values().forEach(Listener::begin);
        open.putAll(opened);
        handed.tellUnused(addresses(settings));
    }

    private List<Address> addresses(List<AppSettings> settings) {
        List<Address> addresses = new ArrayList<>();
        admin.ifPresent(addresses::add);
        settings.forEach(app -> app.listens().forEach(listen -> addresses.add(listen.address())));
        return addresses;
    }

    private static void tell(Place place, Listener listener) {
        for (App app : place.apps()) {
            boolean alone = place.apps().size() == 1 && app.mount().equals("/");
            LOG.info(
                    "{}: {} on {}{}",
                    app.name(),
                    listener.address().protocolName(),
                    listener.text(),
                    alone ? "" : " under " + app.mount());
        }
    }

    private Front front(Place place) {
        return switch (place.listen().address().protocol()) {
            case HTTP -> new HttpFront(context, place.router(), http, httpLimit, null);
            case HTTPS -> new HttpFront(context, place.router(), http, httpLimit, encryption);
            case FASTCGI, ATTACH -> new FastCgiFront(context, place.router());
            case SCGI -> new SoloFront(context, place.router(), SoloProtocol.SCGI, http.headerTimeout());
            case UWSGI -> new SoloFront(context, place.router(), SoloProtocol.UWSGI, http.headerTimeout());
        };
    }

    /** Leads the requests of all addresses, also those of open connections, to these applications from now on. */
    void route(List<AppSettings> settings, Map<String, App> apps) {
        Map<String, Place> places = places(settings, apps);
        open.forEach((name, listener) -> {
            Place place = places.get(name);
            if (place != null) {
                listener.front().reroute(place.router());
            }
        });
    }

    /** Closes the addresses that a configuration has no more. */
    void closeGone(List<AppSettings> settings, Map<String, App> apps) {
        Map<String, Place> places = places(settings, apps);
        List<String> gone =
                open.keySet().stream().filter(name -> !places.containsKey(name)).toList();
        for (String name : gone) {
            Listener listener = Objects.requireNonNull(open.remove(name));
            loop.execute(listener.front()::drain);
            listener.close();
            LOG.info(
                    "{}: closed{}",
                    listener.text(),
                    listener.isHandedOver() ? " here; it was handed over and stays open, who connects waits" : "");
        }
    }

    /** Whether no connection has a request, or an answer, under way. */
    boolean isIdle() {
        return open.values().stream().allMatch(listener -> listener.front().isIdle());
    }

    /**
     * No new requests on any address; those on their way to a socket that was handed over are for the next gatepool.
     */
    void drain() {
        open.values().forEach(listener -> {
            listener.leaveToNext();
            listener.front().drain();
        });
    }

    /** Open connections, by protocol. */
    Map<String, Integer> connections() {
        return open.values().stream()
                .collect(Collectors.groupingBy(
                        listener -> listener.address().protocolName(),
                        Collectors.summingInt(listener -> listener.front().connections())));
    }

    /** HTTP connections that were too many, since the start. */
    long connectionsRefused() {
        return httpLimit.refused();
    }

    void close() {
        open.values().forEach(Listener::close);
    }
}
