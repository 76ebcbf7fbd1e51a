"""The orders of a field's members in one period: kits, orders, autoships and returns, with exact amounts."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa

from compplan.synthetic import calibration as cal
from compplan.synthetic import columns
from compplan.synthetic import synth_kernels as kernels
from compplan.synthetic.members import EPOCH, member_ids

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from compplan.synthetic.field import Spec
    from compplan.synthetic.members import People

COUNT, LINES, TURN, SHUFFLE, ORDER_ID = range(16, 21)


class Lines(NamedTuple):
    """Order rows: the buyer's row among the members, the day, codes, and cents."""

    member: NDArray[np.int32]
    day: NDArray[np.int32]
    kind: NDArray[np.int8]
    product: NDArray[np.int8]
    cents: NDArray[np.int32]

    def taken(self, rows: NDArray[np.int32]) -> Lines:
        return Lines(self.member[rows], self.day[rows], self.kind[rows], self.product[rows], self.cents[rows])


def orders_table(spec: Spec, who: People) -> pa.Table:
    """Return the orders as a table: by date, members of a day in no order, or all shuffled."""
    number, line = ordered(spec, who)
    whole = (1000,) * len(cal.PRODUCT_CLASSES)
    return pa.table(
        {
            "order_id": columns.ids(number, spec.ids, "O", spec.key(ORDER_ID)),
            "member_id": member_ids(spec, line.member),
            "date": columns.dates(line.day),
            "type": columns.words(line.kind, cal.ORDER_TYPES),
            "product_class": columns.words(line.product, cal.PRODUCT_CLASSES),
            "qv": columns.money(line.cents, line.product, cal.QV_OF_AMOUNT),
            "cv": columns.money(line.cents, line.product, cal.CV_OF_AMOUNT),
            "amount": columns.money(line.cents, line.product, whole),
            "autoship": pa.array(line.kind == kernels.AUTOSHIP),
        },
    )


def ordered(spec: Spec, who: People) -> tuple[NDArray[np.int32], Lines]:
    """Return number and content of each order row as the table has them."""
    count = order_counts(spec, who)
    # Members take their turn at random here, before any row is written: to scatter finished rows instead took
    # 2.3 times as long for the whole field, by cache misses.
    turn = columns.permutation(who.size, spec.key(TURN))
    turn = turn[count[turn] > 0]
    sorted_lines = by_day(spec, lines(spec, who, turn, count[turn]))
    if not spec.shuffle:
        return np.arange(sorted_lines.day.size, dtype=np.int32), sorted_lines
    number = columns.permutation(sorted_lines.day.size, spec.key(SHUFFLE))
    return number, sorted_lines.taken(number)


def order_counts(spec: Spec, who: People) -> NDArray[np.int32]:
    """Return how many order rows each member has, about `orders_per_member` on the average of all members."""
    count = np.zeros(who.size, np.int32)
    if spec.orders_per_member == 0:
        return count
    groups = (cal.SELLERS, cal.CUSTOMERS)
    buyers = [g.buyers(whole_year=spec.whole_year) for g in groups]
    limits = np.array([[(share << 32) // 1000 for share in shares] for shares in buyers], np.uint64).T.copy()
    extra = spec.orders_per_member / _buying(spec) - 1
    spread = np.array(cal.EXTRA_ROWS, np.int64)
    kernels.order_counts(spec.key(COUNT), who.starts, limits, int(extra * 65536), spread, who.kind, count)
    return count


def _buying(spec: Spec) -> Fraction:
    """Return the expected share of the members who buy in the period."""
    seller = cal.KIND_SHARES[0] if spec.customers else 1000
    weighed = ((cal.SELLERS, seller), (cal.CUSTOMERS, 1000 - seller))
    shares = [
        weight * sum(m * b for m, b in zip(g.members, g.buyers(whole_year=spec.whole_year), strict=True))
        for g, weight in weighed
    ]
    return Fraction(sum(shares), 1000**3)


def lines(spec: Spec, who: People, turn: NDArray[np.int32], count: NDArray[np.int32]) -> Lines:
    """Return the order rows of the members in `turn`, one member after another."""
    out = _lines_of(np.repeat(turn, count))
    span = np.array([spec.start.toordinal() - EPOCH, spec.end.toordinal() - EPOCH - 1], np.int64)
    returned = int(spec.returns * 2**32)
    shares = np.array([returned, returned + (2**32 - returned) * cal.AUTOSHIP_SHARE // 1000], np.uint64)
    classes, knots = columns.limits_of(cal.CLASS_SHARES), np.array(cal.AMOUNT_KNOTS, np.int64)
    kit = np.array([cal.KIT_CENTS, cal.KIT_CLASS], np.int64)
    buyers = (count, who.kind[turn], who.day[turn])
    kernels.write_orders(spec.key(LINES), *buyers, span, shares, classes, knots, kit, tuple(out))
    return out


def _lines_of(member: NDArray[np.int32]) -> Lines:
    """Return lines of these members that are still to be written."""
    n, code = member.size, np.int8
    return Lines(member, np.empty(n, np.int32), np.empty(n, code), np.empty(n, code), np.empty(n, np.int32))


def by_day(spec: Spec, line: Lines) -> Lines:
    """Return the rows sorted by day; rows of one day keep their order."""
    first = spec.start.toordinal() - EPOCH
    per_day = np.bincount(line.day - first, minlength=(spec.end - spec.start).days)
    cursor = np.cumsum(per_day, dtype=np.int64) - per_day
    out = _lines_of(np.empty_like(line.member))
    kernels.by_day(*line, first, cursor, tuple(out))
    return out
