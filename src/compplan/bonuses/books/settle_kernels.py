"""Rounding of what members get, with the entries that say what it changed, in one sweep."""

from __future__ import annotations

import numpy as np

from compplan.jit import kernel
from compplan.money_kernels import round_div_by

U = np.uint32


@kernel
def round_pay(pay, step, by, out, who, change):
    """Write pay as multiples of `step`, and who is changed by how much; return how many are.

    An entry is written before it is known whether there is a change: the next one takes its place if there is none.
    Divisions have a loop of their own, which the compiler can do several at a time.
    """
    found = 0
    for i in range(pay.size):
        out[i] = round_div_by(pay[i], by) * step
    for i in range(pay.size):
        differs = out[i] - pay[i]
        who[U(found)] = i
        change[U(found)] = differs
        found += differs != 0
    return found
