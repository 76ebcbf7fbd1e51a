"""Tables of a plan: rates, amounts, levels and points, by level and by key."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Any

from compplan.plan.located import Hinted
from compplan.plan.values import Form, number, rate, weight
from compplan.records import Record

_DEEPER = re.compile(r"^(?P<value>.+?)\s+and deeper$")


class LevelTable(Record):
    """Rates or amounts by level: the first is for level 1; `tail` is for every level below these."""

    levels: tuple[Decimal, ...]
    tail: Decimal | None = None


class ByKey(Record):
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
    Form(
        _keys,
        json={
            "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}],
            "title": "Keys",
        },
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
_TABLE = {"anyOf": [_ONE, _LIST, {"type": "object", "additionalProperties": _CELLS}]}


def _form(read: Any, title: str, description: str, schema: dict[str, Any] = _TABLE) -> Form:
    """Return how a table is read, each of its numbers with `read`, and what the JSON Schema says of it."""
    json = {**schema, "title": title, "description": description}
    return Form(lambda value: _table(value, read), whole=True, json=json)


RateTable = Annotated[
    LevelTable | ByKey,
    _form(
        rate,
        "Rates",
        "One rate, a list by level (the last may be '0.5% and deeper'), or a list a key, "
        "nested where there are several keys.",
    ),
]
WeightTable = Annotated[
    LevelTable | ByKey,
    _form(weight, "Rates", "Shares of a volume, by level or generation; 500% is five times the volume."),
]
AmountTable = Annotated[
    LevelTable | ByKey,
    _form(number, "Amounts", "Fixed money: one amount, a list by level, or such a list for each key."),
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
    _form(
        levels_open,
        "Levels",
        "A number of levels or `all`, or one for each key.",
        {"anyOf": [_ONE, {"type": "object", "additionalProperties": _ONE}]},
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


PointCount = Annotated[Decimal, Form(share_or_number, gt=Decimal(0), json={**_ONE, "title": "Points"})]
PointTable = Annotated[
    LevelTable | ByKey,
    _form(share_or_number, "Points", "A number of points or a share, or one for each key."),
]
