"""Retail bonus: a distributor's share of what his own customers, or he himself, bought."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar, Literal, Self

from pydantic import Field, model_validator

from compplan.bonuses.registry import register
from compplan.bonuses.table_paid import TablePaid
from compplan.plan.by_country import NameOrNames, NumberOrNumbers
from compplan.plan.findings import Finding, Found
from compplan.plan.kept import Kept
from compplan.plan.located import Hinted
from compplan.plan.source_keys import their_axes
from compplan.plan.tables import AmountTable, ByKey, Keys, RateTable
from compplan.plan.values import Model, Name, Number, Whole, digits
from compplan.plan.wording import half, money, percent, points, table

if TYPE_CHECKING:
    from compplan.plan.scope import Scope
    from compplan.program.builder import Builder


class Blocks(Model):
    """Volume that is paid in blocks of one size."""

    size: Number = Field(gt=0, description="The volume of one block.")
    incomplete: Literal["own_rate", "previous_rate", "unpaid"] = Field(
        "unpaid",
        description="What the last block gets that is not full: the rate of its own band, that of the last full "
        "block, or nothing.",
    )
    after: Whole = Field(0, ge=0, description="How many full blocks there must be before an incomplete one is paid.")


@register
class Retail(TablePaid):
    """A rate on a volume that is the member's own: customers' orders credited to him, or his own orders."""

    family: ClassVar[str] = "retail"
    one_level: ClassVar[bool] = True
    their_keys: ClassVar[tuple[str, ...]] = ("orders.", "order.")
    example: ClassVar[str] = """\
