"""Sums that could pass 64 bits are found before a sweep runs, with exact integers.

A sweep only ever adds values of one tree, so the sum of all magnitudes bounds everything it can hold. Leg
volumes contain one another; what is added of them are legs of one parent, so there the bound is taken for
each depth. Both tests begin with the bits in use, a stream of 8 bytes a member that settles every ordinary
field.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from compplan.errors import ExactnessError, Problem, Rows
from compplan.volumes.member_arrays import as_input
from compplan.volumes.sweep import bounds_of, in_threads
from compplan.volumes.sweep_kernels import magnitude_bits, magnitude_halves, magnitude_halves_by_depth

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from compplan.genealogy.tree import Tree

    Volumes = NDArray[np.int64]

LIMIT = 2**63


def bound(values: Volumes, threads: int = 1) -> int:
    """Return a power of two that no magnitude passes, cheaply."""
    ranges = pairwise(bounds_of(values.size, threads))
    bits: list[int] = in_threads(lambda ends: int(magnitude_bits(values[slice(*ends)])), list(ranges))
    return power_above(max(bits))


def power_above(bits: int) -> int:
    """Return the next power of two that no magnitude passes, from the bits that `magnitude_bits` found."""
    return 1 << int(bits).bit_length()


def magnitude(values: Volumes) -> int:
    """Return the exact sum of magnitudes.

    Examples
    --------
    >>> magnitude(np.array([2**62, -(2**63)]))
    13835058055282163712
    """
    high, low = magnitude_halves(as_input(values))
    return (int(high) << 32) + int(low)


def magnitude_by_depth(tree: Tree, values: Volumes) -> int:
    """Return the exact sum of magnitudes of that depth where it is largest."""
    high = np.zeros(tree.max_depth + 1, np.int64)
    low = np.zeros(tree.max_depth + 1, np.int64)
    magnitude_halves_by_depth(tree.depth, as_input(values), high, low)
    high += low >> 32
    low &= 0xFFFFFFFF
    worst = np.lexsort((low, high))[-1]
    return (int(high[worst]) << 32) + int(low[worst])


def check_sum(tree: Tree, name: str, values: Volumes, threads: int = 1) -> None:
    """Make sure that any sum of the values of different members fits 64 bits.

    Raises
    ------
    ExactnessError
        If the magnitudes of all values sum to 2**63 or more.
    """
    if bound(values, threads) * values.size >= LIMIT and (total := magnitude(values)) >= LIMIT:
        raise too_large(tree, name, values, f"the magnitudes of all values sum to {total}")


def check_legs(tree: Tree, name: str, values: Volumes, threads: int = 1, room: int = 0) -> None:
    """Make sure that any sum of the values of siblings fits 64 bits, also when `room` is added to it.

    Raises
    ------
    ExactnessError
        If the magnitudes of the values of one depth sum to 2**63 or more.
    """
    if bound(values, threads) * values.size + room < LIMIT:
        return
    if values.size and (total := magnitude_by_depth(tree, values) + room) >= LIMIT:
        raise too_large(tree, name, values, f"the magnitudes of one depth sum to {total}")


def check_share(tree: Tree, name: str, values: Volumes, num: int, den: int) -> None:
    """Make sure that `num / den` of each value fits 64 bits, with the whole part multiplied first.

    Raises
    ------
    ExactnessError
        If a product could be 2**63 or more.
    """
    if num <= den or not values.size:
        return
    largest = max(int(values.max()), -int(values.min()))
    if (largest // den + 1) * num >= LIMIT:
        raise too_large(tree, name, values, f"{num}/{den} of the largest value passes 2**63")


def too_large(tree: Tree, name: str, values: Volumes, what: str) -> ExactnessError:
    """Return the error, with the member whose value is largest."""
    row = int(np.argmax(values ^ (values >> 63)))
    message = f"{what}, which does not fit 64 bits; the largest value is {values[row]}"
    place = Rows(tree.name, name, values.size, (row,))
    return ExactnessError(Problem("overflow", message, place, "check the value and the scale of the volume"))
