"""The ways of the upline walk against their naive twin, and against each other."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compplan import memory
from compplan.bonuses.walk import contract, jumps, lanes, levels, run
from compplan.bonuses.walk.books import tally, total_of
from compplan.bonuses.walk.limits import Volume
from compplan.bonuses.walk.ranges import Job, pay_of
from compplan.genealogy import parallel
from tests.bonuses.walk_cases import inputs_of, rows_of, tally_of, walk_of, walks
from tests.naive import walk as naive

pytestmark = pytest.mark.kernels
check = settings(deadline=None, max_examples=60)


@pytest.fixture(autouse=True, scope="module")
def _tiny_pieces():
    """Let threads and buffers be used on trees of a few members as well."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parallel, "LEAST", 1)
        patch.setattr(jumps, "BUFFER", 3)
        patch.setattr(contract, "FEW", 1)
        yield


def paid_by(way, walk, inputs, *, keep_rows=True, threads=1):
    """Pay one way, whether or not `run` would choose it."""
    job = Job.of(walk, inputs, Volume.of(walk, inputs.values), threads, keep_rows=keep_rows)
    parts, rows = way.pay(job)
    pay = pay_of(parts)
    return pay, rows, tally(walk, job.volume.signed, total_of(walk, parts), pay)


@check
@given(walks(), st.sampled_from([1, 2, 3]))
def test_run_is_the_naive_walk(case, threads):
    expected = naive.run(case)
    walk, inputs = walk_of(case), inputs_of(case)
    found = run.run_walk(walk, inputs, threads=threads)
    assert found.pay.tolist() == expected.pay
    assert rows_of(found.rows) == expected.rows
    assert tally_of(found.tally) == expected.tally
    totals = run.run_walk(walk, inputs, keep_rows=False, threads=threads)
    assert totals.rows is None
    assert totals.pay.tolist() == expected.pay
    assert totals.tally == found.tally


@check
@given(walks(counts=("everyone", "flag")), st.sampled_from([1, 2, 3]))
def test_all_ways_agree(case, threads):
    case |= {"pass_up": False, "since": None, "pairs": None}
    walk, inputs = walk_of(case), inputs_of(case)
    pay, rows, books = paid_by(jumps, walk, inputs, threads=threads)
    if walk.listed <= levels.MOST_LEVELS and not walk.tail and not walk.uncounted_paid:
        for share in (levels.share_of_memory, lambda _: 0):  # rows as many as there can be, and counted ones
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(levels, "share_of_memory", share)
                found, its_rows, its_books = paid_by(levels, walk, inputs, threads=threads)
            assert (found.tolist(), its_books) == (pay.tolist(), books)
            assert rows_of(its_rows) == rows_of(rows)
    if not walk.round_each:
        found, none, its_books = paid_by(lanes, walk, inputs, keep_rows=False, threads=threads)
        assert (found.tolist(), none, its_books) == (pay.tolist(), None, books)


@check
@given(walks(), st.integers(2, 5))
def test_threads_change_nothing(case, threads):
    walk, inputs = walk_of(case), inputs_of(case)
    one, many = run.run_walk(walk, inputs), run.run_walk(walk, inputs, threads=threads)
    assert rows_of(one.rows) == rows_of(many.rows)
    assert (one.pay.tolist(), one.tally) == (many.pay.tolist(), many.tally)


@check
@given(walks())
def test_pay_is_the_sum_of_rows(case):
    found = run.run_walk(walk_of(case), inputs_of(case))
    sums = np.zeros(len(case["parents"]), np.int64)
    np.add.at(sums, found.rows.earner, found.rows.amount)
    assert sums.tolist() == found.pay.tolist()
    assert (found.rows.amount != 0).all()


@check
@given(walks(counts=("everyone", "flag")))
def test_lent_counters_come_back_clean(case):
    case |= {"pass_up": False, "since": None, "pairs": None, "round_each": False, "denominator": 1}
    run.run_walk(walk_of(case), inputs_of(case), keep_rows=False)
    assert all(not raw.any() for raw in memory._CLEAN.blocks.values())
