"""The report as one HTML page that needs nothing else: no network, no script."""

from pathlib import Path

from reporting import chapter, front, glance, palette, svg, words
from reporting.words import esc

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
    yield front.warnings(result)
    yield front.reached(result)
    picture = glance.chart(result, looks)
    if picture:
        yield f'<section><h2>At a glance</h2>{picture}</section>'
    yield front.contents(result)
    yield front.HOW_TO_READ
    family = None
    for group in result.groups:
        if group.family != family:
            family = group.family
            yield f'<h2 class="family">{esc(family)}</h2>'
        yield from chapter.chapter(group, looks[group.id])
    yield "</main><footer><p>Made by gatepool's bench/report.py from a file that holds every single run.</p></footer>"
