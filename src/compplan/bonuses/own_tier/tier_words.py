"""The words of a tier bonus: tables of tiers, and what goes on over several periods; there is no NumPy here."""

from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from compplan.plan.located import Hinted
from compplan.plan.values import EXACT, Form, Model, Name, Rate, Whole, number
from compplan.records import Record


class TierTable(Record):
    """Amounts by tier, for each key of `amounts_by`; the key is "" where there is none.

    The tiers are in the order of the plan: thresholds as they stand there, or names of ranks.
    """

    rows: dict[str, dict[str, Decimal]]

    @property
    def nested(self) -> bool:
        """Whether there is a table for each key of `amounts_by`."""
        return "" not in self.rows

    @property
    def tiers(self) -> list[str]:
        """The keys of the tiers."""
        return list(next(iter(self.rows.values())))


def _tiers(value: object, at: tuple[str, ...] = ()) -> dict[str, Decimal]:
    """Read `{10: 50, 25: 100}`: from which measure or rank on which amount is paid, in ascending order."""
    if not isinstance(value, dict) or not value:
        raise Hinted("tiers are a mapping", "for example: {10: 50, 25: 100}", at)
    read = {tier_key(key): number(amount) for key, amount in value.items()}
    thresholds = [threshold for key in value if (threshold := threshold_of(str(key))) is not None]
    if any(above <= below for below, above in pairwise(thresholds)):
        raise Hinted("tiers do not ascend", "write the lowest threshold first", at)
    if any(amount < 0 for amount in read.values()):
        raise Hinted("the amount of a tier is negative", "write it without the sign", at)
    return read


def tier_key(key: object) -> str:
    """Return the key of a tier as text; equal thresholds have equal texts."""
    threshold = threshold_of(str(key))
    return str(key) if threshold is None else f"{threshold.normalize(EXACT):f}"


def threshold_of(key: str) -> Decimal | None:
    """Return the key of a tier as a number; None if it is the name of a rank."""
    try:
        return number(key)
    except Hinted:
        return None


def _table(value: Any) -> TierTable:
    if isinstance(value, TierTable):
        return value
    if isinstance(value, dict) and value and all(isinstance(row, dict) for row in value.values()):
        rows = {str(key): _tiers(row, (key,)) for key, row in value.items()}
        first = next(iter(rows.values()))
        other = next((key for key, row in rows.items() if list(row) != list(first)), None)
        if other is not None:
            raise Hinted("the tiers differ from those of the first table", "use the same thresholds", (other,))
        return TierTable(rows=rows)
    return TierTable(rows={"": _tiers(value)})


_FLAT: dict[str, Any] = {"type": "object", "additionalProperties": {"type": ["number", "string"]}}
Tiers = Annotated[
    TierTable,
    Form(
        _table,
        whole=True,
        json={"anyOf": [_FLAT, {"type": "object", "additionalProperties": _FLAT}], "title": "Tiers"},
    ),
]
"""Amounts by tier, or such a table for each key of `amounts_by`."""


class Grace(Model):
    """What a tier pays for a while after it is lost."""

    periods: Whole = Field(ge=1, description="In how many periods in a row at most.")
    share: Rate = Field(ge=0, description="The share of the amount that is paid.")
    at_least: str | Whole | Decimal | None = Field(
        None, description="The measure, or the rank, that must still be reached; anything when left out."
    )


class Instalments(Model):
    """How the amount of the first time is spread over periods."""

    payments: Whole = Field(
        ge=2, le=60, description="The number of payments, one a period; cents left over go to the first ones."
    )
    needs: Literal["nothing", "pay_when", "tier"] = Field(
        "nothing",
        description="What each later payment needs: nothing, that pay_when is met, or that the tier is held as well.",
    )
    missed: Literal["lost", "later"] = Field("lost", description="What becomes of a payment whose need is not met.")


class Multiplier(Model):
    """A factor on what the bonus pays, by another quantity."""

    by: Name = Field(description="The quantity that is held against the thresholds.")
    values: dict[str, Decimal] = Field(description="From which measure on which factor; 1 below the first.")
    periods: Whole = Field(1, ge=1, description="For how many periods a factor is kept once it is reached.")

    @model_validator(mode="before")
    @classmethod
    def _read(cls, value: Any) -> Any:
        if isinstance(value, dict) and "values" in value:
            return {**value, "values": _tiers(value["values"], ("values",))}
        return value

    @model_validator(mode="after")
    def _thresholds(self) -> Self:
        if wrong := next((key for key in self.values if threshold_of(key) is None), None):
            raise Hinted(f'"{wrong}" is not a number', f"the keys are thresholds of {self.by}", ("values", wrong))
        return self


def periods(count: int) -> str:
    """Return a number of periods in words."""
    return "1 period" if count == 1 else f"{count} periods"
