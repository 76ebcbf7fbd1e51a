"""Points: a sale carries a fixed number of points, and each member above takes as many as his rank has."""

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from compplan.bonuses.base import Bonus
from compplan.bonuses.fields import PaidWhere, StopAt, TreeUp
from compplan.bonuses.registry import register
from compplan.plan.findings import Finding, Found
from compplan.plan.kept import Kept
from compplan.plan.located import Hinted
from compplan.plan.tables import ByKey, PointCount, PointTable
from compplan.plan.values import ConditionText, Name, Number, digits
from compplan.plan.wording import in_tree, money, percent, points, table, words
from compplan.plan.words import RANK_COLUMNS

if TYPE_CHECKING:
    from compplan.plan.scope import Scope
    from compplan.program.builder import Builder

MOST_POINTS = 1_000_000


@register
class Points(Bonus):
    """Points that are used up on the way up: the nearest takes first, what is left goes on."""

    family: ClassVar[str] = "points"
    conditions: ClassVar[tuple[str, ...]] = (*Bonus.conditions, "where", "stop_at", "compress")
    compress_words: ClassVar[tuple[str, ...]] = ("none", "unpayable")
    example: ClassVar[str] = """\
sale:
  kind: points
  of: cv
  payment: order
  start: self
  points: 8
  takes: {bronze: 1, silver: 3}
"""

    kind: Literal["points"] = Field(description="Pays points of a sale until none is left.")
    of: Name = Field(description="The worth of one point: a volume, for each source or order.")
    tree: TreeUp = None
    points: PointCount = Field(
        description="How many points each source or order carries; or a share of the volume, such as 40%.",
    )
    takes: PointTable = Field(description="How many points a member takes, or one number for each `takes_by` key.")
    takes_by: str = Field(
        "paid_as",
        description="What the keys of `takes` are: paid_as, rank, title, a quantity (thresholds), or member.<field>.",
    )
    rank_in_leg: str | None = Field(
        None,
        pattern=r"^(member\.\w+|when_opened)$",
        description=(
            "What a member takes of a line where it is not by his own key: a field of the line's first member that "
            "holds the key (member.<field>; his own key where it is empty), or `when_opened`, the rank that he had "
            "when the first member came (or his first rank thereafter), kept in the state."
        ),
    )
    where: PaidWhere = None
    stop_at: StopAt = None
    compress: ConditionText = Field(
        "none",
        description=(
            "Who takes no points and is no place in the line: `none`; a condition, such as `not active`; or "
            "`unpayable`, whoever does not meet pay_when. The points of others who cannot be paid are used up and lost."
        ),
    )
    payment: Literal["period", "order"] = Field(
        "period", description="What one payment is: points of a source's volume of the period, or of each order."
    )
    start: Literal["upline", "self"] = Field(
        "upline", description="Whether the first to take is the member above the source, or the source."
    )
    money_per_point: Number = Field(1, ge=0, description="Money for one point of the volume.", validate_default=True)

    @model_validator(mode="after")
    def _keys_are_there(self) -> Self:
        if not isinstance(self.takes, ByKey) and self.rank_in_leg is not None:
            raise Hinted("everybody takes the same", "give takes keys, or leave rank_in_leg out", ("rank_in_leg",))
        if self.rank_in_leg == "when_opened" and self.takes_by not in {"rank", "title", "paid_as"}:
            raise Hinted("only ranks are kept when a line opens", "let takes go by a rank", ("takes_by",))
        return self

    @property
    def scale(self) -> int:
        """Digits of points."""
        rows = [row for _, row in self.takes.leaves()] if isinstance(self.takes, ByKey) else [self.takes]
        return max([digits(self.points), *(digits(value) for row in rows for value in row.levels)])

    def quantities(self) -> Iterator[tuple[tuple[str, ...], str]]:
        yield ("of",), self.of

    def tables(self) -> Iterator[tuple[tuple[str, ...], str | tuple[str, ...], Any]]:
        yield from super().tables()
        yield ("takes",), self.takes_by, self.takes
        if self.rank_in_leg not in {None, "when_opened"}:
            yield ("takes",), str(self.rank_in_leg), self.takes

    def kept(self, name: str, scope: "Scope") -> Iterator[Kept]:
        yield from super().kept(name, scope)
        if self.rank_in_leg == "when_opened":
            yield Kept(f"{name}:line_rank", rank=True)

    def findings(self, name: str, scope: "Scope") -> Found:
        yield from super().findings(name, scope)
        if self.points * 10**self.scale > MOST_POINTS:
            hint = f"at most {MOST_POINTS} of the finest part"
            yield Finding(("points",), f"{self.points} points are too many", hint)
        rows = [row for _, row in self.takes.leaves()] if isinstance(self.takes, ByKey) else [self.takes]
        if not any(value for row in rows for value in row.levels):
            yield Finding(("takes",), "nobody takes a point", "give at least one key a number above zero")
        if self.rank_in_leg and self.rank_in_leg.startswith("member.") and self.takes_by not in RANK_COLUMNS:
            hint = "let takes go by a rank, or by a member field"
            if not self.takes_by.startswith("member."):
                yield Finding(("takes_by",), "a line has a key, and no threshold", hint)

    def compile(self, name: str, builder: "Builder") -> None:
        from compplan.bonuses.points.points_pass import compile_points  # noqa: PLC0415 - the language loads no NumPy

        compile_points(name, self, builder)

    def describe(self, name: str) -> list[str]:
        del name
        what = "each order" if self.payment == "order" else "each member's volume of the period"
        lines = [f"{what.capitalize()} of {self.of} carries {points_words(self.points)}, worth {self.of} each."]
        first = "the source himself" if self.start == "self" else "the member above"
        takes = table(self.takes, self.takes_by, points_words)
        lines.append(f"Beginning with {first}{in_tree(self.tree)}, each takes {takes}, until nothing is left.")
        if self.rank_in_leg == "when_opened":
            lines.append("Of a line a member takes by the rank that he had when its first member came.")
        elif self.rank_in_leg:
            lines.append(f"Of a line a member takes by {self.rank_in_leg} of its first member, if that is given.")
        if self.where is not None:
            lines.append(f"Only volume of members with {words(self.where)} is paid on.")
        if self.stop_at is not None:
            stop = words(self.stop_at)
            lines.append(f"A member with {stop} is the last who takes; his own volume goes no further either.")
        if self.compress == "unpayable":
            lines.append("Who cannot be paid takes nothing.")
        else:
            skipped = "" if self.compress == "none" else f"A member with {words(self.compress)} takes nothing. "
            lines.append(f"{skipped}The points of others who cannot be paid stay with the company.")
        return [*lines, *points(self.of, self.money_per_point)]


def points_words(count: Decimal) -> str:
    """Return a number of points in words."""
    return percent(count) if 0 < count < 1 else f"{money(count)} {'point' if count == 1 else 'points'}"
