"""The scalars of a plan file: names, exact numbers, rates.

Nothing here knows of trees or bonuses. Every number is an `int` or a `Decimal`, from the text of the plan on;
a binary float is refused, because it has lost the digits before anyone could look.
"""

from __future__ import annotations

from decimal import Context, Decimal, InvalidOperation
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict
from pydantic_core import core_schema

from compplan.plan.located import Hinted

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic_core import CoreSchema


class Model(BaseModel):
    """Base of all parts of a plan: frozen, and closed against unknown words.

    Modules with such models let Python evaluate their annotations, and do not import them from the future: pydantic
    would have to compile each of some three hundred texts before it can check a plan.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True, defer_build=True)


class Form:
    """How values of a type are read, and what the JSON Schema says of them, in one annotation of the type.

    Pydantic's own annotations say the same in two or three; each costs time wherever the type is used, and a plan has
    hundreds of fields.

    Parameters
    ----------
    read
        A function that reads a value before pydantic looks whether it fits the type.
    whole
        Whether it is read by that function alone: what it returns fits.
    json
        What stands in the JSON Schema, instead of what pydantic says of the type.
    bounds
        What pydantic asks of a value beside its type, such as `pattern` or `strict`.
    """

    def __init__(
        self,
        read: Callable[[Any], object] | None = None,
        *,
        whole: bool = False,
        json: dict[str, Any] | None = None,
        **bounds: Any,
    ) -> None:
        self.read, self.whole, self.json, self.bounds = read, whole, json, bounds

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> Any:
        if self.read is not None and self.whole:
            return core_schema.no_info_plain_validator_function(self.read)
        schema: Any = {**handler(source), **self.bounds}
        return schema if self.read is None else core_schema.no_info_before_validator_function(self.read, schema)

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return handler(core) if self.json is None else {**self.json}


_NAME = {"type": "string", "pattern": "^[a-z][a-z0-9_]*$"}

Name = Annotated[str, Form(pattern=_NAME["pattern"], json={**_NAME, "title": "Name"})]
"""What rules call things: small letters, digits and underscores."""

Names = Annotated[
    tuple[Name, ...],
    Form(
        lambda value: [value] if isinstance(value, str) else value,
        json={"anyOf": [_NAME, {"type": "array", "items": _NAME}], "title": "Names"},
    ),
]
"""One name, or a list of names."""

ConditionText = Annotated[
    str,
    Form(
        min_length=1,
        max_length=2000,
        json={"type": "string", "title": "Condition", "examples": ["pv >= 100 and active_legs >= 3"]},
    ),
]
"""A condition or a computation over named quantities; see the language reference."""


def number(value: Any) -> Decimal:
    """Read an exact number: an int, a Decimal, or plain decimal text (`1_000` is fine).

    Examples
    --------
    >>> number("1_250.50")
    Decimal('1250.50')
    """
    if isinstance(value, (bool, float)):
        raise Hinted(f"{value!r} is not an exact number", "write a plain decimal number")
    if isinstance(value, (int, Decimal)):
        return _short_enough(Decimal(value), value)
    text = str(value).replace("_", "").strip()
    try:
        result = Decimal(text)
    except InvalidOperation:
        raise Hinted(f'"{value}" is not a number', "write a plain decimal number, such as 1250.50") from None
    return _short_enough(result, value)


def digits(value: Decimal) -> int:
    """Return the digits after the point of an exact number.

    Examples
    --------
    >>> digits(number("2.50"))
    1
    """
    exponent = value.normalize(EXACT).as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


MAX_DIGITS = 24
"""Of a number written out, with its zeros; longer ones are slips of the pen."""

EXACT = Context(prec=100)
"""For operations of `decimal`, which else round to the digits that the caller's program has set."""


def _short_enough(result: Decimal, value: Any) -> Decimal:
    if not result.is_finite():
        raise Hinted(f'"{value}" is not a finite number', "write a plain decimal number")
    before, after = result.adjusted() + 1, -int(result.as_tuple().exponent)
    if max(before, 1) + max(after, 0) > MAX_DIGITS:
        raise Hinted(f"{_shown(value)} has more than {MAX_DIGITS} digits", "write fewer digits")
    return result


def _shown(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 60 else f"{text[:40]}..."


def rate(value: Any) -> Decimal:
    """Read a rate: `5%`, or a plain fraction of one such as `0.05`.

    Examples
    --------
    >>> rate("12.5%")
    Decimal('0.125')
    """
    if isinstance(value, str) and value.strip().endswith("%"):
        return number(value.strip()[:-1]).scaleb(-2, EXACT)
    result = number(value)
    if abs(result) > 1:
        raise Hinted(f"{value} is more than the whole", f"write {value}% for {value} per cent")
    return result


def weight(value: Any) -> Decimal:
    """Read a share of a volume, which can be several times the volume.

    Examples
    --------
    >>> weight("500%")
    Decimal('5.00')
    """
    try:
        return rate(value)
    except Hinted as error:
        times = f"{number(value).scaleb(2, EXACT).normalize(EXACT):f}%"
        raise Hinted(error.message, f"{error.hint}, {times} for {value} times the volume", error.at) from None


Flag = Annotated[bool, Form(strict=True)]
Whole = Annotated[int, Form(strict=True)]

_NUMBER = {"type": ["number", "string"]}

Number = Annotated[Decimal, Form(number, json={**_NUMBER, "title": "Exact number"})]
Rate = Annotated[
    Decimal,
    Form(rate, json={**_NUMBER, "title": "Rate", "description": "Per cent (5%) or a fraction of one (0.05)."}),
]

RoundingMode = Literal[
    "half_up",
    "half_even",
    "half_down",
    "toward_zero",
    "away_from_zero",
    "floor",
    "ceiling",
]
