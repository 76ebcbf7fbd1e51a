"""Loading: from text to a checked, frozen plan."""

from __future__ import annotations

from decimal import Decimal
from functools import cached_property
from os import PathLike
from typing import TYPE_CHECKING, Any

from compplan.errors import Place, PlanError, Problem, UsageError
from compplan.plan.checks import problems
from compplan.plan.located import validate
from compplan.plan.model import PlanModel, plan_model
from compplan.plan.scope import Scope
from compplan.plan.source import read_source
from compplan.ranks.table import RequirementTable, requirement_table
from compplan.records import Record

if TYPE_CHECKING:
    from pathlib import Path

    from compplan.plan.source import Source


class Plan(Record):
    """A compensation plan: loaded, checked, and never changed.

    Attributes
    ----------
    model
        The rules, as frozen models.
    source
        The text they came from, with the place of every rule.
    """

    model: PlanModel
    source: Source

    @property
    def name(self) -> str:
        """What people call the plan."""
        return self.model.name

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the plan's content: comments and layout do not matter, the order of names does."""
        import hashlib  # noqa: PLC0415 - who only checks a plan needs neither
        import json  # noqa: PLC0415

        text = json.dumps(_canonical(self.source.data), separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    @cached_property
    def scope(self) -> Scope:
        """What the plan's names mean."""
        return Scope(self.model)

    @cached_property
    def requirements(self) -> RequirementTable:
        """The requirement table of the ladder."""
        return requirement_table(self.scope)

    def patched(self, *patches: str | Path) -> Plan:
        """Return a new plan with patches applied, left to right; this one stays as it is.

        Parameters
        ----------
        patches
            Paths of patch files, or their text.

        Raises
        ------
        PlanError
            With every problem of the patches and of the patched plan, each at the file that says it.
        UsageError
            If a patch is neither a path nor a text.
        """
        for patch in patches:
            if not isinstance(patch, (str, PathLike)):
                message = f"a patch is a path or a text, not {type(patch).__name__}"
                raise UsageError(Problem("patch", message, hint="give the path of a patch file, or its text"))
        from compplan.plan.patch import merged_source  # noqa: PLC0415 - most plans are loaded without a patch

        return checked_plan(merged_source(self.source, [read_source(patch) for patch in patches]))

    def required_inputs(self) -> dict[str, dict[str, str]]:
        """Return the columns that this plan reads: table, column, and what it holds.

        Examples
        --------
        >>> load_plan(PLAN).required_inputs()["members"]["sponsor_id"]
        'id of the parent in the tree "enrollment"; empty for roots'
        """
        from compplan.plan.inputs import required_inputs  # noqa: PLC0415 - only who asks for it pays for it

        return required_inputs(self.scope)

    def describe(self) -> str:
        """Return the plan in plain language."""
        from compplan.plan.describe import describe  # noqa: PLC0415 - only who asks for it pays for it

        return describe(self)

    def __repr__(self) -> str:
        return f"<Plan {self.name!r}, {len(self.model.bonuses)} bonuses, {self.hash[:12]}>"


def load_plan(source: str | Path) -> Plan:
    """Load a plan from a YAML file, or from its text.

    Parameters
    ----------
    source
        A path, or the text of a plan (recognised by its line breaks).

    Returns
    -------
    Plan
        Frozen; the same text gives the same `hash`.

    Raises
    ------
    PlanError
        With all problems at once, each with file, line, column and a hint.
    """
    return checked_plan(read_source(source))


def checked_plan(source: Source) -> Plan:
    """Check a source that is read already, and return its plan; errors are those of `load_plan`."""
    try:
        model = validate(plan_model(source.data), source)
    except PlanError:
        raise _all_at_once(_shape_problems(source)) from None
    if any(problems(Scope(model))):
        raise _all_at_once(_sense_problems(source))
    return Plan(model, source)


def _shape_problems(source: Source) -> list[Problem]:
    """Return all problems of a source that does not fit the model, told by the model that knows all kinds."""
    try:
        validate(plan_model(), source)
    except PlanError as error:
        return [*error.problems, *_sense_problems(source)]
    return _sense_problems(source)


def _sense_problems(source: Source) -> list[Problem]:
    from compplan.plan.rest import sense_problems  # noqa: PLC0415 - a plan without problems does without

    return sense_problems(source)


def _all_at_once(found: list[Problem]) -> PlanError:
    """Return one error with all problems, in the order of the file."""

    def place(problem: Problem) -> tuple[str, int, int]:
        at = problem.place
        return (at.file, at.line, at.column) if isinstance(at, Place) else ("", 0, 0)

    return PlanError(sorted(dict.fromkeys(found), key=place))


def _canonical(value: Any) -> Any:
    """Return data that JSON can hold: numbers as they are written out, and texts with a sign before them."""
    if isinstance(value, dict):
        return {_canonical(k): _canonical(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_canonical(v) for v in value]
    if isinstance(value, str):
        return f"'{value}"
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        text = f"{value:f}" if isinstance(value, Decimal) else str(value)  # no operation rounds a digit
        text = text.rstrip("0").rstrip(".") if "." in text else text
        return "0" if text == "-0" else text
    return value
