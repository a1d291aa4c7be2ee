"""Standardised points of a chart → where a pattern says that this is no noise."""

from collections.abc import Callable, Collection, Sequence
from functools import partial
from itertools import pairwise

Window = Sequence[float]


def _same_side(z: Window) -> bool:
    return all(x > 0 for x in z) or all(x < 0 for x in z)


def _steady(z: Window) -> bool:
    steps = [b - a for a, b in pairwise(z)]
    return all(s > 0 for s in steps) or all(s < 0 for s in steps)


def _alternating(z: Window) -> bool:
    steps = [b - a for a, b in pairwise(z)]
    return all(a * b < 0 for a, b in pairwise(steps))


def _mostly_beyond(z: Window, zone: float) -> bool:
    """All but one beyond the zone on the side of the last point, the last point among them."""
    side = 1 if z[-1] > 0 else -1
    return side * z[-1] > zone and sum(side * x > zone for x in z) >= len(z) - 1


# Rule → number of points, and what they must look like. "2w" is the Western Electric run of eight.
RULES: dict[str, tuple[int, Callable[[Window], bool]]] = {
    "1": (1, lambda z: abs(z[0]) > 3),
    "2": (9, _same_side),
    "2w": (8, _same_side),
    "3": (6, _steady),
    "4": (14, _alternating),
    "5": (3, partial(_mostly_beyond, zone=2)),
    "6": (5, partial(_mostly_beyond, zone=1)),
    "7": (15, lambda z: all(abs(x) < 1 for x in z)),
    "8": (8, lambda z: all(abs(x) > 1 for x in z)),
}
DEFAULT = ("1", "2w")


def fired(z: Sequence[float | None], rule: str, *, breaks: Collection[int] = ()) -> list[int]:
    """Where a rule fires: the place of the last point of each pattern, counted from 0.

    Formula: 1 |z| > 3; 2 nine (2w eight) on one side; 3 six steadily up or down; 4 fourteen alternating; 5 two of three
    beyond 2 on one side; 6 four of five beyond 1 on one side; 7 fifteen within 1; 8 eight beyond 1 on either side.
    Takes: z of every point, None for one that is not tested and passed over; the name of a rule; breaks, the places at
    which a new series starts. All inequalities are strict; a point on the centre line is on neither side; 5 and 6 need
    their last point beyond.
    Refuses: an unknown rule.
    Source: Nelson 1984, Journal of Quality Technology 16:237-239; Western Electric 1956.
    """
    if rule not in RULES:
        raise ValueError(f"rule must be one of {', '.join(RULES)}; got {rule!r}")
    size, matches = RULES[rule]
    found: list[int] = []
    run: list[float] = []
    for i, x in enumerate(z):
        if i in breaks:
            run = []
        if x is None:
            continue
        run = [*run[1 - size :], x] if size > 1 else [x]
        if len(run) == size and matches(run):
            found.append(i)
    return found


def signals(
    z: Sequence[float | None], rules: Collection[str] = DEFAULT, *, breaks: Collection[int] = ()
) -> dict[str, list[int]]:
    """Where each of the rules fires; by default a point beyond 3 and a run of eight.

    Formula: fired(z, rule) for every rule.
    Takes: as fired.
    Refuses: an unknown rule.
    Source: Nelson 1984; by default .127 false signals in 24 points, all eight rules .244.
    """
    return {rule: fired(z, rule, breaks=breaks) for rule in rules}
