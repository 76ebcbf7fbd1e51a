"""What every kind of quantity is: a frozen model that says what it reads, how fine it is, and how it is computed.

A volume's kind is told by the field that says where its number comes from, such as `sum` or `roll_up`. To add a kind is
to add one module to this room; nothing lists them.
"""

from collections.abc import Iterable, Iterator
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Union

from pydantic import BeforeValidator, Discriminator, Tag

from compplan.errors import did_you_mean
from compplan.plan.findings import Found
from compplan.plan.kept import Kept
from compplan.plan.located import Hinted
from compplan.plan.tables import ByKey, LevelTable, axes
from compplan.plan.values import Model
from compplan.rooms import open_room

if TYPE_CHECKING:
    from compplan.periods.parts import Length
    from compplan.plan.scope import Scope
    from compplan.program.builder import Builder


class Quantity(Model):
    """A named number of every member."""

    word: ClassVar[str] = ""
    """The field that tells the kind."""

    conditions: ClassVar[tuple[str, ...]] = ()
    """The fields that hold conditions."""

    example: ClassVar[str] = ""
    """YAML for the reference."""

    overlaps: ClassVar[bool] = False
    """Whether values of several members hold the same volume, so that their sum counts it more than once."""

    def targets(self) -> Iterator[tuple[str, str]]:
        """Yield the field and name of every quantity that is read by name."""
        yield from ()

    def texts(self) -> Iterator[tuple[str, str]]:
        """Yield the field and text of every condition."""
        for field in self.conditions:
            if (text := getattr(self, field)) is not None:
                yield field, text

    def computations(self) -> Iterator[tuple[str, str]]:
        """Yield the field and text of every computation."""
        yield from ()

    def bonuses(self) -> Iterator[tuple[str, str]]:
        """Yield the field and name of every bonus whose pay it reads."""
        yield from ()

    def later(self) -> tuple[str, ...]:
        """Return the fields that are looked at only when the period is over, for the periods to come."""
        return ()

    def length(self, scope: "Scope") -> "Length":
        """Return how long it is measured: as long as what it reads."""
        return scope.lengths.read_by(self)

    def tables(self) -> Iterator[tuple[str, str | tuple[str, ...], LevelTable | ByKey]]:
        """Yield the field, the `by`, and the table of every table that may have keys."""
        yield from ()

    def keys(self, scope: "Scope") -> Iterator[str]:
        """Yield rank columns and quantities that it reads as the keys of a table."""
        del scope
        for _, by, table in self.tables():
            if isinstance(table, ByKey):
                yield from axes(by)

    def fields(self) -> Iterator[tuple[str, str]]:
        """Yield the member fields that it reads, each with its kind: text, flag or instant."""
        for _, by, table in self.tables():
            for key in axes(by) if isinstance(table, ByKey) else ():
                if key.startswith("member."):
                    yield key.removeprefix("member."), "text"

    def company_wide(self, scope: "Scope") -> bool:
        """Tell whether it is one number of the company, the same for every member, and no sum over members."""
        del scope
        return False

    def tree_of(self, scope: "Scope") -> str:
        """Return the tree that it is measured in."""
        return getattr(self, "tree", None) or scope.model.default_tree()

    def scale(self, scope: "Scope") -> int:
        """Return the digits after the point of its values."""
        raise NotImplementedError

    def kept(self, name: str, scope: "Scope") -> Iterator[Kept]:
        """Yield the columns of the state that it keeps from one period to the next."""
        del name, scope
        yield from ()

    def findings(self, name: str, scope: "Scope") -> Found:
        """Yield what makes no sense, at places below this quantity."""
        del name, scope
        yield from ()

    def compile(self, name: str, builder: "Builder") -> None:
        """Add the passes that write the column `name`."""
        raise NotImplementedError

    def describe(self) -> str:
        """Return it in plain language, as what follows `name: `."""
        raise NotImplementedError


_KINDS: dict[str, type[Quantity]] = {}


def register(model: type[Quantity]) -> type[Quantity]:
    """Make a kind of volume known to the plan language, by its `word`."""
    _KINDS[model.word] = model
    return model


FIRST = {
    "sum": "order_sum",
    "roll_up": "roll_up",
    "legs": "legs",
    "compute": "compute",
    "member": "member_column",
    "move_up": "move_up",
}
"""The kinds that nearly every plan has, and their modules: a plan of these alone need not load the others."""


@cache
def volume_kinds() -> dict[str, type[Quantity]]:
    """Return the kinds of volumes by the word that tells them, in a fixed order."""
    open_room("quantities")
    return {word: _KINDS[word] for word in dict.fromkeys([*FIRST, *sorted(_KINDS)])}


def volume_words(rules: Iterable[Any]) -> tuple[str, ...] | None:
    """Return the words of the first kinds that volumes use, in their order; None where one is of another kind."""
    used = {next((word for word in FIRST if isinstance(rule, dict) and word in rule), "") for rule in rules}
    return None if "" in used else tuple(word for word in FIRST if word in used)


@cache
def volume_union(words: tuple[str, ...] | None = None) -> Any:
    """Return the type of one volume in a plan: the union of all kinds or of some, told apart by their words."""
    if words is None:
        known = volume_kinds()
    else:
        for word in words:
            import_module(f"compplan.quantities.{FIRST[word]}")
        known = {word: _KINDS[word] for word in words}

    def word_of(value: Any) -> str:
        given = value if isinstance(value, dict) else (getattr(value, "word", ""),)
        return next((word for word in known if word in given), "sum")

    tagged = tuple(Annotated[model, Tag(word)] for word, model in known.items())
    return Annotated[Union[tagged], Discriminator(word_of), BeforeValidator(_has_a_word)]  # noqa: UP007 - made at run time


def _has_a_word(value: Any) -> Any:
    if isinstance(value, dict) and not any(word in value for word in (*FIRST, *_KINDS)):
        words = list(volume_kinds())
        near = [hint for key in value if (hint := did_you_mean(str(key), words)).startswith("did")]
        hint = next(iter(near), "for example: {sum: orders.qv}")
        raise Hinted(f"none of {', '.join(words)} is here", hint)
    return value
