"""Examples of the reference: one for every kind of volume, count, requirement and bonus.

They are tested to load, inside of a plan that has what they name.
"""

from __future__ import annotations

HEAD = """\
compplan: 1
name: Harbour
currency: USD
period: monthly
rounding: {mode: half_up, at: payment}

trees:
  enrollment: {parent: sponsor_id}                      # the first tree is the default
  binary: {parent: placement_id, side: side, width: 2}
"""

VOLUMES = {
    "OrderSum": """\
pv: {sum: orders.qv}
cv: {sum: orders.cv, credit: distributor, exclude: {type: kit}, customer_share: 50%}
sales: {sum: orders.amount, credit: distributor, buyers: customers}
starter_kits: {sum: orders, only: {type: [kit, box]}, first_order: only}
first_days: {sum: orders.qv, window: {from_enrolment: 60 days}}
""",
    "RollUp": """\
gv: {roll_up: pv}
three_levels: {roll_up: pv, levels: 3, own: false}
personal_group: {roll_up: pv, stop_at: rank >= silver}
side_volume: {roll_up: pv, outside_legs_with: rank >= silver}
""",
    "Legs": """\
largest: {legs: gv, pick: largest}
other_legs: {legs: gv, pick: others}
balanced: {legs: gv, leg_cap: 40%}
""",
    "Compute": """\
points: {compute: pv * 0.8 + cv}
daily: {compute: pv / days_in_period, decimals: 2}
""",
    "MemberColumn": """\
years: {member: years_with_us, decimals: 0}
""",
    "MoveUp": """\
kept: {move_up: pv, where: pv < 100}
""",
}

COUNT = """\
active_front: {count: active, among: frontline}
customers: {count: is_customer and pv > 0, among: frontline}
silver_legs: {count: rank >= silver, among: legs}
far: {count: active, among: downline, per_leg: 5}
"""

CONDITIONS = """\
active: pv >= 100
busy: active and (active_front >= 2 or customers >= 5)
nordic: member.country in ("NO", "SE", "DK")
kept_rank: last_rank >= silver and not member.paused
"""

WINDOW = """\
early: {sum: orders.qv, window: {from_enrolment: 2 calendar months}}
first_week: {sum: orders.qv, window: {days_of_month: [1, 7]}}
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
        ["3 legs with active", "1 leg with silver, 2 legs with bronze"],
        [
            "{legs: [{count: 3, holds: active}]}",
            "{legs: [{count: 1, holds: silver}, {count: 2, holds: bronze}]}",
        ],
    ),
    "MembersRequirement": (
        ["4 frontline with bronze", "10 downline with bronze and active"],
        [
            "{count: 4, among: frontline, holds: bronze}",
            "{count: 10, among: downline, holds: bronze and active}",
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

BONUSES = {
    "retail": """\
retail: {kind: retail, of: sales, rates: 20%}
own_orders: {kind: retail, of: pv, payment: order, rates_by: pv, rates: {0: 2%, 200: 3%}}
""",
    "tier": """\
customer_club:
  kind: tier
  by: customers
  amounts: {5: 25, 10: 75}
  first_time: {5: 50, 10: 150}
""",
    "direct": """\
sponsor: {kind: direct, of: cv, payment: order, rates: 10%}
""",
    "fast_start": """\
fast_start: {kind: fast_start, of: cv, window: 60 days, rates: [20%, 10%, 5%], pay_when: active}
""",
    "unilevel": """\
unilevel:
  kind: unilevel
  of: cv
  rates:
    bronze: [5%, 3%]
    silver: [5%, 5%, 3%, 0.5% and deeper]
  pay_when: active
  compress: not active
  cap: {bronze: 500, silver: 2000}
""",
}

PATCH = """\
compplan_patch: 1
name: richer second level
set:
  bonuses.unilevel.rates.silver: [5%, 6%, 3%]
remove: [bonuses.fast_start]
insert:
  ranks.ladder.gold: {after: silver, value: [active, gv >= 5000]}
"""
