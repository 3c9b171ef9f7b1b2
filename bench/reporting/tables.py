"""Every figure as a table: beneath the charts of the page, and in Markdown. The cells are plain text."""

from reporting import figures, targets
from reporting.words import (
    NONE, PART_NAMES, cell, esc, mib, ms, per_second, plain, rounded, times_spread, us,
)


class Table:
    """Columns before `numbers_from` are text, the others figures, set to the right."""

    def __init__(self, headers, rows, numbers_from=1):
        self.headers = headers
        self.rows = rows
        self.numbers_from = numbers_from

    def html(self):
        def line(tag, cells):
            return "".join(
                f"<{tag}{' class=n' if at >= self.numbers_from else ''}>{esc(text)}</{tag}>" for at, text in enumerate(cells)
            )

        body = "\n".join(f"<tr>{line('td', row)}</tr>" for row in self.rows)
        return (
            f'<div class="scroll" tabindex="0" role="region" aria-label="Table"><table><thead><tr>{line("th", self.headers)}</tr></thead>'
            f"<tbody>\n{body}\n</tbody></table></div>"
        )

    def markdown(self):
        rules = ["---:" if at >= self.numbers_from else "---" for at in range(len(self.headers))]
        lines = [[cell(text) for text in row] for row in [self.headers, *self.rows]]
        lines.insert(1, rules)
        return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def shown(several, write):
    """min, median, max."""
    return [write(several.low), write(several.middle), write(several.high)] if several else [NONE] * 3


def middle(several, write):
    return write(several.middle) if several else NONE


def error_text(case):
    return ", ".join(f"{count:,} {kind}" for kind, count in case.errors.items()) or "0"


def served_text(case):
    if case.served is None:
        return NONE
    how = ", starved" if case.starved else f", uneven: about {case.at_a_time:.0f} at a time" if case.uneven else ""
    return f"{case.served:,} of {plain(case.connections)}{how}"


def marks(case):
    words = ["starved"] if case.starved else []
    words += ["uneven"] if case.uneven else []
    words += ["errors"] if case.errors else []
    words += ["noisy"] if case.noisy else []
    return ", ".join(words)


def rates(several):
    return Table(
        ["way", "connections", "min", "requests/s, median", "max", "served", "errors", "mark"],
        [
            [name, plain(at), *shown(case.rate, per_second), served_text(case), error_text(case), marks(case)]
            for (at, name), case in several.items()
        ],
    )


def ratios(group, several, axis="connections"):
    return Table(
        ["gatepool's way", "÷ peer", axis, "requests/s", "p99", "mark"],
        [
            [pair.own.way.name, pair.peer.way.name, plain(at), times_spread(pair.rate), times_spread(pair.p99),
             "" if pair.fair else "not comparable"]
            for at, pair in figures.pairs(group, several)
        ],
        numbers_from=2,
    )


def latencies(several):
    return Table(
        ["way", "connections", "p50", "p90", "p99", "max (worst round)"],
        [
            [name, plain(at), *(middle(case.of(what), ms) for what in ("p50", "p90", "p99")),
             ms(case.of("max").high) if case.of("max") else NONE]
            for (at, name), case in several.items()
        ],
    )


def cpu_cells(case):
    cpu = case.cpu
    return [us(cpu.get(part)) for part in figures.PARTS] + [
        us(sum(size for part, size in cpu.items() if part != "load") if set(cpu) - {"load"} else None)
    ]


def cpu(several):
    return Table(
        ["way", "connections", *(PART_NAMES[part] for part in figures.PARTS), "all but the load generator"],
        [[name, plain(at), *cpu_cells(case)] for (at, name), case in several.items()],
    )


def memory(group):
    parts = figures.PARTS[:3]
    rows = []
    for way in group.ways:
        for record in group.memory:
            if record["way"] == way.name:
                pss = record.get("pss") or {}
                known = [size for size in (pss.get(part) for part in parts) if size is not None]
                rows.append([way.name, record.get("state") or NONE, *(mib(pss.get(part)) for part in parts),
                             mib(sum(known) if known else None)])
    return Table(["way", "state", *(PART_NAMES[part] for part in parts), "all"], rows, numbers_from=2)


def starts(group):
    found = figures.starts(group)
    ratio = {}
    for _, pair in figures.pairs(group, found):
        ratio.setdefault(pair.peer.way.name, times_spread(pair.start))
    rows = []
    for (_, name), case in found.items():
        seconds = case.of("seconds")
        rows.append([name, *shown(seconds, rounded), str(len(case.runs)), ratio.get(name, "" if case.way.own else NONE)])
    return Table(["way", "min", "seconds, median", "max", "rounds", "gatepool ÷ it"], rows)


def axis_name(group):
    name, unit = group.axis.get("name") or "x", group.axis.get("unit")
    return f"{name}, {unit}" if unit else str(name)


def growth(group, several):
    return Table(
        ["way", axis_name(group), "requests/s: min", "median", "max", "p99: min", "median", "max", "served", "errors"],
        [
            [name, plain(at), *shown(case.rate, per_second), *shown(case.of("p99"), ms), served_text(case),
             error_text(case)]
            for (at, name), case in several.items()
        ],
    )


def all_of_cases(group, several):
    """The one table of a group in Markdown. The ratio is the one of gatepool's first way that has this peer."""
    ratio = {}
    for at, pair in figures.pairs(group, several):
        ratio.setdefault((at, pair.peer.way.name), times_spread(pair.rate) + ("" if pair.fair else ", not comparable"))
    rows = []
    for (at, name), case in several.items():
        worst = case.of("max")
        rows.append(
            [name, plain(at), *shown(case.rate, per_second), *(middle(case.of(what), ms) for what in ("p50", "p99")),
             ms(worst.high) if worst else NONE, error_text(case),
             served_text(case), *cpu_cells(case)[:4],
             ratio.get((at, name), "" if case.way.own else NONE)]
        )
    return Table(
        ["way", "connections", "requests/s: min", "median", "max", "p50, ms", "p99", "max", "errors", "served",
         "CPU, µs/request: web server", "bridge", "workers", "load generator", "gatepool ÷ it"],
        rows,
    )


def all_targets(result):
    return Table(
        ["target", "limit", "reached", "outcome", "case"],
        [
            [target["row"], targets.limit(target), targets.figure(target, target.get("value")), targets.outcome(target),
             targets.where(target, result)]
            for target in result.targets
        ],
        numbers_from=9,
    )
