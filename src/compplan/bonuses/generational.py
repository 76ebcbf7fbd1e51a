"""Levels that are generations: groups between members of a boundary, instead of members one by one."""

from typing import TYPE_CHECKING, ClassVar, Literal, Self

from pydantic import Field, model_validator

from compplan.bonuses.upward import Upward
from compplan.plan import expression as ex
from compplan.plan.findings import Finding, Found
from compplan.plan.located import Hinted
from compplan.plan.values import ConditionText
from compplan.plan.wording import words

if TYPE_CHECKING:
    from compplan.plan.scope import Scope


class Generational(Upward):
    """What goes up a tree, with levels that a boundary can count: a generation ends with each of its members."""

    conditions: ClassVar[tuple[str, ...]] = (*Upward.conditions, "boundary")
    pairs: ClassVar[dict[str, str]] = {**Upward.pairs, "boundary": "earner"}

    boundary: ConditionText | None = Field(
        None,
        description=(
            "Who ends a generation, such as paid_as >= director; each line has its own, and the last one stays open. "
            "`earner.` before a name means the member who is paid: paid_as >= earner.paid_as."
        ),
    )
    boundary_member: Literal["closes", "opens"] = Field(
        "closes",
        description="Whether a boundary member still belongs to the generation that he ends, or to the next one.",
    )
    own_group: Literal["first", "before_first"] = Field(
        "first",
        description="Whether what stands before the first boundary member is generation 1, or is not paid at all.",
    )

    @model_validator(mode="after")
    def _boundary_fits(self) -> Self:
        if self.boundary is None:
            for field in ("boundary_member", "own_group"):
                if field in self.model_fields_set:
                    raise Hinted(f"{field} needs a boundary", "for example: boundary: paid_as >= director", (field,))
        elif self.skipped == "paid":
            hint = "who ends no generation is paid without using one up; leave it out"
            raise Hinted("skipped: paid has no meaning with a boundary", hint, ("skipped",))
        elif self.compress == "unpayable" and (self.boundary_member, self.own_group) != ("closes", "first"):
            message = "compress: unpayable goes with boundary members that close, and the own group as the first"
            raise Hinted(message, "put who ends a generation into the boundary", ("compress",))
        return self

    def findings(self, name: str, scope: "Scope") -> Found:
        yield from super().findings(name, scope)
        others = [] if self.boundary is None else [n for n in ex.walk(ex.parse(self.boundary)) if isinstance(n, ex.Of)]
        if any(isinstance(node.item, ex.Field) for node in others):
            yield Finding(("boundary",), "a boundary compares a member field", "compare ranks, numbers or conditions")
        if others and self.compress == "unpayable":
            hint = "put who ends a generation into the boundary"
            yield Finding(("compress",), "compress: unpayable does not go with a boundary that reads the earner", hint)

    def describe(self, name: str) -> list[str]:
        lines = super().describe(name)
        if self.boundary is None:
            return lines
        belongs = {"closes": "belongs to the generation that he ends", "opens": "is the first of the next generation"}
        before = {"first": "is generation 1", "before_first": "is not paid by this bonus"}
        replaced = [
            line
            for line in lines
            if not line.startswith(("Every member above", "A member above with", "Who cannot be paid at the level"))
        ]
        replaced += [
            f"Levels are generations: a member with {words(self.boundary)} ends one, in each line on its own.",
            f"He {belongs[self.boundary_member]}; what stands before the first of them {before[self.own_group]}.",
        ]
        if self.compress == "unpayable":
            replaced.append("Who cannot be paid at the generation that comes next ends none and is not paid.")
        elif self.compress != "none":
            replaced.append(f"A member above with {words(self.compress)} ends no generation and is not paid.")
        return replaced
