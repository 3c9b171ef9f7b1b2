"""Bars: requests a second for each number of connections, CPU and memory in pieces, times of starts."""

from reporting import figures, svg, words
from reporting.scales import Linear
from reporting.words import esc


def row(look, way, figure, strip, side="", notes=(), unfair=False):
    """One way: its name and its figure above, its bar beneath."""
    marks = "".join(f'<span class="badge {kind}">{esc(text)}</span>' for kind, text in notes)
    marks = f'<div class="marks">{marks}</div>' if marks else ""
    return (
        f'<div class="row {look.classes(way)}{" unfair" if unfair else ""}">'
        f'<div class="who">{svg.key(look.classes(way), look.shape(way))}<span>{esc(way.name)}</span></div>'
        f'<div class="figure">{figure}</div><div class="side">{side}</div>{marks}{strip}</div>'
    )


def panel(title, rows, axis="", head="", side=""):
    return (
        f'<figure class="panel{"" if side else " plain"}"><figcaption><b>{esc(title)}</b>'
        f'<span class="figure">{esc(head)}</span><span class="side">{esc(side)}</span></figcaption>{"".join(rows)}{axis}</figure>'
    )


def badges(case):
    """What must be seen at once; figures.Case.doubts says it at length."""
    if case.starved:
        yield "bad", f"served {case.served:,} of {words.connections(case.connections)}"
    if case.uneven:
        yield "bad", case.uneven_text
    if case.errors:
        yield "bad", f"{sum(case.errors.values()):,} errors ({', '.join(case.errors)})"
    if case.noisy:
        yield "warn", f"noisy: spread {case.rate.width:.0%}"


def not_measured(look, way):
    return row(look, way, words.NONE, svg.strip(f"{way.name}: not measured", ""), notes=[("warn", "not measured")])


def rates(group, several, look):
    """One panel for each number of connections, all with the same axis."""
    scale = Linear(max((case.rate.high for case in several.values() if case.rate), default=1))
    ratio = {}
    for at, pair in figures.pairs(group, several):
        ratio.setdefault((at, pair.peer.way.name), pair)
    side = "gatepool ÷ it" if ratio else ""
    for at in dict.fromkeys(at for at, _ in several):
        rows = []
        for way in group.ways:
            case = several.get((at, way.name))
            if case is None or case.rate is None:
                rows.append(not_measured(look, way))
                continue
            rate = case.rate
            title = (
                f"{way.name}, {words.connections(at)}: {words.per_second(rate.middle)} requests/s, from "
                f"{words.per_second(rate.low)} to {words.per_second(rate.high)} in {len(rate.values)} rounds"
            )
            title += "".join(f"; {doubt}" for doubt in case.doubts())
            strip = svg.strip(
                title, svg.grid(scale) + svg.bar(scale.at(rate.middle), fair=case.fair) + svg.whiskers(scale, rate)
            )
            rows.append(
                row(look, way, words.per_second(rate.middle), strip, ratio_text(ratio.get((at, way.name))),
                    badges(case), not case.fair)
            )
        yield panel(words.connections(at), rows, svg.axis(scale, words.short), "requests/s", side)


def ratio_text(pair):
    if pair is None or pair.rate is None:
        return ""
    text = words.times(pair.rate.middle)
    range_text = f"{pair.own.way.name} ÷ {pair.peer.way.name}, same rounds: {words.times_spread(pair.rate)}"
    if not pair.fair:
        return f'<s title="{esc(range_text)}; not comparable">{text}</s>'
    return f'<span title="{esc(range_text)}">{text}</span>'


def pieces(scale, sizes, write, height=svg.STRIP):
    """A bar of parts one after the other; those with room carry their figure."""
    start, drawn = 0.0, []
    for part, size in sizes.items():
        share = scale.at(size)
        drawn.append(
            f'<rect class="part {part}" x="{svg.percent(start)}" y="2" width="{svg.percent(share)}" height="{height - 4}">'
            f"<title>{words.PART_NAMES[part]}: {esc(write(size))}</title></rect>"
        )
        if share > 0.13:
            drawn.append(
                f'<text class="in {part}" x="{svg.percent(start + share / 2)}" y="{height / 2 + 4:g}" '
                f'text-anchor="middle">{esc(write(size))}</text>'
            )
        start += share
    return "".join(drawn)


