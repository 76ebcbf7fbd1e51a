"""The orders of a period and the people who placed them, as arrays; and which orders a rule takes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from compplan.arrow.buffers import bit_view, fixed_view, null_mask, plain, plain_type
from compplan.errors import UsageError
from compplan.volumes.exactness import bound, magnitude
from compplan.volumes.member_arrays import as_input
from compplan.volumes.orders import kernels, line_kernels
from compplan.volumes.orders.rules import held_for
from compplan.volumes.orders.sequence import Canonical, canonical_order
from compplan.volumes.orders.windows import UNKNOWN, on_days, opening_hours

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from compplan.volumes.orders.rules import OrderRule

    Integers = NDArray[np.int64]
    Positions = NDArray[np.int32]
    Flags = NDArray[np.bool_]


DAY = 86_400_000_000
_EPOCH = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class People:
    """What rules ask about members, in primary position order.

    Attributes
    ----------
    distributor
        bool[n]: whether a member is a distributor; all others are customers.
    credit_to
        int32[n]: position of the nearest distributor at or above a member in the rule's tree, -1 for none.
    enrolled
        int64[n], microseconds, `windows.UNKNOWN` where empty; needed for windows from enrolment.
    ordered_before
        bool[n]: whether a member had an order in an earlier period; needed for first orders.
    """

    distributor: Flags
    credit_to: Positions
    enrolled: Integers | None = None
    ordered_before: Flags | None = None

    def of_kinds(self, distributors: int, customers: int) -> NDArray[Any]:
        """Return for each member the value of the member's kind."""
        return np.where(self.distributor, distributors, customers)


@dataclass(frozen=True, slots=True)
class Uncredited:
    """Orders of customers above whom no distributor is: how many rows, and their sum at `out_scale`."""

    count: int
    sum: int


@dataclass(eq=False)
class OrderData:
    """The orders of one period, checked.

    Attributes
    ----------
    members
        The ids of the n members, in primary position order.
    period
        The half-open period in microseconds since 1970.
    buyers
        int32[m]: positions of the buyers.
    times
        int64[m]: microseconds since 1970.
    ids
        The order ids (int64 or large_string), or None where nobody needs them.
    values
        int64[m] by column and scale.
    filters
        The columns that orders are selected by.
    uncredited
        By rule, what `base_volumes` and `order_lines` could credit to nobody; rules without such are not in
        it.
    placed
        int64[m]: the times that windows go by, `UNKNOWN` where these are the `times`; None where all are.
    """

    members: pa.Array
    period: tuple[int, int]
    buyers: Positions
    times: Integers
    ids: pa.Array | None
    values: dict[tuple[str, int], Integers]
    filters: dict[str, pa.ChunkedArray]
    uncredited: dict[str, Uncredited] = field(default_factory=dict)
    placed: Integers | None = None
    _codes: dict[str, tuple[Positions, pa.Array]] = field(default_factory=dict, repr=False)
    _bounds: dict[tuple[str, int], int] = field(default_factory=dict, repr=False)

    def __len__(self) -> int:
        return int(self.buyers.size)

    @cached_property
    def moments(self) -> Integers:
        """The times that windows go by, int64[m]."""
        return self.times if self.placed is None else np.where(self.placed == UNKNOWN, self.times, self.placed)

    @cached_property
    def span(self) -> tuple[int, int]:
        """Half-open bounds of the moments: the period, unless an order was placed before or after it."""
        start, stop = self.period
        if self.placed is None or not self.moments.size:
            return start, stop
        return min(start, int(self.moments.min())), max(stop, int(self.moments.max()) + 1)

    @cached_property
    def canonical(self) -> Canonical:
        """All rows in canonical order, which first orders need; computed when first asked for."""
        return canonical_order(len(self.members), self.buyers, self.times, self.ids)

    def value(self, rule: OrderRule) -> Integers:
        """Return the values that a rule sums, int64[m] at its `in_scale`; ones where it counts rows."""
        if rule.column is None:
            return np.ones(len(self), np.int64)
        try:
            return self.values[rule.column, rule.scale]
        except KeyError:
            column = f'"{rule.column}" with {rule.scale} decimals'
            raise UsageError(f'"{rule.name}": orders were read without {column}; give read_orders the rule') from None

    def magnitude(self, rule: OrderRule, limit: int) -> int:
        """Return the sum of magnitudes of what a rule sums: exact, or an upper bound below the limit."""
        if rule.column is None:
            return len(self)
        key, values = (rule.column, rule.scale), self.value(rule)
        if key not in self._bounds:
            self._bounds[key] = bound(values) * values.size
        if self._bounds[key] >= limit:
            self._bounds[key] = magnitude(values)
        return self._bounds[key]

    def matches(self, column: str, wanted: tuple[Any, ...]) -> Flags:
        """Return where a column has one of the wanted values, as a new bool[m]; nowhere where it is empty."""
        if column not in self._codes:
            self._codes[column] = _coded(self.filters[column])
        codes, dictionary = self._codes[column]
        hits = np.zeros(len(dictionary) + 1, np.bool_)  # the last one is for empty fields, whose code is -1
        hits[:-1] = _hits(dictionary, wanted)
        return hits[codes]

    def by_columns(self, rule: OrderRule) -> Flags | None:
        """Return which rows pass the parts of a rule that look at the row alone; None stands for all."""
        masks = [self.matches(column, wanted) for column, wanted in rule.only]
        masks += [~self.matches(column, wanted) for column, wanted in rule.exclude]
        if rule.days_of_month is not None:
            masks.append(on_days(self.moments, rule.days_of_month, self.span))
        if rule.dates is not None:
            first, last = (day.toordinal() - _EPOCH for day in rule.dates)
            masks.append((self.moments >= first * DAY) & (self.moments < (last + 1) * DAY))
        for mask in masks[1:]:
            masks[0] &= mask
        return masks[0] if masks else None


