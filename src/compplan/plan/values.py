"""The scalars of a plan file: names, exact numbers, rates, tables of rates by level, windows.

Nothing here knows of trees or bonuses. Every number is an `int` or a `Decimal`, from the text of the plan on;
a binary float is refused, because it has lost the digits before anyone could look.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Context, Decimal, InvalidOperation
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, Strict, StringConstraints, WithJsonSchema

from compplan.plan.located import Hinted


class Model(BaseModel):
    """Base of all parts of a plan: frozen, and closed against unknown words."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True, defer_build=True)


Name = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z][a-z0-9_]*$"),
    WithJsonSchema({"type": "string", "pattern": "^[a-z][a-z0-9_]*$", "title": "Name"}),
]
"""What rules call things: small letters, digits and underscores."""

Names = Annotated[
    tuple[Name, ...],
    BeforeValidator(lambda value: [value] if isinstance(value, str) else value),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "pattern": "^[a-z][a-z0-9_]*$"},
                {"type": "array", "items": {"type": "string", "pattern": "^[a-z][a-z0-9_]*$"}},
            ],
            "title": "Names",
        }
    ),
]
"""One name, or a list of names."""

ConditionText = Annotated[
    str,
    StringConstraints(min_length=1, max_length=2000),
    WithJsonSchema({"type": "string", "title": "Condition", "examples": ["pv >= 100 and active_legs >= 3"]}),
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


Flag = Annotated[bool, Strict()]
Whole = Annotated[int, Strict()]

Number = Annotated[
    Decimal,
    BeforeValidator(number),
    WithJsonSchema({"type": ["number", "string"], "title": "Exact number"}),
]
Rate = Annotated[
    Decimal,
    BeforeValidator(rate),
    WithJsonSchema(
        {
            "type": ["number", "string"],
            "title": "Rate",
            "description": "Per cent (5%) or a fraction of one (0.05).",
        },
    ),
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

_DEEPER = re.compile(r"^(?P<value>.+?)\s+and deeper$")


class LevelTable(Model):
    """Rates or amounts by level: the first is for level 1; `tail` is for every level below these."""

    levels: tuple[Decimal, ...]
    tail: Decimal | None = None


class ByKey(Model):
    """A table for each key: a rank, a threshold of a quantity, or a text of a member field; maybe keyed again."""

    rows: dict[str, LevelTable | ByKey]

    def leaves(self) -> list[tuple[tuple[str, ...], LevelTable]]:
        """Return the keys and the row of every cell, in the order of the file."""
        found: list[tuple[tuple[str, ...], LevelTable]] = []
        for key, row in self.rows.items():
            if isinstance(row, ByKey):
                found += [((key, *keys), leaf) for keys, leaf in row.leaves()]
            else:
                found.append(((key,), row))
        return found


def _keys(value: Any) -> Any:
    if isinstance(value, list) and not value:
        raise Hinted("no key is named", "name what the keys of the table are")
    return tuple(value) if isinstance(value, list) else value


Keys = Annotated[
    str | tuple[str, ...],
    BeforeValidator(_keys),
    WithJsonSchema(
        {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}], "title": "Keys"}
    ),
]
"""What the keys of a table are, from the outside in where it is nested."""


def axes(by: str | tuple[str, ...]) -> tuple[str, ...]:
    """Return what the keys of a table are, as a tuple."""
    return (by,) if isinstance(by, str) else by


def names_of(by: str | tuple[str, ...]) -> tuple[str, ...]:
    """Return what the keys of a table are read from: rank columns, quantities and member fields, whoever has them.

    Examples
    --------
    >>> names_of(("paid_as", "source.rank", "orders.pack", "order.pv"))
    ('paid_as', 'rank', 'pv')
    """
    theirs = [each for each in axes(by) if not each.startswith("orders.")]
    return tuple(each.removeprefix("source.").removeprefix("order.") for each in theirs)


def level_table(value: Any, read: Any) -> LevelTable:
    """Read one value, or a list by level, each with `read`."""
    items = value if isinstance(value, list) else [value]
    levels: list[Decimal] = []
    for index, item in enumerate(items):
        at = (index,) if isinstance(value, list) else ()
        match = _DEEPER.match(item) if isinstance(item, str) else None
        try:
            exact = read(match["value"] if match else item)
        except Hinted as error:
            raise Hinted(error.message, error.hint, at) from None
        if not match:
            levels.append(exact)
        elif index + 1 == len(items):
            return LevelTable(levels=tuple(levels), tail=exact)
        else:
            raise Hinted('"and deeper" is not at the last level', "put the rate for all deeper levels last", at)
    return LevelTable(levels=tuple(levels))


def _table(value: Any, read: Any) -> LevelTable | ByKey:
    if isinstance(value, (LevelTable, ByKey)):
        return value
    if not isinstance(value, dict):
        return level_table(value, read)
    rows: dict[str, LevelTable | ByKey] = {}
    for key, item in value.items():
        if str(key) in rows:
            raise Hinted(f'the key "{key}" is there twice', "as a number and as a text", (key,), key=True)
        try:
            rows[str(key)] = _table(item, read)
        except Hinted as error:
            raise Hinted(error.message, error.hint, (key, *error.at)) from None
    return ByKey(rows=rows)


