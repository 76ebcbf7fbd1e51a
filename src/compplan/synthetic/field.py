"""`synth`: the arguments of a synthetic field, their checks, and the two tables that come out."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from numbers import Integral
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

from compplan.errors import Problem, UsageError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    import pyarrow as pa

Shape = Literal["field", "spine", "chain", "star", "binary", "uniform"]
Ids = Literal["int", "random", "text"]
Exactly: TypeAlias = float | str | Decimal | Fraction
TREES = ("enrollment", "binary")
MOST_MEMBERS = 10**9 - 1
FIRST_YEAR = 1900
MOST_ROWS = 2 * 10**9


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """Members and orders of a synthetic field. It unpacks as a pair.

    Attributes
    ----------
    members
        `member_id`, `sponsor_id`, `kind`, `enrolled_on`, `country`, and with a binary tree `placement_id` and
        `placement_side`.
    orders
        `order_id`, `member_id`, `date`, `type`, `product_class`, `qv`, `cv`, `amount`, `autoship`; volumes
        and amounts are `decimal128(12, 2)`.
    """

    members: pa.Table
    orders: pa.Table

    def __iter__(self) -> Iterator[pa.Table]:
        yield self.members
        yield self.orders

    def __repr__(self) -> str:
        return f"Field({self.members.num_rows:,} members, {self.orders.num_rows:,} orders)"


@dataclass(frozen=True, slots=True)
class Spec:
    """The checked arguments of one `synth` call; the period is half-open, `start` to `end`."""

    members: int
    shape: str
    seed: int
    start: date
    end: date
    orders_per_member: Fraction
    returns: Fraction
    ids: str
    trees: tuple[str, ...]
    customers: bool
    shuffle: bool

    @property
    def whole_year(self) -> bool:
        return (self.end - self.start).days > 31

    def key(self, name: int) -> Any:
        from compplan.synthetic.columns import stream  # noqa: PLC0415 - Numba is loaded only when a field is made

        return stream(self.seed, name)


def synth(
    members: int = 100_000,
    *,
    shape: Shape = "field",
    seed: int = 1,
    period: str = "2026-10",
    orders_per_member: Exactly = 3,
    returns: Exactly = "0.01",
    ids: Ids = "int",
    trees: Sequence[str] = ("enrollment",),
    customers: bool = True,
    shuffle: bool = False,
) -> Field:
    """Make a synthetic field: a genealogy, and the orders of one period.

    The same arguments give the same bytes on every machine and with every version of the libraries. The
    shares are calibrated for the shape `"field"`; the docstring of `compplan.synthetic` tells what they rest on.

    Parameters
    ----------
    members
        Number of members, 0 to 999,999,999. Memory is about 300 bytes a member with orders, 40 without.
    shape
        How the enrollment tree grows. `"field"`: heavy-tailed frontlines, recent recruits, some long
        single-file legs. `"spine"`: a tenth of the members in one single-file leg, the others anywhere.
        `"chain"`: one leg of all. `"star"`: all under the first. `"uniform"`: under any earlier member.
        `"binary"`: at most two children each; the placement tree is then the same tree and always there.
    seed
        Any whole number from 0 to 2**64 - 1.
    period
        Such as `"2026-10"`, `"2026-W41"` or `"2026"`. Orders are dated in it, and nobody enrolls after it. In
        up to 31 days as many members buy as in a month, in a longer period as many as in a year.
    orders_per_member
        Mean number of order rows a member, counted over all members; about 45 % of them buy in a month.
        Either 0 (no orders) or from 1 to 1000.
    returns
        About the share of order rows that take something back, from 0 to less than 1: the member's row before
        it, or something that was bought before the period. So a member's volume can be negative.
    ids
        `"int"`: 1, 2, 3, ...; `"random"`: unique positive int64; `"text"`: `M000000001`. Order ids likewise.
    trees
        `"enrollment"`, and `"binary"` for a placement tree, with distributors placed below their sponsors.
    customers
        Whether there are preferred and retail customers. They never sponsor, and are not placed.
    shuffle
        Rows in random order. Otherwise members stand in the order of enrolment, parents before children, and
        orders by date.

    Returns
    -------
    Field
        `members` and `orders`, Arrow tables; words are dictionary columns.

    Raises
    ------
    UsageError
        If arguments do not fit; it holds all problems.

    Examples
    --------
    >>> from compplan.synthetic import synth
    >>> field = synth(1_000, seed=7)
    >>> field.members.num_rows
    1000
    >>> members, orders = field
    >>> str(orders.schema.field("amount").type)
    'decimal128(12, 2)'
    """
    trees = (trees,) if isinstance(trees, str) else tuple(trees)
    count, number = _whole(members), _whole(seed)
    rows, back = _exact(orders_per_member), _exact(returns)
    span, unreadable = _period(period)
    problems = [
        *_members_do_not_fit(count),
        *_seed_does_not_fit(number),
        *_words_are_unknown(shape, ids, trees),
        *_enrollment_tree_is_missing(trees),
        *unreadable,
        *_orders_do_not_fit(rows),
        *_returns_do_not_fit(back),
        *_rows_are_too_many(count, rows),
    ]
    if count is None or number is None or span is None or rows is None or back is None or problems:
        raise UsageError(problems)
    return _make(Spec(count, shape, number, *span, rows, back, ids, trees, customers, shuffle))


def _make(spec: Spec) -> Field:
    from compplan.synthetic.members import members_table, people  # noqa: PLC0415 - loads Numba
    from compplan.synthetic.orders import orders_table  # noqa: PLC0415

    who = people(spec)
    return Field(members_table(spec, who), orders_table(spec, who))


def _whole(value: object) -> int | None:
    return int(value) if isinstance(value, Integral) and not isinstance(value, bool) else None


def _exact(value: object) -> Fraction | None:
    """Return a number as it is written: 0.01 is one hundredth, not the float next to it."""
    try:
        return Fraction(str(value))
    except (ValueError, ZeroDivisionError):
        return None


def _period(text: str) -> tuple[tuple[date, date] | None, tuple[Problem, ...]]:
    from compplan.periods.period import read_period  # noqa: PLC0415 - its package is not light

    try:
        period = read_period(text)
    except UsageError as error:
        return None, error.problems
    if period.first.year < FIRST_YEAR:
        return None, (Problem("period", f"{text} is too early", hint=f"a period from {FIRST_YEAR} on"),)
    return (period.first, period.after), ()


def _members_do_not_fit(members: int | None) -> list[Problem]:
    if members is not None and 0 <= members <= MOST_MEMBERS:
        return []
    return [Problem("members", "members does not fit", hint=f"a whole number from 0 to {MOST_MEMBERS:,}")]


def _seed_does_not_fit(seed: int | None) -> list[Problem]:
    if seed is not None and 0 <= seed < 2**64:
        return []
    return [Problem("seed", "seed does not fit", hint="a whole number from 0 to 2**64 - 1")]


def _words_are_unknown(shape: str, ids: str, trees: Sequence[str]) -> list[Problem]:
    named = [("shape", shape, get_args(Shape)), ("ids", ids, get_args(Ids))]
    named += [("trees", tree, TREES) for tree in trees]
    return [
        Problem(name, f"{name}: {word!r} is not known", hint=did_you_mean(str(word), known))
        for name, word, known in named
        if word not in known
    ]


def _enrollment_tree_is_missing(trees: Sequence[str]) -> list[Problem]:
    if "enrollment" in trees:
        return []
    return [Problem("trees", "a field always has the enrollment tree", hint='trees=("enrollment", "binary")')]


def _orders_do_not_fit(orders_per_member: Fraction | None) -> list[Problem]:
    if orders_per_member is not None and (orders_per_member == 0 or 1 <= orders_per_member <= 1000):
        return []
    return [Problem("orders_per_member", "orders_per_member does not fit", hint="0, or from 1 to 1000")]


def _returns_do_not_fit(returns: Fraction | None) -> list[Problem]:
    if returns is not None and 0 <= returns < 1:
        return []
    return [Problem("returns", "returns does not fit", hint="a share such as 0.01, less than 1")]


def _rows_are_too_many(members: int | None, orders_per_member: Fraction | None) -> list[Problem]:
    if members is None or orders_per_member is None or members * orders_per_member <= MOST_ROWS:
        return []
    hint = f"members times orders_per_member up to {MOST_ROWS:,}"
    return [Problem("orders_per_member", "too many order rows", hint=hint)]
