"""The workspace of one run: columns by name, in the order of the primary tree.

A pass reads columns and writes columns; nothing else is shared. Columns are never changed once written.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from compplan.bonuses.books.caps import Starts, span_of
from compplan.genealogy.order import SiblingOrder
from compplan.money_arrays import exact_sum
from compplan.periods.parts import DAYS
from compplan.plan.sections import MONTHS
from compplan.plan.words import CALENDAR
from compplan.program.one_member import OneMember
from compplan.volumes import counts
from compplan.volumes.orders.data import People

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from compplan.bonuses.books.book import Book
    from compplan.genealogy.genealogy import Genealogy
    from compplan.genealogy.tree import Tree
    from compplan.periods.payables import Payables
    from compplan.periods.period import Period
    from compplan.periods.state import State
    from compplan.plan.load import Plan
    from compplan.volumes.orders.data import OrderData


@dataclass
class Work:
    """Everything that the passes of one run see.

    Attributes
    ----------
    columns
        Name to array, one entry a member in the primary tree's pre-order.
    scales
        Digits after the point of the columns that are quantities.
    texts
        Text fields of the members: codes and the values behind them.
    books
        What the bonuses paid, in the order of the plan.
    lost
        Volume that a move_up could not give to anybody, by volume.
    lines
        The orders that a bonus paid one by one, by bonus.
    cut
        Trees that end at some members, by name; other names are those of the genealogy.
    given
        The columns that the members table gave.
    others
        Single members that a condition speaks of beside the member at hand, such as the earner.
    totals
        What members are due, by currency, the plan's own first.
    company
        Numbers of the company, at the digits that the plan reads them with.
    whole_period
        The period that the run was asked for, where this is a week of it.
    given_orders, order_rows
        All orders that the run was given, and which of them are `orders`, where these are not all.
    parts
        The workspaces of the weeks or days inside this period, by their length.
    rank_rounds
        After how many rounds ranks were settled; 0 where one sweep finds them.
    """

    plan: Plan
    genealogy: Genealogy
    period: Period
    state: State
    orders: OrderData | None
    threads: int
    keep_rows: bool
    columns: dict[str, NDArray[Any]] = field(default_factory=dict)
    scales: dict[str, int] = field(default_factory=dict)
    texts: dict[str, tuple[NDArray[np.int32], list[str]]] = field(default_factory=dict)
    books: dict[str, Book] = field(default_factory=dict)
    lost: dict[str, int] = field(default_factory=dict)
    lines: dict[str, Any] = field(default_factory=dict)
    cut: dict[str, Tree] = field(default_factory=dict)
    given: tuple[str, ...] = ()
    others: dict[str, OneMember] = field(default_factory=dict)
    totals: list[Payables] = field(default_factory=list)
    company: dict[str, int] = field(default_factory=dict)
    whole_period: Period | None = None
    given_orders: OrderData | None = None
    order_rows: NDArray[np.int64] | None = None
    parts: dict[str, list[Work]] = field(default_factory=dict)
    rank_rounds: int = 0
    _people: dict[str, People] = field(default_factory=dict)

    def put(self, name: str, values: NDArray[Any], scale: int | None = None) -> None:
        """Add a column; with a scale it is a quantity."""
        self.columns[name] = values
        if scale is not None:
            self.scales[name] = scale

    def close(self, book: Book, *, of_all_orders: bool = False) -> None:
        """Take in the book of a bonus, once it balances; its rows then tell the lines of all orders.

        Parameters
        ----------
        of_all_orders
            Whether they do so already, such as those of a match, which are lines of the matched payments.
        """
        if self.order_rows is not None and book.rows is not None and not (book.parts or of_all_orders):
            lines = book.rows.line.copy()
            lines[lines >= 0] = self.order_rows[lines[lines >= 0]]
            book.rows = replace(book.rows, line=lines)
        self.books[book.bonus] = book
        self.put(f"pay {book.bonus}", book.pay)

    def put_calendar(self) -> None:
        """Write whether a month, quarter, half-year or year ends with this period: the next one belongs to another."""
        for name in CALENDAR:
            span = name.removesuffix("_ends")
            ends = self.span(span, self.calendar.first) != self.span(span, self.calendar.after)
            self.put(name, np.full(self.size, ends, np.bool_))

    def order_of_ids(self, positions: NDArray[np.intp]) -> NDArray[np.int64]:
        """Return numbers in the order of the ids of some members, to break ties by."""
        return SiblingOrder(self.genealogy.ids.take(pa.array(positions))).exact_keys

    def company_total(self, column: str, *, company: bool) -> int:
        """Return the sum of a column over all members, or the one number of the company that it repeats."""
        values = self.columns[column]
        if company:
            return int(values[0]) if values.size else 0
        return exact_sum(values)

    def tree_of(self, quantity: str) -> str:
        """Return the tree that a quantity is measured in."""
        return self.plan.scope.rules[quantity].tree_of(self.plan.scope)

    @property
    def reckoned(self) -> date:
        """A day that tells to which month, quarter and year this period belongs: its first.

        A week inside a month belongs to where the month belongs, also where it begins before it.
        """
        last = self.calendar.after - timedelta(days=1)
        return min(max(self.period.first, self.calendar.first), last)

    def span(self, per: str, day: date | None = None) -> int:
        """Return the number of the day on which a span begins: that of a day, or of this period."""
        model = self.plan.model
        weekday = DAYS.index(model.weeks.start) if model.weeks else 0
        month = MONTHS.index(model.years.start) + 1 if model.years else 1
        return span_of(self.reckoned if day is None else day, per, Starts(weekday, month))

    @property
    def calendar(self) -> Period:
        """The period that the run was asked for; `period` is a week of it, or the days that its weeks have."""
        return self.whole_period or self.period

    @property
    def all_orders(self) -> OrderData | None:
        """The orders of the period and of all its weeks."""
        return self.orders if self.given_orders is None else self.given_orders

    @property
    def size(self) -> int:
        """Number of members."""
        return self.genealogy.n

    def tree(self, name: str) -> Tree:
        """Return a tree by name."""
        return self.cut[name] if name in self.cut else self.genealogy.trees[name]

    def people(self, tree: str) -> People:
        """Return what orders need to know of the members, with credit in a tree."""
        if tree not in self._people:
            self._people[tree] = self._people_of(tree)
        return self._people[tree]

    def _people_of(self, tree: str) -> People:
        distributor = self.columns["is_distributor"]
        nearest = counts.nearest_flagged_ancestor(self.tree(tree), self.in_tree(tree, distributor), from_self=True)
        order = self.tree(tree).to_primary
        if order is not None:
            nearest = np.where(nearest >= 0, order[nearest], -1).astype(np.int32)
        return People(
            distributor=distributor,
            credit_to=self.from_tree(tree, nearest),
            enrolled=self.columns.get("enrolled"),
            ordered_before=self.state.ordered_before,
        )

    def in_tree(self, name: str, values: NDArray[Any]) -> NDArray[Any]:
        """Bring a column of the primary order into a tree's own order."""
        order = self.tree(name).to_primary
        return values if order is None else values[order]

    def column_in(self, tree: str, name: str) -> NDArray[Any]:
        """Return a column in a tree's own order."""
        return self.in_tree(tree, self.columns[name])

    def from_tree(self, name: str, values: NDArray[Any]) -> NDArray[Any]:
        """Bring an array of a tree's own order into the primary order."""
        order = self.tree(name).from_primary
        return values if order is None else values[order]

    def at(self, position: int) -> OneMember:
        """Return the columns of one member, for explanations."""
        return OneMember(self, slice(position, position + 1))

    # The four readers below are what `evaluate` asks for.

    def number(self, name: str) -> tuple[NDArray[np.int64] | int, int]:
        """Return a quantity and its scale."""
        if name == "days_in_period":
            return self.period.days, 0
        return self.columns[name], self.scales[name]

    def flag(self, name: str) -> NDArray[np.bool_]:
        """Return a condition's column."""
        return self.columns[name]

    def rank(self, name: str) -> NDArray[np.int8] | int:
        """Return a rank column, or the number of a rank."""
        ladder = self.plan.scope.ranks
        return ladder[name] if name in ladder else self.columns[name]

    def kind(self, name: str) -> str:
        """Tell whether a name is a number, a flag or a rank."""
        return self.plan.scope.kind(name)

    def other(self, who: str) -> OneMember:
        """Return the columns of another member that a condition speaks of; `beside` names him."""
        return self.others[who]

    def beside(self, **others: OneMember) -> Work:
        """Return these columns for a condition on all members and on some named ones."""
        return replace(self, others=others)

    def field_flag(self, column: str) -> NDArray[np.bool_]:
        """Return a member field that is true or false."""
        return self.columns[f"member.{column}"]

    def field_among(self, column: str, texts: tuple[str, ...]) -> NDArray[np.bool_]:
        """Tell whose member field is one of some texts."""
        codes, values = self.texts[column]
        wanted = [code for code, value in enumerate(values) if value in texts]
        return np.isin(codes, np.array(wanted, np.int32))

    def fields_agree(self, column: str, other: str) -> NDArray[np.bool_]:
        """Tell whose two member fields hold the same text; an empty one agrees with nothing."""
        codes = self.texts[column][0]
        return (codes == self.as_codes_of(column, other)) & (codes >= 0)

    def as_codes_of(self, column: str, other: str) -> NDArray[np.int32]:
        """Return the texts of a member field as the codes of another one; -2 where that never holds the text."""
        codes, values = self.texts[other]
        known = {value: code for code, value in enumerate(self.texts[column][1])}
        return np.array([*(known.get(value, -2) for value in values), -2], np.int32)[codes]  # -1 takes the last
