"""Money the slow way: fractions, and rounding spelt out from its definition."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor

INT64_MIN, INT64_MAX = -(2**63), 2**63 - 1


def round_to_int(x: Fraction, mode: str) -> int:
    below, above = floor(x), ceil(x)
    inner, outer = (below, above) if x >= 0 else (above, below)
    if mode == "floor":
        return below
    if mode == "ceiling":
        return above
    if mode == "toward_zero":
        return inner
    if mode == "away_from_zero":
        return outer
    if abs(x - inner) != abs(x - outer):
        return inner if abs(x - inner) < abs(x - outer) else outer
    even = inner if inner % 2 == 0 else outer
    return {"half_up": outer, "half_down": inner, "half_even": even}[mode]


def quotient(num: int, den: int, mode: str) -> int:
    return round_to_int(Fraction(num, den), mode)


def fits(value: int) -> bool:
    return INT64_MIN <= value <= INT64_MAX


def split(amount: int, weights: list[int], tie: str) -> list[int]:
    """One unit at a time to whoever lacks most of its exact share; the tie rule chooses among equals."""
    sign = 1 if amount >= 0 else -1
    shares = [Fraction(abs(amount) * weight, sum(weights)) for weight in weights]
    parts = [floor(share) for share in shares]
    served: set[int] = set()
    for _ in range(abs(amount) - sum(parts)):
        waiting = [i for i in range(len(parts)) if i not in served]
        lack = max(shares[i] - floor(shares[i]) for i in waiting)
        equals = [i for i in waiting if shares[i] - floor(shares[i]) == lack]
        chosen = equals[0] if tie == "earlier" else equals[-1]
        served.add(chosen)
        parts[chosen] += 1
    return [sign * part for part in parts]
