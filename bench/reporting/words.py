"""Figures as people read them, and text that is safe in HTML and in Markdown."""

import html
import math

NONE = "–"
PART_NAMES = {"web": "web server", "bridge": "bridge", "workers": "workers", "load": "load generator"}


def esc(text):
    """For HTML, in text and in quoted attributes."""
    return html.escape(str(text), quote=True)


def cell(text):
    """For a cell of a Markdown table, where HTML would be obeyed as well."""
    text = " ".join(str(text).split())
    for sign in "\\`*_[]|":
        text = text.replace(sign, "\\" + sign)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def rounded(value, digits=3):
    """About so many digits that mean something, and thousands apart: 0.0412, 4.12, 41.2, 41,234."""
    if value is None:
        return NONE
    if value == 0:
        return "0"
    places = digits - 1 - math.floor(math.log10(value))
    return f"{value:,.{min(max(places, 0), digits + 2)}f}"


def plain(value):
    """A number somebody has chosen: 0.9, 64, 5,000."""
    return NONE if value is None else f"{value:,.10g}" if value != int(value) else f"{int(value):,}"


def per_second(value):
    return NONE if value is None else f"{value:,.0f}" if value >= 100 else rounded(value)


def ms(value):
    return NONE if value is None else rounded(value)


def us(value):
    return NONE if value is None else f"{value:,.1f}" if value < 1000 else f"{value:,.0f}"


def mib(value):
    return NONE if value is None else f"{value / 2**20:,.1f}"


def times(value):
    return NONE if value is None else f"{_ratio(value)} ×"


def _ratio(value):
    return f"{value:.2f}" if value < 10 else rounded(value)


def times_spread(several):
    """The ratio and, in brackets, the lowest and the highest of the rounds."""
    if several is None:
        return NONE
    if len(several.values) == 1:
        return times(several.middle)
    return f"{_ratio(several.middle)} × ({_ratio(several.low)}–{_ratio(several.high)})"


def connections(number):
    if number is None:
        return "connections unknown"
    return f"{plain(number)} connection" + ("" if number == 1 else "s")


def place(group, at):
    """Which case of a group: "at 16 connections", "at 5,000 connections at rest", "at service time 20 ms"."""
    name, unit = group.axis.get("name") or "x", group.axis.get("unit")
    if group.kind != "growth" or name == "connections":
        return f"at {connections(at)}"
    return f"at {name} {plain(at)} {unit}" if unit else f"at {plain(at)} {name}"


def span_of_time(milliseconds):
    """A tick of a logarithmic axis: 10 us, 1 ms, 1 s."""
    for unit, size in (("s", 1000), ("ms", 1), ("µs", 0.001)):
        if milliseconds >= size * 0.999:
            return f"{milliseconds / size:,.4g} {unit}"
    return f"{milliseconds * 1000:.2g} µs"


def short(value):
    """A tick: 0, 500, 20k, 1.5M."""
    for unit, size in (("M", 1e6), ("k", 1e3)):
        if value >= size * (10 if unit == "k" else 1):
            return f"{value / size:.4g}{unit}"
    return plain(round(value, 10))


def machine(found):
    """The machine in one line."""
    cores = found.get("cores")
    processors = f"{cores} × {found.get('cpu') or 'unknown processor'}" if cores else found.get("cpu")
    words = [
        processors or "",
        f"{found['memory_gib']:,.1f} GiB" if isinstance(found.get("memory_gib"), (int, float)) else "",
        found.get("os") or "",
        f"Linux {found['kernel']}" if found.get("kernel") else "",
        f"virtual ({found['virtual']})" if found.get("virtual") else "",
    ]
    return ", ".join(str(word) for word in words if word)


def versions(found):
    """[(name, version)], where "gatepool": "gatepool 1.0" is told once."""
    several = (found.get("versions") or {}).items()
    return [(name, str(version).removeprefix(f"{name} ")) for name, version in several if version]


def undertaking(result):
    """How it was measured, in one line."""
    words = [
        f"{result.form} form" if result.form else "",
        f"{plain(result.rounds)} round{'' if result.rounds == 1 else 's'}" if isinstance(result.rounds, (int, float)) else "",
        f"{plain(result.seconds)} s each run" if isinstance(result.seconds, (int, float)) else "",
        f"{plain(result.rest)} s of rest before it" if isinstance(result.rest, (int, float)) and result.rest else "",
        f"{result.minutes:,.1f} minutes in all" if isinstance(result.minutes, (int, float)) else "",
    ]
    return ", ".join(word for word in words if word)


def identity(text):
    """For an id in HTML, of whatever letters; two texts never have the same."""
    return "".join(
        letter if letter == "-" or (letter.isascii() and letter.isalnum()) else f"_{ord(letter):x}" for letter in str(text)
    )
