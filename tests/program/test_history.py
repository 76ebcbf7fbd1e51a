"""What looks back over periods, against lists of each member's periods."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

import compplan as cp
from naive.history import accumulated, periods_met
from naive.money import round_to_int

HEAD = {
    "compplan": 1,
    "name": "history",
    "currency": "USD",
    "period": "monthly",
    "rounding": {"mode": "half_up", "at": "payment"},
    "trees": {"enrollment": {"parent": "sponsor_id"}},
}
PERIODS = ["2026-11", "2026-12", "2027-01", "2027-02", "2027-03", "2027-04"]
UNITS = {
    "month": list(range(6)),
    "quarter": ["2026-4", "2026-4", "2027-1", "2027-1", "2027-1", "2027-2"],
    "year": [2026, 2026, 2027, 2027, 2027, 2027],
    "all": [0] * 6,
}


def load(plan: dict[str, Any]) -> cp.Plan:
    return cp.load_plan(yaml.safe_dump(plan, sort_keys=False))


WINDOWS = [{"from": "2026-12-01", "to": "2027-02-15"}, {"from": "2026-11-02", "to": "2027-01-01"}]
spans = st.integers(1, 4) | st.sampled_from(
    ["all", "year", "quarter", "month", "last_year", "last_quarter", "last_month", *WINDOWS]
)


@st.composite
def number_rules(draw: st.DrawFn) -> dict[str, Any]:
    rule: dict[str, Any] = {
        "accumulate": "pv",
        "periods": draw(spans),
        "take": draw(st.sampled_from(["sum", "average", "largest"])),
        "this_period": draw(st.booleans()),
    }
    if str(rule["periods"]).startswith("last_"):
        rule["this_period"] = False
    if not rule["this_period"] and draw(st.booleans()):
        rule["without_history"] = 7
    if draw(st.booleans()) or (rule["this_period"] and rule["periods"] == 1):
        rule["used_when"] = "pv >= 60"
    return rule


@st.composite
def count_rules(draw: st.DrawFn) -> dict[str, Any]:
    rule: dict[str, Any] = {"count": "pv >= 30", "among": "periods", "this_period": draw(st.booleans())}
    return rule | (
        {"consecutive": True} if draw(st.booleans()) else {"periods": draw(st.integers(1, 4) | st.just("all"))}
    )


def runs(plan: cp.Plan, history: list[int], joined: int) -> list[dict[str, Any]]:
    """Run six months: ann is always there, ben from a month on; both buy the same."""
    found, state = [], None
    for number, (period, pv) in enumerate(zip(PERIODS, history, strict=True)):
        ids = ["ann", "ben"] if number >= joined else ["ann"]
        orders = [{"order_id": n, "member_id": who, "date": f"{period}-05", "pv": pv} for n, who in enumerate(ids)]
        members = [{"member_id": who, "sponsor_id": None} for who in ids]
        result = cp.run(plan, members, orders, period=period, state=state)
        found.append({row["member_id"]: row for row in result.members.rows()})
        state = result.state
    return found


@settings(max_examples=25, deadline=None)
@given(
    st.lists(number_rules(), min_size=1, max_size=4),
    st.lists(count_rules(), min_size=1, max_size=3),
    st.lists(st.integers(-20, 90), min_size=6, max_size=6),
    st.integers(0, 4),
)
def test_numbers_and_counts_over_periods(
    numbers: list[dict[str, Any]], counts: list[dict[str, Any]], history: list[int], joined: int
) -> None:
    volumes = {"pv": {"sum": "orders.pv"}, **{f"a{n}": rule for n, rule in enumerate(numbers)}}
    plan = load({**HEAD, "volumes": volumes, "counts": {f"c{n}": rule for n, rule in enumerate(counts)}})
    found = runs(plan, history, joined)
    for period in range(6):
        for who in found[period]:
            known = [value if who == "ann" or n >= joined else None for n, value in enumerate(history)]
            for n, rule in enumerate(numbers):
                assert found[period][who][f"a{n}"] == _number(rule, known, period), (rule, who, period)
            met = [(value or 0) >= 30 for value in known]
            for n, rule in enumerate(counts):
                expected = periods_met(
                    met,
                    period,
                    periods=rule.get("periods", "all"),
                    consecutive=rule.get("consecutive", False),
                    this_period=rule["this_period"],
                )
                assert found[period][who][f"c{n}"] == expected, (rule, who, period)


def units_of(span: Any) -> list[Any]:
    if isinstance(span, dict):
        return [f"{period}-01" for period in PERIODS]
    return UNITS["all" if isinstance(span, int) else span.removeprefix("last_")]


def _number(rule: dict[str, Any], known: list[int | None], period: int) -> Decimal:
    span = rule["periods"]
    used = [(value or 0) >= 60 and "used_when" in rule for value in known]
    exact = accumulated(
        known,
        period,
        periods=span,
        take=rule["take"],
        this_period=rule["this_period"],
        units=units_of(span),
        used=used,
    )
    exact = Fraction(rule.get("without_history", 0)) if exact is None else exact
    return Decimal(round_to_int(exact * 100, "half_up")) / 100


def refused(section: str, rule: dict[str, Any], text: str) -> None:
    volumes = {"pv": {"sum": "orders.pv"}}
    plan: dict[str, Any] = {**HEAD, "volumes": volumes}
    plan[section] = {**plan.get(section, {}), "x": rule}
    with pytest.raises(cp.PlanError, match=text):
        load(plan)


def test_history_that_makes_no_sense_is_refused() -> None:
    refused("volumes", {"accumulate": "pv", "periods": 1}, "would be only pv of this period")
    refused("volumes", {"accumulate": "pv", "periods": "ever"}, "not a number of periods")
    refused("volumes", {"accumulate": "pv", "periods": "last_year", "this_period": True}, "not one of the last")
    refused("volumes", {"accumulate": "pv", "periods": {"from": "2026-02-30", "to": "2026-03-01"}}, "not a day")
    refused("volumes", {"accumulate": "pv", "periods": {"from": "2026-04-01", "to": "2026-03-01"}}, "before the first")
    refused("volumes", {"accumulate": "pv", "periods": {"to": "2026-03-01"}}, "from")
    refused("volumes", {"sum": "orders.pv", "window": {"dates": ["2026-04-01", "2026-03-01"]}}, "before the first")
    refused("counts", {"count": "pv > 0", "among": "periods", "periods": "last_year"}, "not a number of periods")
    refused("volumes", {"accumulate": "pv", "periods": 2, "without_history": 1}, "this period is history too")
    refused("volumes", {"accumulate": "pv", "periods": 2, "decimals": 1}, "only an average is rounded")
    refused("volumes", {"accumulate": "nothing", "periods": 2}, "is not a quantity")
    refused("counts", {"count": "pv > 0", "among": "periods"}, "not said how many periods")
    refused("counts", {"count": "pv > 0", "among": "frontline", "periods": 2}, "goes with among: periods")
    refused("counts", {"count": "pv > 0", "among": "periods", "periods": 2, "consecutive": True}, "counted from now")


def test_a_sum_of_this_period_may_look_at_itself_only_afterwards() -> None:
    refused("volumes", {"accumulate": "x", "periods": 2}, "circle")
    rule = {"accumulate": "pv", "periods": "all", "used_when": "x >= 50"}
    plan = load({**HEAD, "volumes": {"pv": {"sum": "orders.pv"}, "x": rule}})
    months = runs(plan, [30, 30, 30, 10, 5, 5], 6)
    assert [month["ann"]["x"] for month in months] == [30, 60, 30, 40, 45, 50]


def test_another_campaign_begins_with_nothing() -> None:
    """The plan's next campaign has the same name: what was kept of the one before is not part of it."""
    rule = {"accumulate": "pv", "periods": {"from": "2026-11-01", "to": "2026-12-31"}}
    plan = {**HEAD, "volumes": {"pv": {"sum": "orders.pv"}, "x": rule}}
    members, state, found = [{"member_id": "ann", "sponsor_id": None}], None, []
    for period in PERIODS[:5]:
        if period == "2027-02":
            rule["periods"] = {"from": "2027-02-01", "to": "2027-03-31"}
        orders = [{"order_id": 1, "member_id": "ann", "date": f"{period}-05", "pv": 10}]
        run = cp.run(load(plan), members, orders, period=period, state=state)
        state = run.state
        found.append(int(run.members.rows()[0]["x"]))
    assert found == [10, 20, 20, 10, 20]


