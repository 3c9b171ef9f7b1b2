"""Curves: latency over percentiles, and what happens when something grows."""

from reporting import bars, svg, tables, words
from reporting.scales import Linear, Log, Places

WIDE = {"width": 420, "height": 260}
PERCENTILES = ("p50", "p90", "p99", "max")


class Steps:
    """An axis of the four percentiles, equally far apart."""

    ticks = PERCENTILES

    def at(self, name):
        return 0.04 + 0.92 * PERCENTILES.index(name) / (len(PERCENTILES) - 1)


def percentiles(case):
    """[(name, ms)]: medians of the rounds, but of max the worst of all."""
    found = []
    for name in PERCENTILES:
        several = case.of(name)
        if several:
            found.append((name, several.high if name == "max" else several.middle))
    return found


def drawn_last(ways, look):
    """gatepool on top."""
    return sorted(ways, key=lambda way: (way.own, -look.variant[way.name]))


def notes(cases):
    """Beneath a plot: who did not do the work. cases: (where, Case)."""
    told = {}
    for where, case in cases:
        for kind, text in bars.badges(case):
            if kind == "bad":
                told.setdefault(case.way.name, []).append(f"{text} {where}".strip())
    return "".join(
        f'<p class="note"><b>{words.esc(name)}</b>: {words.esc("; ".join(texts))}</p>' for name, texts in told.items()
    )


def latencies(group, several, look):
    """One plot for each number of connections, all with the same axis."""
    values = [value for case in several.values() for _, value in percentiles(case)]
    if not values:
        return
    y = Log(values)
    places = list(dict.fromkeys(at for at, _ in several))
    # Few of them have more room, see page.py.
    wide = len(places) in (1, 2, 4)
    for at in places:
        plot = svg.Plot(Steps(), y, **(WIDE if wide else {}))
        plot.axes(str, words.span_of_time)
        told = []
        for way in drawn_last(group.ways, look):
            case = several.get((at, way.name))
            points = percentiles(case) if case else []
            if not points:
                continue
            text = f"{way.name}: " + ", ".join(f"{name} {words.ms(value)} ms" for name, value in points)
            told.append(text)
            plot.add(f'<g class="{look.classes(way)}{"" if case.fair else " unfair"}"><title>{words.esc(text)}</title>')
            plot.path([(name, max(value, y.low)) for name, value in points])
            for name, value in points:
                plot.add(svg.marker(look.shape(way), plot.px(name), plot.py(value), 3.6))
            plot.add("</g>")
        title = f"Latency at {words.connections(at)}: {group.title}"
        identity = f"lat-{words.identity(group.id)}-{words.identity(at)}"
        here = [("", several[at, way.name]) for way in group.ways if (at, way.name) in several]
        yield (
            f'<figure class="panel plain{" wide" if wide else ""}">'
            f"<figcaption><b>{words.esc(words.connections(at))}</b></figcaption>"
            f'{plot.svg(identity, title, "; ".join(told))}{notes(here)}</figure>'
        )


def legend(group, look, several):
    named = {name for _, name in several}
    keys = "".join(
        f'<span class="{look.classes(way)}">{svg.key(look.classes(way), look.shape(way))}{words.esc(way.name)}</span>'
        for way in group.ways
        if way.name in named
    )
    return f'<p class="legend">{keys}</p>'


def growth(group, several, look):
    """Two plots: requests/s and p99 against x."""
    for what, name in (("rate", "requests a second"), ("p99", "p99")):
        found = [case.of(what) for case in several.values() if case.of(what) and case.x is not None]
        if not found:
            continue
        x = Places([case.x for case in several.values() if case.x is not None], group.axis.get("log"))
        ends = [end for one in found for end in (one.low, one.high)]
        y = Linear(max(ends)) if what == "rate" else Log(ends)
        plot = svg.Plot(x, y, **WIDE, right=22)
        plot.axes(words.short, words.short if what == "rate" else words.span_of_time)
        told = []
        for way in drawn_last(group.ways, look):
            points = [
                (at, case.of(what), case)
                for (at, named), case in several.items()
                if named == way.name and case.of(what) and at is not None
            ]
            if not points:
                continue
            write = words.per_second if what == "rate" else words.ms
            text = f"{way.name}: " + ", ".join(f"{words.plain(at)}: {write(one.middle)}" for at, one, _ in points)
            told.append(text)
            plot.add(f'<g class="{look.classes(way)}"><title>{words.esc(text)}</title>')
            if len(points) > 1:
                plot.band([(at, one.low, one.high) for at, one, _ in points])
                plot.path([(at, one.middle) for at, one, _ in points])
            for at, one, case in points:
                classes = "marker" if case.fair else "marker hollow"
                plot.add(svg.marker(look.shape(way), plot.px(at), plot.py(one.middle), 3.8, classes))
            plot.add("</g>")
        title = f"{name} against {tables.axis_name(group)}: {group.title}"
        identity = f"grow-{words.identity(group.id)}-{what}"
        here = [(words.place(group, at), case) for (at, _), case in several.items()]
        yield (
            f'<figure class="panel plain wide"><figcaption><b>{words.esc(name)}</b><span class="figure">against '
            f"{words.esc(tables.axis_name(group))}</span></figcaption>"
            f'{plot.svg(identity, title, "; ".join(told))}{notes(here) if what == "rate" else ""}</figure>'
        )
