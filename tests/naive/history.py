"""Twins of what looks back: lists of one member's periods, exact fractions, no arrays."""

from __future__ import annotations

from fractions import Fraction
from typing import Any


def held_ranks(rule: Any, history: list[int]) -> list[int]:
    """Return the rank that is held after each period of a history of earned ranks."""
    held, result, below_since, missed = 0, [], 0, []
    for period, earned in enumerate(history):
        first = period - rule.rises_after + 1
        steady = min(history[first : period + 1]) if first >= 0 else 0
        missed = [] if steady > held else missed
        held = max(held, steady)
        missed.append(earned < held)
        below_since = 0 if earned >= held else below_since + 1
        enough = below_since == rule.falls_after
        if rule.falls_within is not None:
            enough = missed[-1] and sum(missed[-rule.falls_within :]) >= rule.falls_after
        if rule.falls_after is not None and enough:
            held = max(earned, held - (rule.falls_by or held))
            below_since, missed = 0, []
        result.append(held)
    return result


def accumulated(
    values: list[int | None],
    period: int,
    *,
    periods: int | str | dict[str, str],
    take: str,
    this_period: bool,
    units: list[Any],
    used: list[bool],
) -> Fraction | None:
    """Return what a member's periods make, None where nothing is known.

    Parameters
    ----------
    values
        The quantity by period; None before the member was there.
    units
        The month, quarter or year of each period.
    used
        After which periods all was used up.
    """
    last = period if this_period else period - 1
    first = 0 if isinstance(periods, (str, dict)) else max(0, last - periods + 1)
    first = max([first, *(n + 1 for n in range(period) if used[n])])
    chosen = [
        values[n] for n in range(first, last + 1) if values[n] is not None and _belongs(periods, units, n, period)
    ]
    if not chosen:
        return None
    return Fraction({"sum": sum, "largest": max, "average": sum}[take](chosen), len(chosen) if take == "average" else 1)


def _belongs(periods: Any, units: list[Any], n: int, period: int) -> bool:
    """Whether a period is one that is looked at; `units` are its first days where the look back is a span of days."""
    if isinstance(periods, dict):
        return bool(periods["from"] <= units[n] <= periods["to"])
    if isinstance(periods, int) or periods == "all":
        return True
    before = [unit for unit in units[:period] if unit != units[period]]
    return bool(units[n] == (units[period] if not periods.startswith("last_") else (before or [None])[-1]))


def periods_met(met: list[bool], period: int, *, periods: int | str, consecutive: bool, this_period: bool) -> int:
    """Return in how many periods a condition was met: of the last ones, or in a row."""
    known = met[: period + 1] if this_period else met[:period]
    if consecutive:
        return next((n for n, flag in enumerate(reversed(known)) if not flag), len(known))
    return sum(known if periods == "all" else known[max(0, len(known) - int(periods)) :])
