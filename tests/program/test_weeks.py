"""Weeks inside a month: the same money as a weekly plan of its own, beside a month that knows nothing of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import compplan as cp
from compplan.periods.parts import parts_of
from compplan.periods.period import read_period
from compplan.plan.sections import Weeks
from outputs import assert_same

HEAD = """
compplan: 1
name: weeks
currency: USD
rounding: {mode: half_up, at: payment}
trees:
  enrollment: {parent: sponsor_id}
  binary: {parent: above, side: side, width: 2}
ranks: {given: member.rank, ladder: [one, two]}
"""
BONUSES = """
bonuses:
  sides: {kind: binary, of: sales, tree: binary, rates: {one: 10%, two: 12%}, carry_cap: 300, cap: 20}
  fast: {kind: unilevel, of: sales, rates: [5%, 3%], pay_when: two_weeks >= 50, payment: order}
"""
WEEKLY = f"""{HEAD}
period: weekly
volumes:
  sales: {{sum: orders.cv}}
  two_weeks: {{accumulate: sales, periods: 2}}
{BONUSES}"""
MONTH = """
  unilevel: {kind: unilevel, of: pv, rates: [2%, 1%], payment: order}
"""


def monthly(belong: str, period: str = "calendar") -> str:
    return f"""{HEAD}
period: monthly
weeks: {{belong: {belong}, period: {period}}}
volumes:
  sales: {{sum: orders.cv, over: week}}
  two_weeks: {{accumulate: sales, periods: 2}}
  pv: {{sum: orders.cv}}
{BONUSES}{MONTH}  match: {{kind: match, of: sides, tree: enrollment, rates: [50%]}}
"""


ONLY_MONTH = f"{HEAD}period: monthly\nvolumes: {{pv: {{sum: orders.cv}}}}\nbonuses:{MONTH}"


@st.composite
def fields(draw: st.DrawFn) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return up to seven members, and orders from September to November."""
    size = draw(st.integers(2, 7))
    members = [
        {
            "member_id": n,
            "sponsor_id": draw(st.integers(0, n - 1)) if n else None,
            "above": (n - 1) // 2 if n else None,
            "side": ("left" if n % 2 else "right") if n else None,
            "rank": draw(st.sampled_from(["one", "two", None])),
        }
        for n in range(size)
    ]
    days = st.integers(0, 80).map(lambda n: date(2026, 9, 14) + timedelta(days=n))
    bought = draw(st.lists(st.tuples(st.integers(0, size - 1), days, st.integers(1, 400)), max_size=25))
    orders = [
        {"order_id": n, "member_id": who, "date": day.isoformat(), "cv": Decimal(cents) / 4 * 5}
        for n, (who, day, cents) in enumerate(bought)
    ]
    return members, orders


def within(orders: list[dict[str, Any]], first: date, after: date) -> list[dict[str, Any]]:
    return [order for order in orders if str(first) <= order["date"] < str(after)]


def chain(text: str, members: list[Any], orders: list[Any], spans: list[tuple[str, date, date]]) -> list[cp.Run]:
    plan, state, found = cp.load_plan(text), None, []
    for name, first, after in spans:
        run = cp.run(plan, members, within(orders, first, after), period=name, state=state)
        found.append(run)
        state = run.state
    return found


def months_and_weeks(belong: str, period: str) -> tuple[list[Any], list[Any], list[Any]]:
    """Return the months with all days that they take orders of, with their own days, and all their weeks."""
    months, own, weeks = [], [], []
    for name in ("2026-10", "2026-11"):
        month = read_period(name)
        parts = parts_of(month, "week", Weeks(belong=belong, period=period))
        days = (parts[0].first, parts[-1].after) if period == "weeks" else (month.first, month.after)
        months.append((name, min(days[0], parts[0].first), max(days[1], parts[-1].after)))
        own.append((name, *days))
        weeks += [(part.name, part.first, part.after) for part in parts]
    return months, own, weeks


def payments(runs: list[cp.Run], bonuses: set[str]) -> Counter[Any]:
    names = ("bonus", "entry", "earner", "source", "order", "level", "base", "rate", "amount")
    rows = [(row, run) for run in runs for row in run.ledger.rows() if row["bonus"] in bonuses]
    return Counter((row.get("period", run.manifest["period"]["name"]), *(row[n] for n in names)) for row, run in rows)


