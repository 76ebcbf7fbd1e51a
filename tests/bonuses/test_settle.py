"""Rounding of members' sums: pay, entries and breakage say the same, at every mode."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compplan.bonuses.books.book import Book
from compplan.bonuses.books.settle import settle
from compplan.money import ROUNDING_CODES, divide_rounded
from compplan.plan.sections import Rounding

pytestmark = pytest.mark.kernels


def book_of(pay):
    return Book(
        "unilevel", "USD", 4, 4, 2, np.array(pay, np.int64), None, np.zeros((0, 0), np.int64), 0, Decimal(1),
        allotted=sum(pay), breakage={},
    )  # fmt: skip


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.integers(-(10**15), 10**15) | st.integers(-300, 300), max_size=12), st.sampled_from([*ROUNDING_CODES])
)
def test_sums_are_rounded_one_by_one(pay, mode):
    book = book_of(pay)
    settle(book, Rounding(mode=mode, at="bonus"), 2, None)
    wanted = [divide_rounded(each, 100, mode) * 100 for each in pay]
    assert book.pay.tolist() == wanted
    changes = {i: new - old for i, (old, new) in enumerate(zip(pay, wanted, strict=True)) if new != old}
    found = [pair for made in book.adjustments for pair in zip(made.earner.tolist(), made.amount.tolist(), strict=True)]
    assert found == [*changes.items()]
    assert book.breakage.get("rounding", 0) == -sum(changes.values())
    assert all(abs(Fraction(by, 100)) <= 1 for by in changes.values())


def test_nothing_to_round_leaves_no_entry():
    book = book_of([100, -200, 0])
    settle(book, Rounding(mode="half_up", at="bonus"), 2, None)
    assert not book.adjustments
    assert book.pay.tolist() == [100, -200, 0]
