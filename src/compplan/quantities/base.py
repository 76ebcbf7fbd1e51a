"""What every kind of quantity is: a frozen model that says what it reads, how fine it is, and how it is computed.

A volume's kind is told by the field that says where its number comes from, such as `sum` or `roll_up`. To add a kind is
to add one module to this room; nothing lists them.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Union

from pydantic import BeforeValidator, Discriminator, Tag

from compplan.errors import did_you_mean
from compplan.plan.located import Hinted
from compplan.plan.values import Model
from compplan.rooms import open_room

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compplan.periods.parts import Length
    from compplan.plan.findings import Found
    from compplan.plan.kept import Kept
    from compplan.plan.scope import Scope
    from compplan.program.builder import Builder


class Quantity(Model):
    """A named number of every member."""

    word: ClassVar[str] = ""
    """The field that tells the kind."""

    example: ClassVar[str] = ""
    """YAML for the reference."""

    def targets(self) -> Iterator[tuple[str, str]]:
        """Yield the field and name of every quantity that is read by name."""
        yield from ()

    def texts(self) -> Iterator[tuple[str, str]]:
        """Yield the field and text of every condition."""
        yield from ()

    def computations(self) -> Iterator[tuple[str, str]]:
        """Yield the field and text of every computation."""
        yield from ()

    def later(self) -> tuple[str, ...]:
        """Return the fields that are looked at only when the period is over, for the periods to come."""
        return ()

    def length(self, scope: Scope) -> Length:
        """Return how long it is measured: as long as what it reads."""
        return scope.length_of(scope.all_reads(self))

    def fields(self) -> Iterator[tuple[str, str]]:
        """Yield the member fields that it reads, each with its kind: text, flag or instant."""
        yield from ()

    def company_wide(self, scope: Scope) -> bool:
        """Tell whether it is one number of the company, the same for every member, and no sum over members."""
        del scope
        return False

    def tree_of(self, scope: Scope) -> str:
        """Return the tree that it is measured in."""
        return getattr(self, "tree", None) or scope.model.default_tree()

    def scale(self, scope: Scope) -> int:
        """Return the digits after the point of its values."""
        raise NotImplementedError

    def kept(self, name: str, scope: Scope) -> Iterator[Kept]:
        """Yield the columns of the state that it keeps from one period to the next."""
        del name, scope
        yield from ()

    def findings(self, name: str, scope: Scope) -> Found:
        """Yield what makes no sense, at places below this quantity."""
        del name, scope
        yield from ()

    def compile(self, name: str, builder: Builder) -> None:
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


@cache
def volume_kinds() -> dict[str, type[Quantity]]:
    """Return the kinds of volumes by the word that tells them, in a fixed order."""
    open_room("quantities")
    first = ("sum", "roll_up", "legs", "compute", "member", "move_up")
    return {word: _KINDS[word] for word in dict.fromkeys([*first, *sorted(_KINDS)])}


@cache
def volume_union() -> Any:
    """Return the type of one volume in a plan: the union of all kinds, told apart by their words."""
    tagged = tuple(Annotated[model, Tag(word)] for word, model in volume_kinds().items())
    return Annotated[Union[tagged], Discriminator(_word_of), BeforeValidator(_has_a_word)]  # noqa: UP007 - made at run time


def _has_a_word(value: Any) -> Any:
    words = volume_kinds()
    if isinstance(value, dict) and not any(word in value for word in words):
        near = [hint for key in value if (hint := did_you_mean(str(key), words)).startswith("did")]
        hint = next(iter(near), "for example: {sum: orders.qv}")
        raise Hinted(f"none of {', '.join(words)} is here", hint)
    return value


def _word_of(value: Any) -> str:
    given = value if isinstance(value, dict) else (getattr(value, "word", ""),)
    return next((word for word in volume_kinds() if word in given), "sum")
