"""Running a walk by plain climbing; temporary stand-in with the same interface as `run`."""

from __future__ import annotations

import numpy as np

from compplan.bonuses.walk import climb_kernels as k
from compplan.bonuses.walk.spec import Tally, Walk, WalkInputs, WalkResult, WalkRows

_COUNTS = {"everyone": k.EVERYONE, "flag": k.FLAG, "payable": k.PAYABLE}


def run_walk(walk: Walk, inputs: WalkInputs, *, keep_rows: bool = True, threads: int = 1) -> WalkResult:
    """Run a walk; see `compplan.bonuses.walk.run`."""
    n = inputs.tree.depth.size
    lined, timed = inputs.line_start is not None, inputs.since is not None
    none = np.zeros(0, np.int64)
    columns = walk.columns

    def once(count):
        lost = np.zeros((3, columns), np.int64)
        extra = np.zeros((walk.classes, columns), np.int64)
        paid_base = np.zeros((walk.classes, columns), np.int64)
        earned = np.zeros(n, np.int64)
        rows = WalkRows(*(np.zeros(count, t) for t in (np.int32, np.int32, np.int32, np.int32, np.int16, np.int64, np.int64)))
        found = k.climb(
            np.array(inputs.tree.parent), np.array(inputs.klass), np.array(inputs.pay),
            np.ones(n, np.bool_) if inputs.counted is None else np.array(inputs.counted),
            np.array(inputs.line_start) if lined else none, np.array(inputs.values),
            np.array(inputs.line_time) if timed else none, np.array(inputs.since) if timed else none, lined, timed,
            np.array(walk.numerators), walk.listed, walk.tail, walk.fixed, _COUNTS[walk.counts], walk.uncounted_paid,
            walk.pass_up, walk.from_self, walk.denominator, walk.rounding,
            lost, extra, paid_base, earned, count > 0, *rows,
        )  # fmt: skip
        return found, lost, extra, paid_base, earned, rows

    found, lost, extra, paid_base, earned, rows = once(0)
    if keep_rows and found:
        _, _, _, _, _, rows = once(found)
    best = walk.best
    values = [int(np.sign(v)) if walk.fixed else int(v) for v in inputs.values]
    low = exact = more = 0
    for c in range(walk.classes):
        for j in range(columns):
            num, base = int(walk.numerators[c, j]), int(paid_base[c, j])
            exact += num * base
            over = int(extra[c, j])
            more += over * num
            low += (best[j] - num) * (base - over)
    nobody, unable, zero = ([int(x) for x in row] for row in lost)
    allotted = sum(values) * sum(best[: walk.listed]) + more
    if walk.tail:
        last = columns - 1
        tail = int(paid_base[:, last].sum() - extra[:, last].sum()) + unable[last] + zero[last]
        allotted += tail * best[last]
    paid = int(earned.sum()) * walk.denominator
    tally = Tally(
        denominator=walk.denominator,
        allotted=allotted,
        paid=paid,
        no_upline=sum(b * x for b, x in zip(best, nobody)),
        not_qualified=sum(b * x for b, x in zip(best, unable)),
        lower_rate=low + sum(b * x for b, x in zip(best, zero)),
        rounding=exact - paid,
    )
    return WalkResult(pay=earned, rows=rows if keep_rows else None, tally=tally)
