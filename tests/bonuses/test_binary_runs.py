"""Whole runs of binary bonuses over several months, with every field, against the naive twin."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import compplan as cp
from compplan.bonuses.pairing import at_once, pairing_pass
from compplan.errors import PlanError
from tests.naive import pairing as naive

pytestmark = pytest.mark.kernels


@pytest.fixture(autouse=True, scope="module")
def _small_parts():
    """Let runs go in several parts on trees of a few members as well."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pairing_pass, "CHUNK", 4)
        patch.setattr(at_once, "BLOCK", 3)
        yield


TYPES = ["x", "y", "z"]
RATIOS = {"1 to 1": Fraction(1), "2 to 1": Fraction(2), "3/5 to 2/5": Fraction(3, 2)}
maybe = st.booleans()


def chance(draw, values, often=3):
    """One of the values as often as said in ten times, else None."""
    return draw(values) if draw(st.integers(0, 9)) < often else None


@st.composite
def fields(draw):
    """The fields of a bonus as the plan writes them."""
    found = {
        "kind": "binary",
        "of": "bv",
        "tree": "binary",
        "pay_when": "active == 1",
        "rates_by": "member.type",
        "over_100_percent": "allowed",
    }
    unit = draw(st.sampled_from([None, 6, 12, [6, 18, 60]]))
    if unit is not None:
        found["unit"] = unit
    fixed = unit is not None and draw(maybe)
    value = st.integers(1, 40).map(lambda n: f"{n}.5%") if not fixed else st.integers(1, 30)
    levels = st.lists(value, min_size=3, max_size=3) if isinstance(unit, list) and draw(maybe) else value
    table = {kind: draw(levels) for kind in TYPES[: draw(st.integers(1, 3))]}
    name, ratio = ("amounts" if fixed else "rates"), st.sampled_from(list(RATIOS))
    if draw(st.integers(0, 3)):
        found |= {"ratio": draw(ratio), name: table}
        if not fixed:
            found["paid_on"] = draw(st.sampled_from(["weaker", "stronger", "both"]))
        if unit is not None and not isinstance(unit, list) and (first := chance(draw, ratio)):
            found |= {"first_pair": first, "paid_on": "weaker"}
    else:
        other = {kind: draw(levels) for kind in table}
        found["ways"] = [
            {"ratio": draw(ratio), name: table},
            {"ratio": draw(ratio), name: other, "when": "active == 1"},
        ]
    if unit is not None and not isinstance(unit, list):
        found |= draw(st.sampled_from([{}, {"strong_side": "each_pair"}, {"uses": "balanced"}]))
    found["unpaid"] = draw(st.sampled_from(["breakage", "carry"]))
    found["carry"] = draw(st.sampled_from(["both", "strong", "none"]))
    found["own_side"] = draw(st.sampled_from(["none", "none", "left", "right", "weaker", "stronger"]))
    caps = st.integers(0, 80) | st.fixed_dictionaries(
        {"times": st.sampled_from([1, Decimal("2.5")]).map(str), "average_of": st.integers(1, 3)},
        optional={"without_history": st.integers(0, 50)},
    )
    for word, values in {"carry_cap": caps, "expires": st.integers(1, 3), "cap": st.integers(30, 400)}.items():
        if (value := chance(draw, values)) is not None:
            found[word] = value
    if chance(draw, maybe, 4) is not None:
        found |= {"flush_when": "active != 1", "flush_after": draw(st.integers(1, 2))}
    if unit is not None and (cap := chance(draw, st.integers(0, 5), 4)) is not None:
        found |= {"pair_cap": cap, "pair_cap_per": draw(st.sampled_from(["period", "year"]))}
    if "cap" in found:
        found["cap_per"] = draw(st.sampled_from(["period", "year"]))
    if "cap" in found or "pair_cap" in found:
        found["over_cap"] = draw(st.sampled_from(["used", "carried"]))
    return found