retail: {kind: retail, of: sales, rates: 20%}
own_orders: {kind: retail, of: pv, payment: order, rates_by: pv, rates: {0: 2%, 200: 3%}}
by_parts: {kind: retail, of: sales, rates_by: sales, rates: {0: 20%, 1000: 25%}, bands: marginal}
for_each_order: {kind: retail, of: sales, payment: order, amounts: 2.50}
by_size: {kind: retail, of: sales, payment: order, rates_by: order.pv, rates: {100: 10%, 200: 15%}}
"""

    kind: Literal["retail"] = Field(description="Pays a rate on the member's own volume.")
    of: NameOrNames = Field(
        description="The volume that is paid on, such as a sum of orders with credit: distributor; or one for each "
        "`of_by` key."
    )
    rates: RateTable | None = Field(None, description="One rate, or one for each `rates_by` key.")
    amounts: AmountTable | None = Field(None, description="Fixed money for each payment instead of rates.")
    rates_by: Keys = Field(
        "paid_as",
        description=(
            "What the keys are: paid_as, rank, title, a quantity (thresholds), or member.<field>; of the order, "
            "orders.<column> (a text), or order.<volume> (from which size of one order on); a list of these where the "
            "table is nested."
        ),
    )
    bands: Literal["whole", "marginal"] = Field(
        "whole",
        description="With thresholds: whether the rate reached is for the whole volume, or each part is paid at the "
        "rate of its own band.",
    )
    blocks: Blocks | None = Field(None, description="Blocks of one size instead of any volume.")
    payment: Literal["period", "order"] = Field(
        "period", description="What one payment is: the period's volume, or each order."
    )
    true_up: Literal["month", "quarter", "half_year", "year"] | None = Field(
        None,
        description="Each run pays what is due so far in this span, less what earlier runs of the span have paid.",
    )
    returned: Name | None = Field(
        None,
        description="Volume of the period before that came back: it is taken back at the average rate of that period.",
    )
    money_per_point: NumberOrNumbers = Field(
        1,
        description="Money for one point of the volume; or one for each `money_per_point_by` key.",
        validate_default=True,
    )
    of_by: str | None = Field(
        None,
        pattern=r"^member\.\w+$",
        description="What the keys of `of` are, where the earner's field chooses the volume: member.<field>.",
    )
    money_per_point_by: str | None = Field(
        None,
        pattern=r"^member\.\w+$",
        description="What the keys of `money_per_point` are: member.<field> of the earner.",
    )

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        for field in ("bands", "blocks", "returned"):
            if self.rates is None and field in self.model_fields_set:
                raise Hinted(f"{field} is about rates", "add rates", (field,))
        if self.blocks is not None and their_axes(self.rates_by):
            raise Hinted("blocks are of the whole volume", "let the rates go by what the earner has", ("blocks",))
        if self.blocks is not None and (self.payment == "order" or self.true_up is not None):
            raise Hinted("blocks are of the period's volume", "leave payment and true_up out", ("blocks",))
        if self.true_up is not None and self.payment == "order":
            raise Hinted("a true-up is of a sum", "leave payment: order out", ("payment",))
        return self

    def quantities(self) -> Iterator[tuple[tuple[str, ...], str]]:
        yield ("of",), self.of
        if self.returned is not None:
            yield ("returned",), self.returned

    def kept(self, name: str, scope: "Scope") -> Iterator[Kept]:
        yield from super().kept(name, scope)
        decimals = self.money(scope.model).decimals
        if self.true_up is not None:
            yield Kept(f"{name}:advanced", decimals, since=f"{name}:advanced_since")
            yield Kept(f"{name}:advanced_since", company=True)
        if self.returned is not None:
            yield Kept(f"{name}:last_paid", decimals)
            yield Kept(f"{name}:last_volume", scope.scale(self.of))

    def findings(self, name: str, scope: "Scope") -> Found:
        yield from super().findings(name, scope)
        marginal = self.bands == "marginal"
        if marginal and not (
            isinstance(self.rates, ByKey) and isinstance(self.rates_by, str) and self.rates_by in scope.rules
        ):
            hint = "give rates by thresholds of a quantity, with rates_by"
            if isinstance(self.rates_by, tuple):
                hint = "let rates_by be the quantity alone, and write a bonus for each of the other keys, with pay_when"
            yield Finding(("bands",), "bands need thresholds", hint)
        if self.blocks is not None:
            yield from self._blocks(scope, marginal=marginal)
        if self.true_up is not None and scope.model.rounding.at == "member":
            yield Finding(("true_up",), "what was advanced is rounded money", "round at payment or at bonus")
        if self.returned is not None and scope.model.rounding.at == "member":
            yield Finding(("returned",), "what was paid before is rounded money", "round at payment or at bonus")

    def _blocks(self, scope: "Scope", *, marginal: bool) -> Found:
        assert self.blocks is not None  # noqa: S101 - asked by the caller
        if marginal and self.rates_by != self.of:
            yield Finding(
                ("rates_by",), "blocks are counted in the volume that is paid on", f"write rates_by: {self.of}"
            )
        if digits(self.blocks.size) > scope.scale(self.of):
            message = f"{self.blocks.size} has more digits than {self.of}"
            yield Finding(("blocks", "size"), message, "write fewer digits")
        if self.blocks.incomplete == "unpaid" and self.blocks.after:
            yield Finding(("blocks", "after"), "an incomplete block is never paid", "say with incomplete what it gets")

    def compile(self, name: str, builder: "Builder") -> None:
        from compplan.bonuses.own_tier.retail_pass import compile_retail  # noqa: PLC0415 - the language loads no NumPy

        compile_retail(name, self, builder)

    def describe(self, name: str) -> list[str]:
        del name
        what = "each order" if self.payment == "order" else "the period's sum"
        lines = []
        if self.rates is not None:
            rates = table(self.rates, self.rates_by, percent)
            lines.append(f"A member gets {rates} of his own {self.of}, on {what}.")
        if self.amounts is not None:
            amounts = table(self.amounts, self.rates_by, money)
            lines.append(f"A member gets {amounts} for {what} of {self.of}.")
        if self.bands == "marginal":
            lines.append("Each part of it is paid at the rate of its own band.")
        return [*lines, *self._more(), *points(self.of, self.money_per_point)]

    def _more(self) -> Iterator[str]:
        if self.blocks is not None:
            size, after = money(self.blocks.size), self.blocks.after
            rest = {"own_rate": "paid at its own rate", "previous_rate": "paid at the rate of the last full one"}
            said = rest.get(self.blocks.incomplete, "not paid")
            enough = f" once there are {after} full ones" if after else ""
            yield f"It is paid in blocks of {size}; an incomplete block is {said}{enough}."
        if self.true_up is not None:
            yield f"Each run pays what is due so far in the {half(self.true_up)}, less what was paid in it before."
        if self.returned is not None:
            yield f"{self.returned} is taken back at the average rate of the period before."
