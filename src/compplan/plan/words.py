"""The words that every plan has, whatever it calls its own things."""

from __future__ import annotations

RANK_COLUMNS = ("rank", "title", "held_rank", "paid_as", "last_rank")
ROLES = ("is_distributor", "is_customer")
CALENDAR = ("month_ends", "quarter_ends", "half_year_ends", "year_ends")
"""True for everybody in a period with which a month, quarter, half-year or year ends."""

FLAGS = (*ROLES, *CALENDAR)
RESERVED = (
    *RANK_COLUMNS,
    *FLAGS,
    "days_in_period",
    "min",
    "max",
    "and",
    "or",
    "not",
    "in",
    "is",
    "none",
    "unpayable",
    "source",
    "earner",
)
"""What nothing of a plan can be called; Python's keywords neither."""

ORDERED_IN_WEEKS = "weeks:ordered"
"""The column of the state for who ordered before the weeks of a period begin."""
