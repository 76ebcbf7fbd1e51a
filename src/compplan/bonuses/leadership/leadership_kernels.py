"""What goes up from group to group: one sweep up the tree, each member after all below him."""

from __future__ import annotations

import numpy as np

from compplan.jit import kernel

U = np.uint32


@kernel
def send_up(depth, own, owed, keeps, coming, received, sent):
    """Write what each member receives from below and what he sends up; return what leaves at the top.

    `coming` holds by depth what comes up so far, zeros at first. Who `keeps` passes on only what his own lacks of what
    he owes.
    """
    for j in range(depth.size - 1, -1, -1):
        i = U(j)
        d = U(depth[i])
        got = coming[d + U(1)]
        coming[d + U(1)] = 0
        gap = min(max(owed[i] - own[i], np.int64(0)), got)
        passed = gap if keeps[i] else got
        received[i] = got
        sent[i] = own[i] + passed
        coming[d] += own[i] + passed
    top = coming[U(0)]
    coming[U(0)] = 0
    return top
