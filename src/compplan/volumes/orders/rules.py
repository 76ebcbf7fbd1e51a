"""One rule of which orders count for a volume, how much, and for whom: numbers and names only."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from compplan.errors import Problem, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from compplan.plan.times import Span
    from compplan.quantities.order_sum import OrderSum

Filters = tuple[tuple[str, tuple[Any, ...]], ...]


class Key(str):
    """A key of a table of a plan: it stands for a text, and for the whole number that it spells."""

    __slots__ = ()

    def of(self, *, numbers: bool) -> str | int:
        """Return what a column holds for it: a number where it holds numbers and the key is one."""
        return int(self) if numbers and re.fullmatch(r"-?\d{1,18}", self) else str(self)


def held_for(wanted: Iterable[Any], *, numbers: bool) -> list[Any]:
    """Return what a column holds for the values that a rule selects by; `numbers` if it holds whole numbers."""
    return [value.of(numbers=numbers) if isinstance(value, Key) else value for value in wanted]


@dataclass(frozen=True, slots=True)
class OrderRule:
    """How the rows of the orders table make one volume.

    A row counts if it passes every part of the rule. Rows of one buyer with the same order id are lines of
    one order; where the id is not read, each row is an order.

    Attributes
    ----------
    name
        The volume, for messages.
    column
        The column that is summed; None counts rows.
    scale
        Digits after the point of that column.
    credit_distributor
        Whether a customer's orders are credited to the nearest distributor above instead of the buyer.
    buyers
        Whose orders count.
    only, exclude
        Columns of the orders table with values. A row needs one of the values of every column of `only`, and
        none of any column of `exclude`; an empty field is none of the values.
    from_enrolment, within
        Only orders placed from the day of the buyer's enrolment on and before this span from it has passed.
        Both apply where both are given: `within` is the window of a bonus, on top of the volume's own.
    after_enrolment
        Only orders placed when this span from the buyer's enrolment has passed: what `from_enrolment` leaves.
    days_of_month
        Only orders from the first to the second day of a calendar month, both included.
    first_order
        Only the first order a buyer ever placed, or all but that. It is chosen before any other part of the
        rule: if it does not count otherwise, no other order takes its place.
    share, customer_share
        The share of the value that counts; of customers' orders, `customer_share` where it is given.

    Examples
    --------
    >>> from decimal import Decimal
    >>> rule = OrderRule("cv", "cv", 2, share=Decimal(1), customer_share=Decimal("0.5"))
    >>> rule.out_scale, rule.factor, rule.customer_factor
    (3, 10, 5)
    """

    name: str
    column: str | None
    scale: int = 2
    credit_distributor: bool = False
    buyers: Literal["everyone", "customers", "distributors"] = "everyone"
    only: Filters = ()
    exclude: Filters = ()
    from_enrolment: Span | None = None
    after_enrolment: Span | None = None
    days_of_month: tuple[int, int] | None = None
    dates: tuple[date, date] | None = None
    first_order: Literal["only", "exclude"] | None = None
    share: Decimal = Decimal(1)
    customer_share: Decimal | None = None
    within: Span | None = None

    def __post_init__(self) -> None:
        found = (self._not_days(), self._too_many_digits())
        if problems := [problem for problem in found if problem is not None]:
            raise UsageError(problems)

    def _not_days(self) -> Problem | None:
        first, last = self.days_of_month or (1, 31)
        if 1 <= first <= last <= 31:
            return None
        message = f'"{self.name}": {first} to {last} are not days of one month'
        return Problem("days-of-month", message, hint="write the first and the last day, from 1 to 31")

    def _too_many_digits(self) -> Problem | None:
        if max(map(abs, (self.factor, self.customer_factor))) < 2**63:
            return None
        message = f'"{self.name}": the shares have {self.share_digits} digits, which do not fit 64 bits'
        return Problem("too-many-digits", message, hint="give the shares fewer digits")

    @property
    def in_scale(self) -> int:
        """Digits after the point of what is summed: those of the column, none where rows are counted."""
        return 0 if self.column is None else self.scale

    @property
    def share_digits(self) -> int:
        """Digits that the shares add: as many as keep every product exact."""
        return max(_digits(self.share), _digits(self._customers))

    @property
    def out_scale(self) -> int:
        """Digits after the point of the volume."""
        return self.in_scale + self.share_digits

    @property
    def factor(self) -> int:
        """What a value in the orders table is multiplied with, to be the volume at `out_scale`."""
        return _times_power(self.share, self.share_digits)

    @property
    def customer_factor(self) -> int:
        """What a value of a customer's order is multiplied with."""
        return _times_power(self._customers, self.share_digits)

    @property
    def factors(self) -> tuple[int, int]:
        """The factors of distributors' and of customers' orders, 0 for buyers who do not count."""
        return (
            0 if self.buyers == "customers" else self.factor,
            0 if self.buyers == "distributors" else self.customer_factor,
        )

    @property
    def selection(self) -> tuple[Any, ...]:
        """What decides which rows count; rules with equal columns and selections share one pass."""
        return (
            self.only,
            self.exclude,
            self.from_enrolment,
            self.within,
            self.after_enrolment,
            self.days_of_month,
            self.dates,
            self.first_order,
        )

    @property
    def reads_enrolment(self) -> bool:
        """Whether the rule needs the buyers' enrolment."""
        return any((self.from_enrolment, self.within, self.after_enrolment))

    @property
    def _customers(self) -> Decimal:
        return self.share if self.customer_share is None else self.customer_share


def rule_from_model(name: str, model: OrderSum, extra_window: Span | None = None) -> OrderRule:
    """Return the rule of an order sum of the plan.

    Parameters
    ----------
    name
        The name of the volume.
    model
        The section of the plan file.
    extra_window
        A bonus' own window from enrolment, such as that of a fast start; it applies on top of the volume's
        window.
    """
    window = model.window
    return OrderRule(
        name=name,
        column=model.sum.partition(".")[2] or None,
        scale=model.decimals,
        credit_distributor=model.credit == "distributor",
        buyers=model.buyers,
        only=_filters(model.only),
        exclude=_filters(model.exclude),
        from_enrolment=window.from_enrolment if window else None,
        after_enrolment=window.after_enrolment if window else None,
        days_of_month=window.days_of_month if window else None,
        dates=window.dates if window else None,
        first_order=model.first_order,
        share=model.share,
        customer_share=model.customer_share,
        within=extra_window,
    )


def _filters(selection: dict[str, Any]) -> Filters:
    return tuple(
        (column, tuple(given) if isinstance(given, list | tuple) else (given,)) for column, given in selection.items()
    )


def _digits(share: Decimal) -> int:
    """Return how many digits after the point a number has, zeros at the end not counted."""
    _, digits, exponent = share.as_tuple()
    text = "".join(map(str, digits)).rstrip("0")
    zeros = len(digits) - len(text)
    return max(0, -(int(exponent) + zeros)) if text else 0


def _times_power(share: Decimal, digits: int) -> int:
    """Return `share * 10**digits`, which is whole, whatever the decimal context is."""
    numerator, denominator = share.as_integer_ratio()
    return int(numerator * 10**digits // denominator)
