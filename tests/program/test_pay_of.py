"""The volume `pay_of`: what makes no sense, and what it holds."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pyarrow as pa
import pytest

from compplan import run
from compplan.errors import PlanError
from compplan.plan.load import load_plan

PLAN = """\
compplan: 1
name: Pay
currency: USD
period: monthly
rounding: {mode: half_up, at: AT}
trees:
  sponsor: {parent: sponsor_id}
volumes:
  pv: {sum: orders.pv}
  paid: {pay_of: NAMES}
  before: {accumulate: paid, periods: 1, this_period: false}
  more: {compute: paid * 2}
ranks:
  ladder:
    starter:
    leader: [NEEDS]
bonuses:
  levels: {kind: unilevel, of: pv, rates: {starter: [10%, 5%], leader: [20%]}}
  personal: {kind: direct, of: BASE, rates: 1%}
  early: {kind: direct, of: pv, rates: 1%, pay_when: pv >= 10}
  fund: {kind: pool, of: paid, rates: 5%, residue: company}
  other: {kind: direct, of: pv, rates: 1%, currency: EUR}
  matched: {kind: match, of: personal, rates: 10%}
  topped: {kind: guarantee, of: personal, amounts: 10, pay_when: TOPPED}
  titled: {kind: tier, by: rank, amounts: {leader: 10}}
  again: {kind: tier, by: last_rank, amounts: {leader: 10}}