@st.composite
def plain_fields(draw):
    """The fields of a bonus that is paid in one sweep."""
    table = {kind: f"{draw(st.integers(1, 40))}.5%" for kind in TYPES[: draw(st.integers(1, 3))]}
    found = {
        "kind": "binary",
        "of": "bv",
        "tree": "binary",
        "pay_when": "active == 1",
        "ratio": "1 to 1",
        "rates": table,
    }
    found |= {
        "rates_by": "member.type",
        "own_side": "none",
        "over_100_percent": "allowed",
        "cap": draw(st.sampled_from([50, 5000])),
    }
    found["unpaid"] = draw(st.sampled_from(["breakage", "carry"]))
    found["carry"] = draw(st.sampled_from(["both", "strong", "none"]))
    found["paid_on"] = draw(st.sampled_from(["weaker", "both"]))
    return found


def plan_of(bonus, at, first):
    trees = {"enrollment": {"parent": "sponsor_id"}, "binary": {"parent": "parent_id", "side": "side", "width": 2}}
    return {
        "compplan": 1,
        "name": "Random binary",
        "currency": "USD",
        "period": "monthly",
        "rounding": {"mode": "half_up", "at": at},
        "trees": {name: trees[name] for name in sorted(trees, key=lambda name: name != first)},
        "volumes": {"bv": {"sum": "orders.bv", "decimals": 0}, "active": {"member": "active", "decimals": 0}},
        "bonuses": {"pairs": bonus},
    }


def settings_of(bonus):
    """The words of the plan as the twin reads them."""
    unit, name = bonus.get("unit"), "amounts" if "amounts" in (bonus.get("ways") or [bonus])[0] else "rates"
    cap = bonus.get("carry_cap")
    average = isinstance(cap, dict)

    def table(rows):
        read = [(kind, row if isinstance(row, list) else [row]) for kind, row in rows.items()]
        return {
            k: [Fraction(str(v).removesuffix("%")) / (100 if name == "rates" else 1) for v in row] for k, row in read
        }

    ways = [
        {"ratio": RATIOS[way["ratio"]], "table": table(way[name]), "fixed": name == "amounts", "when": "when" in way}
        for way in bonus.get("ways") or [bonus]
    ]
    return {
        "ways": ways,
        "unit": 0 if unit is None or isinstance(unit, list) else unit,
        "steps": unit if isinstance(unit, list) else None,
        "anew": "strong_side" in bonus,
        "balanced": "uses" in bonus,
        "paid_on": bonus.get("paid_on", "weaker"),
        "first_pair": RATIOS[bonus["first_pair"]] if "first_pair" in bonus else None,
        "own_side": bonus["own_side"],
        "unpaid": bonus["unpaid"],
        "carry": bonus["carry"],
        "carry_cap": None if average else cap,
        "average": (Fraction(cap["times"]), cap["average_of"], cap.get("without_history")) if average else None,
        "expires": bonus.get("expires"),
        "flush": "flush_when" in bonus,
        "flush_after": bonus.get("flush_after", 1),
        "pair_cap": bonus.get("pair_cap"),
        "pair_cap_per_month": bonus.get("pair_cap_per") == "year",
        "cap": bonus["cap"] * 100 if "cap" in bonus else None,
        "cap_per_month": bonus.get("cap_per") == "year",
        "over_cap": bonus.get("over_cap", "used"),
    }


@st.composite
def fields_of_members(draw, most=9):
    """Parents, sides and sponsors: member 0 is on top, everybody else takes a free place below an earlier one."""
    n = draw(st.integers(1, most))
    parents, sides, free = [-1], [-1], [(0, 0), (0, 1)]
    for member in range(1, n):
        parent, side = free.pop(draw(st.integers(0, len(free) - 1)))
        parents.append(parent)
        sides.append(side)
        free += [(member, 0), (member, 1)]
    return parents, sides, [-1, *(draw(st.integers(0, m - 1)) for m in range(1, n))]


def column(draw, n, values):
    return draw(st.lists(values, min_size=n, max_size=n))


