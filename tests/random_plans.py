"""Random plans and random fields: the strategies of the tests that run the whole engine.

A plan is a dict of what its YAML says; its ladder comes apart, as requirements of the naive rank pass.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from hypothesis import strategies as st

import compplan as cp
from compplan.money import ROUNDING_CODES
from naive.genealogy import SHAPES, by_rows

RANKS = ("r1", "r2", "r3", "r4")
PERIOD = "2026-10"

BEFORE_RANKS = (
    "pv >= 100",
    "active",
    "gv > 250.50 and not member.vip",
    'member.country == "US" or cv * 2 > pv',
    "is_customer",
    "is_distributor and score >= 1.5",
    "min(pv, cv) > score * 10",
    "pv / cv >= 1.5",
    "lines != 2 and 0 <= pv < 200",
    "member.vip",
    'member.country not in ("CA", "US")',
    "last_rank >= r2 or pv + cv in (0, 150)",
    "score * days_in_period > 31",
)
AFTER_RANKS = (
    *BEFORE_RANKS,
    "rank >= r2",
    "paid_as == r1",
    "title > rank",
    "rank in (r1, r3) and active",
    "rank < last_rank",
)


def maybe(**options):
    """Draw a dict with none, one or two of the options: with all of them at once nothing would be left to pay."""
    one = st.sampled_from(sorted(options)).flatmap(lambda name: pick(options[name]).map(lambda value: {name: value}))
    return st.one_of(st.just({}), one, joined(one, one))


def pick(value):
    return value if isinstance(value, st.SearchStrategy) else st.sampled_from(value)


def joined(*parts):
    return st.tuples(*parts).map(lambda found: {key: value for part in found for key, value in part.items()})


# ---- the sections


windows = st.sampled_from(
    [
        {"from_enrolment": "30 days"},
        {"after_enrolment": "1 calendar month"},
        {"from_enrolment": "2 calendar months", "days_of_month": [3, 20]},
        {"days_of_month": [1, 15]},
        {"dates": ["2026-10-05", "2026-10-20"]},
    ]
)
kinds_of_orders = st.sampled_from([{"type": "kit"}, {"type": ["kit", "autoship"]}, {"type": "gift"}])
sums = maybe(
    credit=["buyer", "distributor"],
    buyers=["everyone", "customers", "distributors"],
    only=kinds_of_orders,
    exclude=kinds_of_orders,
    window=windows,
    first_order=["only", "exclude"],
    share=["100%", "50%", "12.5%"],
    customer_share=["25%", "0%"],
    tree=["enrollment", "placement"],
)
trees = maybe(tree=["enrollment", "placement"])
full = joined(trees, maybe(own=[False, True], where=AFTER_RANKS))
ways = st.one_of(
    maybe(levels=[1, 2, 3]),
    st.builds(
        lambda levels, text: {"levels": levels, "compress": text}, st.integers(1, 3), st.sampled_from(AFTER_RANKS)
    ),
    st.fixed_dictionaries(
        {"stop_at": st.sampled_from(AFTER_RANKS)}, optional={"with_uplines": st.sampled_from(AFTER_RANKS)}
    ),
    maybe(outside_legs_with=AFTER_RANKS),
    maybe(with_uplines=AFTER_RANKS),
)
picks = st.one_of(
    st.sampled_from(["largest", "second", "third", "others", "after_second", "sum"]).map(lambda p: {"pick": p}),
    st.sampled_from(["0", "100", "55.55"]).map(lambda cap: {"leg_cap_amount": cap}),
    st.sampled_from(["0", "100", "55.55"]).map(lambda cap: {"leg_cap_amount": cap, "pick": "others"}),
    st.sampled_from(["40%", "33.3%"]).map(lambda cap: {"leg_cap": cap}),
)
computations = st.one_of(
    st.sampled_from(["pv + 2 * cv", "max(pv, cv, 50) - score", "score * lines", "0.25 * pv"]).map(
        lambda t: {"compute": t}
    ),
    st.builds(
        lambda text, digits, mode: {"compute": text, "decimals": digits, "rounding": mode},
        st.sampled_from(["pv / cv", "gv / lines + 1", "pv * score / days_in_period", "min(1, cv / 100)", "pv / 3"]),
        st.integers(0, 3),
        st.sampled_from(list(ROUNDING_CODES)),
    ),
)
counts = st.one_of(
    st.just({"among": "frontline"}),
    st.just({"among": "legs"}),
    st.sampled_from([{}, {"levels": 2}, {"levels": 2, "compress": "not active"}, {"per_leg": 1}]).map(
        lambda more: {"among": "downline", **more}
    ),
)

amounts = st.integers(0, 6).map(lambda n: n * 50)
few, rank = st.integers(1, 3), st.integers(1, 4)
below = st.one_of(
    st.tuples(st.just("legs_active"), few),
    st.tuples(st.just("legs"), st.lists(st.tuples(rank, st.just(False)), min_size=1, max_size=2)),
    st.tuples(st.just("frontline"), few, rank),
    st.tuples(st.just("downline"), few, rank),
)
of_two_trees = st.one_of(
    below.map(lambda item: ("there", item)), st.tuples(st.just("own_legs"), few, rank, st.booleans())
)
simple = st.one_of(
    st.tuples(st.just("pv"), amounts),
    st.tuples(st.just("active")),
    st.tuples(st.just("active_front"), few),
    st.tuples(st.just("gv"), amounts),
    st.tuples(st.just("capped"), st.sampled_from([100, 300]), st.sampled_from([50, 100]), st.booleans()),
    st.tuples(st.just("capped_total"), amounts, st.just(Fraction(1, 2))),
    below,
    below,
    of_two_trees,
)
requirements = st.one_of(simple, st.lists(simple, min_size=1, max_size=2).map(lambda items: ("any", *items)))
ladders = st.lists(st.lists(requirements, max_size=2), min_size=3, max_size=4).map(lambda found: [[], *found][:4])


def written(requirement):
    """Write a requirement as a plan does."""
    kind, *given = requirement
    match kind:
        case "any":
            return {"any": [written(each) for each in given]}
        case "capped":
            return f"gv >= {given[0]}, at most {given[1]} from one leg{' or own volume' if given[2] else ''}"
        case "capped_total":
            return f"gv >= {given[0]}, at most {int(given[1] * 100)}% of the total from one leg"
        case "legs_active":
            return f"{given[0]} legs with active"
        case "there":
            return f"{written(given[0])}, in the placement tree"
        case "own_legs":
            also = " and active" if given[2] else ""
            return f"{given[0]} legs with r{given[1]}{also}, enrolled in the placement tree"
        case "legs":
            return ", ".join(f"1 leg with r{number}" for number, _ in given[0])
        case "frontline" | "downline":
            return f"{given[0]} {kind} with r{given[1]}"
        case "active":
            return kind
    return f"{kind} >= {given[0]}"


# ---- bonuses


rates = st.sampled_from(["5%", "12.5%", "0.333%", "100%", "0%"])
money = st.sampled_from(["1", "0.5", "7.25", "3.333", "0"])


def rows(values, *, deeper):
    last = values.map(lambda value: f"{value} and deeper") if deeper else st.nothing()
    listed = st.lists(values, min_size=2, max_size=4)
    with_tail = st.builds(lambda levels, tail: [*levels, tail], st.lists(values, max_size=2), last)
    return st.one_of(listed, with_tail, values) if deeper else values


def tables(values, *, deeper=False, by="rates_by", name="rates"):
    """Draw a table, and by what it is chosen."""
    row = rows(values, deeper=deeper)

    def keyed(*choices):
        return st.sampled_from(choices).flatmap(
            lambda keys: st.tuples(*[row] * len(keys)).map(lambda found: dict(zip(keys, found, strict=True)))
        )

    return st.one_of(
        row.map(lambda table: {name: table}),
        st.tuples(
            keyed(RANKS, ("r1", "r2"), ("r1", "r4"), ("r3",)), st.sampled_from([None, "rank", "title", "last_rank"])
        ).map(lambda found: {name: found[0], **({by: found[1]} if found[1] else {})}),
        st.tuples(keyed(("-10", "50.5"), ("0", "100", "150")), st.sampled_from(["pv", "gv", "front"])).map(
            lambda found: {name: found[0], by: found[1]}
        ),
        keyed(("CA", "US"), ("US", "DE", "XX")).map(lambda table: {name: table, by: "member.country"}),
    )


def their_tables(values, *, deeper=False, name="rates", source=True):
    """Draw a table whose keys are the source's or the order's, alone or with keys of the earner's outside or inside."""
    row = rows(values, deeper=deeper)
    thresholds = st.sampled_from([("0", "100"), ("-10", "50.5", "300"), ("100",)])
    kinds = {
        "orders.type": st.sampled_from([("kit", "autoship"), ("kit",), ("gift", "autoship")]),
        "order.pv": thresholds,
        "order.cv": thresholds,
    }
    if source:
        ranked = st.sampled_from([("r1", "r2"), RANKS, ("r3",)])
        kinds |= {"source.rank": ranked, "source.paid_as": ranked, "source.gv": thresholds}
        kinds |= {"source.member.country": st.sampled_from([("CA", "US"), ("XX", "DE")])}
    own = {
        "paid_as": st.sampled_from([("r1", "r3"), ("r2",)]),
        "pv": thresholds,
        "member.country": st.just(("US", "CA")),
    }

    def keyed(keys, inner):
        return st.tuples(*[inner] * len(keys)).map(lambda found: dict(zip(keys, found, strict=True)))

    def nested(by):
        outer, inner = ({**kinds, **own}[each] for each in by)
        return (
            st.tuples(outer, inner)
            .flatmap(lambda keys: keyed(keys[0], keyed(keys[1], row)))
            .map(lambda table: {name: table, "rates_by": list(by)})
        )

    their, mine = st.sampled_from(sorted(kinds)), st.sampled_from(sorted(own))
    one = their.flatmap(
        lambda by: kinds[by].flatmap(lambda keys: keyed(keys, row)).map(lambda table: {name: table, "rates_by": by})
    )
    return st.one_of(one, st.tuples(their, mine).flatmap(nested), st.tuples(mine, their).flatmap(nested))


