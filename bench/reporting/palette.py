"""One fixed colour and one shape for each server, the same in every chart and, for servers that are known, in every
report. gatepool has a colour that nobody else comes near; nothing is told by colour alone."""

# (light, dark). The first is gatepool's. Chosen to differ in lightness too, for those who cannot tell the hues apart.
COLOURS = (
    ("#d9480f", "#ff8548"),
    ("#3569b8", "#79aaf0"),
    ("#12897b", "#3fc4b2"),
    ("#7d4699", "#c390e0"),
    ("#857f12", "#cfc84d"),
    ("#8c2a55", "#e27fa9"),
    ("#3f9cc6", "#93d8f5"),
    ("#2c7a3a", "#6fc67d"),
    ("#b08d26", "#ead27c"),
    ("#55606c", "#a4b0bd"),
    ("#76553a", "#c5a17a"),
    ("#c76f9d", "#f4b7d5"),
    ("#26376b", "#98a7e4"),
)
SHAPES = ("circle", "square", "diamond", "triangle", "down", "cross")
# In the order of COLOURS from the second on, by how a server's name begins. Those of one line never meet in one chart.
KNOWN = (
    ("multiwatch", "spawn-fcgi", "gunicorn"),
    ("php-fpm", "waitress"),
    ("fcgiwrap", "cheroot"),
    ("mod_fcgid", "mod-fcgid", "tornado"),
    ("mod_proxy_fcgi", "twisted"),
    ("php-cgi", "mod_cgi"),
    ("uwsgi",),
    ("lighttpd",),
    ("apache",),
    ("nginx",),
    ("haproxy", "caddy"),
    ("kestrel",),
)


def assign(result):
    """{server: its number}, which gives it a colour and a shape. When there are more servers than colours, two that never
    meet in one group may have the same colour, with another shape."""
    servers = {way.server: way.own for group in result.groups for way in group.ways}
    numbers = {server: 0 for server, own in servers.items() if own}
    peers = [server for server in servers if server not in numbers]
    for server in peers:
        for at, beginnings in enumerate(KNOWN, 1):
            if at not in numbers.values() and server.lower().startswith(beginnings):
                numbers[server] = at
                break
    for server in peers:
        if server not in numbers:
            numbers[server] = _free(numbers, _met(server, result))
    return numbers


def _met(server, result):
    """The servers that are in a group with this one."""
    groups = [{way.server for way in group.ways} for group in result.groups]
    return set().union(*(group for group in groups if server in group))


def _free(numbers, met):
    taken = {colour(numbers[server]) for server in met if server in numbers}
    free = [at for at in range(1, 20 * len(COLOURS)) if colour(at) and at not in numbers.values()]
    return next((at for at in free if colour(at) not in taken), free[0])


def colour(number):
    return number % len(COLOURS)


def shape(number):
    return SHAPES[number % len(SHAPES)]


def style():
    light = "".join(f".s{at}{{--c:{colours[0]}}}" for at, colours in enumerate(COLOURS))
    dark = "".join(f".s{at}{{--c:{colours[1]}}}" for at, colours in enumerate(COLOURS))
    # Paper is white, whatever the screen is.
    return f"{light}\n@media screen and (prefers-color-scheme:dark){{{dark}}}"


class Look:
    """How the ways of one group look: "s1 v0" is the colour of the server, and the first of its ways here."""

    def __init__(self, group, numbers):
        self.number = {}
        self.variant = {}
        seen = {}
        for way in group.ways:
            self.number[way.name] = numbers[way.server]
            self.variant[way.name] = seen.get(way.server, 0)
            seen[way.server] = self.variant[way.name] + 1

    def classes(self, way):
        return f"s{colour(self.number[way.name])} v{min(self.variant[way.name], 3)}{' own' if way.own else ''}"

    def shape(self, way):
        return shape(self.number[way.name])
