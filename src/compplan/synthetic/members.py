"""The members of a field: who, since when, under whom, from where, and placed where."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from compplan.synthetic import calibration as cal
from compplan.synthetic import columns
from compplan.synthetic import synth_kernels as kernels

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from compplan.synthetic.field import Spec

EPOCH = date(1970, 1, 1).toordinal()
ENROLL, GROW, PLACE, COUNTRY, SHUFFLE, MEMBER_ID = range(6)


@dataclass(frozen=True, slots=True)
class People:
    """Members in the order in which they enrolled, as codes; parents are row numbers, -1 for none.

    Attributes
    ----------
    starts
        Rows of the bands of tenure: band b has rows starts[b] to starts[b + 1].
    kind, country
        Codes into the names of `calibration`.
    day
        Enrolment in days since 1970-01-01, never descending.
    place, side
        Parent in the binary tree and 0 (left) or 1 (right); None without such a tree.
    """

    starts: NDArray[np.int64]
    kind: NDArray[np.int8]
    day: NDArray[np.int32]
    sponsor: NDArray[np.int32]
    country: NDArray[np.int8]
    place: NDArray[np.int32] | None
    side: NDArray[np.int8] | None

    @property
    def size(self) -> int:
        return int(self.kind.size)


def people(spec: Spec) -> People:
    """Return the members, from the arguments alone."""
    n = spec.members
    starts, kind, day = _enrolled(spec)
    sponsor, place, side = _trees(spec, kind)
    country = np.empty(n, np.int8)
    kernels.settle(spec.key(COUNTRY), sponsor, columns.limits_of(cal.COUNTRY_SHARES), country)
    return People(starts, kind, day, sponsor, country, place, side)


def _enrolled(spec: Spec) -> tuple[NDArray[np.int64], NDArray[np.int8], NDArray[np.int32]]:
    seller, preferred, customer = cal.KIND_SHARES if spec.customers else (1, 0, 0)
    bands = list(zip(cal.SELLERS.members, cal.CUSTOMERS.members, strict=True))
    weights = [(seller * s, preferred * c, customer * c) for s, c in bands]
    starts = _cumulated(spec.members, [sum(w) for w in weights])
    limits = np.array([columns.limits_of(w) for w in weights], np.uint64)
    edges = [_months_before_end(spec, m) for m in cal.TENURE_MONTHS]
    first = np.array(edges[:-1], np.int64)
    kind, day = np.empty(spec.members, np.int8), np.empty(spec.members, np.int32)
    kernels.enroll(spec.key(ENROLL), starts, first, np.diff(np.array(edges, np.int64)), limits, kind, day)
    kind[:1] = kernels.DISTRIBUTOR
    return starts, kind, day


def _cumulated(n: int, weights: Iterable[int]) -> NDArray[np.int64]:
    shares = [0, *weights]
    return np.array([n * sum(shares[: k + 1]) // sum(shares) for k in range(len(shares))], np.int64)


def _months_before_end(spec: Spec, months: int) -> int:
    year, month = divmod(spec.end.year * 12 + spec.end.month - 1 - months, 12)
    return date(year, month + 1, min(spec.end.day, 28)).toordinal() - EPOCH


def _trees(
    spec: Spec,
    kind: NDArray[np.int8],
) -> tuple[NDArray[np.int32], NDArray[np.int32] | None, NDArray[np.int8] | None]:
    sponsor = _sponsors(spec, kind)
    if spec.shape == "binary":
        sponsor, side = _placed(spec, sponsor, np.zeros_like(kind))
        _only_distributors_sponsor(kind, sponsor)
        customer = kind != kernels.DISTRIBUTOR
        return sponsor, np.where(customer, np.int32(-1), sponsor), np.where(customer, np.int8(-1), side)
    _only_distributors_sponsor(kind, sponsor)
    return sponsor, *(_placed(spec, sponsor, kind) if "binary" in spec.trees else (None, None))


def _sponsors(spec: Spec, kind: NDArray[np.int8]) -> NDArray[np.int32]:
    n = spec.members
    parent = np.arange(-1, n - 1, dtype=np.int32)
    if n > 1 and spec.shape == "star":
        parent[1:] = 0
    elif n > 1 and spec.shape == "field":
        kernels.grow_field(spec.key(GROW), kind, np.empty(n, np.int32), parent)
    elif n > 1 and spec.shape == "spine":
        kernels.grow_spine(spec.key(GROW), parent)
    elif n > 1 and spec.shape in ("uniform", "binary"):
        kernels.grow_uniform(spec.key(GROW), parent)
    return parent


def _only_distributors_sponsor(kind: NDArray[np.int8], sponsor: NDArray[np.int32]) -> None:
    kind[sponsor[1:]] = kernels.DISTRIBUTOR


def _placed(
    spec: Spec,
    sponsor: NDArray[np.int32],
    kind: NDArray[np.int8],
) -> tuple[NDArray[np.int32], NDArray[np.int8]]:
    n = spec.members
    parent, side = np.full(n, -1, np.int32), np.full(n, -1, np.int8)
    child, outer = np.full(2 * n, -1, np.int32), np.repeat(np.arange(n, dtype=np.int32), 2)
    kernels.place(spec.key(PLACE), sponsor, kind, child, outer, parent, side)
    return parent, side


def members_table(spec: Spec, who: People) -> pa.Table:
    """Return the members as a table, in the order of enrolment or shuffled."""
    rows: NDArray[np.int32] | None = None
    if spec.shuffle:
        rows = columns.permutation(who.size, spec.key(SHUFFLE))
    own = np.arange(who.size, dtype=np.int32) if rows is None else rows
    table = {
        "member_id": member_ids(spec, own),
        "sponsor_id": member_ids(spec, _picked(who.sponsor, rows)),
        "kind": columns.words(_picked(who.kind, rows), cal.KINDS),
        "enrolled_on": columns.dates(_picked(who.day, rows)),
        "country": columns.words(_picked(who.country, rows), cal.COUNTRIES),
    }
    if who.place is not None and who.side is not None:
        table["placement_id"] = member_ids(spec, _picked(who.place, rows))
        table["placement_side"] = columns.words(_picked(who.side, rows), ("left", "right"))
    return pa.table(table)


def member_ids(spec: Spec, rows: NDArray[np.int32]) -> pa.Array[Any]:
    """Return the ids of members by row number; -1 gives null."""
    return columns.ids(rows, spec.ids, "M", spec.key(MEMBER_ID))


def _picked(values: NDArray[Any], rows: NDArray[np.int32] | None) -> NDArray[Any]:
    return values if rows is None else values[rows]
