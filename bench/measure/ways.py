"""Several ways to the same answer, in interleaved rounds; and what was hoped for of them."""

from dataclasses import dataclass
from statistics import median

from measure import figures, load


@dataclass(frozen=True)
class Way:
    """One of the ways to the same answer that are compared."""

    name: str
    site: str
    path: str
    peers: tuple = ()
    """The ways that the ratio of this one is taken to."""


def measure(site, way, body, connections, seconds):
    """One run, every byte of an answer looked at before and after it."""
    expected = load.check(site.port, way.path, body, way.name)
    errors_before = figures.error_lines(site)
    with load.Meter(site) as meter:
        run = load.wrk(site.port, way.path, connections, seconds, way.name, expected if site.same_size else None)
    load.check(site.port, way.path, body, way.name)
    return figures.Sample(run, meter, figures.error_lines(site) - errors_before)


def chosen_groups(groups, words):
    """The groups that words name, wholly or by what stands before their first "-"; in the groups' own order."""
    return [group for group in groups if any(word in (group, group.split("-")[0]) for word in words.split(","))]


def warm_up(options, groups, sites):
    for group in options.cases:
        for way in groups[group][1]:
            figures.progress(f"warm-up, {group}, {way.name}")
            load.wrk(sites[way.site].port, way.path, max(options.connections), options.warm_up, way.name)


def rounds(options, groups, sites, body):
    """Peers run one right after the other; every second round goes backwards, so that none is always the first."""
    samples = {}
    for number in range(options.rounds):
        for group in options.cases:
            ways = groups[group][1]
            for connections in options.connections:
                for way in ways if number % 2 == 0 else reversed(ways):
                    sample = measure(sites[way.site], way, body, connections, options.seconds)
                    samples.setdefault((group, connections, way.name), []).append(sample)
                    figures.progress(f"round {number + 1} of {options.rounds}, {group}, c{connections}, {way.name}", sample)
    return samples


def tables(options, groups, samples):
    for group in options.cases:
        title, ways = groups[group]
        figures.table(title, ways, options.connections, {key[1:]: value for key, value in samples.items() if key[0] == group})


def verdicts(targets, groups, samples):
    """What became of each target: (group, peer or None for the fastest in that round, what, at least or at most, limit,
    connections). The first way of a group is the one that is judged."""
    for group, peer, what, sign, limit, several in targets:
        own_way = groups[group][1][0]
        for connections in several:
            own = samples.get((group, connections, own_way.name))
            peers = [samples.get((group, connections, name)) for name in ([peer] if peer else own_way.peers)]
            if own and all(peers):
                # Within a round, the one that was fastest then.
                ratio = median(min(of_round) for of_round in zip(*(figures.ratios(own, runs, what) for runs in peers)))
                met = ratio >= limit if sign == ">=" else ratio <= limit
                name = "requests/s" if what == "rate" else "p99"
                whom = peer or "the fastest"
                yield (
                    f"target, {group} c{connections}: {name} {sign} {limit:.2f} times that of {whom}: "
                    f"{ratio:.2f}, {'met' if met else 'MISSED'}"
                )
