"""Sales in the order of time: which number each is at its seller, and who gets it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from compplan.jit import inline, kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

U = np.uint32
NOBODY = -1


class Sellers(NamedTuple):
    """What is read of every member: who stands above, his row of numbers, whether he can keep and be passed to.

    `near` is the nearest above who can be passed to; `lower` of such a member the nearest of them above him who
    qualified before him; `since` is empty where qualification has no date.
    """

    parent: NDArray[np.int32]
    row: NDArray[np.int16]
    keeps: NDArray[np.bool_]
    takes: NDArray[np.bool_]
    near: NDArray[np.int32]
    lower: NDArray[np.int32]
    since: NDArray[np.int64]


class Counters(NamedTuple):
    """What goes on from period to period, by member: sales so far; of a buyer, his number and who got his last sale."""

    sold: NDArray[np.int64]
    number: NDArray[np.int64]
    receiver: NDArray[np.int64]


class Sales(NamedTuple):
    """The sales by time, and what becomes of each: its number (0 for none), who gets it, and whether it goes up."""

    buyer: NDArray[np.int32]
    value: NDArray[np.int64]
    time: NDArray[np.int64]
    number: NDArray[np.int64]
    taker: NDArray[np.int32]
    passed: NDArray[np.bool_]


@kernel
def nearest_above(parent, end, sellers):
    """Write `near`, and `lower` of members who are above somebody."""
    timed = sellers.since.size > 0
    for i in range(parent.size):
        up = parent[U(i)]
        near = np.int32(NOBODY)
        if up >= 0:
            near = up if sellers.takes[U(up)] else sellers.near[U(up)]
        sellers.near[U(i)] = near
        if timed and end[U(i)] > i + 1:
            while near >= 0 and sellers.since[U(near)] >= sellers.since[U(i)]:
                near = sellers.lower[U(near)]
            sellers.lower[U(i)] = near


@inline
def nearest(member, time, sellers):
    """Return the nearest above a member who can be passed to at a time."""
    e = sellers.near[U(member)]
    if sellers.since.size > 0:
        while e >= 0 and sellers.since[U(e)] >= time:
            e = sellers.lower[U(e)]
    return e


@kernel
def number_sales(sellers, counters, sales, passes, most, by_buyer, same_receiver, lost_goes_up):
    """Number the sales of one volume at their sellers, and find who gets each.

    `passes` says by row, and number up to `most`, what goes up. A negative value follows the buyer's last sale.
    """
    timed = sellers.since.size > 0
    for s in range(sales.buyer.size):
        buyer, value, time = U(sales.buyer[s]), sales.value[s], sales.time[s]
        seller = sellers.parent[buyer]
        sales.number[s], sales.taker[s], sales.passed[s] = 0, seller, False
        if value == 0 or seller < 0:
            continue
        known = counters.number[buyer] > 0
        if value < 0:
            if known:
                sales.taker[s] = counters.receiver[buyer]
                sales.passed[s] = sales.taker[s] != seller
            continue
        number = counters.number[buyer]
        if not (by_buyer and known):
            counters.sold[U(seller)] += 1
            number = counters.sold[U(seller)]
        goes_up = number <= most and passes[np.int64(sellers.row[U(seller)]) * (most + 1) + number]
        if lost_goes_up and not goes_up:
            late = timed and sellers.since[U(seller)] >= time
            goes_up = late or not sellers.keeps[U(seller)]
        if by_buyer and known and same_receiver:
            sales.taker[s] = counters.receiver[buyer]
            goes_up = sales.taker[s] != seller
        elif goes_up:
            sales.taker[s] = nearest(U(seller), time, sellers)
        counters.number[buyer] = number
        counters.receiver[buyer] = sales.taker[s]
        sales.number[s], sales.passed[s] = number, goes_up
