"""The first places of a list: who stands where, and the weight of each place."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from compplan.errors import ExactnessError
from compplan.money import INT64_MAX

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from compplan.bonuses.share_out.share import Keys

    Ints = NDArray[np.int64]

Ties = Literal["earlier_last_order", "smaller_id", "shared"]


@dataclass(frozen=True)
class Listed:
    """The members who hold the first places.

    Attributes
    ----------
    members
        Their positions, best first; whoever shares the last place is among them.
    place
        The place of each, 1 for the first; equal for those who share.
    weights
        The share of each, times `factor`.
    factor
        What the shares were multiplied by, so that shared places stay whole.
    """

    members: NDArray[np.intp]
    place: NDArray[np.int32]
    weights: Ints
    factor: int


def first_places(
    number: Ints, listed: NDArray[np.bool_], shares: Sequence[int], ties: Ties, keys: Keys, last: Ints | None
) -> Listed:
    """Rank members by a number, the largest first, and give each place its share.

    Parameters
    ----------
    number
        int64[n]; who has none above zero stands in no place.
    listed
        Who can stand in the list.
    shares
        The share of each place, as whole numbers.
    ties
        `smaller_id` and `earlier_last_order` put one before the other, `shared` gives each the mean of their places.
    keys
        Numbers in the order of the ids.
    last
        The last order of each member, for `earlier_last_order`; who has none is before those who have.
    """
    standing = np.flatnonzero(listed & (number > 0))
    if standing.size > len(shares):
        values = number[standing]
        least = np.partition(values, values.size - len(shares))[values.size - len(shares)]
        standing = standing[values >= least]
    by = [keys(standing), -number[standing]]
    if ties == "earlier_last_order" and last is not None:
        by.insert(1, last[standing])
    members = standing[np.lexsort(by)]
    if ties == "shared":
        return _shared(members, number[members], shares)
    members = members[: len(shares)]
    place = np.arange(1, members.size + 1, dtype=np.int32)
    return Listed(members, place, np.array(shares[: members.size], np.int64), 1)


def _shared(members: NDArray[np.intp], values: Ints, shares: Sequence[int]) -> Listed:
    """Let equals share: the sum of the shares of the places that they fill together, by their number."""
    starts = np.flatnonzero(np.r_[True, values[1:] != values[:-1]]) if values.size else np.zeros(0, np.intp)
    sizes = np.diff(np.r_[starts, values.size])
    factor = math.lcm(*map(int, sizes))
    sums = [sum(shares[a : a + size]) for a, size in zip(starts.tolist(), sizes.tolist(), strict=True)]
    weights = [total * factor // size for total, size in zip(sums, sizes.tolist(), strict=True)]
    if max(weights, default=0) > INT64_MAX:
        raise ExactnessError("places are shared by groups of too many sizes: break ties by order or id")
    place = np.repeat(starts + 1, sizes).astype(np.int32)
    return Listed(members, place, np.repeat(np.array(weights, np.int64), sizes), factor)
