"""The result of a benchmark as it is in its file: read, checked, and put in order.

Strict about what is named (a run of a way that nobody has described would silently be missing in the report), lenient
about figures: one that was not measured is null or absent, and the report says so.
"""

import json

FORMAT = "gatepool-bench 1"
KINDS = ("cases", "growth", "start")
FIGURES = (
    *("round", "connections", "x", "seconds", "requests", "rate", "p50", "p90", "p99", "max", "served"),
    *("elsewhere", "steal", "error_log_lines", "limit", "value", "peer_connections"),
)
REMEDY = "write it anew with this version's bench scripts"


class Unreadable(Exception):
    """The file cannot be reported on: says what is wrong, where, and what to do."""


class Way:
    """One server with one setting, in one group."""

    def __init__(self, described):
        self.name = described["name"]
        self.server = described.get("server") or self.name
        self.how = described.get("how") or ""
        self.own = bool(described.get("own"))
        self.peers = described.get("peers") or []


class Group:
    """Ways that are compared with each other, and everything that was measured of them."""

    def __init__(self, described):
        self.id = described["id"]
        self.family = described.get("family") or "Other"
        self.title = described.get("title") or self.id
        self.about = described.get("about") or ""
        self.kind = described.get("kind") or "cases"
        self.axis = described.get("axis") or {}
        self.ways = [Way(way) for way in described.get("ways") or []]
        self.runs = []
        self.memory = []
        self.starts = []

    def way(self, name):
        return next((way for way in self.ways if way.name == name), None)


class Result:
    def __init__(self, content):
        self.form = content.get("form") or ""
        self.started = content.get("started") or ""
        self.minutes = content.get("minutes")
        self.rounds = content.get("rounds")
        self.seconds = content.get("seconds")
        self.rest = content.get("rest")
        self.machine = content.get("machine") or {}
        self.warnings = content.get("warnings") or []
        self.targets = content.get("targets") or []
        self.groups = [Group(group) for group in content["groups"]]
        for what in ("runs", "memory", "starts"):
            for record in content.get(what) or []:
                getattr(self.group(record["group"]), what).append(record)

    def warnings_apart(self):
        """Those of the whole run; and those that speak of one case only, which the report tells at its place."""
        ids = tuple(f"{group.id}, " for group in self.groups)
        of_cases = [warning for warning in self.warnings if str(warning).startswith(ids)]
        return [warning for warning in self.warnings if warning not in of_cases], of_cases

    def group(self, name):
        return next((group for group in self.groups if group.id == name), None)


def read(path):
    """A Result. Raises Unreadable."""
    try:
        with open(path, encoding="utf-8") as file:
            content = json.load(file)
    except OSError as problem:
        raise Unreadable(f"{path}: {problem.strerror}; name a file that a benchmark wrote with --json") from problem
    except UnicodeDecodeError as problem:
        raise Unreadable(f"{path}: not UTF-8 (byte {problem.start}), so no result; {REMEDY}") from problem
    except ValueError as problem:
        raise Unreadable(f"{path}: not JSON ({problem}), perhaps cut off; {REMEDY}") from problem
    check(path, content)
    return Result(content)


def check(path, content):
    def wrong(what):
        raise Unreadable(f"{path}: {what}; {REMEDY}")

    def records(where, holder, what):
        """The list in holder[what], where absent means empty; each record is an object."""
        several = holder.get(what)
        if several is None:
            return []
        if not isinstance(several, list):
            wrong(f"{where}{what} is no list")
        for number, one in enumerate(several):
            if not isinstance(one, dict):
                wrong(f"{where}{what}[{number}] is no object")
        return several

    def text(where, record, what):
        if not isinstance(record.get(what), str) or not record[what]:
            wrong(f'{where} has no "{what}"')
        return record[what]

    if not isinstance(content, dict) or "format" not in content:
        wrong(f'no "format", expected "{FORMAT}": this is no result of bench')
    if content["format"] != FORMAT:
        wrong(f'its format is "{content["format"]}", this report reads only "{FORMAT}"')
    if not isinstance(content.get("groups"), list):
        wrong('no list "groups"')
    machine = content.get("machine") or {}
    if not isinstance(machine, dict) or not isinstance(machine.get("versions") or {}, dict):
        wrong('"machine", or "versions" in it, is no object')
    if not isinstance(content.get("warnings") or [], list):
        wrong('"warnings" is no list')
    ways = {}
    for number, group in enumerate(records("", content, "groups")):
        where = f"groups[{number}]"
        name = text(where, group, "id")
        if name in ways:
            wrong(f'{where}: a second group with the id "{name}"')
        if (group.get("kind") or "cases") not in KINDS:
            wrong(f'{where}: its kind is "{group["kind"]}", known are {", ".join(KINDS)}')
        if not isinstance(group.get("axis") or {}, dict):
            wrong(f"{where}: its axis is no object")
        described = records(f"{where}.", group, "ways")
        ways[name] = {text(f"{where}.ways[{at}]", way, "name") for at, way in enumerate(described)}
        if len(ways[name]) < len(described):
            wrong(f"{where}: two of its ways have the same name")
        for way in described:
            for peer in way.get("peers") or []:
                if peer not in ways[name]:
                    wrong(f'{where}: "{way["name"]}" has the peer "{peer}", which is no way of this group')
    for what in ("runs", "memory", "starts"):
        for number, record in enumerate(records("", content, what)):
            where = f"{what}[{number}]"
            group, way = text(where, record, "group"), text(where, record, "way")
            if group not in ways:
                wrong(f'{where} is of the group "{group}", which is not in "groups"')
            if way not in ways[group]:
                wrong(f'{where} is of the way "{way}", which the group "{group}" does not have')
            numbers(where, record, wrong)
    for number, target in enumerate(records("", content, "targets")):
        text(f"targets[{number}]", target, "row")
        numbers(f"targets[{number}]", target, wrong)


def numbers(where, record, wrong):
    """What is calculated with is a number, or null, or absent; finite, for Python also reads NaN and Infinity."""

    def look(name, value):
        if value is None:
            return
        if isinstance(value, bool) or not isinstance(value, (int, float)) or value != value or abs(value) > 1e300:
            wrong(f'{where}: "{name}" is {json.dumps(value)}, which is no number')
        if value < 0:
            wrong(f'{where}: "{name}" is {value}, less than nothing')

    for name in FIGURES:
        look(name, record.get(name))
    for name in ("errors", "cpu", "pss"):
        parts = {} if record.get(name) is None else record[name]
        if not isinstance(parts, dict):
            wrong(f'{where}: "{name}" is no object')
        for part, value in parts.items():
            look(f"{name}.{part}", value)
