"""What was to be reached, and whether it was: the same words for the page and for Markdown."""

from reporting import figures
from reporting.words import NONE, connections, place, plain, rounded

SIGNS = {">=": "at least", "<=": "at most"}


def unit(target):
    what = target.get("what")
    if what in ("rate", "p99") and (target.get("peer") or target.get("x") is not None):
        return " ×"
    return {"rate": " requests/s", "p99": " ms", "cpu": " µs", "memory": " MiB", "start": " s"}.get(what, "")


def in_unit(target, value):
    # No daemon takes 100,000 MiB, and none takes less than 100,000 bytes.
    return value / 2**20 if target.get("what") == "memory" and value > 1e5 else value


def figure(target, value):
    if value is None:
        return NONE
    value = in_unit(target, value)
    return (f"{value:.2f}" if value < 10 else rounded(value)) + unit(target)


def limit(target):
    value = target.get("limit")
    if value is None:
        return NONE
    text = f"{value:.2f}" if unit(target) == " ×" else plain(round(in_unit(target, value), 2))
    return f"{SIGNS.get(target.get('sign'), target.get('sign') or '')} {text}{unit(target)}".strip()


def outcome(target):
    """met, missed, or not measured."""
    met = target.get("met")
    if met is None or target.get("value") is None:
        return "not measured"
    return "met" if met else "missed"


def where(target, result):
    """The case it was taken from, as far as it is told: "gatepool, kept ÷ multiwatch, 16 connections"."""
    group, at, theirs = result.group(target.get("group")), target.get("connections"), target.get("peer_connections")
    words = str(target.get("way") or "")
    if theirs is not None and at is not None:
        words += f" at {connections(at)}"
    if target.get("peer"):
        words += f" ÷ {target['peer']}"
    if theirs is not None:
        words += f" at {connections(theirs)}"
    elif at is not None:
        words += f", {connections(at)}"
    if target.get("x") is not None:
        words += f", {place(group, target['x']) if group else plain(target['x'])}"
    return "; ".join(part for part in (words.strip(", "), *doubts(target, group)) if part)


def doubts(target, group):
    """What its cases did not do: a target is not reached by ignoring clients, nor against who ignores them."""
    if not group or target.get("what") not in ("rate", "p99", "cpu"):
        return
    at = target.get("connections")
    for name, connections in ((target.get("way"), at), (target.get("peer"), target.get("peer_connections") or at)):
        runs = [
            run
            for run in group.runs
            if run["way"] == name and run.get("connections") == connections and run.get("x") == target.get("x")
        ]
        if runs:
            case = figures.Case(group.way(name), connections, target.get("x"), runs)
            if case.starved:
                yield f"CAREFUL: {name} starved clients"
            if case.uneven:
                yield f"CAREFUL: {name} {case.uneven_text}"
            if case.errors:
                yield f"CAREFUL: {name} had {sum(case.errors.values()):,} errors"


def summary(targets):
    """ "9 of 11 targets met, 1 missed, 1 not measured"."""
    outcomes = [outcome(target) for target in targets]
    words = [f"{outcomes.count('met')} of {len(outcomes)} targets met"]
    words += [f"{outcomes.count(what)} {what}" for what in ("missed", "not measured") if what in outcomes]
    return ", ".join(words)