def selected(rule: OrderRule, orders: OrderData, people: People) -> Flags | None:
    """Return which rows a rule takes as bool[m], whoever the buyer is; None stands for all."""
    keep = orders.by_columns(rule)
    if rule.reads_enrolment and people.enrolled is not None:
        keep = np.ones(len(orders), np.bool_) if keep is None else keep
        inside = [span for span in (rule.from_enrolment, rule.within) if span is not None]
        hours = opening_hours(people.enrolled, inside, rule.after_enrolment, orders.span)
        kernels.keep_within(as_input(orders.buyers), as_input(orders.moments), as_input(hours), keep)
    if rule.first_order is not None and people.ordered_before is not None:
        keep = np.ones(len(orders), np.bool_) if keep is None else keep
        at = orders.canonical
        before = as_input(people.ordered_before)
        line_kernels.keep_first(at.starts, at.rows, at.fresh, before, rule.first_order == "only", keep)
    return keep


def _coded(column: pa.ChunkedArray) -> tuple[Positions, pa.Array]:
    """Return int32 codes, -1 where empty, and the values that they stand for."""
    if pa.types.is_null(plain_type(column.type)) or not len(column):
        return np.full(len(column), -1, np.int32), pa.array([], pa.large_string())
    if not pa.types.is_dictionary(column.type):
        column = pa.chunked_array([plain(chunk) for chunk in column.chunks]).dictionary_encode()
    chunks = column.unify_dictionaries().chunks
    codes = np.concatenate([_chunk_codes(chunk.indices.cast(pa.int32())) for chunk in chunks])
    return codes, plain(chunks[0].dictionary)


def _chunk_codes(indices: pa.Array) -> Positions:
    codes, null = fixed_view(indices, np.int32), null_mask(indices)
    return codes if null is None else np.where(null, np.int32(-1), codes)


def _hits(dictionary: pa.Array, wanted: tuple[Any, ...]) -> Flags:
    """Return which values of a dictionary are wanted."""
    values = held_for(wanted, numbers=pa.types.is_integer(dictionary.type))
    fitting = [value for value in values if _fits(value, dictionary.type)]
    found = pc.is_in(dictionary, pa.array(fitting, dictionary.type))
    return bit_view(found)


def _fits(value: Any, kind: pa.DataType) -> bool:
    """Say whether a column of that type could hold the value: an int8 column can never be 300."""
    try:
        pa.scalar(value, kind)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
        return False
    return True


def note_uncredited(rule: OrderRule, keep: Flags | None, orders: OrderData, people: People) -> None:
    """Note how many rows, and how much, nobody is credited with."""
    orders.uncredited.pop(rule.name, None)
    nobody = people.credit_to < 0
    if not nobody.any():
        return
    nobody &= people.of_kinds(*(factor != 0 for factor in rule.factors))
    mask = nobody[orders.buyers]
    rows = np.flatnonzero(mask if keep is None else mask & keep)
    if rows.size:
        values = orders.value(rule)[rows] * people.of_kinds(*rule.factors)[orders.buyers[rows]]
        orders.uncredited[rule.name] = Uncredited(rows.size, int(values.sum()))