@settings(max_examples=25, deadline=None)
@given(fields(), st.sampled_from(["first_day", "most_days", "last_day", "cut"]), st.sampled_from(["calendar", "weeks"]))
def test_weeks_pay_what_a_weekly_plan_pays(field: Any, belong: str, period: str) -> None:
    members, orders = field
    months, own, weeks = months_and_weeks(belong, period)
    whole = chain(monthly(belong, period), members, orders, months)
    alone = chain(WEEKLY, members, orders, weeks)
    assert payments(whole, {"sides", "fast"}) == payments(alone, {"sides", "fast"})
    carried = [name for name in alone[-1].state.to_arrow().column_names if ":" in name]
    for one, other in zip(whole[-1].state.rows(), alone[-1].state.rows(), strict=True):
        assert {name: one[name] for name in carried} == {name: other[name] for name in carried}
    if period == "calendar":
        assert payments(whole, {"unilevel"}) == payments(chain(ONLY_MONTH, members, orders, own), {"unilevel"})
    _match_is_half_of_the_weeks(whole, members)


def _match_is_half_of_the_weeks(runs: list[cp.Run], members: list[dict[str, Any]]) -> None:
    for run in runs:
        expected: dict[Any, Decimal] = defaultdict(Decimal)
        rows = {row["member_id"]: row for row in run.members.rows()}
        for member in members:
            pay = rows[member["member_id"]]["pay:sides"]
            weeks = [row["pay:sides"] for row in run.parts.rows() if row["member_id"] == member["member_id"]]
            assert sum(weeks) == pay
            if member["sponsor_id"] is not None:
                expected[member["sponsor_id"]] += (pay / 2).quantize(Decimal("0.01"), "ROUND_HALF_UP")
        assert {who: row["pay:match"] for who, row in rows.items() if row["pay:match"]} == {
            who: pay for who, pay in expected.items() if pay
        }


@settings(max_examples=15, deadline=None)
@given(fields())
def test_closed_weeks_are_final(field: Any) -> None:
    members, orders = field
    plan = cp.load_plan(monthly("last_day"))
    so_far = cp.run(plan, members, within(orders, date(2026, 9, 28), date(2026, 10, 12)), period="2026-10")
    whole = cp.run(plan, members, within(orders, date(2026, 9, 28), date(2026, 11, 1)), period="2026-10")
    closed = {"2026-W40", "2026-W41"}
    first, second = ([row for row in run.ledger.rows() if row["period"] in closed] for run in (so_far, whole))
    assert first == second


def test_threads_and_row_order_do_not_matter() -> None:
    members = [{"member_id": n, "sponsor_id": n // 3 - 1 if n > 2 else None, "above": (n - 1) // 2 if n else None,
                "side": "left" if n % 2 else "right", "rank": "two"} for n in range(40)]  # fmt: skip
    members[0]["side"] = None
    orders = [{"order_id": n, "member_id": n % 40, "date": f"2026-10-{1 + n % 25:02}", "cv": n} for n in range(200)]
    plan = cp.load_plan(monthly("last_day"))
    one = cp.run(plan, members, orders, period="2026-10")
    other = cp.run(plan, members[::-1], orders[::-1], period="2026-10", threads=2)
    assert_same(one, other, ("members", "ledger", "payables", "breakage", "state", "parts"))


def test_orders_outside_the_month_and_its_weeks_are_refused() -> None:
    plan = cp.load_plan(monthly("last_day"))
    members = [{"member_id": 1, "sponsor_id": None, "above": None, "side": None, "rank": "one"}]
    order = {"order_id": 1, "member_id": 1, "cv": 5}
    run = cp.run(plan, members, [{**order, "date": "2026-09-28"}], period="2026-10")
    assert run.manifest["control_totals"] == {"sales": "5.00", "two_weeks": "10.00", "pv": "0.00"}
    with pytest.raises(cp.DataError, match="not in the period from 2026-09-28 until before 2026-11-01"):
        cp.run(plan, members, [{**order, "date": "2026-09-27"}], period="2026-10")
    with pytest.raises(cp.UsageError, match="take the rows with period 2026-W41"):
        cp.run(plan, members, [], period="2026-W41")


