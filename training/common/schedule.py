"""Where a run stands between its start, 0, and its end, 1, by iterations or by the clock.

Points of a run (a stage's start, where the rates begin to fall) are shares of the whole below 1
and iterations from 1 on.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable


class Progress:
    """Counts iterations, or the clock's minutes where there are any.

    The minutes count from here on, so that what is loaded and compiled first is in them; the run's
    share counts from `begin`.
    """

    def __init__(
        self,
        iterations: int,
        minutes: float | None = None,
        clock: Callable[[], float] = time.monotonic,
    ):
        self.iterations, self.minutes, self.clock = iterations, minutes, clock
        self.first = self.start = clock()

    def begin(self) -> None:
        self.start = self.clock()

    def at(self, iteration: int) -> float:
        """The share that is done after so many iterations; 1 or more at the end."""
        if self.minutes is None:
            return iteration / self.iterations
        whole = self.first + 60 * self.minutes - self.start
        return (self.clock() - self.start) / whole if whole > 0 else 1.0

    def elapsed(self) -> float:
        """Minutes since the start."""
        return (self.clock() - self.first) / 60


def share(point: float, iterations: int) -> float:
    """A point of a run of so many iterations as a share of it."""
    return point if point < 1 else point / iterations


def passed(before: float, after: float, every: float) -> bool:
    """Whether a multiple of `every` lies in (before, after]; all three are shares."""
    slack = 1e-9  # of a quotient of two iterations
    return math.floor(after / every + slack) > math.floor(before / every + slack)


def warm_cosine(iteration: int, position: float, warmup: int, end: float) -> float:
    """The share of the top rate: up over `warmup` iterations, and down from 1 to `end` along a cosine over the run."""
    cosine = 0.5 * (1 + math.cos(math.pi * min(1.0, position)))
    return min(1, (iteration + 1) / warmup) * (end + (1 - end) * cosine)
