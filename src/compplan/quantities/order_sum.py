"""Sums of orders: which count, how much, and for whom."""

from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar, Literal, Self

from pydantic import Field, model_validator

from compplan.plan.located import Hinted
from compplan.plan.times import Day, SpanText
from compplan.plan.values import Flag, Model, Name, Rate, Whole, digits
from compplan.plan.wording import in_tree, percent
from compplan.quantities.base import Quantity, register

if TYPE_CHECKING:
    from compplan.periods.parts import Length
    from compplan.plan.scope import Scope
    from compplan.program.builder import Builder

Selected = str | Whole | Flag | Decimal
Selection = dict[str, Selected | list[Selected]]
"""Column names of the orders table, each with a value or a list of values."""


class Window(Model):
    """Only orders in a span after the buyer's enrolment, or after it, on some days of the month, or of a campaign."""

    from_enrolment: SpanText | None = Field(
        None, description="Only orders within this span from the buyer's enrolment."
    )
    after_enrolment: SpanText | None = Field(
        None, description="Only orders after this span from the buyer's enrolment."
    )
    days_of_month: tuple[Whole, Whole] | None = Field(
        None, description="Only orders from the first to the second day of a month."
    )
    dates: tuple[Day, Day] | None = Field(
        None, description="Only orders from the first to the second of two days, such as those of a campaign."
    )

    @model_validator(mode="after")
    def _days_ascend(self) -> Self:
        if self.days_of_month and not 1 <= self.days_of_month[0] <= self.days_of_month[1] <= 31:
            raise Hinted("these are not days of a month in order", "for example: [1, 7]", ("days_of_month",))
        if self.dates and self.dates[0] > self.dates[1]:
            raise Hinted("the second day is before the first", "write the first one first", ("dates",))
        return self

    def describe(self) -> list[str]:
        """Return the window in plain language."""
        parts = [f"within {self.from_enrolment} of enrolment"] if self.from_enrolment else []
        parts += [f"later than {self.after_enrolment} after enrolment"] if self.after_enrolment else []
        days = self.days_of_month
        parts += [f"from {self.dates[0]} to {self.dates[1]}"] if self.dates else []
        return [*parts, *([f"on days {days[0]} to {days[1]}"] if days else [])]


@register
class OrderSum(Quantity):
    """Sum of a column of the orders, credited to a member."""

    word: ClassVar[str] = "sum"
    example: ClassVar[str] = """\
pv: {sum: orders.qv}
cv: {sum: orders.cv, credit: distributor, exclude: {type: kit}, customer_share: 50%}
sales: {sum: orders.amount, credit: distributor, buyers: customers}
starter_kits: {sum: orders, only: {type: [kit, box]}, first_order: only}
week_sales: {sum: orders.cv, over: week}
first_days: {sum: orders.qv, window: {from_enrolment: 60 days}}
"""

    sum: str = Field(
        description="orders.<column>, or only `orders` to count them.",
        pattern=r"^orders(\.\w+)?$",
    )
    credit: Literal["buyer", "distributor"] = Field(
        "buyer",
        description="Who gets it: the buyer; or the buyer if a distributor, else the nearest one above.",
    )
    tree: Name | None = Field(
        None, description="The tree in which the nearest distributor is looked for; the first by default."
    )
    buyers: Literal["everyone", "customers", "distributors"] = Field("everyone", description="Whose orders count.")
    only: Selection = Field(default={}, description="Orders count only with these column values.")
    exclude: Selection = Field(default={}, description="Orders with these column values do not count.")
    window: Window | None = Field(None, description="Orders count only in this window.")
    first_order: Literal["only", "exclude"] | None = Field(
        None,
        description="Only the first order that a buyer ever placed, or all but that one.",
    )
    share: Rate = Field(1, ge=0, description="The share of the column's value that counts.", validate_default=True)
    customer_share: Rate | None = Field(
        None,
        ge=0,
        description="The share that counts of customers' orders, instead of `share`.",
    )
    over: Literal["week", "day"] | None = Field(
        None, description="Measured for each week or day of the period; for the whole period when left out."
    )
    decimals: Whole = Field(2, ge=0, le=9, description="Digits after the point in the orders table; more are an error.")

    def length(self, scope: "Scope") -> "Length":
        del scope
        return self.over or "period"

    def scale(self, scope: "Scope") -> int:
        del scope
        shares = [digits(share) for share in (self.share, self.customer_share) if share is not None]
        return (0 if self.sum == "orders" else self.decimals) + max(shares)

    def compile(self, name: str, builder: "Builder") -> None:
        del name  # all sums of one tree are made in one pass
        builder.order_sums(self.tree_of(builder.plan.scope))

    def describe(self) -> str:
        parts = ["number of orders" if self.sum == "orders" else f"sum of {self.sum}"]
        parts += [f"of {self.buyers} only"] if self.buyers != "everyone" else []
        parts += [f"with {column} {_values(value)}" for column, value in self.only.items()]
        parts += [f"without {column} {_values(value)}" for column, value in self.exclude.items()]
        parts += self.window.describe() if self.window else []
        parts += [f"{self.over} by {self.over}"] if self.over else []
        orders = {"only": ["first orders only"], "exclude": ["without first orders"]}
        parts += orders.get(self.first_order or "", [])
        parts += [f"at {percent(self.share)}"] if self.share != 1 else []
        parts += [f"customers' orders at {percent(self.customer_share)}"] if self.customer_share is not None else []
        if self.credit == "distributor":
            parts[-1] += f"; a customer's order counts for the nearest distributor{in_tree(self.tree)}"
        return ", ".join(parts)


def _values(value: object) -> str:
    return " or ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
