"""What was to be reached, and whether it was: the same words for the page and for Markdown."""

from reporting.words import NONE, connections, place, plain, rounded

SIGNS = {">=": "at least", "<=": "at most"}


def unit(target):
    """Rates and latencies are targets as ratios; the others in their own units."""
    return {"rate": " ×", "p99": " ×", "cpu": " µs", "start": " s"}.get(target.get("what"), "")


def figure(target, value):
    if value is None:
        return NONE
    if target.get("what") == "memory":
        # A daemon takes more than 100 kB, and less than 100,000 MB.
        return f"{value / 1e6 if value > 1e5 else value:,.1f} MB"
    return (f"{value:.2f}" if value < 100 and target.get("what") != "cpu" else rounded(value)) + unit(target)


def limit(target):
    value = target.get("limit")
    if value is None:
        return NONE
    if target.get("what") == "memory":
        text = f"{plain(value / 1e6 if value > 1e5 else value)} MB"
    else:
        text = (f"{value:.2f}" if unit(target) == " ×" else plain(value)) + unit(target)
    return f"{SIGNS.get(target.get('sign'), target.get('sign') or '')} {text}".strip()


def outcome(target):
    """met, missed, or not measured."""
    met = target.get("met")
    if met is None or target.get("value") is None:
        return "not measured"
    return "met" if met else "missed"


def where(target, result):
    """The case it was taken from, as far as it is told: "gatepool, kept / multiwatch, 16 connections"."""
    words = " ÷ ".join(str(target[who]) for who in ("way", "peer") if target.get(who))
    if target.get("connections") is not None:
        words += f"{', ' if words else ''}{connections(target['connections'])}"
    group = result.group(target.get("group"))
    if target.get("x") is not None:
        words += f"{', ' if words else ''}{place(group, target['x']) if group else plain(target['x'])}"
    return words


def summary(targets):
    """ "9 of 11 targets met, 1 missed, 1 not measured"."""
    outcomes = [outcome(target) for target in targets]
    words = [f"{outcomes.count('met')} of {len(outcomes)} targets met"]
    words += [f"{outcomes.count(what)} {what}" for what in ("missed", "not measured") if what in outcomes]
    return ", ".join(words)
