"""Patches: small documents that name what differs from a plan.

```yaml
compplan_patch: 1
name: richer second level
set:
  bonuses.unilevel.rates.silver: [5%, 6%, 3%]
remove: [bonuses.fast_start]
insert:
  ranks.ladder.gold: {after: silver, value: [active, gv >= 5000]}
```

A path is written with dots: `ranks.ladder.silver`, or `bonuses.unilevel.rates.0` for the first of a list.
A key that holds a dot stands in double quotes, with JSON's escapes: `rates."2.5"`. A step that reads as a
number finds the number key; a new key is a number where the mapping has number keys already, else text.

All paths of one patch speak of the plan before the patch, so its operations do not disturb each other:

- `set` replaces a value in its position, or adds a key at the end of a mapping that exists;
- `insert` adds a key to a mapping, next to the one that `after` or `before` names (which may be one that this
  patch inserts above it, or removes); or an item to a list: `a.b.2` comes before the present item 2;
- `remove` leaves out a key or an item.

Two operations on the same path, or one inside of the other, are a problem.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from compplan.errors import PlanError, Problem
from compplan.plan.edits import Edit, read_path, resolve
from compplan.plan.located import Hinted, validate
from compplan.plan.rebuild import apply_edits, apply_edits_to_marks
from compplan.plan.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import TypeAlias

    PatchLike: TypeAlias = "Mapping[str, Any] | Patch | Source"


def _checked_path(text: str) -> str:
    try:
        read_path(text)
    except ValueError as error:
        hint = 'write steps with dots between, such as bonuses.unilevel or rates."2.5"'
        raise Hinted(str(error), hint) from None
    return text


DottedPath = Annotated[str, AfterValidator(_checked_path)]


class Insert(BaseModel):
    """One thing to insert, and where."""

    model_config = ConfigDict(frozen=True, extra="forbid", title="Insert")

    after: str | int | Decimal | None = Field(
        None,
        title="After",
        description="The key of the mapping that it follows. For a list, the path itself says where.",
    )
    before: str | int | Decimal | None = Field(None, title="Before", description="The key that it precedes.")
    value: Any = Field(title="Value", description="What to insert.")

    @model_validator(mode="after")
    def _one_neighbour(self) -> Insert:
        if self.after is not None and self.before is not None:
            message = "after and before do not go together"
            raise Hinted(message, "leave one of them out", ("before",), key=True)
        return self


class Patch(BaseModel):
    """A document that names what differs from a plan."""

    model_config = ConfigDict(frozen=True, extra="forbid", title="Plan patch")

    compplan_patch: Literal[1] = Field(title="Version", description="The version of the patch language: 1.")
    name: str = Field(title="Name", description="What people call this variant.", min_length=1)
    description: str | None = Field(None, title="Description", description="A sentence about what it is for.")
    set: dict[DottedPath, Any] = Field(
        default={},
        title="Set",
        description="New values by path; the last step may be a new key.",
    )
    remove: tuple[DottedPath, ...] = Field((), title="Remove", description="Paths of what to leave out.")
    insert: dict[DottedPath, Insert] = Field(
        default={},
        title="Insert",
        description="New keys or list items by path, where their order matters.",
    )


def apply_patch(base: dict[Any, Any], patch: PatchLike) -> dict[Any, Any]:
    """Return what a plan becomes with a patch.

    Parameters
    ----------
    base
        Plain data, as in `Source.data`. It is never changed.
    patch
        A patch document: plain data, the model, or a source, whose problems then have places.

    Returns
    -------
    dict
        New data, which shares with `base` and the patch what it did not have to change.

    Raises
    ------
    PlanError
        With all problems of the patch: a path that leads nowhere, operations that meet, a bad document.

    Examples
    --------
    >>> base = {"ladder": {"member": [], "silver": ["active"]}}
    >>> bronze = {"ladder.bronze": {"before": "silver", "value": []}}
    >>> patch = {"compplan_patch": 1, "name": "with bronze", "insert": bronze}
    >>> list(apply_patch(base, patch)["ladder"])
    ['member', 'bronze', 'silver']
    """
    return apply_patches(base, [patch])


def apply_patches(base: dict[Any, Any], patches: Iterable[PatchLike]) -> dict[Any, Any]:
    """Return what a plan becomes with patches, from left to right; each sees what the ones before it left.

    Parameters
    ----------
    base
        Plain data; never changed.
    patches
        As in `apply_patch`.

    Raises
    ------
    PlanError
        With the problems of all the documents, or else of the first patch that does not fit.
    """
    result = Source("plan", base)
    for opened in _open_all(patches):
        result = _applied(result, opened)
    data: dict[Any, Any] = result.data
    return data


def merged_source(base: Source, patches: Iterable[Source]) -> Source:
    r"""Return a patched plan whose every part knows the file that set it.

    Parameters
    ----------
    base
        The plan as read.
    patches
        Patch documents as read, applied from left to right.

    Returns
    -------
    Source
        Its `data` is `apply_patches(base.data, patches)`; its `place` is in the patch for what a patch set or
        inserted, and in the base for all else.

    Raises
    ------
    PlanError
        As `apply_patches`.

    Examples
    --------
    >>> from compplan.plan.source import read_source
    >>> base = read_source("rates: [5%, 3%]\n", name="plan.yaml")
    >>> patch = read_source("compplan_patch: 1\nname: more\nset: {rates.1: 4%}\n", name="more.yaml")
    >>> merged = merged_source(base, [patch])
    >>> merged.data, str(merged.place(("rates", 0))), str(merged.place(("rates", 1)))
    ({'rates': ['5%', '4%']}, 'plan.yaml:1:9', 'more.yaml:3:16')
    """
    for opened in _open_all(patches):
        base = _applied(base, opened)
    return base


class _Opened:
    """A patch with the source that its problems point into."""

    def __init__(self, patch: PatchLike) -> None:
        if isinstance(patch, Patch):
            self.source, self.model = Source(patch.name, None), patch
            return
        self.source = patch if isinstance(patch, Source) else Source("patch", patch)
        self.model = validate(Patch, self.source)


def _open_all(patches: Iterable[PatchLike]) -> list[_Opened]:
    """Open every patch before any is applied, so that all bad documents are told together."""
    opened: list[_Opened] = []
    problems: list[Problem] = []
    for patch in patches:
        try:
            opened.append(_Opened(patch))
        except PlanError as error:
            problems.extend(error.problems)
    if problems:
        raise PlanError(problems)
    return opened


def _applied(base: Source, patch: _Opened) -> Source:
    edits, problems = resolve(base.data, _written(patch.model))
    if problems:
        raise PlanError(_problem(patch.source, edit, error) for edit, error in problems)
    root = apply_edits_to_marks(base.root, edits, patch.source.root) if base.root else None
    return Source(f"{base.name} with {patch.model.name}", apply_edits(base.data, edits), root)


def _written(patch: Patch) -> Iterator[Edit]:
    for text, value in patch.set.items():
        yield Edit("set", text, ("set", text), value)
    for text, insert in patch.insert.items():
        yield Edit("insert", text, ("insert", text), insert.value, insert.after, insert.before)
    for index, text in enumerate(patch.remove):
        yield Edit("remove", text, ("remove", index))


def _problem(source: Source, edit: Edit, error: Hinted) -> Problem:
    place = source.place((*edit.at, *error.at), key=not error.at)
    message = error.message if place else f"{source.name}: {error.message}"
    return Problem(error.code, message, place, error.hint)
