"""How many requests a key may send: a strict sliding window, the hardest reading of both APIs' limits."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field


@dataclass
class SlidingWindow:
    """At most `limit` requests of one key in any `window_s` seconds; refused ones don't count.

    `violations` counts the refused requests per key, so that a test can ask for none.
    """

    limit: int
    window_s: float
    now: Callable[[], float]
    violations: Counter[Hashable] = field(default_factory=Counter)
    _taken: dict[Hashable, deque[float]] = field(default_factory=dict)

    def admit(self, key: Hashable) -> float:
        """Take a place in the window; returns 0.0, or the seconds to wait where there is none."""
        taken = self._current(key)
        if len(taken) < self.limit:
            taken.append(self.now())
            return 0.0
        self.violations[key] += 1
        return taken[0] + self.window_s - self.now()

    def remaining(self, key: Hashable) -> int:
        return self.limit - len(self._current(key))

    def _current(self, key: Hashable) -> deque[float]:
        taken = self._taken.setdefault(key, deque())
        while taken and taken[0] <= self.now() - self.window_s:
            taken.popleft()
        return taken
