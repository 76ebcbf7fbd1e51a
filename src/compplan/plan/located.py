"""Validate a source against a pydantic model, with every problem at its line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError

from compplan.errors import PlanError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from compplan.plan.marks import Path
    from compplan.plan.source import Source

ModelT = TypeVar("ModelT", bound=BaseModel)


class Hinted(ValueError):  # noqa: N818 - short, for every validator raises it
    """A rule of a validator that does not hold, with a hint and a place.

    Parameters
    ----------
    message
        What is wrong, as one calm sentence.
    hint
        What to do about it.
    at
        Where it is, below the value that the validator was given.
    key
        Whether the key at that place is meant, and not the value behind it.
    code
        The stable code of the problem.
    """

    def __init__(self, message: str, hint: str = "", at: Path = (), *, key: bool = False, code: str = "value") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.at = at
        self.key = key
        self.code = code


class HintedGroup(ValueError):  # noqa: N818 - it is raised where `Hinted` is
    """Several rules that do not hold, found by one validator."""

    def __init__(self, errors: Iterable[Hinted]) -> None:
        self.errors = tuple(errors)
        super().__init__("; ".join(error.message for error in self.errors))


def validate(model_class: type[ModelT], source: Source, *, context: Any = None) -> ModelT:
    """Validate the data of a source.

    Parameters
    ----------
    model_class
        The pydantic model.
    source
        What `read_source` or `merged_source` returned, or `Source(name, data)` for plain Python data.
    context
        Passed to the validators as `info.context`.

    Returns
    -------
    BaseModel
        An instance of `model_class`.

    Raises
    ------
    PlanError
        With all problems, each with its place, sorted by place. A `ValueError` of a validator gives its own
        sentence; a `Hinted` also its hint and a place below the validated value.
    """
    try:
        return model_class.model_validate(source.data, context=context)
    except ValidationError as error:
        errors = error.errors(include_url=False)
    from compplan.plan.unfit import problems_of  # noqa: PLC0415 - data that fits needs no words

    raise PlanError(problems_of(errors, model_class, source))
