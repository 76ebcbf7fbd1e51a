"""Examples of the reference for what is no kind of its own; kinds of volumes and bonuses bring theirs.

They are tested to load, inside of a plan that has what they name.
"""

from __future__ import annotations

HEAD = """\
compplan: 1
name: Harbour
currency: USD
period: monthly
rounding: {mode: half_up, at: payment}
weeks: {belong: last_day}

trees:
  enrollment: {parent: sponsor_id}                      # the first tree is the default
  binary: {parent: placement_id, side: side, width: 2}
"""

COUNT = """\
active_front: {count: active, among: frontline}
customers: {count: is_customer and pv > 0, among: frontline}
silver_legs: {count: rank >= silver, among: legs}
far: {count: active, among: downline, per_leg: 5}
own_legs: {count: active, among: legs, tree: binary, enrolled_in: enrollment}
active_months: {count: active, among: periods, periods: 12}
in_a_row: {count: active, among: periods, consecutive: true}
"""

CONDITIONS = """\
active: pv >= 100
busy: active and (active_front >= 2 or customers >= 5)
nordic: member.country in ("NO", "SE", "DK")
kept_rank: last_rank >= silver and not member.paused
"""

LIMITS = """\
pool: {bonuses: [matching], of: cv, rates: 17%}
income: {bonuses: [levels, matching], per: member, amounts: {bronze: 400, silver: 600}}
year: {bonuses: [levels], per: member.owner, amounts: 100000, over: year}
"""

WINDOW = """\
early: {sum: orders.qv, window: {from_enrolment: 2 calendar months}}
first_week: {sum: orders.qv, window: {days_of_month: [1, 7]}}
spring: {sum: orders.qv, window: {dates: [2026-03-15, 2026-05-14]}}
"""

LADDER = """\
member: []
bronze:
  - active
  - gv >= 500
silver:
  requires:
    - active
    - gv >= 2000, at most 50% from one leg
    - 2 legs with bronze
  source: plan document, page 7
"""

RANKS = """\
ladder:
  member: []
  bronze: [active, gv >= 500]
  silver: [active, 2 legs with bronze]
paid_as: title
gaps: closed
"""

HELD = """\
given: member.rank
ladder: [member, bronze, silver, gold]
title: {rises_after: 2}
held_rank: {falls_after: 3, falls_by: 1}
paid_as: held_rank
"""

REQUIREMENTS = {
    "ConditionRequirement": (
        ["active", "pv >= 100 and gv < 5000", 'member.country in ("NO", "SE")'],
        [
            "{condition: active}",
            "{condition: pv >= 100 and gv < 5000}",
            '{condition: \'member.country in ("NO", "SE")\'}',
        ],
    ),
    "VolumeRequirement": (
        [
            "gv >= 2000, at most 50% from one leg",
            "gv >= 2000, at most 900 from one leg",
            "gv >= 2000, at most 40% of the total from one leg",
            "gv >= 20000, at most 80% from one leg or own volume",
            "gv >= 1000, outside legs with bronze",
        ],
        [
            "{volume: gv, at_least: 2000, leg_cap: 50%}",
            "{volume: gv, at_least: 2000, leg_cap_amount: 900}",
            "{volume: gv, at_least: 2000, leg_cap: 40%, cap_of: total}",
            "{volume: gv, at_least: 20000, leg_cap: 80%, own: leg}",
            "{volume: gv, at_least: 1000, outside_legs_with: bronze}",
        ],
    ),
    "LegsRequirement": (
        [
            "3 legs with active",
            "1 leg with silver, 2 legs with bronze",
            "2 legs with bronze, in the binary tree",
            "2 legs with bronze, in the binary tree, enrolled in the enrollment tree",
        ],
        [
            "{legs: [{count: 3, holds: active}]}",
            "{legs: [{count: 1, holds: silver}, {count: 2, holds: bronze}]}",
            "{legs: [{count: 2, holds: bronze}], tree: binary}",
            "{legs: [{count: 2, holds: bronze}], tree: binary, enrolled_in: enrollment}",
        ],
    ),
    "MembersRequirement": (
        [
            "4 frontline with bronze",
            "10 downline with bronze and active",
            "4 frontline with bronze, in the binary tree",
        ],
        [
            "{count: 4, among: frontline, holds: bronze}",
            "{count: 10, among: downline, holds: bronze and active}",
            "{count: 4, among: frontline, holds: bronze, tree: binary}",
        ],
    ),
    "AnyRequirement": (
        ["{any: [gv >= 9000, 4 legs with bronze]}"],
        ["{any: [{condition: gv >= 9000}, {legs: [{count: 4, holds: bronze}]}]}"],
    ),
    "AllRequirement": (
        ["{all: [active, gv >= 2000]}"],
        ["{all: [{condition: active}, {condition: gv >= 2000}]}"],
    ),
}
"""Short forms, and the same spelled out."""

PATCH = """\
compplan_patch: 1
name: richer second level
set:
  bonuses.unilevel.rates.silver: [5%, 6%, 3%]
remove: [bonuses.fast_start]
insert:
  ranks.ladder.gold: {after: silver, value: [active, gv >= 5000]}
"""
