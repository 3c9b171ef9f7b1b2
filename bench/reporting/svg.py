"""Pieces of SVG. Strips are as wide as there is room and know their places in per cent, so that their text keeps its
size; plots have a fixed shape and are scaled as a whole."""

from reporting.words import esc

STRIP = 18  # px, how high a bar is with its whiskers
HATCH = (
    '<svg class="defs" width="0" height="0" aria-hidden="true"><defs><pattern id="hatch" width="6" height="6" '
    'patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><line x1="0" y1="0" x2="0" y2="6"/></pattern></defs></svg>'
)


def percent(share):
    return f"{max(0.0, min(1.0, share)) * 100:.2f}%"


def number(value):
    return f"{value:.1f}".rstrip("0").rstrip(".")


def strip(title, content, height=STRIP, classes=""):
    return (
        f'<svg class="strip {classes}" width="100%" height="{height}" role="img" aria-label="{esc(title)}">'
        f"<title>{esc(title)}</title>{content}</svg>"
    )


def grid(scale, height=STRIP):
    return "".join(
        f'<line class="grid" x1="{percent(scale.at(tick))}" x2="{percent(scale.at(tick))}" y1="-4" y2="{height + 4}"/>'
        for tick in scale.ticks
    )


def axis(scale, write):
    """The strip beneath the bars: the ticks' names. The first and the last stay inside."""
    texts = []
    for tick in scale.ticks:
        share = scale.at(tick)
        anchor = "start" if share < 0.04 else "end" if share > 0.96 else "middle"
        texts.append(f'<text x="{percent(share)}" y="12" text-anchor="{anchor}">{esc(write(tick))}</text>')
    return f'<svg class="strip axis" width="100%" height="16" aria-hidden="true">{"".join(texts)}</svg>'


def bar(share, height=STRIP, fair=True):
    place = f'x="0" y="2" width="{percent(share)}" height="{height - 4}" rx="1.5"'
    if fair:
        return f'<rect class="bar" {place}/>'
    return f'<rect class="bar grey" {place}/><rect class="hatch" {place} fill="url(#hatch)"/>'


def whiskers(scale, spread, height=STRIP):
    """From the lowest to the highest round, and a dot for each."""
    middle = height / 2
    low, high = percent(scale.at(spread.low)), percent(scale.at(spread.high))
    lines = ""
    if len(spread.values) > 1:
        lines = f'<line class="whisker" x1="{low}" x2="{high}" y1="{number(middle)}" y2="{number(middle)}"/>' + "".join(
            f'<line class="whisker" x1="{end}" x2="{end}" y1="{number(middle - 4)}" y2="{number(middle + 4)}"/>'
            for end in (low, high)
        )
    return lines + "".join(
        f'<circle class="dot" cx="{percent(scale.at(value))}" cy="{number(middle)}" r="2"/>' for value in spread.values
    )


def marker(shape, x, y, size=4.0, classes="marker"):
    if shape == "circle":
        return f'<circle class="{classes}" cx="{number(x)}" cy="{number(y)}" r="{number(size)}"/>'
    corners = {
        "square": ((-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)),
        "diamond": ((0, -1.25), (1.25, 0), (0, 1.25), (-1.25, 0)),
        "triangle": ((0, -1.15), (1.1, 0.85), (-1.1, 0.85)),
        "down": ((0, 1.15), (1.1, -0.85), (-1.1, -0.85)),
        "cross": ((-0.4, -1.1), (0.4, -1.1), (0.4, -0.4), (1.1, -0.4), (1.1, 0.4), (0.4, 0.4), (0.4, 1.1), (-0.4, 1.1),
                  (-0.4, 0.4), (-1.1, 0.4), (-1.1, -0.4), (-0.4, -0.4)),
    }[shape]
    points = " ".join(f"{number(x + dx * size)},{number(y + dy * size)}" for dx, dy in corners)
    return f'<polygon class="{classes}" points="{points}"/>'


def key(classes, shape):
    """The sign of a way, before its name."""
    return (
        f'<svg class="key {classes}" width="26" height="12" aria-hidden="true">'
        f'<line class="line" x1="1" x2="25" y1="6" y2="6"/>{marker(shape, 13, 6)}</svg>'
    )


class Plot:
    """A coordinate system with names on both axes; `x` and `y` are scales."""

    def __init__(self, x, y, width=340, height=230, left=54, right=14, top=12, bottom=26):
        self.x, self.y = x, y
        self.width, self.height = width, height
        self.left, self.right, self.top, self.bottom = left, right, top, bottom
        self.content = []

    def px(self, value):
        return self.left + self.x.at(value) * (self.width - self.left - self.right)

    def py(self, value):
        return self.height - self.bottom - self.y.at(value) * (self.height - self.top - self.bottom)

    def add(self, content):
        self.content.append(content)

    def axes(self, write_x, write_y):
        """Horizontal lines at each tick, names left and below. The outermost names stay inside the plot."""
        for tick in self.y.ticks:
            y = number(self.py(tick))
            self.add(f'<line class="grid" x1="{self.left}" x2="{self.width - self.right}" y1="{y}" y2="{y}"/>')
            self.add(f'<text x="{self.left - 6}" y="{y}" dy=".35em" text-anchor="end">{esc(write_y(tick))}</text>')
        floor = self.height - self.bottom
        for tick in self.x.ticks:
            x, text = self.px(tick), esc(write_x(tick))
            # About 6.2 px a letter.
            x_text = min(x, self.width - 2 - len(text) * 3.1)
            self.add(f'<line class="tick" x1="{number(x)}" x2="{number(x)}" y1="{floor}" y2="{floor + 4}"/>')
            self.add(f'<text x="{number(x_text)}" y="{self.height - 8}" text-anchor="middle">{text}</text>')

    def path(self, points, classes="line"):
        steps = " ".join(f"{number(self.px(x))},{number(self.py(y))}" for x, y in points)
        self.add(f'<polyline class="{classes}" points="{steps}"/>')

    def band(self, points):
        """points: (x, low, high)."""
        there = [f"{number(self.px(x))},{number(self.py(high))}" for x, _, high in points]
        back = [f"{number(self.px(x))},{number(self.py(low))}" for x, low, _ in reversed(points)]
        self.add(f'<polygon class="band" points="{" ".join(there + back)}"/>')

    def svg(self, identity, title, description):
        return (
            f'<svg class="plot" viewBox="0 0 {self.width} {self.height}" role="img" '
            f'aria-labelledby="{identity}-t {identity}-d">'
            f'<title id="{identity}-t">{esc(title)}</title><desc id="{identity}-d">{esc(description)}</desc>'
            f'{"".join(self.content)}</svg>'
        )
