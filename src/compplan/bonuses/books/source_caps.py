"""Caps on what one source brings one earner in a period."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from compplan.bonuses.books.source_cap_kernels import cut_sources
from compplan.volumes.member_arrays import as_input

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from compplan.bonuses.books.book import Book, Rows


def cap_sources(book: Book, rows: Rows, cap: NDArray[np.int64]) -> None:
    """Cut what each source brings each earner; before a bonus is settled.

    Parameters
    ----------
    book
        Changed in place: what is cut is an entry, and breakage, of the name `capped_per_source`.
    rows
        All payments, those of one source together.
    cap
        int64[n]: the most that one source brings each member, at the book's scale.
    """
    change = np.zeros(cap.size, np.int64)
    given = (as_input(column) for column in (rows.earner, rows.source, rows.amount, cap))
    cut_sources(*given, np.zeros(cap.size, np.int64), change)
    book.adjust("capped_per_source", change)
