"""From the volumes that kernels added up to the tally, in exact integers; and the proof that it balances."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from compplan.bonuses.walk.spec import Tally
from compplan.errors import ExactnessError
from compplan.money_arrays import exact_sum

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from compplan.bonuses.walk.ranges import Part
    from compplan.bonuses.walk.spec import Walk


@dataclass
class Volumes:
    """What the ranges of a walk added up, as Python integers that do not wrap.

    Attributes
    ----------
    paid
        object[classes, columns]: volume that was paid on (exact payments: numerator times volume).
    extra
        The same for shares that are allotted on top.
    unqualified, unrated
        object[columns]: volume lost because nobody qualified stood there, and for want of a numerator.
    short
        object[listed]: volume of sources that found this many levels and no more.
    deep
        Volume once for each member that used up a level beyond the listed ones.
    nobodys, below
        The same as `unqualified` and `unrated`, already multiplied: what goes to nobody qualified, and what
        rates are below the best.
    rest
        Exact payments less rounded ones; None where the products passed 64 bits.
    """

    paid: NDArray[np.object_]
    extra: NDArray[np.object_]
    unqualified: NDArray[np.object_]
    unrated: NDArray[np.object_]
    short: NDArray[np.object_]
    deep: int = 0
    nobodys: int = 0
    below: int = 0
    rest: int | None = 0

    @classmethod
    def none(cls, walk: Walk) -> Volumes:
        """Return empty books."""

        def empty(*shape: int) -> NDArray[np.object_]:
            return np.full(shape, 0, object)

        table, columns = (walk.classes, walk.columns), walk.columns
        return cls(empty(*table), empty(*table), empty(columns), empty(columns), empty(walk.listed))


def total_of(walk: Walk, parts: Iterable[Part]) -> Volumes:
    """Add up the books of ranges."""
    total = Volumes.none(walk)
    for part in (part.volumes for part in parts):
        total.paid += part.paid
        total.extra += part.extra
        total.unqualified += part.unqualified
        total.unrated += part.unrated
        total.short += part.short
        total.deep += part.deep
        total.nobodys += part.nobodys
        total.below += part.below
        total.rest = None if total.rest is None or part.rest is None else total.rest + part.rest
    return total


def halves(pair: NDArray[np.int64]) -> int:
    """Return the integer of a high and a low half."""
    return (int(pair[0]) << 32) + int(pair[1])


def tally(walk: Walk, volume: int, volumes: Volumes, pay: NDArray[np.int64]) -> Tally:
    """Draw up the books, from the sum of all bases and what the kernels added up.

    Allotted comes from the sources alone, paid from the pay, and each reason from where it arose, so their
    equality proves the run.

    Raises
    ------
    ExactnessError
        If they are not equal: then no number of this run can be trusted.
    """
    best = walk.best
    listed, rates = best[: walk.listed], walk.numerators.astype(object)
    tail = best[-1] if walk.tail else 0
    below = np.array(best, object) - rates
    paid = walk.denominator * exact_sum(pay)
    exact = _sum((volumes.paid + volumes.extra) * rates)
    books = Tally(
        denominator=walk.denominator,
        allotted=volume * sum(listed) + volumes.deep * tail + _sum(volumes.extra * rates),
        paid=paid,
        no_upline=sum(int(v) * sum(listed[found:]) for found, v in enumerate(volumes.short)),
        not_qualified=_dot(volumes.unqualified, best) + volumes.nobodys,
        lower_rate=_sum(volumes.paid * below) + _dot(volumes.unrated, best) + volumes.below,
        rounding=volumes.rest if volumes.rest is not None else exact - paid,
    )
    if books.allotted != books.paid + books.breakage:
        raise ExactnessError(f"the books of {walk.bonus} do not balance: {books}")
    return books


def _dot(volume: NDArray[np.object_], rates: Sequence[int]) -> int:
    return sum(int(v) * rate for v, rate in zip(volume, rates, strict=True))


def _sum(products: NDArray[np.object_]) -> int:
    return int(products.sum()) if products.size else 0
