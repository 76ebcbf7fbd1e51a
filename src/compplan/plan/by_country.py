"""Single values of a bonus that may be a table by a member field: `of`, `currency`, `money_per_point`.

Where the plan has one value, it is that value. Where it has a table, it is the first one, and `table` holds all; a
bonus is then run once for each key (`Bonus.variants`), so that no kind needs to know of tables.
"""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field

from compplan.plan.currencies import CODE, Currency, currency
from compplan.plan.located import Hinted
from compplan.plan.values import Form, number

_NAME = re.compile(r"^[a-z][a-z0-9_]*$")


class NameByKey(str):
    """A name for each key."""

    __slots__ = ("table",)
    table: dict[str, str]


class NumberByKey(Decimal):
    """A number for each key."""

    __slots__ = ("table",)
    table: dict[str, Decimal]


class CurrencyByKey(Currency):
    """A currency for each key."""

    table: dict[str, Currency] = Field(default={})


ByKeyValue = NameByKey | NumberByKey | CurrencyByKey


def _name(value: Any) -> str:
    if not isinstance(value, str) or not _NAME.match(value):
        raise Hinted(f'"{value}" is not a name', "small letters, digits and underscores, a letter first")
    return value


def _points(value: Any) -> Decimal:
    found = number(value)
    if found < 0:
        raise Hinted("the number is negative", "write it without the sign")
    return found


def _each(value: dict[Any, Any], read: Any) -> dict[str, Any]:
    if not value:
        raise Hinted("the table is empty", "give a value for each key")
    found = {}
    for key, one in value.items():
        try:
            found[str(key)] = read(one)
        except Hinted as error:
            raise Hinted(error.message, error.hint, (key, *error.at)) from None
    return found


def _names(value: Any) -> str:
    if not isinstance(value, dict):
        return _name(value) if not isinstance(value, NameByKey) else value
    table = _each(value, _name)
    made = NameByKey(next(iter(table.values())))
    made.table = table
    return made


def _numbers(value: Any) -> Decimal:
    if not isinstance(value, dict):
        return _points(value) if not isinstance(value, NumberByKey) else value
    table = _each(value, _points)
    made = NumberByKey(next(iter(table.values())))
    made.table = table
    return made


def _currencies(value: Any) -> Currency | None:
    if value is None or isinstance(value, Currency):
        return value
    if not isinstance(value, dict) or "code" in value:
        return currency(value)
    table = _each(value, currency)
    first = next(iter(table.values()))
    return CurrencyByKey(code=first.code, decimals=first.decimals, table=table)


_CURRENCY = {
    "anyOf": [
        {"type": "string", "pattern": CODE},
        {
            "type": "object",
            "properties": {"code": {"type": "string"}, "decimals": {"type": "integer"}},
            "required": ["code"],
        },
    ]
}
_TEXT = {"type": "string", "pattern": _NAME.pattern}
_NUMBER = {"type": ["number", "string"]}


def _form(read: Callable[[Any], object], one: dict[str, Any], title: str) -> Form:
    json = {"anyOf": [one, {"type": "object", "additionalProperties": one}], "title": title}
    return Form(read, whole=True, json=json)


NameOrNames = Annotated[str, _form(_names, _TEXT, "Name, or names by key")]
NumberOrNumbers = Annotated[Decimal, _form(_numbers, _NUMBER, "Number, or numbers by key")]
CurrencyOrCurrencies = Annotated[Currency, _form(_currencies, _CURRENCY, "Currency, or currencies by key")]