def test_sums_beyond_64_bits_are_refused() -> None:
    plan = load({**HEAD, "volumes": {"pv": {"sum": "orders.pv"}, "x": {"accumulate": "pv", "periods": "all"}}})
    members = [{"member_id": "ann", "sponsor_id": None}]
    orders = [{"order_id": 1, "member_id": "ann", "date": "2026-11-01", "pv": 10**16 * 9}]
    first = cp.run(plan, members, orders, period="2026-11")
    with pytest.raises(cp.ExactnessError, match="64 bits"):
        cp.run(plan, members, [{**orders[0], "date": "2026-12-01"}], period="2026-12", state=first.state)


def test_what_is_paid_where_a_quarter_ends() -> None:
    plan = load(
        {
            **HEAD,
            "volumes": {
                "pv": {"sum": "orders.pv"},
                "quarter": {"accumulate": "pv", "periods": "quarter"},
                "due": {"compute": "quarter", "where": "quarter_ends"},
                "one": {"compute": "1", "where": "year_ends or month_ends and pv >= 10"},
            },
            "bonuses": {"quarterly": {"kind": "pool", "of": "due", "rates": "10%", "residue": "company"}},
        }
    )
    members, state, found = [{"member_id": "ann", "sponsor_id": None}], None, []
    for period, pv in zip(PERIODS, [5, 10, 20, 30, 40, 50], strict=True):
        orders = [{"order_id": 1, "member_id": "ann", "date": f"{period}-05", "pv": pv}]
        run = cp.run(plan, members, orders, period=period, state=state)
        found += [tuple(run.members.rows()[0][name] for name in ("due", "one", "pay:quarterly"))]
        state = run.state
    # the first quarter is seen from November on: 5 + 10; then 20 + 30 + 40
    assert found == [(0, 0, 0), (15, 1, Decimal("1.5")), (0, 1, 0), (0, 1, 0), (90, 1, 9), (0, 1, 0)]