@pytest.mark.parametrize(
    ("belong", "asked", "hint"),
    [
        ("cut", "2026-W40", "did you mean 2026-10-01/2026-10-05?"),
        ("cut", "2026-10-28", "did you mean 2026-10-26/2026-11-01?"),
        ("cut", "2026-10-04/2026-10-07", "did you mean 2026-10-01/2026-10-05 or 2026-W41?"),
        ("cut", "2026-10", "leave the period out for all of 2026-10"),
        ("last_day", "2026-W44", "did you mean"),
        ("last_day", "nonsense", "known: 2026-W40, 2026-W41, 2026-W42, 2026-W43"),
    ],
)
def test_why_knows_which_piece_of_a_week_was_meant(belong: str, asked: str, hint: str) -> None:
    """October 2026 is a Thursday to a Saturday: its first piece is 1 to 4, its last 26 to 31."""
    members = [{"member_id": 1, "sponsor_id": None, "above": None, "side": None, "rank": "one"}]
    run = cp.run(cp.load_plan(monthly(belong)), members, [], period="2026-10")
    with pytest.raises(cp.UsageError) as raised:
        run.why(1, "fast", asked)
    assert hint in str(raised.value)


@pytest.mark.parametrize(
    ("belong", "hint"),
    [
        ("last_day", "run 2026-11 with the orders so far, and take the rows with period 2026-W44"),
        ("first_day", "run 2026-10 with the orders so far, and take the rows with period 2026-W44"),
        (
            "cut",
            (
                "run 2026-10 with the orders so far, and take the rows with period 2026-10-26/2026-11-01; "
                "run 2026-11 with the orders so far, and take the rows with period 2026-11-01/2026-11-02"
            ),
        ),
    ],
)
def test_a_week_alone_is_refused_with_the_month_that_runs_it(belong: str, hint: str) -> None:
    """Week 44 of 2026 is October 26 to November 1."""
    with pytest.raises(cp.UsageError) as raised:
        cp.run(cp.load_plan(monthly(belong)), [], [], period="2026-W44")
    assert str(raised.value).endswith(f"hint: {hint}")


def test_why_tells_of_one_week_or_of_all() -> None:
    plan = cp.load_plan(monthly("last_day"))
    members = [
        {"member_id": 1, "sponsor_id": None, "above": None, "side": None, "rank": "one"},
        {"member_id": 2, "sponsor_id": 1, "above": 1, "side": "left", "rank": "one"},
    ]
    days = [("2026-10-05", 1, 60), ("2026-10-06", 2, 100), ("2026-10-20", 2, 40)]
    orders = [{"order_id": n, "member_id": who, "date": day, "cv": cv} for n, (day, who, cv) in enumerate(days)]
    run = cp.run(plan, members, orders, period="2026-10")
    assert run.why(1, "fast", "2026-W41").total == 5
    assert run.why(1, "fast", "2026-W43").failed is not None
    both = run.why(1, "fast")
    assert both.total == 5
    assert [(row["period"], row["reason"]) for row in both.rows.rows()] == [
        ("2026-W41", "paid"),
        ("2026-W43", "not_qualified"),
    ]
    assert "2026-W41: " in str(run.why(1, "sides"))
    assert run.why(1, "match", "2026-10").total == 0
    with pytest.raises(cp.UsageError, match="not paid for 2026-W44"):
        run.why(1, "fast", "2026-W44")


VOLUMES = (
    "volumes: {pv: {sum: orders.pv}, week_pv: {sum: orders.pv, over: week}, day_pv: {sum: orders.pv, over: day}}\n"
)


