"""Random walks, as a plain dict for the naive twin and as `Walk` and `WalkInputs` for the package."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from hypothesis import strategies as st

from compplan.bonuses.walk.pairs import Pairs
from compplan.bonuses.walk.spec import Walk, WalkInputs
from tests.volumes.forests import depths, parents_of, tree_of

NEVER = 2**63 - 1


def walk_of(case):
    rates = np.array(case["rates"], np.int64).reshape(len(case["rates"]), case["columns"])
    same = (
        "denominator",
        "tail",
        "fixed",
        "counts",
        "uncounted_paid",
        "pass_up",
        "from_self",
        "source_counts",
        "round_each",
        "rounding",
    )
    return Walk("bonus", rates, **{name: case[name] for name in same})


def inputs_of(case):
    flat = [line for lines in case["lines"] for line in lines]
    if case["lined"]:
        arrays = {
            "line_start": np.cumsum([0, *map(len, case["lines"])]).astype(np.int64),
            "line_value": np.array([value for _, value, _ in flat], np.int64),
        }
    else:
        arrays = {"base": np.array([value for _, value, _ in flat], np.int64)}
    if case["since"] is not None:
        arrays["line_time"] = np.array([time for _, _, time in flat], np.int64)
        arrays["since"] = np.array(case["since"], np.int64)
    if case["pairs"] is not None:
        rows = np.array(case["pairs"]["rows"], np.int64).reshape(len(case["pairs"]["rows"]), 2, len(case["depths"]))
        terms = tuple(map(tuple, case["pairs"]["terms"]))
        arrays["pairs"] = Pairs(terms, np.ascontiguousarray(rows[:, 0]), np.ascontiguousarray(rows[:, 1]))
    return WalkInputs(
        tree_of(case["depths"]),
        np.array(case["klass"], np.int16),
        np.array(case["pay"], np.bool_),
        counted=None if case["counted"] is None else np.array(case["counted"], np.bool_),
        **arrays,
    )


def rows_of(rows):
    """Rows as tuples of Python integers, as the twin writes them."""
    return list(zip(*(column.tolist() for column in rows), strict=True))


def tally_of(tally):
    """The tally in ledger units, as the twin keeps it."""
    names = ("allotted", "paid", "no_upline", "not_qualified", "lower_rate", "rounding")
    return {name: Fraction(getattr(tally, name), tally.denominator) for name in names}


def column(draw, n, elements):
    return draw(st.lists(elements, min_size=n, max_size=n))


def draw_lines(draw, n, values, *, lined, timed):
    if not lined:
        return [[(None, value, None)] for value in column(draw, n, values)]
    lines, index = [], 0
    for size in column(draw, n, st.sampled_from([0, 0, 1, 1, 2, 3])):
        found = [(index + k, draw(values), draw(st.integers(0, 5)) if timed else None) for k in range(size)]
        lines.append(found)
        index += size
    return lines


def draw_pairs(draw, n):
    count = draw(st.integers(1, 3))
    rows = [(column(draw, n, st.integers(0, 3)), column(draw, n, st.integers(0, 3))) for _ in range(count)]
    atom = st.tuples(st.integers(0, count - 1), st.integers(0, 5))
    return {"rows": rows, "terms": draw(st.lists(st.lists(atom, min_size=1, max_size=2), min_size=1, max_size=2))}


@st.composite
def walks(draw, counts=("everyone", "flag", "payable"), most=16, values=None):
    shape = draw(depths(most))
    n = len(shape)
    classes, columns = draw(st.integers(0, 3)), draw(st.sampled_from([1, 2, 3, 4, 7, 8, 9, 11]))
    counting = draw(st.sampled_from(counts))
    lined = draw(st.booleans())
    timed = lined and draw(st.booleans())
    round_each = draw(st.booleans())
    small = st.sampled_from([st.integers(-9, 99), st.integers(0, 2) | st.just(0), st.integers(-(2**40), 2**40)])
    values = draw(small if values is None else st.just(values))
    rate = draw(st.sampled_from([st.integers(1, 9), st.integers(0, 1), st.integers(0, 50), st.just(0)]))
    uncounted_paid = counting == "flag" and draw(st.booleans())
    flag = draw(st.sampled_from([st.booleans(), st.just(True), st.integers(0, 4).map(lambda x: x == 0)]))
    return {
        "depths": shape,
        "parents": parents_of(shape),
        "rates": [column(draw, columns, rate) for _ in range(classes)],
        "columns": columns,
        "denominator": draw(st.sampled_from([1, 2, 7, 10, 100, 1000])) if round_each else 1,
        "tail": draw(st.booleans()),
        "fixed": draw(st.sampled_from([False, False, True])),
        "counts": counting,
        "uncounted_paid": uncounted_paid,
        "source_counts": draw(st.sampled_from([None, False, True])) if uncounted_paid else None,
        "pass_up": draw(st.booleans()),
        "from_self": draw(st.booleans()),
        "round_each": round_each,
        "rounding": draw(st.integers(0, 6)),
        "klass": column(draw, n, st.integers(-1, classes - 1)),
        "pay": column(draw, n, flag),
        "counted": column(draw, n, st.booleans()) if counting == "flag" else None,
        "lined": lined,
        "lines": draw_lines(draw, n, values, lined=lined, timed=timed),
        "since": column(draw, n, st.integers(0, 5) | st.just(NEVER)) if timed else None,
        "pairs": draw_pairs(draw, n) if draw(st.integers(0, 3)) == 0 else None,
    }
