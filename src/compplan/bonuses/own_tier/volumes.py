"""Own volume in the parts that are paid each at its own rate: bands, and blocks of one size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from compplan.bonuses.prepare.bands import Bands

    Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Parts:
    """Volumes, one entry a part, a member's parts one after the other.

    Attributes
    ----------
    source
        Whose volume it is.
    line
        Row of the orders table, -1 for none.
    klass
        Row of the rate table, -1 for none.
    base
        The volume.
    open
        Whether the part is paid at all; false for an incomplete block.
    """

    source: NDArray[np.int32]
    line: Ints
    klass: NDArray[np.int16]
    base: Ints
    open: NDArray[np.bool_]

    def take(self, rows: NDArray[np.intp] | NDArray[np.int32]) -> Parts:
        """Return some of the parts."""
        return Parts(self.source[rows], self.line[rows], self.klass[rows], self.base[rows], self.open[rows])


def in_bands(parts: Parts, bands: Bands, total: Ints) -> Parts:
    """Split volumes by bands: they are the last that was added to `total`, the orders of a member in their order.

    Parameters
    ----------
    parts
        The volumes of the period, at the bands' scale.
    total
        int64[n] by member: the quantity that has the bands, with the period's volume in it.
    """
    running = np.cumsum(parts.base)
    own = np.zeros(total.size, np.int64)
    np.add.at(own, parts.source, parts.base)
    first = np.searchsorted(parts.source, parts.source, side="left")
    before = running - parts.base - np.where(first > 0, running[first - 1], 0)
    low = (total - own)[parts.source] + before
    found = bands.parts(low, low + parts.base)
    taken = parts.take(found.span)
    return Parts(taken.source, taken.line, found.band, found.size, taken.open)


def in_blocks(
    parts: Parts,
    bands: Bands | None,
    size: int,
    incomplete: Literal["own_rate", "previous_rate", "unpaid"],
    after: int,
) -> Parts:
    """Split volumes into full blocks and the rest; volume of zero or below has no block.

    Parameters
    ----------
    bands
        The bands of marginal rates; None where the whole volume has one rate.
    size
        Of a block, at the scale of the volumes.
    incomplete
        What the rest gets: its own rate, that of the last full block, or nothing.
    after
        How many full blocks there must be before the rest is paid.
    """
    parts = parts.take(np.flatnonzero(parts.base > 0))
    full = parts.base // size * size
    pays = (full // size >= after) & (incomplete != "unpaid")
    if incomplete == "previous_rate":
        pays &= full > 0
    whole, rest = _split(parts, full, bands), _rest(parts, full, bands, previous=incomplete == "previous_rate")
    rest = Parts(rest.source, rest.line, rest.klass, rest.base, pays[np.searchsorted(parts.source, rest.source)])
    both = [np.concatenate(each) for each in zip(_columns(whole), _columns(rest), strict=True)]
    joined = Parts(*both)
    return joined.take(np.argsort(joined.source, kind="stable"))


def _columns(parts: Parts) -> tuple[NDArray[np.generic], ...]:
    return parts.source, parts.line, parts.klass, parts.base, parts.open


def _split(parts: Parts, full: Ints, bands: Bands | None) -> Parts:
    """Return the full blocks."""
    if bands is None:
        made = Parts(parts.source, parts.line, parts.klass, full, parts.open)
        return made.take(np.flatnonzero(full > 0))
    found = bands.parts(np.zeros(full.size, np.int64), full)
    taken = parts.take(found.span)
    return Parts(taken.source, taken.line, found.band, found.size, taken.open)


def _rest(parts: Parts, full: Ints, bands: Bands | None, *, previous: bool) -> Parts:
    """Return the incomplete blocks."""
    rest = parts.base - full
    if bands is None or previous:
        klass = parts.klass
        if bands is not None:
            klass = (np.searchsorted(bands.starts, full, side="left") - 1).astype(np.int16)
        made = Parts(parts.source, parts.line, klass, rest, parts.open)
        return made.take(np.flatnonzero(rest > 0))
    found = bands.parts(full, parts.base)
    taken = parts.take(found.span)
    return Parts(taken.source, taken.line, found.band, found.size, taken.open)
