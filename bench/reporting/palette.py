"""One fixed colour and one shape for each server, the same in every chart and, for servers that are known, in every
report. gatepool has a colour that nobody else comes near; nothing is told by colour alone."""

# (light, dark). The first is gatepool's. Found by search: for people who see all colours, and for those with each of the
# three colour blindnesses, any two are at least 15 apart (CIE Lab), and gatepool's at least 27 from every other.
COLOURS = (
    ("#d9480f", "#ff8548"),
    ("#0099ff", "#4c91fa"),
    ("#6da39b", "#00caca"),
    ("#5162c7", "#a6b5ff"),
    ("#939f67", "#d3ba9a"),
    ("#680022", "#b14699"),
    ("#47a1d6", "#9beaff"),
    ("#24493e", "#51776b"),
    ("#8a6f5d", "#d7ee9c"),
    ("#3a2851", "#00ffd6"),
    ("#5c2900", "#8b6947"),
    ("#a94996", "#d084a1"),
    ("#002781", "#7f5dc1"),
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
