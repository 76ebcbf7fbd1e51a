"""The numbers a field is calibrated with: whole numbers only, in per mille unless said.

What is published and what is assumed is told in `compplan.synthetic`. The tables below are read oldest first.
"""

from __future__ import annotations

from dataclasses import dataclass

KINDS = ("distributor", "preferred", "customer")
KIND_SHARES = (280, 620, 100)

TENURE_MONTHS = (120, 60, 36, 24, 12, 8, 4, 2, 1, 0)
"""Edges of the tenure bands, in months before the period's end."""


@dataclass(frozen=True, slots=True)
class Cohorts:
    """One share for each band of tenure: who is in it, and who of them buys in a month or in a year.

    Attributes
    ----------
    members
        Share of these members whose tenure is in the band; the shares add up to 1000.
    month, year
        Share of the band that buys at all in a period of a month, or of a year.
    """

    members: tuple[int, ...]
    month: tuple[int, ...]
    year: tuple[int, ...]

    def buyers(self, *, whole_year: bool) -> tuple[int, ...]:
        return self.year if whole_year else self.month


SELLERS = Cohorts(
    members=(40, 60, 80, 190, 130, 200, 130, 80, 90),
    month=(450, 400, 380, 370, 400, 425, 475, 540, 728),
    year=(520, 500, 500, 530, 700, 780, 850, 900, 950),
)
CUSTOMERS = Cohorts(
    members=(2, 8, 20, 60, 60, 150, 200, 190, 310),
    month=(300, 280, 280, 290, 300, 320, 355, 425, 666),
    year=(400, 400, 450, 530, 620, 700, 780, 850, 950),
)

COUNTRIES = ("US", "CA", "MX", "DE", "JP")
COUNTRY_SHARES = (550, 150, 120, 100, 80)

ORDER_TYPES = ("order", "autoship", "kit", "return")
AUTOSHIP_SHARE = 400

PRODUCT_CLASSES = ("nutrition", "home", "beauty", "outlet", "tools")
CLASS_SHARES = (400, 250, 200, 110, 40)
QV_OF_AMOUNT = (1000, 900, 1000, 500, 0)
CV_OF_AMOUNT = (800, 600, 750, 250, 0)

KIT_CENTS = 4_900
KIT_CLASS = PRODUCT_CLASSES.index("home")
"""A kit carries volume, so that a plan that excludes kits and one that does not pay differently."""

AMOUNT_KNOTS = (
    *(1_000, 1_500, 2_000, 2_500, 3_000, 3_600, 4_200, 4_900, 5_700, 6_600, 7_700, 9_000, 10_600, 12_800),
    *(16_000, 21_000, 22_500, 24_000, 26_000, 28_000, 30_000, 33_000, 36_000, 40_000, 45_000, 51_000, 59_000),
    *(70_000, 86_000, 110_000, 160_000, 600_000),
)
"""Cents of one order row, linear between knots: 15 bands of 1/16 each, then 16 bands of 1/256 each."""

EXTRA_ROWS = (0, 1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 19, 24, 32, 45, 70)
"""How a buyer's further rows spread around their mean, in sixteenths; the mean of the table is 16."""
