"""The plainest upline walk: every source climbs its ancestors one by one. All settings, no tricks."""

from __future__ import annotations

import numpy as np

from compplan.jit import kernel
from compplan.money_kernels import round_div

EVERYONE, FLAG, PAYABLE = 0, 1, 2
NO_UPLINE, NOT_QUALIFIED, ZERO = 0, 1, 2


@kernel
def climb(
    parent, klass, pay, counted, start, value, time, since, lined, timed,
    numerators, listed, tail, fixed, counts, uncounted_paid, pass_up, from_self, den, mode,
    lost, extra, paid_base, earned, fill, earner, source, line, level, row_klass, base, amount,
):
    """Climb from every source; return the number of payments, writing them where `fill` is set.

    `lost[reason, column]` gathers the bases that nobody earned, `paid_base[class, column]` those that somebody did,
    and `extra[column]` bases offered beyond the listed levels.
    """
    found = 0
    columns = numerators.shape[1]
    open_ = np.zeros(columns + 1, np.bool_)
    for i in range(parent.size):
        for entry in range(start[i] if lined else i, start[i + 1] if lined else i + 1):
            x = value[entry]
            v = np.int64(np.sign(x)) if fixed else x
            if v == 0:
                continue
            used = 0
            waiting = 0
            open_[:] = False
            a = i if from_self else parent[i]
            while a >= 0 and (used < listed or tail or waiting > 0):
                able = pay[a] and klass[a] >= 0 and (not timed or since[a] < time[entry])
                column = min(used, columns - 1)
                going = used < listed or tail
                here = going and able and numerators[klass[a], column] != 0
                takes = here
                if counts == PAYABLE:
                    uses = here
                elif counts == FLAG:
                    uses = going and counted[a]
                    takes = here and (counted[a] or uncounted_paid)
                else:
                    uses = going
                for k in range(columns + 1):
                    # passed-up levels first: the one that is due here comes last in its turn
                    own = k == columns
                    if own and not (takes or uses):
                        continue
                    if not own and not (open_[k] and able and numerators[klass[a], k] != 0):
                        continue
                    c = column if own else k
                    if own and not takes:
                        if counts != PAYABLE:
                            if pass_up and used < listed:
                                open_[c] = True
                                waiting += 1
                            elif able:
                                lost[ZERO, c] += v
                            else:
                                lost[NOT_QUALIFIED, c] += v
                        continue
                    paid_base[klass[a], c] += v
                    if own and not uses:
                        extra[klass[a], c] += v
                    if not own:
                        open_[k] = False
                        waiting -= 1
                    cents = round_div(v * numerators[klass[a], c], den, mode)
                    earned[a] += cents
                    if cents != 0:
                        if fill:
                            earner[found] = a
                            source[found] = i
                            line[found] = entry if lined else -1
                            level[found] = (used if own else k) + 1
                            row_klass[found] = klass[a]
                            base[found] = x
                            amount[found] = cents
                        found += 1
                if uses:
                    used += 1
                a = parent[a]
            for k in range(used, listed):
                lost[NO_UPLINE, k] += v
            for k in range(columns):
                if open_[k]:
                    lost[NOT_QUALIFIED, k] += v
    return found
