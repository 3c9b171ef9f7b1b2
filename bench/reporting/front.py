"""What stands before the groups: warnings, what was reached, the table of contents, how to read it all."""

from reporting import targets
from reporting.words import esc, identity

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


def warnings(result):
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


def reached(result):
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
        '<div class="scroll" tabindex="0" role="region" aria-label="Table"><table class="targets"><thead><tr><th>target</th><th class="n">limit</th>'
        f'<th class="n">reached</th><th>outcome</th></tr></thead><tbody>{"".join(rows)}</tbody></table></div></section>'
    )


def contents(result):
    families = {}
    for group in result.groups:
        families.setdefault(group.family, []).append(f'<li><a href="#g-{identity(group.id)}">{esc(group.title)}</a></li>')
    if not families:
        return "<p>Nothing was measured.</p>"
    listed = "".join(f"<div><b>{esc(family)}</b><ul>{''.join(items)}</ul></div>" for family, items in families.items())
    return f'<nav aria-label="Groups"><h2>What was measured</h2><div class="contents">{listed}</div></nav>'