@settings(deadline=None, max_examples=40)
@given(
    fields() | plain_fields(),
    fields_of_members(),
    st.sampled_from(["payment", "bonus"]),
    st.sampled_from(["binary", "enrollment"]),
    st.data(),
)
def test_months_of_a_binary_bonus(bonus, shape, at, first, data):
    parents, sides, sponsors = shape
    n = len(parents)
    try:
        plan = cp.load_plan(json.dumps(plan_of(bonus, at, first), indent=1))
    except PlanError as error:
        assume(
            all("less than one pair pays" not in str(p) and "nothing is carried" not in str(p) for p in error.problems)
        )
        assume(not any("need one unit, one way" in str(p) for p in error.problems))
        raise
    twin, state = naive.Bonus(settings_of(bonus), parents, sides), None
    types = column(data.draw, n, st.sampled_from(TYPES))
    for month in ("2026-11", "2026-12", "2027-01"):
        values = column(data.draw, n, st.integers(0, 30) | st.integers(0, 300))
        active = column(data.draw, n, st.sampled_from([True, True, False]))
        members = [
            {
                "member_id": m,
                "sponsor_id": None if sponsors[m] < 0 else sponsors[m],
                "parent_id": None if parents[m] < 0 else parents[m],
                "side": None if sides[m] < 0 else sides[m],
                "active": int(active[m]),
                "type": types[m],
            }
            for m in range(n)
        ]
        orders = [{"member_id": m, "date": f"{month}-05", "bv": value} for m, value in enumerate(values)]
        run = cp.run(plan, members, orders, period=month, state=state, ledger=data.draw(maybe))
        expected = twin.period(values, active, types, month[:4])
        paid = {row["member_id"]: row["pay:pairs"] for row in run.members.rows()}
        assert [int(paid[m] * 100) for m in range(n)] == [amount for amount, _ in expected]
        state = run.state
        after = {row["member_id"]: row for row in state.rows()}
        if not (bonus["carry"] == "none" and bonus["unpaid"] == "breakage"):
            ages = [f"_{age}" for age in range(1, bonus["expires"] + 1)] if "expires" in bonus else [""]
            for side, name in enumerate(("left", "right")):
                kept = [[int(after[m][f"pairs:{name}{age}"]) for age in ages] for m in range(n)]
                assert kept == [twin.lots[m][side] for m in range(n)]
        for member in range(n):
            told = run.why(member, "pairs")
            details = {detail.code: detail.value for detail in told.details}
            assert told.total == paid[member]
            assert details.get("pairs", expected[member][1]) == expected[member][1]


def test_what_is_too_large_to_be_paid_in_one_sweep():
    """A side of 2**57 stands on top; its product with the rate does not fit 64 bits, that of the weaker side does."""
    bonus = {"kind": "binary", "of": "bv", "tree": "binary", "rates": "12.5%", "carry": "strong"}
    plan = plan_of(bonus, "payment", "binary")
    del plan["volumes"]["active"]
    parents, sides = [-1, 0, 0, 1, 2, 3, 4], [None, 0, 1, 0, 0, 0, 0]
    members = [
        {"member_id": m, "sponsor_id": p if p >= 0 else None, "parent_id": p if p >= 0 else None, "side": side}
        for m, (p, side) in enumerate(zip(parents, sides, strict=True))
    ]
    plan, state, pay = cp.load_plan(json.dumps(plan, indent=1)), None, []
    for month, on_left, on_right in (("2026-11", 2**57, 0), ("2026-12", 8, 16), ("2027-01", 0, 8)):
        orders = [{"member_id": m, "date": f"{month}-05", "bv": v} for m, v in ((5, on_left), (6, on_right)) if v]
        run = cp.run(plan, members, orders, period=month, state=state)
        pay.append({row["member_id"]: row["pay:pairs"] for row in run.members.rows()}[0])
        state = run.state
    assert pay == [0, 2, 1]
    assert {row["member_id"]: row["pairs:left"] for row in state.rows()}[0] == 2**57 + 8 - 24
