"""How many pairs binary bonuses pay a member in this period, as a quantity: for points, pools, and later periods."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from compplan.errors import did_you_mean
from compplan.plan.findings import Finding, Found
from compplan.plan.values import Names
from compplan.quantities.base import Quantity, register
from compplan.quantities.pay_of import waits_for_weeks

if TYPE_CHECKING:
    from compplan.plan.scope import Scope
    from compplan.program.builder import Builder


@register
class PairsOf(Quantity):
    """How many pairs of binary bonuses each member is paid for in this period.

    Caps of pairs come before, and caps of money after, unless these carry pairs on. Each listed increment that is
    reached is one. What decides the binary cannot go by its pairs of the same period; those of earlier periods are
    `{accumulate: pairs, periods: 1, this_period: false}`.
    """

    word: ClassVar[str] = "pairs_of"
    example: ClassVar[str] = """\
pairs: {pairs_of: binary}                    # or a list of binary bonuses
pairs_before: {accumulate: pairs, periods: 1, this_period: false}
"""

    pairs_of: Names = Field(description="The binary bonus, or a list of binary bonuses.")

    def bonuses(self) -> Iterator[tuple[str, str]]:
        for name in self.pairs_of:
            yield "pairs_of", name

    def scale(self, scope: "Scope") -> int:
        del scope
        return 0

    def findings(self, name: str, scope: "Scope") -> Found:
        del name
        bonuses = scope.model.bonuses
        pairing = [each for each, bonus in bonuses.items() if bonus.kind == "binary"]
        if not self.pairs_of or len(set(self.pairs_of)) < len(self.pairs_of):
            yield Finding(("pairs_of",), "it names a bonus twice, or none", "name each bonus once")
        for each in self.pairs_of:
            if each not in pairing:
                hint = did_you_mean(each, pairing) if pairing else "this plan has none"
                yield Finding(("pairs_of",), f'"{each}" is not a binary bonus', hint)
            elif bonuses[each].value_tables:
                message = f'"{each}" is paid by tables of single values, and pairs are counted for none of them'
                yield Finding(("pairs_of",), message, "write one bonus for each key")
        if all(each in pairing for each in self.pairs_of):
            yield from waits_for_weeks("pairs_of", scope)

    def compile(self, name: str, builder: "Builder") -> None:
        from compplan.program.pay_pass import PairsPass  # noqa: PLC0415 - the language loads no NumPy

        for bonus in self.pairs_of:
            builder.pay(bonus)
        builder.add(PairsPass((name,), tuple(map(pairs_column, self.pairs_of))))

    def describe(self) -> str:
        return f"how many pairs {' and '.join(self.pairs_of)} pay{'s' if len(self.pairs_of) == 1 else ''} the member"


def pairs_column(bonus: str) -> str:
    """Return the column of the pairs that a binary bonus pays."""
    return f"pairs {bonus}"


def is_counted(bonus: str, scope: "Scope") -> bool:
    """Tell whether a quantity asks for the pairs of a bonus."""
    return any(isinstance(rule, PairsOf) and bonus in rule.pairs_of for rule in scope.rules.values())