@pytest.mark.parametrize(
    ("sections", "text"),
    [
        ("ranks: {ladder: {a: [week_pv >= 5]}}", 'a rank is of the whole period, but "week_pv"'),
        ("ranks: {ladder: {a: []}, members: week_pv > 0}", "a rank is of the whole period"),
        ("bonuses: {u: {kind: unilevel, of: pv, every: week, rates: 5%}}", '"pv" is measured once'),
        ("bonuses: {u: {kind: unilevel, of: pv, pay_when: week_pv > 0, rates: 5%}}", '"pv" is measured once'),
        ("bonuses: {u: {kind: unilevel, of: week_pv, pay_when: day_pv > 0, rates: 5%}}", "both weeks and days"),
        ("conditions: {x: week_pv > day_pv}", "both weeks and days"),
        ("counts: {x: {count: pv > 0, among: weeks}}", "is not measured by the week"),
        ("counts: {x: {count: day_pv > 0, among: weeks}}", "is not measured by the week"),
        (
            "bonuses: {u: {kind: unilevel, of: pv, rates: 5%}, m: {kind: match, of: u, every: week, rates: 5%}}",
            '"u" is not',
        ),
    ],
)
def test_lengths_that_do_not_fit(sections: str, text: str) -> None:
    with pytest.raises(cp.PlanError, match=text):
        cp.load_plan(
            f"{HEAD.split('ranks:', maxsplit=1)[0]}period: monthly\nweeks: {{belong: cut}}\n{VOLUMES}{sections}"
        )


def test_first_orders_of_weeks_that_begin_in_another_month() -> None:
    plan = cp.load_plan(
        HEAD.split("ranks:", maxsplit=1)[0]
        + "period: monthly\nweeks: {belong: last_day}\nvolumes:\n"
        + "  weekly: {sum: orders.cv, over: week, first_order: only}\n  monthly: {sum: orders.cv, first_order: only}\n"
    )
    members = [{"member_id": n, "sponsor_id": None, "above": None, "side": None} for n in (1, 2)]
    days = {"2026-09": ["2026-09-29"], "2026-10": ["2026-09-29", "2026-10-29", "2026-10-06"], "2026-11": ["2026-10-29"]}
    state, found = None, []
    for month, dates in days.items():
        orders = [
            {"order_id": day, "member_id": 2 if day == "2026-10-29" else 1, "date": day, "cv": 10} for day in dates
        ]
        run = cp.run(plan, members, orders, period=month, state=state)
        totals = run.manifest["control_totals"]
        found.append((totals["weekly"], totals["monthly"]))
        state = run.state
    # the first orders, of 29 September and 29 October, lie in weeks of the month after
    assert found == [("0.00", "10.00"), ("10.00", "10.00"), ("10.00", "0.00")]


def test_weeks_need_to_belong_somewhere_and_a_part_is_shorter() -> None:
    plan = f"{HEAD}period: monthly\nvolumes: {{x: {{sum: orders.x, over: week}}}}"
    with pytest.raises(cp.PlanError, match="does not say to which period a week belongs"):
        cp.load_plan(plan)
    with pytest.raises(cp.PlanError, match="no part of the period of a weekly plan"):
        cp.load_plan(plan.replace("monthly", "weekly"))


def test_numbers_of_all_weeks_and_of_days() -> None:
    plan = cp.load_plan(
        HEAD.split("ranks:", maxsplit=1)[0]
        + """
period: monthly
weeks: {belong: cut}
volumes:
  sales: {sum: orders.cv, over: week}
  group: {roll_up: sales}
  best: {over_parts: group, take: largest}
  usual: {over_parts: sales, take: average, decimals: 1}
  day_sales: {sum: orders.cv, over: day}
counts:
  weeks: {count: sales >= 10, among: weeks}
  days: {count: day_sales > 0, among: days}
ranks: {ladder: {a: [], b: [best >= 60, weeks >= 1]}}
bonuses: {daily: {kind: retail, of: day_sales, rates: 10%, cap: 2}}
"""
    )
    members = [{"member_id": n, "sponsor_id": n - 1 if n else None, "above": None, "side": None} for n in range(2)]
    days = [("2026-10-01", 1, 40), ("2026-10-04", 0, 30), ("2026-10-05", 1, 5), ("2026-10-31", 1, 10)]
    orders = [{"order_id": n, "member_id": who, "date": day, "cv": cv} for n, (day, who, cv) in enumerate(days)]
    rows = {row["member_id"]: row for row in cp.run(plan, members, orders, period="2026-10").members.rows()}
    # cut weeks end on 4, 11, 18, 25 and 31 October
    found = {who: [row[name] for name in ("best", "usual", "weeks", "days", "rank")] for who, row in rows.items()}
    assert found == {0: [70, 6, 1, 1, "b"], 1: [40, 11, 2, 3, "a"]}
    assert {who: row["pay:daily"] for who, row in rows.items()} == {0: 2, 1: Decimal("3.50")}


