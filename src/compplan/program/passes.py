"""The passes that turn columns into columns; each names what it reads and what it writes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from compplan.errors import ExactnessError
from compplan.plan import expression as ex
from compplan.plan.inputs import company_numbers
from compplan.program import evaluate

if TYPE_CHECKING:
    from decimal import Decimal

    from compplan.program.work import Work
    from compplan.quantities.compute import Compute


@dataclass(frozen=True)
class Pass:
    """One step of a run.

    Attributes
    ----------
    writes
        The columns it makes; the first names the pass.
    reads
        The columns it needs.
    """

    writes: tuple[str, ...]
    reads: tuple[str, ...]

    @property
    def name(self) -> str:
        """The pass in the words of the plan."""
        return f"{type(self).__name__.removesuffix('Pass').lower()} {self.writes[0]}"

    def run(self, work: Work) -> None:
        """Read columns, write columns."""
        raise NotImplementedError


@dataclass(frozen=True)
class ConditionPass(Pass):
    """A condition over columns."""

    expr: ex.Expr

    def run(self, work: Work) -> None:
        result = evaluate.condition(self.expr, work)
        work.put(self.writes[0], np.ascontiguousarray(np.broadcast_to(result, (work.size,)), np.bool_))


@dataclass(frozen=True)
class CompanyPass(Pass):
    """A number of the company that the run was given."""

    number: str
    digits: int

    def run(self, work: Work) -> None:
        finest = company_numbers(work.plan.scope)[self.number]
        value, rest = divmod(work.company[self.number], 10 ** (finest - self.digits))
        if rest:
            raise ExactnessError(f'company "{self.number}" has more than {self.digits} digits after the point')
        work.put(self.writes[0], np.full(work.size, value, np.int64), self.digits)


@dataclass(frozen=True)
class TotalPass(Pass):
    """The sum of a volume over all members, or once if it is a number of the company itself."""

    base: str
    company: bool

    def run(self, work: Work) -> None:
        total = work.company_total(self.base, company=self.company)
        if not -(2**63) <= total < 2**63:
            raise ExactnessError(f"the sum of {self.base} over the company passes 64 bits: use fewer digits")
        work.put(self.writes[0], np.full(work.size, total, np.int64), work.scales[self.base])


@dataclass(frozen=True)
class DaysSincePass(Pass):
    """Days from a date to the last day of the period."""

    field: str
    never: int

    def run(self, work: Work) -> None:
        instants = work.columns[self.field]
        day = 86_400_000_000
        last = (work.period.after - date(1970, 1, 1)).days - 1
        known = instants != np.iinfo(np.int64).max
        days = np.where(known, last - np.where(known, instants, 0) // day, self.never)
        work.put(self.writes[0], days, 0)


@dataclass(frozen=True)
class MonthsSincePass(Pass):
    """Calendar months from the month of a date to that of the period's last day."""

    field: str
    cycle: int | None
    never: int

    def run(self, work: Work) -> None:
        instants = work.columns[self.field]
        last = work.period.after - timedelta(days=1)
        known = instants != np.iinfo(np.int64).max
        months = np.where(known, instants, 0).astype("datetime64[us]").astype("datetime64[M]").astype(np.int64)
        since = 12 * (last.year - 1970) + last.month - 1 - months
        known &= since >= 0
        work.put(self.writes[0], np.where(known, since % self.cycle if self.cycle else since, self.never), 0)


@dataclass(frozen=True)
class ComputePass(Pass):
    """An exact computation, rounded to its digits."""

    rule: Compute
    scale: int
    where: str | None = None

    def run(self, work: Work) -> None:
        result = evaluate.fixed(ex.parse(self.rule.compute), work, self.scale, self.rule.rounding)
        if self.where is not None:
            result = np.where(work.columns[self.where], result, 0)
        work.put(self.writes[0], np.ascontiguousarray(np.broadcast_to(result, (work.size,)), np.int64), self.scale)


@dataclass(frozen=True)
class MaskPass(Pass):
    """The volume of members who meet a condition; nothing for the others."""

    base: str
    where: str

    def run(self, work: Work) -> None:
        work.put(
            self.writes[0],
            np.where(work.columns[self.where], work.columns[self.base], 0),
            work.scales[self.base],
        )


@dataclass(frozen=True)
class RatePass(Pass):
    """The rate of each member in a table; 0 for who has no row."""

    klass: str
    rates: tuple[Decimal, ...]
    scale: int

    def run(self, work: Work) -> None:
        rates = np.array([*(int(rate.scaleb(self.scale)) for rate in self.rates), 0], np.int64)
        work.put(self.writes[0], rates[work.columns[self.klass]], self.scale)
