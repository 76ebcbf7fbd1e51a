"""When what a period brought is paid: a rule such as `day 15 of next month`, and the date that it gives."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, WithJsonSchema

from compplan.errors import UsageError
from compplan.plan.located import Hinted

if TYPE_CHECKING:
    from compplan.periods.period import Period

_AFTER = r"(\d{1,3}) days? after"
_DAY = r"(?:day (\d{1,2})|(last) day) of (this|next) month"
_RULE = re.compile(f"{_AFTER}|{_DAY}")


def pay_date(rule: str, period: Period) -> date:
    """Return the day on which a period is paid.

    Parameters
    ----------
    rule
        `5 days after` its last day; or `day 15 of next month`, `last day of this month`, where this month is the one of
        its last day, and a month that is too short pays on its last day.

    Examples
    --------
    >>> from compplan.periods.period import read_period
    >>> str(pay_date("5 days after", read_period("2026-W41")))
    '2026-10-16'
    >>> str(pay_date("day 31 of next month", read_period("2026-01")))
    '2026-02-28'
    """
    match, last = _RULE.fullmatch(rule), period.after - timedelta(days=1)
    assert match is not None  # noqa: S101 - the plan is refused otherwise
    days, day, _, which = match.groups()
    try:
        if days is not None:
            return last + timedelta(days=int(days))
        year, month = divmod(last.year * 12 + last.month - 1 + (which == "next"), 12)
        longest = monthrange(year, month + 1)[1]
        return date(year, month + 1, min(int(day or longest), longest))
    except (OverflowError, ValueError):
        raise UsageError(f"the pay day of {period.name} is after the year 9999") from None


def _rule(text: str) -> str:
    match = _RULE.fullmatch(text)
    if match is None or not (match[2] is None or 1 <= int(match[2]) <= 31):
        hint = "write 5 days after, day 15 of next month, or last day of this month"
        raise Hinted(f'"{text}" is no pay day', hint)
    return text


PayDay = Annotated[
    str,
    AfterValidator(_rule),
    WithJsonSchema({"type": "string", "pattern": f"^({_AFTER}|{_DAY})$", "title": "Pay day"}),
]
"""A rule that gives a date for each period."""
