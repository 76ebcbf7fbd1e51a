"""The bonus kinds by name: modules of `bonuses/kinds/`, which nothing lists, and kinds of other packages."""

from __future__ import annotations

from functools import cache
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from compplan.rooms import in_room, open_room

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from compplan.bonuses.base import Bonus

_KINDS: dict[str, type[Bonus]] = {}


def register(model: type[Bonus]) -> type[Bonus]:
    """Make a bonus kind known to the plan language (usable as a decorator).

    Parameters
    ----------
    model
        A `Bonus` whose `kind` field is a `Literal` of one name.
    """
    (kind,) = model.model_fields["kind"].annotation.__args__  # type: ignore[union-attr]
    _KINDS[kind] = model
    return model


@cache
def _open_plugins() -> None:
    """Import the modules that installed packages name as entry points of `compplan.kinds`; each registers its kinds."""
    for each in entry_points(group="compplan.kinds"):
        each.load()


def kinds() -> dict[str, type[Bonus]]:
    """Return the known kinds by name: the built-in ones in the order of their names, then those from outside.

    The order does not depend on which module was imported first, and so neither does the JSON Schema.
    """
    open_room("bonuses.kinds")
    _open_plugins()
    built_in = sorted(name for name, model in _KINDS.items() if model.__module__.startswith("compplan."))
    return {name: _KINDS[name] for name in dict.fromkeys([*built_in, *_KINDS])}


def some_kinds(names: Iterable[Any]) -> tuple[type[Bonus], ...] | None:
    """Return the kinds of these names, loading no other; None where one is unknown (it may be no name at all)."""
    for name in names:
        if not isinstance(name, str) or (name not in _KINDS and not in_room("bonuses.kinds", name)):
            return None
    return tuple(_KINDS[name] for name in sorted(set(names))) if all(name in _KINDS for name in names) else None


def bonus_union(models: Sequence[type[Bonus]]) -> Any:
    """Return the type of one bonus in a plan: the union of kinds, told apart by `kind`."""
    union: Any = models[0]
    for model in models[1:]:
        union = union | model
    return Annotated[union, Field(discriminator="kind")] if len(models) > 1 else union