"""

PAID_AS_LAST = "  paid_as: last_rank\n"
WEEKLY = "  weekly: {kind: direct, of: weekly_pv, rates: 1%}\n"


def plan(names="levels", needs="before >= 100", base="pv", at="payment", topped="is_distributor", more=""):
    words = {"NAMES": names, "NEEDS": needs, "BASE": base, "AT": at, "TOPPED": topped}
    text = PLAN
    for word, value in words.items():
        text = text.replace(word, value)
    if more == PAID_AS_LAST:
        text, more = text.replace("  ladder:", more + "  ladder:"), ""
    if "weekly" in more:
        text = text.replace("trees:", "weeks: {belong: last_day}\ntrees:")
        text = text.replace("  paid:", "  weekly_pv: {sum: orders.pv, over: week}\n  paid:")
    return load_plan(text + more)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"names": "level"}, '"level" is not a bonus'),
        ({"names": "[levels, levels]"}, "names a bonus twice, or none"),
        ({"names": "[]"}, "names a bonus twice, or none"),
        ({"names": "other"}, "is paid in EUR, and the plan in USD"),
        ({"names": "fund"}, "read each other in a circle: paid -> paid"),
        ({"names": "personal", "base": "paid"}, "in a circle: paid -> paid"),
        ({"names": "personal", "base": "more"}, "in a circle: paid -> more -> paid"),
        ({"names": "matched", "base": "more"}, "in a circle: paid -> more -> paid"),
        ({"names": "topped", "topped": "more >= 10"}, "in a circle: paid -> more -> paid"),
        ({"needs": "paid >= 100"}, "depends on the ranks that it decides"),
        ({"needs": "more >= 100"}, "depends on the ranks that it decides"),
        ({"needs": "paid >= pv"}, "depends on the ranks that it decides"),
        ({"needs": "3 legs with paid >= 10"}, "depends on the ranks that it decides"),
        ({"names": "titled", "needs": "paid >= 100"}, "depends on the ranks that it decides"),
        ({"more": WEEKLY.replace("}", ", pay_when: more > 1}")}, '"weekly" is of a week or day'),
    ],
)
def test_what_makes_no_sense_is_refused(given, said):
    with pytest.raises(PlanError, match=said) as error:
        plan(**given)
    if "circle" in said or ("needs" in given and "legs" not in given["needs"]):
        assert "use accumulate with this_period: false" in str(error.value)


def test_rates_by_the_last_rank_do_not_wait_for_ranks():
    with pytest.raises(PlanError, match="depends on the ranks that it decides"):
        plan(needs="paid >= 100", more=PAID_AS_LAST)
    plan(names="again", needs="paid >= 100")


def test_other_bonuses_may_be_of_weeks():
    plan(more=WEEKLY)


@pytest.mark.parametrize("needs", ["before >= 100", "paid >= 2"])
def test_what_weeks_pay_counts_with_all_its_weeks(needs):
    """1 % of 100 and 200 in two weeks of October; a rank may go by it, which then pays the month."""
    given = plan(names="weekly", more=WEEKLY, needs=needs)
    orders = [("Ben", date(2026, 10, 5), 100), ("Ben", date(2026, 10, 13), 200), ("Ben", date(2026, 10, 28), 50)]
    rows = [{"order_id": i, "member_id": w, "date": day, "pv": pv} for i, (w, day, pv) in enumerate(orders)]
    result = run(given, members=MEMBERS, orders=rows, period="2026-10")
    assert column(result, "paid") == {"Ann": 3, "Ben": 0, "Cleo": 0}
    assert result.rank_of("Ann") == ("leader" if needs == "paid >= 2" else "starter")
    assert column(result, "pay:levels")["Ann"] == (70 if needs == "paid >= 2" else 35)


def test_weeks_whose_rates_go_by_ranks_decide_no_rank():
    with pytest.raises(PlanError, match="depends on the ranks that it decides"):
        plan(names="weekly", more=WEEKLY.replace("1%", "{starter: 1%}"), needs="paid >= 2")


def test_what_weeks_pay_counts_before_the_limits_of_the_plan():
    more = WEEKLY + "limits:\n  each: {bonuses: [weekly], of: weekly_pv, rates: 0.5%}\n"
    result = found(plan(names="weekly", more=more), ("Ben", "100"))
    assert column(result, "paid")["Ann"] == 1
    assert column(result, "pay:weekly")["Ann"] == Decimal("0.50")


def test_a_circle_through_the_greater_of_two_is_found():
    more = "greater_of:\n  best: [personal, early]\n"
    with pytest.raises(PlanError, match="in a circle"):
        plan(names="early", base="paid", more=more)
    plan(names="early", base="paid")


def test_a_circle_through_pay_after_limits_is_found():
    more = "  late: {kind: match, of: early, of_pay: after_limits, rates: 10%}\nlimits:\n"
    limit = "  most: {bonuses: [early], of: paid, rates: 50%}\n"
    with pytest.raises(PlanError, match="in a circle"):
        plan(names="late", more=more + limit)
    plan(names="early", more=more + limit)


MEMBERS = [
    {"member_id": "Ann", "sponsor_id": None, "kind": "distributor"},
    {"member_id": "Ben", "sponsor_id": "Ann", "kind": "distributor"},
    {"member_id": "Cleo", "sponsor_id": "Ben", "kind": "distributor"},
]


def found(plan, *orders, **more):
    rows = [
        {"order_id": str(number), "member_id": who, "date": date(2026, 10, 5), "pv": Decimal(pv)}
        for number, (who, pv) in enumerate(orders)
    ]
    return run(plan, members=MEMBERS, orders=rows, period="2026-10", **more)


def column(result, name):
    table = pa.table(result.members).to_pydict()
    return dict(zip(table["member_id"], table[name], strict=True))


@pytest.mark.parametrize("needs", ["before >= 100", "paid >= 1"])
def test_a_rank_may_go_by_the_pay_of_a_bonus_that_needs_no_rank(needs):
    result = found(plan(names="early", needs=needs), ("Ben", "100"), ("Cleo", "200"))
    assert result.rank_of("Ann") == "starter"  # who ordered nothing is not paid
    assert result.rank_of("Ben") == ("leader" if needs == "paid >= 1" else "starter")
    assert column(result, "paid") == {"Ann": 0, "Ben": 2, "Cleo": 0}


def test_the_sum_of_a_member_is_rounded_once_where_the_ledger_is_finer():
    orders = ("Ben", "10.34"), ("Cleo", "10.07")
    fine = column(found(plan(names="[levels, personal]", at="member"), *orders), "paid")
    coarse = column(found(plan(names="[levels, personal]"), *orders), "paid")
    # Ann: 1.034 + 0.5035 and 0.1034 are 1.6409; payment by payment 1.03 + 0.50 + 0.10. Ben: 1.007 + 0.1007 = 1.1077.
    assert fine == {"Ann": Decimal("1.64"), "Ben": Decimal("1.11"), "Cleo": 0}
    assert coarse == {"Ann": Decimal("1.63"), "Ben": Decimal("1.11"), "Cleo": 0}


def test_it_is_pay_after_caps_and_before_limits():
    more = "limits:\n  most: {bonuses: [personal], amounts: 0.50}\n"
    result = found(plan(names="personal", more=more), ("Ben", "100"))
    assert column(result, "paid")["Ann"] == 1
    capped = PLAN.replace("BASE, rates: 1%", "BASE, rates: 1%, cap: 0.70")
    for word, value in {"NAMES": "personal", "NEEDS": "before >= 1", "BASE": "pv", "AT": "payment"}.items():
        capped = capped.replace(word, value)
    capped = load_plan(capped.replace("TOPPED", "is_distributor"))
    assert column(found(capped, ("Ben", "100")), "paid")["Ann"] == Decimal("0.70")


def test_it_is_told_in_words():
    assert "what levels and personal pay the member, before limits" in plan(names="[levels, personal]").describe()