CHAIN = """compplan: 1
name: chain
currency: USD
period: monthly
rounding: {mode: half_up, at: payment}
trees: {e: {parent: s}, b: {parent: s, side: side, width: 2}}
weeks: {belong: cut}
volumes: {pv: {sum: orders.pv}, wv: {sum: orders.pv, over: week}}
"""


def chain_of(names: str) -> list[dict[str, Any]]:
    return [{"member_id": name, "s": above, "side": "left"} for name, above in zip(names, [None, *names], strict=False)]


def sales(*given: tuple[str, str, int]) -> list[dict[str, Any]]:
    return [
        {"order_id": f"o{n}", "member_id": who, "date": f"2026-10-{day}", "pv": pv}
        for n, (who, day, pv) in enumerate(given)
    ]


@pytest.mark.parametrize(
    ("bonuses", "weeks"),
    [
        ("p: {kind: pool, amounts: 100, residue: company, every: week}", 5),
        ("p: {kind: tier, by: pv, amounts: {100: 30}, every: week}", 5),
        ("d: {kind: direct, of: wv, rates: 1%}\n  p: {kind: guarantee, of: d, amounts: 20, every: week}", 5),
        ("p: {kind: pool, of: wv, rates: 3%, pay_when: pv >= 10 and wv < 10, rest: carry, residue: company}", 1),
    ],
)
def test_weeks_without_orders_are_paid(bonuses: str, weeks: int) -> None:
    plan = cp.load_plan(f"{CHAIN}bonuses:\n  {bonuses}\n")
    run = cp.run(plan, chain_of("ab"), sales(("b", "06", 1000)), period="2026-10")
    rows = [row for row in run.ledger.rows() if row["bonus"] == "p"]
    assert len({row["period"] for row in rows}) == weeks
    assert {row["order"] for row in rows} == {None}


def test_pairs_that_a_week_carries_are_paid_in_a_week_without_orders() -> None:
    binary = "p: {kind: binary, of: wv, tree: b, unit: 10, amounts: 1, pair_cap: 2, over_cap: carried}"
    members = [*chain_of("ab"), {"member_id": "c", "s": "a", "side": "right"}]
    orders = sales(("b", "06", 100), ("c", "06", 100))
    run = cp.run(cp.load_plan(f"{CHAIN}bonuses: {{{binary}}}\n"), members, orders, period="2026-10")
    assert [(row["period"], row["amount"]) for row in run.ledger.rows()] == [
        (week, 2) for week in ("2026-W41", "2026-W42", "2026-W43", "2026-10-26/2026-11-01")
    ]


@pytest.mark.parametrize("length", ["", ", every: week"])
@pytest.mark.parametrize("cascade", ["", ", cascade: true"])
@pytest.mark.parametrize("belong", ["cut", "last_day"])
def test_match_of_weeks_names_the_orders(length: str, cascade: str, belong: str) -> None:
    bonuses = f"""bonuses:
  wk: {{kind: unilevel, of: wv, rates: [10%], payment: order}}
  m: {{kind: match, of: wk, rates: 50%, payment: order{length}{cascade}}}
"""
    members = [*chain_of("abc"), {"member_id": "z", "s": None, "side": None}]
    orders = sales(("b", "02", 50), ("z", "03", 5), ("c", "06", 1000), ("z", "08", 7), ("c", "14", 60))
    orders = [{"order_id": "early", "member_id": "z", "date": "2026-09-29", "pv": 9}, *orders][belong == "cut" :]
    plan = cp.load_plan(CHAIN.replace("cut", belong) + bonuses)
    run = cp.run(plan, members, orders, period="2026-10")
    expected = [("o2", 50), ("o4", 3)]
    rows = [row for row in run.ledger.rows() if row["bonus"] == "m"]
    assert [(row["order"], row["amount"]) for row in rows] == expected
    if length:
        assert [row["period"] for row in rows] == ["2026-W41", "2026-W42"]
    why = [(row["order"], row["amount"]) for row in run.why("a", "m").rows.rows() if row["reason"] == "paid"]
    assert why == expected


