"""The upline walk against published examples; money is in cents, rates are in percent.

Sources are named as in the collection of cases: the number of the published case, or mlmforge's guide and tests
(content/guides/unilevel.md and matrix.md, engine/network-engine/src/commission/unilevel.rs).
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from compplan.bonuses.walk.run import run_walk
from compplan.bonuses.walk.spec import Walk, WalkInputs
from tests.volumes.forests import tree_of

NEVER = 2**63 - 1


class Field:
    """Members by name, laid out depth first from `(parent, child)` edges."""

    def __init__(self, edges):
        children, below = {}, set()
        for parent, child in edges:
            children.setdefault(parent, []).append(child)
            below.add(child)
        self.names, depths = [], []

        def lay(name, depth):
            self.names.append(name)
            depths.append(depth)
            for child in children.get(name, []):
                lay(child, depth + 1)

        for root in dict.fromkeys(parent for parent, _ in edges if parent not in below):
            lay(root, 0)
        self.tree = tree_of(depths)

    def array(self, values, dtype, default=0):
        return np.array([values.get(name, default) for name in self.names], dtype)

    def inputs(self, klass, *, pay=None, counted=None, base=None, orders=None, since=None):
        """`orders` is a list of `(source, value, time)`."""
        arrays = {}
        if orders is None:
            arrays["base"] = self.array(base, np.int64)
        else:
            sizes = [sum(source == name for source, _, _ in orders) for name in self.names]
            flat = [order for name in self.names for order in orders if order[0] == name]
            arrays["line_start"] = np.cumsum([0, *sizes]).astype(np.int64)
            arrays["line_value"] = np.array([value for _, value, _ in flat], np.int64)
            if since is not None:
                arrays["line_time"] = np.array([time for _, _, time in flat], np.int64)
                arrays["since"] = self.array(since, np.int64, NEVER)
        everyone = dict.fromkeys(self.names, True)
        return WalkInputs(
            self.tree,
            self.array(klass, np.int16, -1),
            self.array(everyone if pay is None else pay, np.bool_, default=False),
            counted=None if counted is None else self.array(counted, np.bool_, default=False),
            **arrays,
        )

    def rows(self, walk, inputs):
        """What each earner got: `{earner: [(source, level, amount), ...]}`."""
        found = {}
        rows = run_walk(walk, inputs).rows
        for earner, source, level, amount in zip(rows.earner, rows.source, rows.level, rows.amount, strict=True):
            entry = (self.names[source], int(level), int(amount))
            found.setdefault(self.names[earner], []).append(entry)
        return found

    def pay(self, walk, inputs, **how):
        """What each earner got in all, of those who got something."""
        total = run_walk(walk, inputs, **how).pay
        return {name: int(amount) for name, amount in zip(self.names, total, strict=True) if amount}


def chain(*names):
    return Field(list(pairwise(names)))


def flagged(*names):
    return dict.fromkeys(names, True)


def percent(rates, **settings):
    return Walk("bonus", np.array(rates, np.int64), 100, round_each=True, **settings)


def test_case_16_pruvit_counts_engaged_promoters_only():
    """Case 16: YOU at rank 6, twelve below in one line; printed are paid level and rate of each."""
    people = [f"L{k}" for k in range(1, 13)]
    field = chain("YOU", *people)
    engaged = ["L2", "L4", "L5", "L6", "L8", "L9", "L10", "L12"]
    walk = percent([[5] * 6 + [1] * 2], counts="flag")
    volume = dict.fromkeys(engaged, 10000)
    inputs = field.inputs({"YOU": 0}, counted=flagged("YOU", *engaged), base=volume)
    assert field.rows(walk, inputs) == {
        "YOU": [
            ("L2", 1, 500),
            ("L4", 2, 500),
            ("L5", 3, 500),
            ("L6", 4, 500),
            ("L8", 5, 500),
            ("L9", 6, 500),
            ("L10", 7, 100),
            ("L12", 8, 100),
        ]
    }


@pytest.mark.parametrize(
    ("counts", "levels"),
    [("everyone", {"G": 1, "D": 4}), ("payable", {"G": 1, "D": 2, "B": 3, "A": 4})],
)
def test_case_18_multisoft_none_and_generous_compression(counts, levels):
    """Case 18: paid to level 4, 3, 2, 1 or 0 by title; H buys. "none" is printed, "generous" follows from the rule."""
    field = chain("TopDist", "A", "B", "C", "D", "E", "F", "G", "H")
    paid_levels = {"G": 4, "F": 1, "E": 0, "D": 4, "C": 2, "B": 4, "A": 4}
    walk = percent([[1] * k + [0] * (4 - k) for k in range(5)], counts=counts)
    found = field.rows(walk, field.inputs(paid_levels, base={"H": 10000}))
    assert {name: level for name, [(_, level, _)] in found.items()} == levels


def test_case_19_customer_advantage_rolls_up():
    """Case 19: amounts only, 5 % of each: the printed level labels follow no one rule."""
    field = chain("A", "B", "C", "D", "E", "F", "G")
    klass = {"A": 1, "B": 0, "G": 1}
    rates = [[5, 5, 0], [5, 5, 5]]
    base = dict.fromkeys("ABCDEFG", 10000)
    without = field.rows(percent(rates), field.inputs(klass, base=base))
    assert without["A"] == [("B", 1, 500), ("C", 2, 500), ("D", 3, 500)]
    assert without["B"] == [("C", 1, 500), ("D", 2, 500)]
    qualified = flagged("A", "B", "G")
    rolled = field.rows(percent(rates, counts="flag"), field.inputs(klass, counted=qualified, pay=qualified, base=base))
    assert [(source, amount) for source, _, amount in rolled["A"]] == [(name, 500) for name in "BCDEFG"]


def test_case_21_doterra_pays_each_order():
    """Case 21: Megan's orders of 132, 78 and 147 PV pay Lisa 26.40, 15.60 and 29.40, together 71.40."""
    field = chain("Lisa", "Megan")
    orders = [("Megan", 13200, 0), ("Megan", 7800, 0), ("Megan", 14700, 0)]
    inputs = field.inputs({"Lisa": 0}, orders=orders)
    rows = run_walk(percent([[20, 10, 5]]), inputs).rows
    assert rows.line.tolist() == [0, 1, 2]
    assert rows.amount.tolist() == [2640, 1560, 2940]
    assert field.pay(percent([[20, 10, 5]]), inputs, keep_rows=False) == {"Lisa": 7140}


