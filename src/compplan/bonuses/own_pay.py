"""The fields of bonuses that look at what the same member is paid by other bonuses."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from compplan.bonuses.base import Bonus
from compplan.plan.findings import Finding, Found
from compplan.plan.values import Names

if TYPE_CHECKING:
    from compplan.plan.scope import Scope


class OwnPay(Bonus):
    """A bonus that is made of a member's own pay, after caps and after the greater of two, before limits."""

    one_level: ClassVar[bool] = True
    reads_chosen_pay: ClassVar[bool] = True

    of: Names = Field(description="The bonus whose pay it looks at, or a list of bonuses.")

    @property
    def named(self) -> str:
        """The bonuses in words."""
        return " and ".join(self.of)

    def bonuses(self) -> Iterator[tuple[tuple[str, ...], str]]:
        for name in self.of:
            yield ("of",), name

    def findings(self, name: str, scope: "Scope") -> Found:
        yield from super().findings(name, scope)
        if len(set(self.of)) < len(self.of):
            yield Finding(("of",), "of names a bonus twice", "name each bonus once")
        ours = self.money(scope.model).code
        for other in self.of:
            model = scope.model.bonuses.get(other)
            codes = {money.code for money in model.currencies(scope.model).values()} if model else {ours}
            if codes != {ours}:
                message = f"{other} is paid in {' and '.join(sorted(codes))}, and this in {ours}"
                yield Finding(("of",), message, "name bonuses of the same currency")