common = joined(
    st.one_of(st.just({}), st.just({}), maybe(pay_when=AFTER_RANKS, currency=["EUR"])),
    st.one_of(
        st.just({}), st.just({}), st.just({}), tables(st.sampled_from(["1", "0", "20"]), by="cap_by", name="cap")
    ),
)
retail = st.fixed_dictionaries(
    {"kind": st.just("retail"), "of": st.sampled_from(["pv", "cv", "lines"])},
    optional={"payment": st.sampled_from(["period", "order"]), "money_per_point": st.sampled_from(["0.8", "2"])},
)
tier_amounts = st.sampled_from([{"1": "10", "2": "25.005"}, {"-5": "1", "100": "2", "150.5": "0"}])
tier = joined(
    st.fixed_dictionaries({"kind": st.just("tier"), "by": st.sampled_from(["pv", "front", "mix"])}),
    st.one_of(
        tier_amounts.map(lambda again: {"amounts": again}),
        tier_amounts.map(lambda again: {"amounts": again, "first_time": dict.fromkeys(again, "99.99")}),
    ),
)
compressions = st.one_of(
    st.just({}),
    st.just({"compress": "unpayable"}),
    st.sampled_from(AFTER_RANKS).map(lambda text: {"compress": text}),
    st.sampled_from(AFTER_RANKS).map(lambda text: {"compress": text, "skipped": "paid"}),
)
last_levels = st.sampled_from(["all", 0, 1, 2, 3, 9])
climbs = joined(
    compressions,
    trees,
    maybe(unpaid=["breakage", "pass_up"], start=["upline", "self"]),
    st.one_of(st.just({}), st.just({}), maybe(where=AFTER_RANKS, stop_at=AFTER_RANKS, from_level=[1, 2, 3])),
    st.one_of(st.just({}), st.just({}), tables(last_levels, by="levels_by", name="levels")),
    st.one_of(
        st.just({}),
        *[st.just({})] * 3,
        tables(st.sampled_from(["1", "0", "7"]), by="cap_per_source_by", name="cap_per_source"),
    ),
)


