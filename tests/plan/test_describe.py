"""The description leaves nothing out: every name, every number, and every choice of the plan shows in it."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest
from plan_texts import plan

from compplan.plan import expression as ex
from compplan.plan.load import load_plan
from compplan.plan.source import read_source

LAKESIDE = Path(__file__).parents[2] / "plans" / "lakeside.yaml"

WHOLE = """
compplan: 1
name: Whole
description: All that the language can say.
source: plan book of 2026
currency: {code: CHF, decimals: 2}
period: weekly
rounding: {mode: half_even, at: bonus}
trees: {enrollment: {parent: sponsor_id}, placement: {parent: placement_id, side: side, width: 2}}
volumes:
  pv: {sum: orders.qv, credit: distributor, tree: placement, buyers: customers, share: 51%, customer_share: 52%}
  kits: {sum: orders, only: {type: [kit, box]}, exclude: {free: gratis}, first_order: only}
  early: {sum: orders.qv, window: {from_enrolment: 61 days}}
  late: {sum: orders.qv, window: {after_enrolment: 4 calendar months}, first_order: exclude}
  month: {sum: orders.qv, window: {days_of_month: [2, 19]}}
  gv: {roll_up: pv, tree: placement, own: false}
  deep: {roll_up: pv, levels: 7, where: member.vip}
  group: {roll_up: pv, stop_at: rank >= gold, with_uplines: title >= silver}
  side: {roll_up: pv, outside_legs_with: rank >= silver}
  tops: {legs: gv, pick: second}
  capped: {legs: gv, leg_cap_amount: 1234.50}
  share: {legs: gv, leg_cap: 17%}
  price: {member: price}
  worth: {compute: pv * price / 3, decimals: 4, rounding: ceiling}
  kept: {move_up: early, where: pv < 8, tree: placement}
counts:
  near: {count: pv >= 101, among: frontline}
  far: {count: pv >= 102, among: downline, levels: 9, tree: placement}
  legs: {count: pv >= 103, among: legs}
  most: {count: pv >= 104, among: downline, per_leg: 6}
conditions:
  active: pv >= 100.50
ranks:
  tree: placement
  gaps: closed
  paid_as: title
  legs_hold: title
  members: is_distributor and pv >= 1005
  ladder:
    silver: {requires: [active, "gv >= 20000, at most 53% from one leg"], source: page 21}
    gold:
      - any: ["gv >= 30000, at most 4000 from one leg", "gv >= 31000, outside legs with silver"]
      - 11 legs with silver
      - 12 frontline with silver
    crystal: ["gv >= 32000, at most 54% of the total from one leg", "1 leg with gold, 13 legs with silver", 14 downline with gold]
bonuses:
  shop: {kind: retail, of: pv, rates_by: gv, rates: {0: 15%, 2500: 16.5%}, payment: order, money_per_point: 1.27}
  up:
    kind: unilevel
    of: early
    tree: placement
    rates: {silver: [21%, 22%], gold: [23%, 0.25% and deeper], crystal: 0.75% and deeper}
    compress: not active
    skipped: paid
    unpaid: pass_up
    payment: order
    start: self
    qualified_since: member.since
    money_per_point: 0.91
    pay_when: near >= 3
    cap: {NO: 4100, SE: 4200}
    cap_by: member.country
    currency: EUR
    source: page 31
  sponsor: {kind: direct, of: late, amounts: 33, compress: unpayable}
  start: {kind: fast_start, of: early, rates: [34%, 35%], window: 62 days}
  club: {kind: tier, by: near, amounts: {5: 1500, 10.5: 2500.50}, first_time: {5: 3500, 10.5: 4500}, cap: 9999}
payout: {minimum: 12.50}
"""


def numbers(data):
    """Every number of a plan's rules, as the description would write it."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield from numbers(key)
            yield from numbers(value)
    elif isinstance(data, list):
        for item in data:
            yield from numbers(item)
    elif isinstance(data, (int, Decimal)) and not isinstance(data, bool):
        yield ex.grouped(Decimal(data))
    elif isinstance(data, str):
        words = data.replace("%", " ").replace('"', " ").split()
        yield from (ex.grouped(Decimal(word)) for word in words if word.replace(".", "").isdigit())


RULES = ("volumes", "counts", "conditions", "ranks", "bonuses", "payout")


@pytest.mark.parametrize("source", [LAKESIDE, WHOLE], ids=["lakeside", "whole"])
def test_every_name_and_number_is_in_the_description(source):
    loaded, data = load_plan(source), read_source(source).data
    text = loaded.describe()
    written = set(re.findall(r"\d[\d,]*(?:\.\d+)?", text.replace(", ", " ")))
    for section in ("volumes", "counts", "conditions", "bonuses"):
        for name in data[section]:
            assert f"\n  {name}: " in text or f"\nBonus {name} (" in text, name
    for name in data["ranks"]["ladder"]:
        assert f"\n  {name}: " in text or f"\n  {name}, one of:" in text, name
    missing = {n for section in RULES for n in numbers(data[section])} - written
    assert missing == ({"13"} if source == WHOLE else set())  # distinct legs: one with gold and 13 more make 14
    assert "Decimal" not in text
    assert "None" not in text
    assert "{" not in text


