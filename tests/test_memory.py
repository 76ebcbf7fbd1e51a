"""Blocks of memory are used again when nobody reads them any more, and never while somebody does."""

from __future__ import annotations

import gc
import subprocess
import sys
import weakref

import numpy as np
import pytest

import compplan as cp
from compplan import memory

LARGE = 3 * memory.LARGE_PAGE


@pytest.fixture(autouse=True)
def _empty_pool():
    gc.collect()
    memory.release_memory()
    yield
    memory.release_memory()


def place(array):
    return array.__array_interface__["data"][0]


def test_columns_of_a_block_do_not_overlap():
    columns = memory.unwritten([(LARGE // 8, np.int64), (5, np.int8), (LARGE // 4, np.int32)])
    for number, column in enumerate(columns):
        column[:] = number
    assert [set(column.tolist()) for column in columns] == [{0}, {1}, {2}]
    assert all(place(column) % memory.CACHE_LINE == 0 for column in columns)


def test_a_block_is_used_again_once_its_last_column_is_gone():
    first, second = memory.unwritten([(LARGE, np.int8), (LARGE, np.int8)])
    whole, part = place(first), second[5:9]
    del first, second
    (other,) = memory.unwritten([(2 * LARGE, np.int8)])
    assert abs(place(other) - whole) >= memory.PAGE, "a slice still reads the first block"
    del part
    (again,) = memory.unwritten([(2 * LARGE, np.int8)])
    assert abs(place(again) - whole) < memory.PAGE


def test_a_block_serves_a_few_rows_more_but_not_half_as_many():
    (column,) = memory.unwritten([(LARGE, np.int8)])
    whole = place(column)
    del column
    (small,) = memory.unwritten([(memory.LARGE_PAGE + 1, np.int8)])
    assert abs(place(small) - whole) < memory.PAGE
    del small
    (large,) = memory.unwritten([(20 * LARGE, np.int8)])
    assert memory.release_memory() > 0, "the first block is too small for it"
    del large
    assert memory.release_memory() >= 20 * LARGE


def test_free_blocks_hold_a_share_of_memory_at_most(monkeypatch):
    monkeypatch.setattr(memory, "share_of_memory", lambda _: 2 * LARGE)
    columns = [memory.unwritten([(LARGE, np.int8)]) for _ in range(4)]
    del columns
    gc.collect()
    assert memory.release_memory() <= 2 * LARGE


def test_small_columns_are_no_business_of_the_pool():
    (column,) = memory.unwritten([(10, np.int64)])
    del column
    assert memory.release_memory() == 0


def stop_halfway(first):
    with memory.blank(2, 2) as counters:
        assert place(counters) == first
        counters[0] = 1
        raise KeyboardInterrupt


def test_counters_are_lent_again_unless_something_went_wrong():
    with memory.blank(3, 2) as counters:
        first = place(counters)
        assert counters.tolist() == [[0, 0]] * 3
    with pytest.raises(KeyboardInterrupt):
        stop_halfway(first)
    with memory.blank(3, 2) as counters:
        assert not counters.any()


def test_counters_are_lent_to_one_at_a_time():
    with memory.blank(3, 2) as some, memory.blank(3, 2) as others:
        assert place(some) != place(others)


def test_a_column_that_outlives_the_names_of_its_memory_goes_in_silence():
    """Python sets the names of a module to None when it ends, those with an underscore first."""
    text = "import compplan.memory as m; kept = m.unwritten([(2 ** 23, 'i1')]); m._FREE = None; del kept"
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, check=True, text=True)
    assert done.stderr == ""


def test_a_run_is_gone_with_its_last_reader_and_its_tables_stay():
    """Nothing waits for the search for dead cycles, which may come gigabytes later."""
    field = cp.synth(50, period="2026-10")
    run = cp.run(cp.example_plans()["lakeside"], field.members, field.orders, period="2026-10")
    work, members, ledger = weakref.ref(run._work), run.members, run.ledger
    rows, asked_for = members.rows(), type(run.payables)
    assert asked_for is cp.Frame
    run.next_rank(rows[0]["member_id"])
    run.why(rows[0]["member_id"], bonus="unilevel")
    gc.disable()
    try:
        del run
        assert work() is not None, "the ledger was not made yet"
        ledger.rows()
        assert work() is None
    finally:
        gc.enable()
    assert members.rows() == rows
