"""The first picture: gatepool's ratio to each peer, one number of connections for each group, on one axis."""

from reporting import figures, svg, tables, words
from reporting.scales import Log

USUAL = 16  # connections, for groups that no target speaks of


def chosen(group, result):
    """The number of connections that stands for a group: that of its first target, else 16, else the middle one."""
    there = list(dict.fromkeys(at for at, _ in figures.cases(group) if at is not None))
    for target in result.targets:
        if target.get("group") == group.id and target.get("connections") in there:
            return target["connections"]
    return USUAL if USUAL in there else there[len(there) // 2] if there else None


def selected(result):
    """(group, connections, its pairs there), for each group that has any."""
    for group in result.groups:
        if group.kind != "cases":
            continue
        at = chosen(group, result)
        several = figures.cases(group)
        found, seen = [], set()
        for where, pair in figures.pairs(group, several):
            if where == at and pair.rate and pair.peer.way.name not in seen:
                seen.add(pair.peer.way.name)
                found.append(pair)
        if found:
            yield group, at, found


def chart(result, looks):
    groups = list(selected(result))
    if not groups:
        return ""
    fair = [pair.rate for _, _, pairs in groups for pair in pairs if pair.fair]
    scale = Log([end for rate in fair for end in (rate.low, rate.high)] + [0.8, 1.25], tight=True)
    rows = []
    for group, at, pairs in groups:
        rows.append(
            f'<div class="row head"><a href="#g-{words.identity(group.id)}">{words.esc(group.title)}</a> '
            f"<small>{words.esc(words.connections(at))}</small></div>"
        )
        rows += [row(pair, looks[group.id], scale) for pair in pairs]
    table = tables.Table(
        ["group", "connections", "peer", "gatepool ÷ peer, requests/s", "mark"],
        [
            [group.title, words.plain(at), pair.peer.way.name, words.times_spread(pair.rate),
             "" if pair.fair else "not comparable"]
            for group, at, pairs in groups
            for pair in pairs
        ],
        numbers_from=9,
    )
    return (
        '<figure class="glance"><figcaption><b>Requests a second, gatepool ÷ peer</b>'
        '<span class="side">right of 1: gatepool does more</span></figcaption>'
        f'<div class="forest">{"".join(rows)}<div class="row"><div class="who"></div>'
        f"{svg.axis(scale, lambda tick: words.plain(round(tick, 6)) + ' ×')}<div></div></div></div></figure>"
        f"<details><summary>The figures as a table</summary>{table.html()}</details>"
    )


def row(pair, look, scale):
    way, rate = pair.peer.way, pair.rate
    text = f"{pair.own.way.name} ÷ {way.name}: {words.times_spread(rate)}"
    one = svg.percent(scale.at(1))
    drawn = svg.grid(scale) + f'<line class="one" x1="{one}" x2="{one}" y1="-4" y2="{svg.STRIP + 4}"/>'
    if pair.fair:
        low, high, at = (svg.percent(scale.at(value)) for value in (rate.low, rate.high, rate.middle))
        drawn += (
            f'<line class="reach" x1="{one}" x2="{at}" y1="9" y2="9"/>'
            f'<line class="whisker" x1="{low}" x2="{high}" y1="9" y2="9"/><circle class="marker" cx="{at}" cy="9" r="5"/>'
        )
        figure = words.times(rate.middle)
    else:
        why = pair.peer.unfair or pair.own.unfair
        text += f"; not comparable: {why}"
        drawn += f'<text class="in note" x="{one}" dx="8" y="13">{why}: not comparable</text>'
        figure = f'<s title="{words.esc(text)}">{words.times(rate.middle)}</s>'
    return (
        f'<div class="row {look.classes(way)}"><div class="who">{words.esc(way.name)}</div>'
        f'{svg.strip(text, drawn)}<div class="figure">{figure}</div></div>'
    )
