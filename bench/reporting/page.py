"""The report as one HTML page that needs nothing else: no network, no script."""

from pathlib import Path

from reporting import bars, curves, figures, glance, palette, svg, tables, targets, words
from reporting.words import esc, identity

# Even if text from the result found a way through, nothing would be run or fetched.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"


def page(result):
    numbers = palette.assign(result)
    looks = {group.id: palette.Look(group, numbers) for group in result.groups}
    style = (Path(__file__).parent / "style.css").read_text(encoding="utf-8") + palette.style()
    title = "gatepool beside its peers"
    head = (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{esc(title)}, {esc(result.started)}</title>\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n<style>\n{style}\n</style>\n'
        f"</head>\n<body>\n{svg.HATCH}\n"
    )
    return head + "\n".join(part for part in _parts(result, looks, title) if part) + "\n</body>\n</html>\n"


def _parts(result, looks, title):
    yield f"<header><h1>{esc(title)}</h1>"
    yield f'<p class="sub">{esc(" · ".join(part for part in (result.started, words.undertaking(result)) if part))}</p>'
    yield f'<p class="machine">{esc(words.machine(result.machine))}</p>'
    versions = words.versions(result.machine)
    if versions:
        listed = "".join(f"<div><dt>{esc(name)}</dt><dd>{esc(version)}</dd></div>" for name, version in versions)
        yield f'<dl class="versions">{listed}</dl>'
    yield "</header><main>"
    yield _warnings(result)
    yield _targets(result)
    picture = glance.chart(result, looks)
    if picture:
        yield f'<section><h2>At a glance</h2>{picture}</section>'
    yield _contents(result)
    yield HOW_TO_READ
    family = None
    for group in result.groups:
        if group.family != family:
            family = group.family
            yield f'<h2 class="family">{esc(family)}</h2>'
        yield from _group(group, looks[group.id])
    yield "</main><footer><p>Made by gatepool's bench/report.py from a file that holds every single run.</p></footer>"


HOW_TO_READ = """<details class="reading"><summary>How to read this page</summary>
<p>The ways of a group are run one right after the other, round after round. A <b>bar</b> is the median of the rounds, each
dot one round, the line with ends reaches from the lowest to the highest. <b>gatepool ÷ it</b> is the ratio of requests a
second, made of runs of the same round only: its median over the rounds. Above 1 gatepool does more.</p>
<p>A bar that is <b>grey and hatched</b> belongs to a case in which connections got no answer at all (starved), in which most
answers went to less than half of the connections while the others stood in line (uneven: requests/s × p50 is how many were
served at a time), or in which requests failed. Who keeps clients waiting looks fast, so such a figure is not to be compared,
and its ratio is struck out. The same rule holds for gatepool. <b>noisy</b> says that the rounds spread over more than 15% of
their median.</p>
<p><b>Latency</b> is as the load generator saw it: medians of the rounds for p50, p90 and p99; max is the worst of all
rounds. It asks the next question when the last one is answered, which flatters whoever is slow. <b>CPU</b> is user and system time of all
processes of a part, for each request; the figure above a bar leaves the load generator out. <b>Memory</b> is PSS: pages that
processes share are counted once.</p></details>"""


def _warnings(result):
    general, of_cases = result.warnings_apart()
    if not result.warnings:
        return ""
    lists = f"<ul>{''.join(f'<li>{esc(warning)}</li>' for warning in general)}</ul>" if general else ""
    if of_cases:
        lists += (
            f"<details><summary>{len(of_cases)} about single cases, each told at its place below too</summary>"
            f"<ul>{''.join(f'<li>{esc(warning)}</li>' for warning in of_cases)}</ul></details>"
        )
    return f'<section class="warnings" aria-label="Warnings"><h2>To be read with care</h2>{lists}</section>'


def _targets(result):
    if not result.targets:
        return ""
    rows = []
    signs = {"met": "✓", "missed": "✗", "not measured": "–"}
    for target in result.targets:
        outcome = targets.outcome(target)
        name = esc(target["row"])
        if result.group(target.get("group")):
            name = f'<a href="#g-{identity(target["group"])}">{name}</a>'
        rows.append(
            f'<tr class="{outcome.replace(" ", "-")}"><td>{name}<small>{esc(targets.where(target, result))}</small></td>'
            f'<td class="n">{esc(targets.limit(target))}</td>'
            f'<td class="n reached">{esc(targets.figure(target, target.get("value")))}</td>'
            f'<td class="outcome"><span aria-hidden="true">{signs[outcome]}</span> {outcome}</td></tr>'
        )
    return (
        f'<section id="reached"><h2>What was reached</h2><p class="lead">{esc(targets.summary(result.targets))}.</p>'
        '<div class="scroll" tabindex="0"><table class="targets"><thead><tr><th>target</th><th class="n">limit</th>'
        f'<th class="n">reached</th><th>outcome</th></tr></thead><tbody>{"".join(rows)}</tbody></table></div></section>'
    )


def _contents(result):
    families = {}
    for group in result.groups:
        families.setdefault(group.family, []).append(f'<li><a href="#g-{identity(group.id)}">{esc(group.title)}</a></li>')
    if not families:
        return "<p>Nothing was measured.</p>"
    listed = "".join(f"<div><b>{esc(family)}</b><ul>{''.join(items)}</ul></div>" for family, items in families.items())
    return f'<nav aria-label="Groups"><h2>What was measured</h2><div class="contents">{listed}</div></nav>'


def _group(group, look):
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