LIMIT = "limits: {l: {bonuses: [wk], of: wv, rates: 1%}}\n"
WK = "  wk: {kind: direct, of: wv, rates: 10%}\n"


@pytest.mark.parametrize(
    ("sections", "expected"),
    [
        ("  r: {kind: match, of: wk, rates: [50%]}\n", {"a": 75}),
        ("  r: {kind: match, of: wk, rates: [50%], of_pay: before_limits}\n", {"a": 75}),
        ("  r: {kind: match, of: wk, rates: [50%], of_pay: after_limits}\n", {"a": Decimal("7.50")}),
        ("  r: {kind: match, of: wk, rates: [50%], every: week}\n", {"a": 75}),
        ("  r: {kind: match_down, of: wk, rates: 50%, residue: company}\n", {"c": 75}),
        ("  r: {kind: booster, of: wk, rates: 10%}\n", {"b": 15}),
        ("  r: {kind: guarantee, of: wk, amounts: 160}\n", {"a": 160, "b": 10, "c": 160}),
        ("  r: {kind: direct, of: pv, rates: 4%}\ngreater_of: {g: [wk, r]}\n", {}),
        ("  r: {kind: direct, of: pv, rates: 11%}\ngreater_of: {g: [wk, r]}\n", {"b": 165}),
        ("  r: {kind: direct, of: wv, rates: 4%}\ngreater_of: {g: [wk, r]}\n", {}),
    ],
)
def test_rules_of_the_month_read_pay_before_the_limits_of_weeks(sections: str, expected: dict[str, Any]) -> None:
    plan = cp.load_plan(f"{CHAIN}{LIMIT}bonuses:\n{WK}{sections}")
    run = cp.run(plan, chain_of("abc"), sales(("c", "06", 1000), ("c", "14", 500)), period="2026-10")
    rows = {row["member_id"]: row for row in run.members.rows()}
    assert {name: row["pay:r"] for name, row in rows.items() if row["pay:r"]} == expected
    assert rows["b"]["pay:wk"] == (0 if expected == {"b": 165} else 15)
    for name in "abc":
        assert run.why(name, "r").total == expected.get(name, 0)
        assert sum(row["amount"] for row in run.why(name, "r").paid) >= expected.get(name, 0)


@pytest.mark.parametrize("other", ["pv", "wv"])
def test_a_booster_reads_the_chosen_pay_before_the_limits_of_weeks(other: str) -> None:
    bonuses = f"{WK}  x: {{kind: direct, of: {other}, rates: 4%}}\n  r: {{kind: booster, of: [wk, x], rates: 10%}}\n"
    plan = cp.load_plan(f"{CHAIN}{LIMIT}greater_of: {{g: [x, wk]}}\nbonuses:\n{bonuses}")
    run = cp.run(plan, chain_of("abc"), sales(("c", "06", 1000), ("c", "14", 500)), period="2026-10")
    (paid,) = [row for row in run.members.rows() if row["pay:r"]]
    assert (paid["member_id"], paid["pay:wk"], paid["pay:x"], paid["pay:r"]) == ("b", 15, 0, 15)


def test_limits_of_the_month_go_on_from_those_of_the_weeks() -> None:
    limits = "limits: {l: {bonuses: [wk], of: wv, rates: 1%}, m: {bonuses: [wk, r], of: pv, rates: 5%}}\n"
    bonuses = f"{WK}  r: {{kind: match, of: wk, rates: [50%]}}\n"
    run = cp.run(
        cp.load_plan(f"{CHAIN}{limits}bonuses:\n{bonuses}"),
        chain_of("abc"),
        sales(("c", "06", 1000), ("c", "14", 500)),
        period="2026-10",
    )
    rows = {row["member_id"]: row for row in run.members.rows()}
    assert (rows["b"]["pay:wk"], rows["a"]["pay:r"]) == (Decimal("12.50"), Decimal("62.50"))
