"""Random differences, as a plain dict for the naive twin and as rule and inputs for the package."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from hypothesis import strategies as st

from compplan.bonuses.difference.spec import NO_LIMIT, Difference, DifferenceInputs
from naive.difference import REASONS
from tests.volumes.forests import depths, parents_of, tree_of

SAME = (
    "less",
    "floor_at_zero",
    "lower_rate",
    "equal_rate",
    "least_taken",
    "floor_tail",
    "limit",
    "lower_of_both",
    "from_level",
)
SAME += ("first_take", "levels", "unpaid", "from_self", "denominator", "round_each", "rounding")


def rule_of(case):
    rates, floors = (np.array(case[name], np.int64) for name in ("rates", "floors"))
    return Difference("bonus", rates, floors=floors, **{name: case[name] for name in SAME})


def inputs_of(case):
    flat = [line for lines in case["lines"] for line in lines]
    if case["lined"]:
        arrays = {
            "line_start": np.cumsum([0, *map(len, case["lines"])]).astype(np.int64),
            "line_value": np.array([value for _, value in flat], np.int64),
        }
    else:
        arrays = {"base": np.array([value for _, value in flat], np.int64)}
    return DifferenceInputs(
        tree_of(case["depths"]),
        np.array(case["klass"], np.int16),
        np.array(case["pay"], np.bool_),
        np.array(case["stands"], np.bool_),
        taken=None if case["taken"] is None else np.array(case["taken"], np.int64),
        **arrays,
    )


def rows_of(rows):
    return list(zip(*(column.tolist() for column in rows), strict=True))


def tally_of(tally):
    return {name: Fraction(getattr(tally, name), tally.denominator) for name in REASONS}


def draw_lines(draw, n, values, *, lined):
    if not lined:
        return [[(-1, value)] for value in column(draw, n, values)]
    lines, index = [], 0
    for size in column(draw, n, st.sampled_from([0, 1, 1, 2])):
        lines.append([(index + k, draw(values)) for k in range(size)])
        index += size
    return lines


def column(draw, n, elements):
    return draw(st.lists(elements, min_size=n, max_size=n))


def draw_blocks(draw, less):
    block = ["skipped", "stops", *(["paid"] if less == "nothing" else [])]
    equal = draw(st.sampled_from(block))
    lower = draw(st.sampled_from([how for how in block if how != "paid" or equal == "paid"]))
    return {"lower_rate": lower, "equal_rate": equal}


def draw_growth(draw, less, blocks):
    grown = less == "highest_between" and draw(st.booleans())
    floor = st.lists(st.integers(0, 3), max_size=3)
    plain = set(blocks.values()) == {"skipped"} and less != "nothing"
    return {
        "floors": draw(floor) if grown else [],
        "floor_tail": draw(st.sampled_from([0, 0, 1])) if grown else 0,
        "limit": draw(st.none() | st.integers(0, 12)) if grown else None,
        "floor_at_zero": draw(st.booleans()),
        "least_taken": draw(st.sampled_from([0, 0, 3])) if plain else 0,
    }, grown


@st.composite
def differences(draw, most=16):
    shape = draw(depths(most))
    n, classes = len(shape), draw(st.integers(1, 4))
    less = draw(st.sampled_from(["highest_between", "direct_leg", "nothing"]))
    blocks = draw_blocks(draw, less)
    from_level = draw(st.sampled_from([1, 1, 2, 3]))
    first_take = less == "direct_leg" or draw(st.booleans())
    growth, grown = draw_growth(draw, less, blocks)
    lined, round_each = draw(st.booleans()), draw(st.booleans())
    flag = draw(st.sampled_from([st.booleans(), st.just(True), st.integers(0, 4).map(lambda x: x > 0)]))
    values = draw(st.sampled_from([st.integers(-9, 99), st.integers(0, 2), st.integers(-(2**40), 2**40)]))
    rate = draw(st.sampled_from([st.integers(0, 9), st.integers(0, 2), st.integers(4, 5)]))
    return {
        "depths": shape,
        "parents": parents_of(shape),
        "rates": column(draw, classes, rate),
        "less": less,
        **blocks,
        **growth,
        "lower_of_both": draw(st.sampled_from([False, False, True])),
        "from_level": from_level,
        "first_take": first_take,
        "levels": draw(st.sampled_from([NO_LIMIT, NO_LIMIT, from_level, from_level + 2])),
        "unpaid": draw(st.sampled_from(["breakage", "pass_up", "hold"])),
        "from_self": draw(st.booleans()),
        "denominator": draw(st.sampled_from([1, 7, 100])) if round_each else 1,
        "round_each": round_each,
        "rounding": draw(st.integers(0, 6)),
        "klass": column(draw, n, st.integers(-1, classes - 1)),
        "pay": column(draw, n, flag),
        "stands": column(draw, n, flag),
        "lined": lined,
        "lines": draw_lines(draw, n, values, lined=lined),
        "taken": column(draw, n, st.integers(0, 6)) if grown and draw(st.booleans()) else None,
    }