@pytest.mark.parametrize("settings", [{"pass_up": True}, {"counts": "payable"}])
def test_case_28_pass_up_to_the_nearest_who_was_qualified_at_the_sale(settings):
    """Case 28: 30 % to the nearest qualified at the time of sale, 10 % to the introducer whatever he is."""
    field = chain("1", "18", "19", "20")
    sales = [("20", 100000, 1), ("19", 100000, 2)]
    qualified_since = {"1": 0, "19": 2}
    klass = dict.fromkeys(field.names, 0)
    passed = field.pay(percent([[30]], **settings), field.inputs(klass, orders=sales, since=qualified_since))
    introducer = field.pay(percent([[10]]), field.inputs(klass, orders=sales))
    assert passed == {"1": 60000}
    assert introducer == {"18": 10000, "19": 10000}


def test_case_30_five_percent_without_end():
    """Case 30: daily profits of 100, 200 and 300 in a chain pay the second 15.00, the first 25.00."""
    field = chain("1", "2", "3")
    inputs = field.inputs(dict.fromkeys("123", 0), base={"1": 10000, "2": 20000, "3": 30000})
    assert field.pay(percent([[5]], tail=True), inputs) == {"1": 2500, "2": 1500}
    exact = Walk("bonus", np.array([[5]]), tail=True)
    assert field.pay(exact, inputs, keep_rows=False) == {"1": 250000, "2": 150000}


CREATIVO, VISIONARIO = [5, 8, 10, 10, 5], [5, 8, 10, 0, 0]


@pytest.mark.parametrize(("rates", "total"), [(CREATIVO, 647530), (VISIONARIO, 178730)])
def test_case_26_full_tree_two_wide_five_deep(rates, total):
    """Case 26, U2: everybody under member 1 buys VN 1,465; 6,475.30 as Creativo, 1,787.30 as Visionario."""
    edges = [(member, child) for member in range(1, 32) for child in (2 * member, 2 * member + 1)]
    field = Field(edges)
    inputs = field.inputs({1: 0}, base=dict.fromkeys(range(2, 64), 146500))
    assert field.pay(percent([rates]), inputs) == {1: total}
    sums = [0] * 5
    for _, level, amount in field.rows(percent([rates]), inputs)[1]:
        sums[level - 1] += amount
    lines = [14650, 46880, 117200, 234400, 234400]
    assert sums == [line if rate else 0 for line, rate in zip(lines, rates, strict=True)]


