"""The report as Markdown tables, for documents."""

from reporting import figures, tables, targets, words
from reporting.words import cell


def document(result):
    return "\n\n".join(part for part in _parts(result) if part) + "\n"


def _parts(result):
    when = f"{result.started}: {words.undertaking(result)}".strip(": ")
    facts = [words.machine(result.machine), _versions(result), when]
    yield "\n".join(f"- {cell(fact)}" for fact in facts if fact)
    general, _ = result.warnings_apart()
    if general:
        yield "Warnings:\n\n" + "\n".join(f"- {cell(warning)}" for warning in general)
    if result.targets:
        yield f"## What was reached\n\n{targets.summary(result.targets)}."
        yield tables.all_targets(result).markdown()
    family = None
    for group in result.groups:
        if group.family != family:
            family = group.family
            yield f"## {cell(family)}"
        yield f"### {cell(group.title)}"
        yield cell(group.about)
        yield "\n".join(f"- {cell(way.name)}: {cell(way.how)}" for way in group.ways if way.how)
        yield from _measured(group)


def _versions(result):
    return ", ".join(f"{name} {version}" for name, version in words.versions(result.machine))


def _measured(group):
    found = False
    if group.runs and group.kind == "growth":
        found = True
        points = figures.points(group)
        yield tables.growth(group, points).markdown()
        ratios = tables.ratios(group, points, tables.axis_name(group))
        if ratios.rows:
            yield ratios.markdown()
        yield _doubts(group, points)
    elif group.runs:
        found = True
        cases = figures.cases(group)
        yield tables.all_of_cases(group, cases).markdown()
        yield _doubts(group, cases)
    memory, starts = tables.memory(group), tables.starts(group)
    for title, table in (("Memory, PSS in MiB:", memory), ("Start to the first answer:", starts)):
        if table.rows:
            found = True
            yield f"{title}\n\n{table.markdown()}"
    if not found:
        yield "Nothing was measured here."


def _doubts(group, several):
    lines = [
        f"- {f'{cell(key[1])} {cell(words.place(group, key[0]))}' if key else 'All'}: {cell(doubt)}"
        for key, doubt in figures.doubts(several)
    ]
    return "To be read with care:\n\n" + "\n".join(lines) if lines else ""