def listed(sizes, write):
    return ", ".join(f"{words.PART_NAMES[part]} {write(size)}" for part, size in sizes.items())


def cpu(group, several, look):
    scale = Linear(max((sum(case.cpu.values()) for case in several.values()), default=1))
    for at in dict.fromkeys(at for at, _ in several):
        rows = []
        for way in group.ways:
            case = several.get((at, way.name))
            if case is None or not case.cpu:
                rows.append(not_measured(look, way))
                continue
            served = {part: size for part, size in case.cpu.items() if part != "load"}
            title = f"{way.name}, {words.connections(at)}: CPU for each request in µs: {listed(case.cpu, words.us)}"
            strip = svg.strip(title, svg.grid(scale) + pieces(scale, case.cpu, words.us), classes="parts")
            figure = words.us(sum(served.values())) if served else words.NONE
            hard = [badge for badge in badges(case) if badge[0] == "bad"]
            rows.append(row(look, way, figure, strip, notes=hard, unfair=not case.fair))
        yield panel(words.connections(at), rows, svg.axis(scale, words.short), "µs without load generator")


def memory(group, look):
    """One panel for each state; a way that has no figure for a state is left out of it."""
    scale = Linear(max((sum(sizes(record).values()) for record in group.memory), default=1) / 2**20)
    states = list(dict.fromkeys(record.get("state") or "" for record in group.memory))
    for state in sorted(states, key=lambda name: {"idle": 0, "loaded": 1}.get(name, 2)):
        rows = []
        for way in group.ways:
            for record in group.memory:
                if record["way"] == way.name and (record.get("state") or "") == state:
                    found = {part: size / 2**20 for part, size in sizes(record).items()}
                    title = f"{way.name}, {state}: memory (PSS) in MiB: {listed(found, words.rounded)}"
                    strip = svg.strip(title, svg.grid(scale) + pieces(scale, found, words.rounded), classes="parts")
                    rows.append(row(look, way, words.rounded(sum(found.values())) if found else words.NONE, strip))
        yield panel(state or "memory", rows, svg.axis(scale, words.short), "MiB")


def sizes(record):
    pss = record.get("pss") or {}
    return {part: pss[part] for part in figures.PARTS[:3] if pss.get(part) is not None}


def starts(group, look):
    found = figures.starts(group)
    scale = Linear(max((case.of("seconds").high for case in found.values() if case.of("seconds")), default=1))
    ratio = {}
    for _, pair in figures.pairs(group, found):
        ratio.setdefault(pair.peer.way.name, pair.start)
    rows = []
    for way in group.ways:
        several = found[None, way.name].of("seconds") if (None, way.name) in found else None
        if several is None:
            rows.append(not_measured(look, way))
            continue
        title = (
            f"{way.name}: {words.rounded(several.middle)} s to the first answer, from {words.rounded(several.low)} to "
            f"{words.rounded(several.high)} in {len(several.values)} rounds"
        )
        strip = svg.strip(title, svg.grid(scale) + svg.bar(scale.at(several.middle)) + svg.whiskers(scale, several))
        side = words.times(ratio[way.name].middle) if ratio.get(way.name) else ""
        rows.append(row(look, way, words.rounded(several.middle), strip, side))
    head = "gatepool ÷ it" if any(ratio.values()) else ""
    return panel("from start to first answer", rows, svg.axis(scale, words.short), "seconds", head)


def parts_legend(load=True):
    parts = [part for part in figures.PARTS if load or part != "load"]
    return (
        '<p class="legend">'
        + "".join(f'<span><i class="swatch {part}"></i>{words.PART_NAMES[part]}</span>' for part in parts)
        + "</p>"
    )