def test_case_26_rates_below_level_nine_have_a_tail():
    """Case 26, E. Transformador: 4, 3, 3 % on levels 7 to 9 and 0.5 % on all below (amounts derived)."""
    field = chain(*range(13))
    rates = [[50, 80, 100, 100, 50, 40, 40, 30, 30, 5]]
    walk = Walk("bonus", np.array(rates), 1000, tail=True, round_each=True)
    found = field.rows(walk, field.inputs({0: 0}, base=dict.fromkeys(range(1, 13), 10000)))
    assert [amount for _, _, amount in found[0]] == [
        500,
        800,
        1000,
        1000,
        500,
        400,
        400,
        300,
        300,
        50,
        50,
        50,
    ]
    assert [level for _, level, _ in found[0]] == list(range(1, 13))


@pytest.mark.parametrize(
    ("names", "expected"),
    [("ABCD", {"C": 87900, "B": 29300, "A": 14650}), ("BCD", {"C": 87900, "B": 29300})],
)
def test_case_26_fast_start(names, expected):
    """Case 26, F2: a kit of PV 2,930 pays three uplines 879, 293 and 146.5; who is missing is not replaced."""
    field = chain(*names)
    inputs = field.inputs(dict.fromkeys(names, 0), base={"D": 293000})
    assert field.pay(percent([[30, 10, 5]]), inputs) == expected


def test_mlmforge_u1_guide_example():
    """U1: C buys 200 CV at 40 % broad; 5 % to level 1, 2, 3 or 5 by rank: 4.00 each to B, A, S and T, nothing to D."""
    field = Field([("T", "S"), ("S", "A"), ("S", "D"), ("A", "B"), ("B", "C")])
    depth = [1, 2, 3, 5]
    rates = [[5] * k + [0] * (5 - k) for k in depth]
    ranks = {"T": 3, "S": 2, "A": 1, "B": 0, "D": 1}
    found = field.rows(percent(rates), field.inputs(ranks, base={"C": 8000}))
    assert found == {"B": [("C", 1, 400)], "A": [("C", 2, 400)], "S": [("C", 3, 400)], "T": [("C", 4, 400)]}


ASSOCIATE, SILVER = [5, 4, 3], [7, 6, 0]


def test_mlmforge_u2_three_node_chain():
    """U2: 100 CV at 40 %: the associate earns 2.00 at level 1, the silver above 2.40 at level 2."""
    field = chain("1", "2", "3")
    inputs = field.inputs({"1": 1, "2": 0}, base={"3": 4000})
    assert field.rows(percent([ASSOCIATE, SILVER]), inputs) == {"2": [("3", 1, 200)], "1": [("3", 2, 240)]}


@pytest.mark.parametrize("skipped", ["U5: PV 0 of 100", "U6: below the threshold rank"])
def test_mlmforge_u5_u6_compression(skipped):
    """U5, U6: who is skipped for his volume or his rank leaves level 1 to who is above him."""
    field = chain("1", "2", "3")
    inputs = field.inputs({"1": 1, "2": 0}, counted=flagged("1"), pay=flagged("1"), base={"3": 4000})
    found = field.rows(percent([ASSOCIATE, SILVER], counts="flag"), inputs)
    assert found == {"1": [("3", 1, 280)]}, skipped


def test_mlmforge_u7_depth_and_missing_levels():
    """U7: two levels on a chain of four are two earnings; a level without a rate is used up all the same."""
    field = chain("1", "2", "3", "4")
    inputs = field.inputs(dict.fromkeys("123", 0), base={"4": 4000})
    assert field.rows(percent([[5, 4]]), inputs) == {"3": [("4", 1, 200)], "2": [("4", 2, 160)]}
    assert field.rows(percent([[5, 0, 3]]), inputs) == {"3": [("4", 1, 200)], "1": [("4", 3, 120)]}


def test_mlmforge_u8_a_rank_without_rates_earns_nothing():
    """U8: no earning, and no error."""
    field = chain("1", "2", "3")
    assert field.rows(percent([SILVER]), field.inputs({"1": 0}, base={"3": 4000})) == {"1": [("3", 2, 240)]}


def test_mlmforge_m1_matrix():
    """M1: D, recruited by Root, spills under A; 100 CV at 40 %, 5 % a level: 2.00 each to A and Root."""
    field = Field([("Root", "A"), ("Root", "B"), ("Root", "C"), ("A", "D")])
    rates = [[5, 0, 0], [5, 5, 0], [5, 5, 5]]
    inputs = field.inputs({"Root": 2, "A": 1}, base={"D": 4000})
    assert field.rows(percent(rates), inputs) == {"A": [("D", 1, 200)], "Root": [("D", 2, 200)]}