def test_lakeside_begins_and_ends():
    lines = load_plan(LAKESIDE).describe().splitlines()
    assert lines[:4] == [
        "Lakeside: a monthly plan in USD.",
        "A fictional company that sells household goods; monthly, one enrollment tree.",
        "Money is rounded half up (ties away from zero), at each payment.",
        "A payable below 10 is kept for the next period.",
    ]
    assert "  silver: pv >= 100; gv >= 2,000, at most 50% from one leg; 3 legs with active." in lines
    assert "  director, one of: Source: plan document, page 7." in lines
    assert lines[-1] == "  Only the best tier pays."
    assert all(line == line.rstrip() for line in lines)
    assert max(map(len, lines)) < 260


CHOICES = {
    "source": "another book",
    "description": "Another sentence.",
    "currency": "SEK",
    "period": "monthly",
    "rounding.mode": ["half_up", "half_down", "toward_zero", "away_from_zero", "floor", "ceiling"],
    "rounding.at": ["payment", "member"],
    "volumes.pv.credit": "buyer",
    "volumes.pv.tree": "enrollment",
    "volumes.pv.buyers": ["everyone", "distributors"],
    "volumes.kits.first_order": "exclude",
    "volumes.kits.exclude.free": "paid",
    "volumes.gv.own": True,
    "volumes.gv.tree": "enrollment",
    "volumes.deep.where": "member.top",
    "volumes.tops.pick": ["largest", "third", "others", "after_second", "sum"],
    "volumes.price.member": "cost",
    "volumes.worth.rounding": "floor",
    "volumes.kept.tree": "enrollment",
    "counts.near.among": ["downline", "legs"],
    "counts.far.tree": "enrollment",
    "ranks.tree": "enrollment",
    "ranks.gaps": "allowed",
    "ranks.paid_as": ["rank", "last_rank"],
    "ranks.legs_hold": "rank",
    "ranks.members": "is_distributor",
    "ranks.ladder.silver.source": "page 22",
    "bonuses.shop.payment": "period",
    "bonuses.up.tree": "enrollment",
    "bonuses.up.start": "upline",
    "bonuses.up.unpaid": "breakage",
    "bonuses.up.skipped": "passed_over",
    "bonuses.up.qualified_since": "member.then",
    "bonuses.up.compress": "member.away",
    "bonuses.up.pay_when": "active",
    "bonuses.up.cap_by": "member.zone",
    "bonuses.up.currency": "USD",
    "bonuses.up.source": "page 32",
    "bonuses.sponsor.compress": "none",
    "bonuses.sponsor.payment": "order",
    "bonuses.start.payment": "period",
}


# A patch that changes the tree of ranks changes the tree of the legs that are capped, so both go together.
TOGETHER = {
    "ranks.tree": {"volumes.gv.tree": "enrollment"},
    "volumes.gv.tree": {"ranks.tree": "enrollment"},
    "bonuses.up.skipped": {},
}


@pytest.mark.parametrize(
    ("path", "value"), [(p, v) for p, vs in CHOICES.items() for v in (vs if isinstance(vs, list) else [vs])]
)
def test_every_choice_shows(path, value):
    """A description in which a choice changes nothing has left it out."""
    base = load_plan(WHOLE)
    lines = [
        f"  {p}: {str(v).lower() if isinstance(v, bool) else v}"
        for p, v in {path: value, **TOGETHER.get(path, {})}.items()
    ]
    changed = base.patched("compplan_patch: 1\nname: other\nset:\n" + "\n".join(lines) + "\n")
    assert changed.describe() != base.describe()
    if TOGETHER.get(path):
        other = base.describe().splitlines(), changed.describe().splitlines()
        assert len(set(other[1]) - set(other[0])) >= len(lines)


def test_tables_read_as_sentences():
    text = load_plan(WHOLE).describe()
    assert "from 0 gv: 15%; from 2,500 gv: 16.5%" in text
    assert (
        "as silver: 21%, 22% by level; as gold: 23%, then 0.25% on every deeper level; as crystal: 0.75% on every level"
        in text
    )
    assert "with member.country NO: 4,100; with member.country SE: 4,200" in text
    assert "From 10.5 near on: 2,500.5." in text
    assert "One point of early is worth 0.91." in text


def test_what_has_no_rules_has_no_headings():
    text = plan().describe()
    assert text == (
        "Test: a monthly plan in USD.\n"
        "Money is rounded half up (ties away from zero), at each payment.\n"
        "\nVolumes and counts\n  pv: sum of orders.qv.\n  gv: pv of the member and the downline.\n"
        "\nConditions\n  active: pv >= 100.\n"
    )
