"""Match: a share of what members below were paid by other bonuses, by level or generation."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from compplan.bonuses.generational import Generational
from compplan.bonuses.registry import register
from compplan.plan.findings import Finding, Found
from compplan.plan.located import Hinted
from compplan.plan.tables import LevelTable
from compplan.plan.values import ConditionText, Flag, Names
from compplan.plan.wording import words

if TYPE_CHECKING:
    from compplan.plan.scope import Scope
    from compplan.program.builder import Builder


def pay_findings(bonus: Any, scope: "Scope") -> Found:
    """Yield what makes no sense about the pay that a bonus is paid on."""
    bonuses, ours = scope.model.bonuses, bonus.money(scope.model).code
    for each in (each for each in bonus.of if each in bonuses):
        theirs = sorted({currency.code for currency in bonuses[each].currencies(scope.model).values()})
        if theirs != [ours]:
            message = f'"{each}" is paid in {" and ".join(theirs)}, its match in {ours}'
            yield Finding(("currency" if bonus.currency else "of",), message, "match bonuses of the same currency")
    if bonus.of_pay == "after_limits" and not scope.model.limits:
        yield Finding(("of_pay",), "the plan has no limits", "leave of_pay out")


@register
class Match(Generational):
    """Rates by rank and level, or generation, on the pay of the downline."""

    family: ClassVar[str] = "match"
    reads_quantities: ClassVar[bool] = True
    their_keys: ClassVar[tuple[str, ...]] = ()
    example: ClassVar[str] = """\
commission: {kind: unilevel, of: cv, rates: [5%, 5%, 3%]}
match:
  kind: match
  of: commission
  rates: {bronze: [10%], silver: [10%, 5%]}
  pay_when: active
"""

    kind: Literal["match"] = Field(description="Pays a share of what members below are paid by other bonuses.")
    of: Names = Field(  # type: ignore[assignment]
        description="The bonus whose pay is matched, or a list of bonuses; or a volume that holds pay of other runs.",
    )
    of_pay: Literal["before_caps", "after_caps", "before_limits", "after_limits"] | None = Field(
        None,
        description=(
            "Which pay of these bonuses: before or after their caps, before or after the plan's limits. After caps and "
            "before limits when left out; with payment: order, each payment as it stands in the ledger."
        ),
    )
    where: ConditionText | None = Field(None, description="Whose pay is matched; everybody's when left out.")
    cascade: Flag = Field(
        default=False, description="Whether what somebody gets of this match is matched again by those above him."
    )

    @model_validator(mode="after")
    def _match_fits(self) -> Self:
        if len(set(self.of)) < len(self.of) or not self.of:
            raise Hinted("of names a bonus twice, or none", "name each bonus once", ("of",))
        if self.payment == "order" and self.of_pay is not None:
            hint = "leave of_pay out, or match the pay of the period"
            raise Hinted("payments per order have no caps", hint, ("of_pay",))
        if self.qualified_since:
            raise Hinted("a match has no qualified_since", "leave it out", ("qualified_since",))
        if self.cascade and (self.boundary is not None or self.compress == "unpayable" or self.unpaid == "pass_up"):
            message = "cascade goes with levels that everybody or a compress condition counts"
            field = "boundary" if self.boundary else "compress" if self.compress == "unpayable" else "unpaid"
            raise Hinted(message, "leave one of the two out", (field,))
        if self.cascade and self.skipped == "paid":
            raise Hinted("cascade does not go with skipped: paid", "leave one of the two out", ("skipped",))
        if self.cascade and self.start == "self":
            raise Hinted("cascade does not go with start: self", "nobody is matched on his own match", ("start",))
        if self.cascade and (self.amounts is not None or self.money_per_point != 1):
            field = "amounts" if self.amounts is not None else "money_per_point"
            raise Hinted("a cascade has rates, of money", "give rates", (field,))
        return self

    @property
    def reads_rows(self) -> bool:
        return self.payment == "order"

    def quantities(self) -> Iterator[tuple[tuple[str, ...], str]]:
        yield from ()

    def bonuses(self) -> Iterator[tuple[tuple[str, ...], str]]:
        for name in self.of:
            yield ("of",), name

    def findings(self, name: str, scope: "Scope") -> Found:
        yield from super().findings(name, scope)
        yield from pay_findings(self, scope)
        bonuses = scope.model.bonuses
        if self.cascade:
            yield from self._cascade_findings()
        if self.payment == "order":
            for each in self.of:
                if each not in bonuses or getattr(bonuses[each], "payment", "") != "order":
                    hint = "payments per order need a bonus that pays per order"
                    yield Finding(("of",), f'"{each}" does not pay order by order', hint)

    def _cascade_findings(self) -> Found:
        rows = [self.table] if isinstance(self.table, LevelTable) else list(self.table.rows.values())
        if any(row.tail is not None for row in rows):
            yield Finding(("rates",), "a cascade does not go with an endless level", "list the levels")
        levels = max((len(row.levels) for row in rows), default=0)
        best = [max((row.levels[k] for row in rows if k < len(row.levels)), default=0) for k in range(levels)]
        if sum(best) >= 1:
            message = "the rates of a cascade reach 100 % together, so that it could pay without end"
            yield Finding(("rates",), message, "lower them, or leave cascade out")

    def compile(self, name: str, builder: "Builder") -> None:
        from compplan.bonuses.match.compile import compile_match  # noqa: PLC0415 - the language loads no NumPy

        compile_match(name, self, builder)

    def describe(self, name: str) -> list[str]:
        model = self.model_copy(update={"of": " and ".join(self.of), "where": None})
        first, *lines = Generational.describe(model, name)
        what = "each payment" if self.payment == "order" else "what each member gets"
        first = first.replace("each order of", "each member's volume of the period of", 1)
        first = first.replace("each member's volume of the period of", f"{what} of", 1)
        which = {
            None: "",
            "before_caps": "Pay counts before caps.",
            "after_caps": "Pay counts after caps.",
            "before_limits": "Pay counts before the limits of the plan.",
            "after_limits": "Pay counts after the limits of the plan.",
        }[self.of_pay]
        extra = [which] if which else []
        extra += [f"Only pay of members with {words(self.where)} is matched."] if self.where else []
        extra += ["What somebody gets of this match is matched again."] if self.cascade else []
        return [first, *extra, *lines]