def leaves(table):
    """Return the rows of a table, however deep it is nested."""
    return [row for part in table.values() for row in leaves(part)] if isinstance(table, dict) else [table]


def sensible(bonus):
    """Leave out what does not go together, and levels that no rate is for; rates may come to more than the whole."""
    bonus = {**bonus, "over_100_percent": "allowed"}
    if bonus.get("compress") == "unpayable":
        bonus = {key: value for key, value in bonus.items() if key != "from_level"}
    if "levels" not in bonus:
        return bonus
    table, levels = bonus.get("rates", bonus.get("amounts")), bonus["levels"]
    rows = [row if isinstance(row, list) else [row] for row in leaves(table)]
    deeper = any(str(row[-1]).endswith("deeper") for row in rows)
    first, last = bonus.get("from_level", 1), bonus.get("from_level", 1) - 1 + max(map(len, rows))
    given = levels if isinstance(levels, dict) else {None: levels}
    opened = {key: n if n == "all" or deeper else min(n, last) for key, n in given.items()}
    if all(n != "all" and n < first for n in opened.values()):
        return {key: value for key, value in bonus.items() if key not in {"levels", "levels_by"}}
    return bonus | {"levels": opened if isinstance(levels, dict) else opened[None]}


payments = st.one_of(
    st.sampled_from(["pv", "cv", "moved", "mix", "score"]).map(lambda of: {"of": of}),
    st.sampled_from(["pv", "cv", "lines"]).map(lambda of: {"of": of, "payment": "order"}),
    st.sampled_from(["pv", "cv"]).map(lambda of: {"of": of, "payment": "order", "qualified_since": "member.since"}),
)
factors = maybe(money_per_point=["0.8", "1.25"])
deep = st.one_of(joined(tables(rates, deeper=True), factors), tables(money, deeper=True, name="amounts"))
single = st.one_of(joined(tables(rates), factors), tables(money, name="amounts"))
unilevel = joined(st.just({"kind": "unilevel"}), deep, climbs, payments)
order_payments = st.one_of(
    st.sampled_from(["pv", "cv"]).map(lambda of: {"of": of, "payment": "order"}),
    st.just({"of": "cv", "payment": "order", "qualified_since": "member.since"}),
    st.just({"of": "cv"}),
)


