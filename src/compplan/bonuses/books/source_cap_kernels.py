"""What one source brings one earner, payment after payment, cut at a cap."""

from __future__ import annotations

import numpy as np

from compplan.jit import kernel

U = np.uint32


@kernel
def cut_sources(earner, source, amount, cap, running, change):
    """Add to `change` what each earner loses; rows of a source stand together, `running` is all zeros.

    Payments and refunds of a source add up, and at most the cap of the sum is left.
    """
    first = 0
    for r in range(earner.size + 1):
        if r == earner.size or (r > first and source[r] != source[first]):
            for k in range(first, r):
                who = U(earner[k])
                if running[who] > cap[who]:
                    change[who] += cap[who] - running[who]
                running[who] = 0
            first = r
        if r < earner.size:
            running[U(earner[r])] += amount[r]
