"""Currencies and their smallest units."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema

from compplan.plan.values import Model, Whole


class Currency(Model):
    """The money of the plan."""

    code: str = Field(pattern=r"^[A-Z]{3}$", description="ISO 4217 code.")
    decimals: Whole = Field(2, ge=0, le=6, description="Digits after the point of the smallest unit that is paid.")


_DECIMALS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
}
"""Currencies whose smallest unit is not a hundredth (ISO 4217)."""


def _currency(code: str) -> dict[str, Any]:
    digits = next((count for count, codes in _DECIMALS.items() if code in codes.split()), 2)
    return {"code": code, "decimals": digits}


_Code = Annotated[str, WithJsonSchema({"type": "string", "pattern": "^[A-Z]{3}$", "title": "Currency code"})]
CurrencyField = Annotated[
    Currency,
    BeforeValidator(lambda v: _currency(v) if isinstance(v, str) else v, json_schema_input_type=_Code | Currency),
]