def with_sizes(bonus):
    """Pay order by order where rates go by the size of an order."""
    sized = "order." in str(bonus["rates_by"])
    return bonus | {"payment": "order"} if sized else bonus


by_theirs = joined(
    st.just({"kind": "unilevel"}),
    st.one_of(joined(their_tables(rates, deeper=True), factors), their_tables(money, deeper=True, name="amounts")),
    climbs,
    order_payments,
).map(with_sizes)
shop_by_order = joined(
    st.fixed_dictionaries(
        {"kind": st.just("retail"), "of": st.sampled_from(["pv", "cv"]), "payment": st.just("order")}
    ),
    their_tables(rates, source=False),
)
direct = joined(st.just({"kind": "direct"}), single, climbs, payments)
fast_start = joined(
    st.just({"kind": "fast_start", "window": "45 days"}),
    deep,
    climbs,
    st.fixed_dictionaries(
        {"of": st.sampled_from(["pv", "cv"])}, optional={"payment": st.sampled_from(["period", "order"])}
    ),
)
walks = st.one_of(unilevel, direct, fast_start, by_theirs).map(sensible)
bonuses = st.fixed_dictionaries(
    {"walk": joined(walks, common)},
    optional={
        "more": joined(walks, common),
        "shop": joined(st.one_of(joined(retail, tables(rates)), shop_by_order), common),
        "club": joined(tier, common),
    },
)


# ---- plans


