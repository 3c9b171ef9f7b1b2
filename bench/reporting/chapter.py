"""One group: what was measured, how each way is started, and its charts."""

from reporting import bars, curves, figures, svg, tables, words
from reporting.words import esc, identity


def chapter(group, look):
    yield f'<article id="g-{identity(group.id)}"><h3>{esc(group.title)}</h3>'
    if group.about:
        yield f'<p class="about">{esc(group.about)}</p>'
    hows = "".join(
        f'<div class="{look.classes(way)}"><dt>{svg.key(look.classes(way), look.shape(way))}{esc(way.name)}</dt>'
        f"<dd><code>{esc(way.how)}</code></dd></div>"
        for way in group.ways
        if way.how
    )
    if hows:
        yield f'<details class="hows" open><summary>How each is started</summary><dl>{hows}</dl></details>'
    measured = [section for section in _sections(group, look) if section]
    if len({run.get("connections") for run in group.runs}) == 1 and group.kind != "growth":
        # One chart in each section: two of them side by side.
        measured = ['<div class="pairs">', *measured, "</div>"]
    yield from measured or ['<p class="nothing">Nothing was measured here.</p>']
    yield "</article>"


def _sections(group, look):
    several = figures.points(group) if group.kind == "growth" else figures.cases(group)
    if group.kind == "growth":
        ratios = tables.ratios(group, several, tables.axis_name(group))
        legend = curves.legend(group, look, several)
        yield _section("", curves.growth(group, several, look), [tables.growth(group, several), ratios], legend)
    elif group.runs:
        yield from _cases(group, several, look)
    if group.memory:
        legend = bars.parts_legend(load=False)
        yield _section("Memory", bars.memory(group, look), [tables.memory(group)], legend)
    if group.starts:
        yield _section("Start", [bars.starts(group, look)], [tables.starts(group)])
    yield _doubts(group, several)


def _cases(group, several, look):
    figures_of_it = [tables.rates(several), tables.ratios(group, several)]
    yield _section("Requests a second", bars.rates(group, several, look), figures_of_it)
    legend = curves.legend(group, look, several)
    yield _section("Latency", curves.latencies(group, several, look), [tables.latencies(several)], legend)
    if any(case.cpu for case in several.values()):
        yield _section("CPU for each request", bars.cpu(group, several, look), [tables.cpu(several)], bars.parts_legend())


def _section(title, panels, several, legend=""):
    panels = list(panels)
    if not panels:
        return ""
    listed = "".join(table.html() for table in several if table.rows)
    columns = {2: "two", 3: "three", 4: "two"}.get(len(panels), "")
    return (
        f"<section>{f'<h4>{title}</h4>' if title else ''}{legend}<div class=\"panels {columns}\">{''.join(panels)}</div>"
        f"<details><summary>The figures as a table</summary>{listed}</details></section>"
    )


def _doubts(group, several):
    lines = "".join(
        f"<li>{f'<b>{esc(key[1])}</b> {esc(words.place(group, key[0]))}' if key else 'All'}: {esc(doubt)}</li>"
        for key, doubt in figures.doubts(several)
    )
    return f'<aside class="doubts"><b>To be read with care</b><ul>{lines}</ul></aside>' if lines else ""
