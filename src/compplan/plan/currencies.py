"""Currencies and their smallest units."""

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema

from compplan.plan.located import Hinted
from compplan.plan.values import Model, Whole

CODE = "^[A-Z][A-Z0-9]{2,5}$"
"""The form of a currency's code."""

CODE_HINT = "three capital letters, or up to six capital letters and digits"


class Currency(Model):
    """The money of the plan."""

    code: str = Field(
        pattern=CODE,
        description="ISO 4217 code; or another of three to six capital letters and digits, such as USDT or POINTS.",
    )
    decimals: Whole = Field(2, ge=0, le=6, description="Digits after the point of the smallest unit that is paid.")


_DECIMALS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
}
"""Currencies whose smallest unit is not a hundredth (ISO 4217)."""


def _currency(code: str) -> dict[str, Any]:
    digits = next((count for count, codes in _DECIMALS.items() if code in codes.split()), 2)
    return {"code": code, "decimals": digits}


def currency(value: Any) -> Currency:
    """Read a currency: a code, or a mapping with code and decimals."""
    if isinstance(value, Currency):
        return value
    given = _currency(value) if isinstance(value, str) else value
    code = given.get("code") if isinstance(given, dict) else given
    if not isinstance(code, str) or not re.fullmatch(CODE, code):
        raise Hinted(f'"{code}" is not a currency code', CODE_HINT)
    if set(given) - {"code", "decimals"}:
        raise Hinted("a currency has a code and decimals", "leave the rest out")
    decimals = given.get("decimals", _currency(code)["decimals"])
    if not isinstance(decimals, int) or not 0 <= decimals <= 6:
        raise Hinted("decimals are 0 to 6", "write a whole number")
    return Currency(code=code, decimals=decimals)


_Code = Annotated[str, WithJsonSchema({"type": "string", "pattern": CODE, "title": "Currency code"})]
CurrencyField = Annotated[
    Currency,
    BeforeValidator(lambda v: _currency(v) if isinstance(v, str) else v, json_schema_input_type=_Code | Currency),
]
