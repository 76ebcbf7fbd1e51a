"""Counts of members, or of legs with at least one, that meet a condition."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field, model_validator

from compplan.plan.located import Hinted
from compplan.plan.values import ConditionText, Name, Whole
from compplan.plan.wording import in_tree, words
from compplan.quantities.base import Quantity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compplan.plan.scope import Scope
    from compplan.program.builder import Builder


class Count(Quantity):
    """How many members, or how many legs with at least one member, meet a condition."""

    word: ClassVar[str] = "count"

    count: ConditionText = Field(description="The condition; `is_distributor` and `is_customer` are always there.")
    among: Literal["frontline", "downline", "legs"] = Field(
        description="Whom it counts; `legs` counts legs with at least one."
    )
    levels: Whole | None = Field(None, ge=1, description="With downline: how many levels down.")
    per_leg: Whole | None = Field(None, ge=1, description="With downline: the most that one leg may bring.")
    tree: Name | None = Field(None, description="The tree; the first by default.")

    @model_validator(mode="after")
    def _limits_fit(self) -> Count:
        given = [w for w in ("levels", "per_leg") if getattr(self, w) is not None]
        if given and (self.among != "downline" or len(given) > 1):
            raise Hinted("levels or per_leg go with among: downline, one of them", "leave it out", (given[0],))
        return self

    def texts(self) -> Iterator[tuple[str, str]]:
        yield "count", self.count

    def scale(self, scope: Scope) -> int:
        del scope
        return 0

    def compile(self, name: str, builder: Builder) -> None:
        from compplan.program.passes import CountPass  # noqa: PLC0415 - the language loads no NumPy

        condition, tree = builder.condition(self.count), self.tree_of(builder.plan.scope)
        builder.add(CountPass((name,), (condition,), tree, condition, self.among, self.levels, self.per_leg))

    def describe(self) -> str:
        what = "legs that contain a member with" if self.among == "legs" else f"{self.among} members with"
        text = f"number of {what} {words(self.count)}{in_tree(self.tree)}"
        text += f", {self.levels} levels deep" if self.levels else ""
        return text + (f", at most {self.per_leg} from one leg" if self.per_leg else "")
