"""The words of a binary bonus that no other kind has: ratios, increments, caps of what is carried on."""

import re
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema

from compplan.plan.located import Hinted
from compplan.plan.tables import AmountTable, ByKey, LevelTable
from compplan.plan.values import Flag, Model, Name, Number, Whole, number

_RATIO = re.compile(r"^\s*(?P<strong>[\d.]+(?:/\d+)?)\s+to\s+(?P<weak>[\d.]+(?:/\d+)?)\s*$")
_LARGEST_PART = 1_000_000


def ratio_of(value: Any) -> Fraction:
    """Read a ratio, the stronger side first, as what it takes for one point of the weaker side.

    Examples
    --------
    >>> ratio_of("2 to 1"), ratio_of("2/3 to 1/3"), ratio_of("200 to 100")
    (Fraction(2, 1), Fraction(2, 1), Fraction(2, 1))
    """
    match = _RATIO.match(value) if isinstance(value, str) else None
    try:
        strong, weak = (Fraction(part) for part in match.groups()) if match else (Fraction(0), Fraction(0))
    except (ValueError, ZeroDivisionError):
        strong = weak = Fraction(0)
    if not strong or not weak:
        raise Hinted(f'"{value}" is not a ratio', "write the stronger side first, such as 2 to 1, or 2/3 to 1/3")
    if strong < weak:
        raise Hinted(f'"{value}" takes more of the weaker side', "write the stronger side first, such as 2 to 1")
    found = strong / weak
    if max(found.numerator, found.denominator) > _LARGEST_PART:
        raise Hinted(f'"{value}" is not a usable ratio', "at most a million to one")
    return found


def _ratio_row(value: Any) -> LevelTable:
    found = ratio_of(value)
    return LevelTable(levels=(Decimal(found.numerator), Decimal(found.denominator)))


def _unit_row(value: Any) -> LevelTable:
    """Read one number and its multiples (kept as the tail), or a list of increments (kept as the levels)."""
    if not isinstance(value, list):
        read = number(value)
        if read <= 0:
            raise Hinted("an increment is above zero", "leave unit out where any amount is paired")
        return LevelTable(levels=(), tail=read)
    read_all = []
    for place, item in enumerate(value):
        try:
            read_all.append(number(item))
        except Hinted as error:
            raise Hinted(error.message, error.hint, (place,)) from None
    if not read_all or any(above <= below for below, above in zip([Decimal(0), *read_all], read_all, strict=False)):
        raise Hinted("increments ascend, and begin above zero", "for example: [300, 700, 1500]")
    return LevelTable(levels=tuple(read_all))


def _by_key(read: Any) -> Any:
    def table(value: Any) -> Any:
        if isinstance(value, (LevelTable, ByKey)):
            return value
        if not isinstance(value, dict):
            return read(value)
        rows = {}
        for key, item in value.items():
            try:
                rows[str(key)] = read(item)
            except Hinted as error:
                raise Hinted(error.message, error.hint, (key, *error.at)) from None
        return ByKey(rows=rows)

    return table


_TEXT = {"type": "string", "pattern": r"^\s*[\d.]+(/\d+)?\s+to\s+[\d.]+(/\d+)?\s*$", "examples": ["1 to 1", "2 to 1"]}
_ONE = {"type": ["number", "string"]}
_ONE_OR_LIST = {"anyOf": [_ONE, {"type": "array", "items": _ONE, "minItems": 1}]}

Ratio = Annotated[LevelTable, BeforeValidator(_ratio_row), WithJsonSchema({**_TEXT, "title": "Ratio"})]
"""One ratio, as two whole numbers in lowest terms."""

RatioTable = Annotated[
    LevelTable | ByKey,
    BeforeValidator(_by_key(_ratio_row)),
    WithJsonSchema({"anyOf": [_TEXT, {"type": "object", "additionalProperties": _TEXT}], "title": "Ratios"}),
]
UnitTable = Annotated[
    LevelTable | ByKey,
    BeforeValidator(_by_key(_unit_row)),
    WithJsonSchema(
        {
            "anyOf": [
                _ONE_OR_LIST["anyOf"][0],
                _ONE_OR_LIST["anyOf"][1],
                {"type": "object", "additionalProperties": _ONE_OR_LIST},
            ],
            "title": "Increments",
            "description": "One number and its multiples, a list of increments, or one of these for each key.",
        }
    ),
]


class AverageCap(Model):
    """A multiple of what the weaker side had on average in the last periods."""

    times: Number = Field(gt=0, description="How many times the average.")
    average_of: Whole = Field(ge=1, le=60, description="How many periods; fewer while a member has had fewer.")
    this_period: Flag = Field(default=False, description="Whether this period is one of them.")
    without_history: Number | None = Field(
        None, ge=0, description="The cap of a member without an earlier period; none when left out."
    )


def _carry_cap(value: Any) -> Any:
    if isinstance(value, dict) and {"times", "average_of"} & {str(key) for key in value}:
        return AverageCap.model_validate(value)
    if isinstance(value, str) and re.fullmatch(r"[a-z][a-z0-9_]*", value):
        return value
    return value


CarryCap = Annotated[AverageCap | Name | AmountTable, BeforeValidator(_carry_cap)]
"""An amount (or one a key), the name of a quantity, or a multiple of an average."""
