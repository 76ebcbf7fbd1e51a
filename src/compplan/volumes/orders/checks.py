"""What can be wrong before orders become volumes: with the table, with the people, between the two."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from compplan.arrow.buffers import is_text, plain_type
from compplan.errors import DataError, ExactnessError, Problem, Rows, UsageError
from compplan.money import format_fixed
from compplan.volumes.exactness import LIMIT
from compplan.volumes.member_arrays import FLAG, INDEX, VOLUME, misfit
from compplan.volumes.orders.rules import held_for
from compplan.volumes.orders.windows import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from compplan.arrow.findings import Where
    from compplan.volumes.orders.data import OrderData, People
    from compplan.volumes.orders.rules import OrderRule

    Indices = NDArray[np.int64]


# ---- the table


def repeated_columns(table: pa.Table, needed: Sequence[str]) -> list[Problem]:
    """Report columns whose name stands more than once."""
    names = table.column_names
    return [
        Problem(
            "repeated-column",
            f'there are {names.count(name)} columns "{name}"',
            Rows("orders", name, len(table)),
        )
        for name in needed
        if names.count(name) > 1
    ]


def unknown_buyers(where: Where, rows: Indices) -> Problem:
    """Report orders of ids that are not in the members table."""
    who = "an order of a buyer who is not a member" if rows.size == 1 else "orders of buyers who are not members"
    hint = "add the buyers to the members table, or leave their orders out"
    return Problem("unknown-buyer", who, where.rows(rows), hint)


def outside_period(where: Where, rows: Indices, period: tuple[int, int]) -> Problem:
    """Report orders that belong to another period."""
    start, stop = (_instant(instant) for instant in period)
    message = f"{where.first(rows)} is not in the period from {start} until before {stop}"
    hint = "give the orders of this period only; late ones belong to a run of their own period"
    return Problem("outside-period", message, where.rows(rows), hint)


def unfit_filter(where: Where, rule: str, wanted: Sequence[Any]) -> Problem | None:
    """Report a column that does not hold the kind of values that a rule selects by."""
    kind = plain_type(where.column.type)
    fits = next((types for test, types in _FILTER_TYPES if test(kind)), None)
    if fits is None:
        message = f'{where.column.type} cannot be selected by, as "{rule}" does'
        return Problem("wrong-type", message, where.rows(), "use a column of text, whole numbers, or true and false")
    wrong = [value for value in held_for(wanted, numbers=pa.types.is_integer(kind)) if type(value) not in fits]
    if not wrong or pa.types.is_null(kind):
        return None
    message = f'"{rule}" selects by {_shown(wrong[0])}, but the column holds {where.column.type}'
    return Problem("wrong-type", message, where.rows(), _filter_hint(kind, wrong[0]))


_FILTER_TYPES = (
    (is_text, (str,)),
    (pa.types.is_boolean, (bool,)),
    (pa.types.is_integer, (int,)),
    (pa.types.is_decimal, (int, Decimal)),
    (pa.types.is_null, (str, bool, int, Decimal)),
)


def _filter_hint(kind: pa.DataType, value: Any) -> str:
    if is_text(kind):
        return f'write it in quotes in the plan: "{_shown(value)}"'
    return "write true or false in the plan" if pa.types.is_boolean(kind) else "write a number in the plan"


def _shown(value: Any) -> str:
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


def _instant(microseconds: int) -> str:
    text = np.datetime_as_string(np.datetime64(microseconds, "us"), unit="s")
    return str(text).removesuffix("T00:00:00")


# ---- the people


def check_people(rules: Sequence[OrderRule], orders: OrderData, people: People) -> None:
    """Make sure that the people fit the members and tell what the rules ask.

    Raises
    ------
    UsageError
        If an array is missing or does not fit.
    DataError
        If a window looks at an enrolment that is not known.
    """
    if problems := [*_misfits(orders, people), *_missing(rules, orders, people)]:
        raise UsageError(problems)
    found = [unknown_enrolment(rule, orders, people) for rule in rules if rule.reads_enrolment]
    if unknown := [problem for problem in found if problem is not None]:
        raise DataError(unknown)


def _misfits(orders: OrderData, people: People) -> Iterator[Problem]:
    n = len(orders.members)
    given = {
        "distributor": (people.distributor, FLAG),
        "credit_to": (people.credit_to, INDEX),
        "enrolled": (people.enrolled, VOLUME),
        "ordered_before": (people.ordered_before, FLAG),
    }
    for name, (array, dtype) in given.items():
        if array is not None and (problem := misfit(f"people.{name}", array, dtype, n)) is not None:
            yield problem
    if people.credit_to.dtype == INDEX and people.credit_to.size and people.credit_to.max() >= n:
        yield Problem("out_of_range", f"people.credit_to must be below {n}, found {people.credit_to.max()}")


def _missing(rules: Sequence[OrderRule], orders: OrderData, people: People) -> Iterator[Problem]:
    for rule in rules:
        if rule.reads_enrolment and people.enrolled is None:
            yield Problem("missing", f'"{rule.name}" has a window from enrolment, but people.enrolled is missing')
        if rule.first_order and people.ordered_before is None:
            hint = "for a first period, give false for every member"
            yield Problem(
                "missing",
                f'"{rule.name}" asks for first orders, but people.ordered_before is missing',
                hint=hint,
            )
        if rule.first_order and orders.ids is None:
            hint = "give read_orders the rule, or need_ids=True"
            yield Problem(
                "missing", f'"{rule.name}" asks for first orders, but orders were read without ids', hint=hint
            )


# ---- between the two


def unknown_enrolment(rule: OrderRule, orders: OrderData, people: People) -> Problem | None:
    """Report buyers whose enrolment decides whether their orders count, and is not known."""
    if people.enrolled is None or not (unknown := people.enrolled == UNKNOWN).any():
        return None
    unknown &= people.of_kinds(*(factor != 0 for factor in rule.factors))
    keep = orders.by_columns(rule)
    mask = unknown[orders.buyers]
    rows = np.flatnonzero(mask if keep is None else mask & keep)
    if not rows.size:
        return None
    first = rows[:5]
    ids = tuple(str(orders.members[int(buyer)].as_py()) for buyer in orders.buyers[first])
    message = f'"{rule.name}" has a window from enrolment, and the buyers\' enrolment is empty'
    place = Rows("orders", None, rows.size, tuple(map(int, first)), ids)
    return Problem("unknown-enrolment", message, place, "fill the members' enrolment dates")


def check_sums(rules: Sequence[OrderRule], orders: OrderData) -> None:
    """Make sure that no sum of any of the orders can pass 64 bits.

    Raises
    ------
    ExactnessError
        With one problem for each rule where it could.
    """
    if problems := [problem for rule in rules if (problem := _too_large(rule, orders)) is not None]:
        raise ExactnessError(problems)


def _too_large(rule: OrderRule, orders: OrderData) -> Problem | None:
    factor = max(map(abs, rule.factors))
    if orders.magnitude(rule, -(-LIMIT // max(1, factor))) * factor < LIMIT:
        return None
    values = orders.value(rule)
    row = int(np.argmax(values ^ (values >> 63)))  # the largest magnitude
    message = f'the sum of all orders for "{rule.name}" with {rule.out_scale} decimals could pass 64 bits'
    largest = format_fixed(int(values[row]), rule.in_scale)
    hint = f"the largest value is {largest}; check the column, or use fewer decimals"
    return Problem("overflow", message, Rows("orders", rule.column, len(orders), (row,)), hint)
