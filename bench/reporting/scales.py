"""Axes: where a value is, from 0 to 1, and the ticks that are easily read."""

import math


class Linear:
    """From nothing to a round number at or above `top`."""

    def __init__(self, top):
        top = top if top and top > 0 else 1.0
        power = 10.0 ** math.floor(math.log10(top))
        steps = [factor * power for factor in (0.1, 0.2, 0.25, 0.5, 1, 2, 2.5)]
        counted = [(step, math.ceil(top / step - 1e-9)) for step in steps]
        step, count = min(((step, count) for step, count in counted if 3 <= count <= 5), key=lambda one: one[0] * one[1])
        self.top = step * count
        self.ticks = [step * number for number in range(count + 1)]

    def at(self, value):
        return value / self.top


class Log:
    """Whole decades, or steps of 1, 2 and 5 where these would be too wide. Nothing (0) stands at the left end."""

    def __init__(self, values, tight=False):
        positive = [value for value in values if value and value > 0] or [1.0]
        low, high = min(positive), max(positive)
        steps = [factor * 10.0**power for power in range(-9, 13) for factor in (1, 2, 5)]
        if tight or high / low > 100:
            ends = steps if tight else steps[::3]
        else:
            ends = steps
        below = max([step for step in ends if step <= low * 1.0001], default=low)
        above = min([step for step in ends if step >= high * 0.9999], default=high)
        if below == above:
            above = below * 10
        self.low, self.high = below, above
        decades = math.log10(above / below)
        within = [step for step in steps if below * 0.999 <= step <= above * 1.001]
        self.ticks = within if decades < 2.2 else [step for step in within if step in steps[::3]]

    def at(self, value):
        if value <= self.low:
            return 0.0
        return min(1.0, math.log(value / self.low) / math.log(self.high / self.low))


class Places:
    """A logarithmic or linear axis through chosen values, with a tick at each that has room. A 0 on a logarithmic axis
    gets a place of its own at the left."""

    def __init__(self, values, log, room=0.09):
        values = sorted(set(values)) or [0.0]
        positive = [value for value in values if value > 0]
        self.log = bool(log and positive)
        self.gap = 0.0
        if self.log:
            self.low, self.high = min(positive), max(positive)
            self.gap = 0.14 if values[0] <= 0 and self.low < self.high else 0.0
        else:
            self.low, self.high = min(values), max(values)
        # The ends matter most, then those between from the right: there labels are long.
        self.ticks = []
        for value in [values[-1], values[0], *values[-2:0:-1]]:
            if all(abs(self.at(value) - self.at(other)) >= room for other in self.ticks):
                self.ticks.append(value)
        self.ticks.sort()

    def at(self, value):
        if self.low == self.high:
            return 0.0 if value < self.low else 0.5
        if not self.log:
            return (value - self.low) / (self.high - self.low)
        if value <= 0:
            return 0.0
        return self.gap + (1 - self.gap) * math.log(value / self.low) / math.log(self.high / self.low)
