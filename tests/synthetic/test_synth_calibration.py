"""Whether a field of 100,000 has the shares it is calibrated to. The bands are stated at each test.

The sentences in quotes are those that the docstring of `compplan.synthetic` rests on. From seed to seed a
share of 45 % of 100,000 members varies by 0.16 points (one standard deviation), so a band of a
point says that the tables are right, and leaves room for the draws.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from statistics import median

import pytest

from compplan.jit import JIT
from compplan.synthetic import calibration as cal
from compplan.synthetic import synth

pytestmark = pytest.mark.skipif(not JIT, reason="a field of 100,000 members takes long without JIT")

MONTH_DAYS = Fraction(365, 12)
SELLER = {"distributor"}
CUSTOMER = {"preferred", "customer"}


@dataclass(frozen=True)
class Counted:
    """A field as Python values by row of the members: kind, day of enrolment, whether orders, volume."""

    end: date
    kinds: list[str]
    enrolled: list[date]
    ordered: list[bool]
    volumes: list[object]

    def tenure_months(self, kinds):
        days = [(self.end - day).days for kind, day in zip(self.kinds, self.enrolled, strict=True) if kind in kinds]
        return Fraction(median(days)) / MONTH_DAYS

    def with_volume(self, kinds):
        return sum(kind in kinds and volume > 0 for kind, volume in zip(self.kinds, self.volumes, strict=True))


def counted(period, end, seed, *, customers=True):
    members, orders = synth(100_000, period=period, seed=seed, customers=customers)
    volumes = defaultdict(int)
    for member, qv in zip(orders["member_id"].to_pylist(), orders["qv"].to_pylist(), strict=True):
        volumes[member] += qv
    ids, kinds = members["member_id"].to_pylist(), members["kind"].to_pylist()
    enrolled = members["enrolled_on"].to_pylist()
    return Counted(end, kinds, enrolled, [i in volumes for i in ids], [volumes.get(i, 0) for i in ids])


@pytest.fixture(scope="module", params=[1, 2])
def month(request):
    return counted("2026-10", date(2026, 11, 1), request.param)


@pytest.fixture(scope="module", params=[1, 2])
def year(request):
    return counted("2026", date(2027, 1, 1), request.param)


def test_tables_are_whole():
    for group in (cal.SELLERS, cal.CUSTOMERS):
        assert sum(group.members) == 1000
        assert len(group.members) == len(group.month) == len(group.year) == len(cal.TENURE_MONTHS) - 1
        assert all(0 <= m <= y <= 1000 for m, y in zip(group.month, group.year, strict=True))
    assert sum(cal.KIND_SHARES) == sum(cal.COUNTRY_SHARES) == sum(cal.CLASS_SHARES) == 1000
    assert len(cal.EXTRA_ROWS) == 16
    assert sum(cal.EXTRA_ROWS) == 16 * 16
    assert len(cal.AMOUNT_KNOTS) == 32
    assert list(cal.AMOUNT_KNOTS) == sorted(cal.AMOUNT_KNOTS)


def test_preferred_customers_to_active_sellers(month):
    """ "30-35k active sellers to 163k preferred customers": between 163/35 and 163/30."""
    ratio = Fraction(month.kinds.count("preferred"), month.with_volume(SELLER))
    assert Fraction(163, 35) < ratio < Fraction(163, 30)


def test_median_tenure_of_sellers(month):
    """ "median tenure 8 months (sellers)": within a quarter of a month."""
    assert abs(month.tenure_months(SELLER) - 8) < Fraction(1, 4)


def test_median_tenure_of_customers(month):
    """ "and 2 months (customers)": within a quarter of a month."""
    assert abs(month.tenure_months(CUSTOMER) - 2) < Fraction(1, 4)


def test_last_years_enrollees_who_buy_nothing_this_year(year):
    """ "47 % of last year's enrollees buy nothing this year": within one and a half points."""
    of_2025 = [bought for bought, day in zip(year.ordered, year.enrolled, strict=True) if day.year == 2025]
    assert abs(Fraction(of_2025.count(False), len(of_2025)) - Fraction(47, 100)) < Fraction(15, 1000)


def test_members_with_volume(month):
    """ "45 % of members have volume": within a point, of all and of customers; two points of the sellers."""
    for kinds, band in ((SELLER | CUSTOMER, 1), (CUSTOMER, 1), (SELLER, 2)):
        n = sum(kind in kinds for kind in month.kinds)
        assert abs(Fraction(month.with_volume(kinds), n) - Fraction(45, 100)) < Fraction(band, 100)


def test_members_with_volume_without_customers():
    field = counted("2026-10", date(2026, 11, 1), 1, customers=False)
    assert abs(Fraction(field.with_volume(SELLER), 100_000) - Fraction(45, 100)) < Fraction(1, 100)


def test_shares_of_kinds(month):
    """Within half a point of 28, 62 and 10 %."""
    for kind, share in zip(cal.KINDS, cal.KIND_SHARES, strict=True):
        assert abs(Fraction(month.kinds.count(kind), 100_000) - Fraction(share, 1000)) < Fraction(1, 200)
