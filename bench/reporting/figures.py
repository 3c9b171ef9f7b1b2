"""What several rounds of one case come to. Nothing here knows how it is shown."""

from statistics import median

# Within one case, (max - min) / median of the requests/s. Above it the machine, or the case, is not steady.
NOISE = 0.15
# Of the machine's time: CPU that others used meanwhile, or that the host took away.
ELSEWHERE = 0.05
SINGLE = "a single round: how far it would spread is unknown"
# The order in which a request meets them.
PARTS = ("web", "bridge", "workers", "load")


class Spread:
    """The median of some values, and how far they lie apart."""

    def __init__(self, values):
        self.values = values
        self.middle = median(values)
        self.low = min(values)
        self.high = max(values)

    @property
    def width(self):
        return (self.high - self.low) / self.middle if self.middle else 0.0


def spread(values):
    """None if nothing was measured."""
    values = [value for value in values if value is not None]
    return Spread(values) if values else None


class Case:
    """The runs of one way with one number of connections (or, where something grows, at one x)."""

    def __init__(self, way, connections, x, runs):
        self.way = way
        self.connections = connections
        self.x = x
        self.runs = sorted(runs, key=lambda run: run.get("round") or 0)

    def of(self, what):
        """The Spread of rate, p50, p90, p99, max ... over the rounds, or None."""
        return spread(run.get(what) for run in self.runs)

    @property
    def rate(self):
        return self.of("rate")

    @property
    def noisy(self):
        return self.rate is not None and self.rate.width > NOISE

    @property
    def errors(self):
        """By kind, all rounds together, without those that never happened."""
        kinds = {}
        for run in self.runs:
            for kind, count in (run.get("errors") or {}).items():
                if count:
                    kinds[kind] = kinds.get(kind, 0) + count
        return kinds

    @property
    def served(self):
        """Connections that got an answer, in the round that served the fewest. None if that was not looked at."""
        served = self.of("served")
        return None if served is None else int(served.low)

    @property
    def starved(self):
        return self.served is not None and self.connections is not None and self.served < self.connections

    @property
    def at_a_time(self):
        """How many connections were served at a time, while the others stood in line: requests/s x p50, for the load
        generator asks again as soon as it has its answer (Little's law). With equal requests, and connections that get
        their turn, it is nearly all of them. None if not measured."""
        rate, p50 = self.rate, self.of("p50")
        return rate.middle * p50.middle / 1000 if rate and p50 else None

    @property
    def uneven(self):
        """Whether most answers went to the minority of the connections. p99 tells it from latencies that merely vary."""
        if self.starved or not self.connections or not self.at_a_time or not self.of("p99"):
            return False
        return self.at_a_time < self.connections / 2 and self.of("p99").middle > 10 * self.of("p50").middle

    @property
    def uneven_text(self):
        return f"served about {max(1, round(self.at_a_time)):,} of {self.connections:,} connections at a time"

    @property
    def unfair(self):
        """Why its figures cannot stand beside those of others, in a word; "" if they can."""
        return "starved" if self.starved else "errors" if self.errors else "uneven" if self.uneven else ""

    @property
    def fair(self):
        return not self.unfair

    @property
    def cpu(self):
        """us per request by part: medians. Parts that were not measured are not there."""
        parts = {part: spread((run.get("cpu") or {}).get(part) for run in self.runs) for part in PARTS}
        return {part: several.middle for part, several in parts.items() if several}

    def doubts(self):
        """Why its figures may not mean what they seem to."""
        if self.starved:
            yield f"starved: it served {self.served:,} of {self.connections:,} connections, the others waited in vain"
        if self.uneven:
            yield f"uneven: it {self.uneven_text} (requests/s × p50), the others waited for long"
        if self.errors:
            kinds = ", ".join(f"{count:,} {kind}" for kind, count in self.errors.items())
            yield f"errors: {kinds}; these are the figures of a server that does not serve"
        if self.noisy:
            yield f"noisy: requests/s spread over {self.rate.width:.0%} of the median"
        for what, meaning in (
            ("elsewhere", "of the machine went to processes that are no part of this"),
            ("steal", "of the machine went to other guests of its host"),
        ):
            lost = self.of(what)
            if lost and lost.middle > ELSEWHERE:
                yield f"{lost.middle:.0%} {meaning}"
        lines = sum(run.get("error_log_lines") or 0 for run in self.runs)
        if lines:
            yield f"the web server wrote {lines:,} lines into its error log"
        if len(self.runs) == 1:
            yield SINGLE


def doubts(several):
    """[(key of a case, or None for all of them, the doubt)]."""
    single = [len(case.runs) == 1 for case in several.values()]
    if len(single) > 1 and all(single):
        yield None, SINGLE
    for key, case in several.items():
        for doubt in case.doubts():
            if doubt != SINGLE or not all(single) or len(single) == 1:
                yield key, doubt


def cases(group):
    """{(connections, way's name): Case} in the order of connections and of the group's ways. Cases that never ran are
    not there."""
    return {(at, case.way.name): case for at, case in _cases(group, "connections")}


def points(group):
    """The same of a group where something grows: {(x, way's name): Case}."""
    return {(at, case.way.name): case for at, case in _cases(group, "x")}


def _cases(group, axis):
    runs = {}
    for run in group.runs:
        runs.setdefault((run.get(axis), run["way"]), []).append(run)
    for at in sorted({at for at, _ in runs}, key=lambda at: -1 if at is None else at):
        for way in group.ways:
            several = runs.get((at, way.name))
            if several:
                yield at, Case(way, several[0].get("connections"), several[0].get("x"), several)


def starts(group):
    """{(None, way's name): Case} of the times from start to first answer."""
    found = {}
    for way in group.ways:
        several = [start for start in group.starts if start["way"] == way.name]
        if several:
            found[None, way.name] = Case(way, None, None, several)
    return found


def ratios(own, peer, what="rate"):
    """The Spread of own / peer, each of two runs of the same round; None if no round has both."""
    theirs = {run.get("round"): run.get(what) for run in peer.runs}
    return spread(
        run[what] / theirs[run.get("round")]
        for run in own.runs
        if run.get(what) is not None and theirs.get(run.get("round"))
    )


class Pair:
    """A way of gatepool's beside one of its peers, in one case."""

    def __init__(self, own, peer):
        self.own = own
        self.peer = peer
        self.rate = ratios(own, peer, "rate")
        self.p99 = ratios(own, peer, "p99")
        self.start = ratios(own, peer, "seconds")
        self.fair = own.fair and peer.fair


def pairs(group, several):
    """Each Pair that the group asks for, by the key of `several` (connections or x)."""
    for at in dict.fromkeys(at for at, _ in several):
        for way in group.ways:
            for name in way.peers:
                own, peer = several.get((at, way.name)), several.get((at, name))
                if own and peer:
                    yield at, Pair(own, peer)