@st.composite
def plans(draw):
    """Draw a plan as data, and its ladder as requirements."""
    ladder = draw(ladders)
    legs = draw(st.sampled_from(["gv", "full"]))
    plan = {
        "compplan": 1,
        "name": "random",
        "currency": {"code": "USD", "decimals": draw(st.sampled_from([2, 2, 0, 3]))},
        "period": "monthly",
        "rounding": {
            "mode": draw(st.sampled_from(list(ROUNDING_CODES))),
            "at": draw(st.sampled_from(["payment", "bonus", "member"])),
        },
        "trees": {"enrollment": {"parent": "sponsor_id"}, "placement": {"parent": "placement_id"}},
        "volumes": {
            "pv": {"sum": "orders.qv", **draw(sums)},
            "cv": {"sum": "orders.cv", **draw(sums)},
            "lines": {"sum": "orders", **draw(maybe(credit=["distributor"], only=kinds_of_orders))},
            "score": {"member": "score", "decimals": 1},
            "gv": {"roll_up": "pv"},
            "full": {"roll_up": "cv", **draw(full)},
            "part": {"roll_up": draw(st.sampled_from(["pv", "cv", "moved"])), **draw(full), **draw(ways)},
            "best": {"legs": legs, **draw(picks)},
            "moved": {"move_up": "cv", "where": draw(st.sampled_from(AFTER_RANKS)), **draw(trees)},
            "mix": draw(computations),
        },
        "counts": {
            "active_front": {"count": "active", "among": "frontline"},
            "front": {"count": draw(st.sampled_from(AFTER_RANKS)), **draw(counts), **draw(trees)},
        },
        "conditions": {"active": "pv >= 100", "shopper": "is_customer", "rich": draw(st.sampled_from(AFTER_RANKS))},
        "ranks": {
            "ladder": {name: [written(r) for r in requires] for name, requires in zip(RANKS, ladder, strict=True)},
            "gaps": draw(st.sampled_from(["allowed", "closed"])),
            "paid_as": draw(st.sampled_from(["rank", "title", "last_rank"])),
            "rounds": 10_000,
        },
        "bonuses": draw(bonuses),
        "payout": {"minimum": draw(st.sampled_from(["0", "5", "20"]))},
    }
    return plan, ladder


def loaded(plan):
    return cp.load_plan(json.dumps(plan, indent=1))


# ---- fields


@dataclass
class Drawn:
    """Members, orders and a state, as lists of dicts."""

    members: list
    orders: list
    state: list

    @property
    def given(self):
        return {"members": self.members, "orders": self.orders, "state": self.state or None}


def parents_of(draw, ids):
    """Draw parents: small draws make long lines, because most of a plan happens in deep trees."""
    shape = draw(st.sampled_from(["random", "spine", "chain", *SHAPES]))
    found = by_rows(shape, len(ids), lambda below: (below - 2 - draw(st.integers(0, below - 1))) % below)
    return {ids[row]: None if above is None else ids[above] for row, above in enumerate(found)}


days = st.integers(0, 90).map(lambda n: dt.datetime(2026, 10, 31) - dt.timedelta(days=n))
hours = st.integers(0, 31 * 2 - 1).map(lambda n: dt.datetime(2026, 10, 1) + dt.timedelta(hours=12 * n))
volume = st.sampled_from(["100.00", "250.51", "37.25", "1234.05", "0.05", "-40.00", "0.00"]).map(Decimal)


@st.composite
def fields(draw, largest=10):
    """Draw a field of a few members, its orders, and mostly a state."""
    count = draw(st.sampled_from([size for size in (2, 5, 8, 1, 10, 15, 20) if size <= largest]))
    ids = draw(st.lists(st.integers(1, 99), min_size=count, max_size=count, unique=True))
    sponsors = parents_of(draw, ids)
    placements = parents_of(draw, draw(st.permutations(ids)))
    member = st.fixed_dictionaries(
        {
            "kind": st.sampled_from(["distributor", "distributor", "distributor", "customer"]),
            "enrolled_on": days,
            "since": st.none() | days,
            "country": st.sampled_from(["US", "US", "CA", "DE", None]),
            "vip": st.sampled_from([True, False, None]),
            "score": st.integers(-20, 40).map(lambda n: Decimal(n).scaleb(-1)),
        }
    )
    order = st.fixed_dictionaries(
        {
            "order_id": st.integers(1, 9),
            "member_id": st.sampled_from(ids),
            "date": hours,
            "qv": volume,
            "cv": volume,
            "type": st.sampled_from(["kit", "autoship", None]),
        }
    )
    before = st.fixed_dictionaries(
        {
            "title": st.sampled_from([None, *RANKS]),
            "last_rank": st.sampled_from([None, *RANKS]),
            "ordered_before": st.booleans(),
            "balance": st.sampled_from([Decimal(0), Decimal(4), Decimal(-7)]),
            "club:tier": st.integers(0, 2),
        }
    )
    members = [{"member_id": i, "sponsor_id": sponsors[i], "placement_id": placements[i], **draw(member)} for i in ids]
    state = [{"member_id": i, **draw(before)} for i in ids] if draw(st.booleans()) else []
    return Drawn(members, draw(st.lists(order, min_size=count, max_size=2 * count)), state)