_ONE = {"type": ["number", "string"]}
_LIST = {"type": "array", "items": _ONE}
_CELLS: dict[str, Any] = {"anyOf": [_ONE, _LIST, {"type": "object"}]}
_TABLE_SCHEMA = {"anyOf": [_ONE, _LIST, {"type": "object", "additionalProperties": _CELLS}]}

RateTable = Annotated[
    LevelTable | ByKey,
    BeforeValidator(lambda value: _table(value, rate)),
    WithJsonSchema(
        {
            **_TABLE_SCHEMA,
            "title": "Rates",
            "description": (
                "One rate, a list by level (the last may be '0.5% and deeper'), or a list a key, "
                "nested where there are several keys."
            ),
        },
    ),
]
WeightTable = Annotated[
    LevelTable | ByKey,
    BeforeValidator(lambda value: _table(value, weight)),
    WithJsonSchema(
        {
            **_TABLE_SCHEMA,
            "title": "Rates",
            "description": "Shares of a volume, by level or generation; 500% is five times the volume.",
        },
    ),
]
AmountTable = Annotated[
    LevelTable | ByKey,
    BeforeValidator(lambda value: _table(value, number)),
    WithJsonSchema(
        {
            **_TABLE_SCHEMA,
            "title": "Amounts",
            "description": "Fixed money: one amount, a list by level, or such a list for each key.",
        },
    ),
]

MOST_LEVELS = 1000
ALL = Decimal(1_000_000)
"""How many levels `all` opens."""


def levels_open(value: Any) -> Decimal:
    """Read how many levels are paid: a whole number, or `all`.

    Examples
    --------
    >>> levels_open("all") == ALL
    True
    """
    if value == "all":
        return ALL
    result = number(value)
    if result != int(result) or not 0 <= result <= MOST_LEVELS:
        raise Hinted(f"{value} is no number of levels", f"write all, or a whole number from 0 to {MOST_LEVELS}")
    return result


LevelsTable = Annotated[
    LevelTable | ByKey,
    BeforeValidator(lambda value: _table(value, levels_open)),
    WithJsonSchema(
        {
            "anyOf": [_ONE, {"type": "object", "additionalProperties": _ONE}],
            "title": "Levels",
            "description": "A number of levels or `all`, or one for each key.",
        },
    ),
]

def share_or_number(value: Any) -> Decimal:
    """Read a number of points, or a share in per cent.

    Examples
    --------
    >>> share_or_number(8), share_or_number("40%")
    (Decimal('8'), Decimal('0.40'))
    """
    return rate(value) if isinstance(value, str) and value.strip().endswith("%") else number(value)


PointCount = Annotated[
    Decimal,
    BeforeValidator(share_or_number),
    Field(gt=0),
    WithJsonSchema({"type": ["number", "string"], "title": "Points"}),
]
PointTable = Annotated[
    LevelTable | ByKey,
    BeforeValidator(lambda value: _table(value, share_or_number)),
    WithJsonSchema(
        {**_TABLE_SCHEMA, "title": "Points", "description": "A number of points or a share, or one for each key."},
    ),
]

_SPAN = re.compile(r"^(?P<count>\d+) (?P<unit>days?|calendar months?|month ends?)$")
_UNITS: dict[str, Literal["days", "months", "month_ends"]] = {"d": "days", "c": "months", "m": "month_ends"}
_UNIT_WORDS = {"days": "days", "months": "calendar months", "month_ends": "month ends"}


class Span(Model):
    """A length of time: days, calendar months, or until so many ends of a month have passed."""

    count: int
    unit: Literal["days", "months", "month_ends"]

    def __str__(self) -> str:
        unit = _UNIT_WORDS[self.unit]
        return f"{self.count} {unit}" if self.count != 1 else f"1 {unit[:-1]}"


def _span(value: Any) -> Span:
    if isinstance(value, Span):
        return value
    match = _SPAN.match(str(value).strip())
    if not match:
        raise Hinted(f'"{value}" is not a span of time', 'write "60 days", "3 calendar months" or "3 month ends"')
    if not 1 <= int(match["count"]) <= 36_500:
        raise Hinted(f'"{value}" is not a usable span of time', "from 1 to 36,500")
    return Span(count=int(match["count"]), unit=_UNITS[match["unit"][0]])


def day(value: Any) -> date:
    """Read a day, such as 2026-03-31.

    Examples
    --------
    >>> str(day("2026-03-31"))
    '2026-03-31'
    """
    if isinstance(value, date):
        return value
    text = str(value).strip()
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise Hinted(f'"{value}" is not a day', "write year, month and day: 2026-03-31")


Day = Annotated[
    date, BeforeValidator(day), WithJsonSchema({"type": "string", "title": "Day", "examples": ["2026-03-31"]})
]

SpanText = Annotated[
    Span,
    BeforeValidator(_span),
    WithJsonSchema(
        {"type": "string", "title": "Span of time", "examples": ["60 days", "3 calendar months", "3 month ends"]}
    ),
]
