"""Pools and limits in random plans: the books balance, and no limit is passed."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import compplan as cp
from random_plans import AFTER_RANKS, PERIOD, fields, loaded, maybe, plans
from test_conservation import assert_books_balance, assert_rows_add_up, assert_totals_balance

RESIDUES = st.sampled_from(["largest_remainder", "company", "rounded_alone"])


@st.composite
def pools(draw):
    """Draw a pool by points or equal shares, one for each rank, or a list of places."""
    shape = draw(st.sampled_from(["points", "ranks", "list"]))
    pool = {"kind": "pool", "residue": draw(RESIDUES), **draw(maybe(pay_when=AFTER_RANKS, share_max=["25%"]))}
    pool |= draw(st.sampled_from([{"of": "pv", "rates": "3.7%"}, {"of": "mix", "rates": "50%"}, {"amounts": "77.77"}]))
    pool |= draw(maybe(unqualified=["forfeit"], rest=["carry", "shared"]))
    if shape == "list":
        ties = draw(st.sampled_from(["smaller_id", "earlier_last_order", "shared"]))
        return pool | {"by": draw(st.sampled_from(["pv", "score"])), "places": ["55%", "25%", "12.5%"], "ties": ties}
    if shape == "ranks":
        name = "rates" if "rates" in pool else "amounts"
        pool |= {name: {"r1": pool[name], "r3": "1%"} if name == "rates" else {"r1": "5", "r3": "7"}}
        pool |= {"open_to": draw(st.sampled_from(["key", "key_and_higher"]))}
    pool |= draw(maybe(by=["pv", "score", "front"], weights=[{"r1": "1.5", "r2": "2"}], point_max=["0.5"]))
    if pool["residue"] != "largest_remainder":
        pool |= draw(maybe(point_decimals=[1, 4]))
    if "weights" in pool and pool.get("rest") != "shared":
        pool |= draw(st.sampled_from([{}, {"weights_on": "share", "over_pool": "paid"}]))
    return pool


@st.composite
def limited(draw):
    """Draw a plan with two pools and three limits, each over some bonuses of the plan's own currency."""
    plan, _ = draw(plans())
    plan["bonuses"] = {**plan["bonuses"], "shared": draw(pools()), "second": draw(pools())}
    own = [name for name, bonus in plan["bonuses"].items() if "currency" not in bonus]
    held = st.lists(st.sampled_from(own), min_size=1, max_size=4, unique=True)
    plan["limits"] = {
        "by_field": {"bonuses": draw(held), "per": "member.country", "amounts": "9", "residue": draw(RESIDUES)},
        "each": {"bonuses": draw(held), "per": "member", "amounts": {"r1": "4", "r2": "6"}, "residue": draw(RESIDUES)},
        "all": {"bonuses": draw(held), "of": "pv", "rates": "2.5%"},
    }
    return plan


@settings(max_examples=25, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(limited(), fields())
def test_every_run_with_pools_and_limits_balances(plan, drawn):
    run = cp.run(loaded(plan), period=PERIOD, **{**drawn.given, "state": None})
    ledger, payables = run.ledger.rows(), run.payables.rows()
    assert_rows_add_up(run, ledger, payables)
    assert_books_balance(run, ledger)
    assert_totals_balance(run, payables)
    columns = run.members.to_arrow()
    held = sum(
        (Fraction(p) for name in plan["limits"]["all"]["bonuses"] for p in columns[f"pay:{name}"].to_pylist()),
        Fraction(0),
    )
    most = max(Fraction(0), sum(map(Fraction, columns["pv"].to_pylist()))) * Fraction("0.025")
    assert held <= most
