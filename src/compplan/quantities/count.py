"""Counts of members, of legs with at least one, or of periods, that meet a condition."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar, Literal, Self

from pydantic import Field, model_validator

from compplan.errors import did_you_mean
from compplan.plan.findings import Finding, Found
from compplan.plan.kept import Kept
from compplan.plan.located import Hinted
from compplan.plan.values import ConditionText, Flag, Name, Whole
from compplan.plan.wording import in_tree, levels_deep, words
from compplan.quantities.base import Quantity
from compplan.quantities.past import Span, has_calendar, is_number, span_text

if TYPE_CHECKING:
    from compplan.periods.parts import Length
    from compplan.plan.scope import Scope
    from compplan.program.builder import Builder


class Count(Quantity):
    """How many members, legs with at least one member, or periods of the member himself, meet a condition."""

    word: ClassVar[str] = "count"
    conditions: ClassVar[tuple[str, ...]] = ("count", "compress")

    count: ConditionText = Field(description="The condition; `is_distributor` and `is_customer` are always there.")
    among: Literal["frontline", "downline", "legs", "periods", "weeks", "days"] = Field(
        description="Whom it counts; `legs` counts legs with at least one, `periods` those in which the member met it, "
        "`weeks` and `days` those of this period.",
    )
    levels: Whole | None = Field(None, ge=1, description="With downline: how many levels down.")
    compress: ConditionText | None = Field(
        None, description="With levels: members who meet this use up no level; they are counted if they meet `count`."
    )
    per_leg: Whole | None = Field(None, ge=1, description="With downline: the most that one leg may bring.")
    tree: Name | None = Field(None, description="The tree; the first by default.")
    side: Literal["left", "right"] | None = Field(
        None, description="With frontline or downline: only those who stand on this side of the member."
    )
    side_of: Name | None = Field(
        None, description="With side: the tree with sides that is meant; `tree` when left out."
    )
    enrolled_in: Name | None = Field(
        None,
        description="With legs: another tree. A leg counts by those who stand on his frontline there, such as whom he "
        "enrolled himself.",
    )
    periods: Span | None = Field(
        None,
        description="With periods: how many are looked at, this one included where it counts; all; or those of the "
        "same month, quarter, half_year or year.",
    )
    consecutive: Flag = Field(default=False, description="With periods: only those in a row up to now.")
    this_period: Flag = Field(default=True, description="With periods: whether the period that is run counts.")

    @model_validator(mode="after")
    def _limits_fit(self) -> Self:
        given = [w for w in ("levels", "per_leg") if getattr(self, w) is not None]
        if given and (self.among != "downline" or len(given) > 1):
            raise Hinted("levels or per_leg go with among: downline, one of them", "leave it out", (given[0],))
        if self.compress is not None and self.levels is None:
            raise Hinted("compress goes with levels", "give levels, or leave it out", ("compress",))
        return self

    @model_validator(mode="after")
    def _sides_fit(self) -> Self:
        if self.side_of is not None and self.side is None:
            raise Hinted("it is not said which side", "for example side: left", ("side_of",))
        if self.side is not None and (self.among not in {"frontline", "downline"} or self.levels or self.per_leg):
            raise Hinted("a side goes with frontline or downline, alone", "leave it out", ("side",))
        if self.enrolled_in is not None and self.among != "legs":
            raise Hinted("enrolled_in goes with among: legs", "leave it out", ("enrolled_in",))
        return self

    @model_validator(mode="after")
    def _periods_fit(self) -> Self:
        over_time = self.among == "periods"
        for word in ("periods", "consecutive", "this_period"):
            if word in self.model_fields_set and not over_time:
                raise Hinted(f"{word} goes with among: periods", "leave it out", (word,))
        if self.among in {"periods", "weeks", "days"} and self.tree is not None:
            raise Hinted("periods are not counted in a tree", "leave it out", ("tree",))
        if over_time and self.periods is None and not self.consecutive:
            raise Hinted("it is not said how many periods", "for example periods: 12, or all", ("among",))
        if self.consecutive and self.periods is not None:
            hint = "leave it out, and compare the count"
            raise Hinted("periods in a row are counted from now back", hint, ("periods",))
        return self

    @property
    def keeps(self) -> str:
        """What it keeps: `which` of the last periods (a bit each), or how many there were, all or in a row."""
        return "in_a_row" if self.consecutive else "which" if is_number(self.periods) else "periods"

    def length(self, scope: "Scope") -> "Length":
        return "period" if self.among in {"weeks", "days"} else super().length(scope)

    def later(self) -> tuple[str, ...]:
        return () if self.this_period else ("count",)

    def scale(self, scope: "Scope") -> int:
        del scope
        return 0

    def findings(self, name: str, scope: "Scope") -> Found:
        length = "week" if self.among == "weeks" else "day"
        if self.among in {"weeks", "days"} and scope.lengths.read_by(self) != length:
            message = f'"{name}" counts {self.among}, but {self.count} is not measured by the {length}'
            yield Finding(("count",), message, f"measure what it compares with over: {length}")
        if self.enrolled_in is not None:
            yield from self._of_two_trees(scope)
        if self.side is None:
            return
        trees, tree = scope.model.trees, self.side_of or self.tree_of(scope)
        field = "side" if self.side_of is None else "side_of"
        if tree not in trees:
            yield Finding((field,), f'"{tree}" is not a tree', did_you_mean(tree, list(trees)))
        elif trees[tree].side is None:
            yield Finding((field,), f'the tree "{tree}" has no sides', "name a tree with a side")

    def _of_two_trees(self, scope: "Scope") -> Found:
        if self.enrolled_in not in scope.model.trees:
            hint = did_you_mean(str(self.enrolled_in), list(scope.model.trees))
            yield Finding(("enrolled_in",), f'"{self.enrolled_in}" is not a tree', hint)
        elif self.enrolled_in == self.tree_of(scope):
            message = f'the legs are those of "{self.enrolled_in}" already'
            yield Finding(("enrolled_in",), message, "count the frontline, which heads the legs")

    def kept(self, name: str, scope: "Scope") -> Iterator[Kept]:
        del scope
        if self.among == "periods":
            yield Kept(f"{name}:{self.keeps}")
        if has_calendar(self.periods):
            yield Kept(f"{name}:since", company=True)

    def compile(self, name: str, builder: "Builder") -> None:
        from compplan.program.tree_passes import (  # noqa: PLC0415 - the language loads no NumPy
            CountPass,
            OwnLegsPass,
            SideCountPass,
        )

        if self.among == "periods":
            self._over_time(name, builder)
            return
        if self.among in {"weeks", "days"}:
            self._over_parts(name, builder)
            return
        condition, tree = builder.condition(self.count), self.tree_of(builder.plan.scope)
        if self.side is not None:
            builder.add(
                SideCountPass((name,), (condition,), tree, condition, self.among, self.side_of or tree, self.side)
            )
            return
        if self.enrolled_in is not None:
            builder.add(OwnLegsPass((name,), (condition,), tree, condition, self.enrolled_in))
            return
        if self.compress is not None and self.levels is not None:
            from compplan.program.compressed import CompressedPass  # noqa: PLC0415 - see above

            skips = builder.condition(self.compress)
            columns = tuple(dict.fromkeys((condition, skips)))
            builder.add(CompressedPass((name,), columns, tree, condition, skips, self.levels, own=False))
            return
        builder.add(CountPass((name,), (condition,), tree, condition, self.among, self.levels, self.per_leg))

    def _over_time(self, name: str, builder: "Builder") -> None:
        from compplan.program.history import PeriodCountPass, RememberFlagPass  # noqa: PLC0415 - see above

        now = (builder.condition(self.count),) if self.this_period else ()
        builder.add(PeriodCountPass((name,), now, self))
        builder.at_end(lambda: RememberFlagPass((f"remember {name}",), (builder.condition(self.count),), self, name))

    def _over_parts(self, name: str, builder: "Builder") -> None:
        from compplan.program.parts import CountPartsPass  # noqa: PLC0415 - see above

        length: Length = "week" if self.among == "weeks" else "day"
        late = builder.plan.scope.lengths.is_late(self)
        column = builder.of_parts(length, lambda part: part.condition(self.count), late=late)
        builder.add(CountPartsPass((name,), (), column, length))

    def describe(self) -> str:
        if self.among == "periods":
            return self._text_over_time()
        if self.among in {"weeks", "days"}:
            return f"number of {self.among} of the period with {words(self.count)}"
        what = "legs that contain a member with" if self.among == "legs" else f"{self.among} members with"
        if self.enrolled_in is not None:
            what = f"legs{in_tree(self.tree)} that contain a member whom he enrolled{in_tree(self.enrolled_in)}, with"
            return f"number of {what} {words(self.count)}"
        text = f"number of {what} {words(self.count)}{in_tree(self.tree)}"
        if self.side is not None:
            text += f" who stand on the {self.side} side{in_tree(self.side_of)}"
        text += f", {levels_deep(self.levels)}" if self.levels else ""
        text += f" (members with {words(self.compress)} use up none)" if self.compress else ""
        return text + (f", at most {self.per_leg} from one leg" if self.per_leg else "")

    def _text_over_time(self) -> str:
        if not self.consecutive:
            span = span_text(self.periods, this_period=self.this_period)
            return f"number of periods with {words(self.count)}, of {span}"
        upto = "this one" if self.this_period else "the one before this"
        return f"number of periods in a row up to {upto} with {words(self.count)}"
